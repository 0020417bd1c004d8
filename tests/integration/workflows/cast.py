"""A small city, its profile and people, as few rows as a mail needs."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from profile_workflow.models import City, Profile, Programme, Section, Template, TemplateSection
from profile_workflow.models.people import User
from workflows.flows import CityProfileFlow
from workflows.models import ProfileProcess, Task

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
_numbers = count(1)


def a_person(**fields: Any) -> User:
    number = next(_numbers)
    given = {"email": f"person{number}@example.org", "full_name": f"Person {number}", **fields}
    return User.objects.create(**given)


def a_profile(**city: Any) -> Profile:
    number = next(_numbers)
    programme = Programme.objects.create(code=f"programme-{number}", name="Programme")
    fields = {
        "name": "Sfax",
        "name_ar": "صفاقس",
        "time_zone": "Africa/Tunis",
        "country": "TN",
        "slug": f"city-{number}",
    }
    template = Template.objects.create(
        code=f"template-{number}", version=1, title="Template", body_pages=30, summary_pages=2
    )
    return Profile.objects.create(
        programme=programme,
        city=City.objects.create(programme=programme, **{**fields, **city}),
        edition=2026,
        template=template,
        slug=f"profile-{number}",
        title="City Migration Profile of Sfax",
    )


def sections_of(profile: Profile, number: int) -> list[Section]:
    made = []
    for position in range(1, number + 1):
        chapter = TemplateSection.objects.create(
            template=profile.template,
            key=f"c{position}",
            number=str(position),
            kind=TemplateSection.Kind.CHAPTER,
            position=position,
            page_budget=2,
            title=f"Chapter {position}",
            title_fr=f"Chapitre {position}",
        )
        made.append(
            Section.objects.create(
                profile=profile, template_section=chapter, key=chapter.key, position=position
            )
        )
    return made


def tasks_for(profile: Profile, owner: User | None, sections: list[Section]) -> list[Task]:
    """Open a drafting task for each section, due at 22:00 UTC: the next day in Tunis has begun."""
    process, _new = ProfileProcess.objects.get_or_create(
        profile=profile, defaults={"flow_class": lambda: CityProfileFlow}
    )
    return [
        Task.objects.create(
            process=process,
            profile=profile,
            flow_task=CityProfileFlow.draft,
            section=section,
            owner=owner,
            status="ASSIGNED" if owner else "NEW",
            role="local_expert",
            due_at=datetime(2026, 3, 16, 22, 30, tzinfo=UTC),
        )
        for section in sections
    ]
