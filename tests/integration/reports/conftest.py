"""A small profile, built row by row, and the documents printed from it once for all tests."""

import base64
import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from profile_workflow.models import (
    Acronym,
    Challenge,
    City,
    DataItem,
    DataTable,
    Decision,
    Draft,
    Organisation,
    Priority,
    Profile,
    ProfileVersion,
    Programme,
    ReviewRound,
    Revision,
    Section,
    SignOff,
    Source,
    Template,
    TemplateSection,
    Territory,
    TextBlock,
    User,
    ValidationRound,
    WorkingDefinition,
)
from profile_workflow.models.digests import text_digest
from reports.builds.data import attachments_of
from reports.builds.pages import job_of
from reports.context import Material, assemble, synthetic_material, synthetic_picture
from reports.context.plain import TableOfFigures
from reports.editions import Changes, EntryChange, SectionChange, TableChange
from reports.pdf.isolation import Limits, build
from reports.pdf.job import Job, Part, Picture

MOMENT = datetime.datetime(2026, 3, 1, 9, tzinfo=datetime.UTC)
TEXTS = {
    "ES": "The summary of the city [@ins-2021].",
    "1": (
        "### Purpose\n\nWhy we write^[With a **note**.] [@ins-2021, p. 4].\n\n"
        "### 1.9 Limits\n\n[[table:1-A]]\n\n[[figure:1-A]]\n\n:::box Read this\nA box.\n:::"
    ),
    "2": "### People\n\nTable: Who\n\n| A | B |\n|---|---|\n| x | y |\n\nSource: own [@onfp].",
}


@pytest.fixture
def people(db):
    organisation = Organisation.objects.create(key="uni", name="CANARYORG", kind="university")
    return [
        User.objects.create_user(f"p{n}@example.org", f"CANARYNAME{n}", organisation=organisation)
        for n in range(4)
    ]


@pytest.fixture
def make_profile(db, people) -> Callable[..., Profile]:
    def make(*, language: str = "en", sections: int = 3, slug: str = "sfax-2026") -> Profile:
        programme, _ = Programme.objects.get_or_create(code="p", defaults={"name": "Programme"})
        city, _ = City.objects.get_or_create(
            programme=programme,
            slug=slug,
            defaults={"name": "Sfax", "country": "TN", "time_zone": "Africa/Tunis"},
        )
        template, _ = Template.objects.get_or_create(
            code="t", version=1, defaults={"title": "T", "body_pages": 35, "summary_pages": 4}
        )
        profile = Profile.objects.create(
            programme=programme,
            city=city,
            edition=2026,
            template=template,
            slug=slug,
            title="City Migration Profile: Sfax",
            language=language,
            created_at=MOMENT,
            keywords=["migration"],
        )
        for kind in ("funding", "disclaimer", "rights"):
            TextBlock.objects.get_or_create(
                programme=programme,
                kind=kind,
                language="en",
                version=1,
                defaults={"valid_from": MOMENT.date(), "text": f"The {kind} text."},
            )
        _write(profile, template, people[0], sections)
        return profile

    return make


def _write(profile, template, author, count):
    source = Source.objects.create(
        profile=profile, key="ins-2021", kind="report", authors="INS", year="2021", title="Census"
    )
    Source.objects.create(
        profile=profile, key="onfp", kind="report", authors="ONFP", year="", title="Survey"
    )
    Source.objects.create(
        profile=profile, key="unused", kind="report", authors="Nobody", year="1999", title="Never"
    )
    keys = ["ES", *[str(number) for number in range(1, count)]]
    for position, key in enumerate(keys):
        chapter, _ = TemplateSection.objects.get_or_create(
            template=template,
            key=key,
            defaults={
                "title": "Executive summary" if key == "ES" else f"Chapter number {key}",
                "number": "" if key == "ES" else key,
                "kind": "summary" if key == "ES" else "chapter",
                "position": position,
                "page_budget": 2,
            },
        )
        section = Section.objects.create(
            profile=profile, template_section=chapter, key=key, position=position, author=author
        )
        text = TEXTS.get(key, f"### Part\n\nText of {key} [@ins-2021].")
        Draft.objects.create(
            section=section, text=f"DRAFT {text}", saved_by=author, saved_at=MOMENT
        )
        section.revision = Revision.objects.create(
            section=section,
            number=1,
            text=text,
            sha256=text_digest(text, nothing_found=False, searched=""),
            author=author,
            created_at=MOMENT,
        )
        section.save()
    _add_figures(profile, source)
    Acronym.objects.create(profile=profile, short="INS", long="Institut national")
    challenge = Challenge.objects.create(
        profile=profile, code="C1", title="No data", competence="shared"
    )
    challenge.sources.add(source)
    priority = Priority.objects.create(
        profile=profile,
        rank=1,
        title="Count people",
        rationale="Because.",
        label="must",
        responsible="Municipality",
        activities=["Ask", "Count"],
    )
    priority.challenges.add(challenge)


def _add_figures(profile, source):
    territory = Territory.objects.create(
        profile=profile, code="city", name="Municipality", kind="municipality", is_city=True
    )
    definition = WorkingDefinition.objects.create(
        profile=profile, code="res", term="Residents", text="All."
    )
    table = DataTable.objects.create(
        profile=profile,
        section=profile.sections.get(key="1"),
        key="1-A",
        title="Population",
        chart="bar",
    )
    values = [("Women", Decimal(12000), ""), ("Men", Decimal("38000.5"), ""), ("Others", None, "")]
    for position, (label, value, text) in enumerate(values):
        DataItem.objects.create(
            table=table,
            position=position,
            label=label,
            value=value,
            text=text,
            unit="persons",
            year=2024,
            territory=territory,
            definition=definition,
            source=source,
            page="7",
            state="reconciled" if value else "not_available",
            remark="" if value else "Asked twice.",
        )


@pytest.fixture
def profile(make_profile) -> Profile:
    return make_profile()


@pytest.fixture
def judged(profile, people):
    """Make a closed validation round of the given attribution, with an objection."""

    def judge(attribution: str, *, closed: bool = True) -> ValidationRound:
        number = profile.versions.count() + 1
        version = ProfileVersion.objects.create(
            profile=profile, number=number, digest="d" * 64, content={}, created_at=MOMENT
        )
        found = ValidationRound.objects.create(
            profile=profile,
            kind="consultation",
            number=number,
            version=version,
            attribution=attribution,
            opened_at=MOMENT,
            closes_at=MOMENT,
            closed_at=timezone.now() if closed else None,
        )
        states = ["approved", "approved", "reservation", "objected"]
        for person, state in zip(people, states, strict=True):
            SignOff.objects.create(
                round=found,
                person=person,
                role="stakeholder",
                category="migrant_led",
                state=state,
                statement="" if state == "approved" else f"STATEMENT {state}",
                digest="d" * 64,
                asked_at=MOMENT,
                answered_at=MOMENT,
            )
        return found

    return judge


@pytest.fixture
def reviewed(profile, people) -> Decision:
    review = ReviewRound.objects.create(
        profile=profile, number=1, opened_at=MOMENT, closed_at=MOMENT, outcome="ask_minor_revision"
    )
    section = profile.sections.get(key="1")
    return Decision.objects.create(
        profile=profile,
        section=section,
        revision=section.revision,
        review_round=review,
        move="accept",
        digest=section.revision.sha256,
        by=people[1],
        role="international_expert",
        at=MOMENT,
    )


LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_seconds=60, wall_seconds=120)


def plain_job(*bodies: str, **values) -> Job:
    """A job of raw HTML without style, for a look at one thing."""
    job = Job(
        language="en",
        direction="ltr",
        title="Title",
        authors=("A. Author",),
        description="Description",
        keywords=("word",),
        moment="2026-01-15T10:00:00+00:00",
        front="<p>Front</p>",
        parts=tuple(Part(f"Part {n}", body) for n, body in enumerate(bodies, 1)),
        styles=(),
    )
    return replace(job, **values)


def _with_references(material: Material, see: str) -> Material:
    """Add references forwards and backwards, a table without figures, and one that is all head."""
    first = next(one for one in material.sections if one.key == "1")
    pointing = f"{see} [#table:1-A], [#figure:1-A], [#table:1-B], [#section:1]."
    bare = "[[table:1-B]]\n\nTable: Bare\n\n| a | b |\n|---|---|"
    changed = replace(first, text=f"{pointing}\n\n{first.text}\n\n{bare}\n\n{pointing}")
    empty = TableOfFigures("1-B", "1", "A table without figures", rows=())
    sections = tuple(changed if one is first else one for one in material.sections)
    return replace(material, sections=sections, tables=(*material.tables, empty))


#: What the invented English report corrects: a figure of each kind of change.
CHANGES = Changes(
    since="1.0",
    sections=(
        SectionChange("section-1", "1 About this publication", 3, "<p>x</p>"),
        SectionChange("section-2", "2 City's priorities and way forward", 0, ""),
    ),
    tables=(
        TableChange(
            "table-1-a.csv", "City at a glance", (("Residents", "40,000 · 2024", "4,000 · 2024"),),
            (("chart", "line", "bar"),),
        ),
        TableChange("", "Permits by ground", (), (), "removed"),
    ),
    entries=(EntryChange("priority", "Homes", "changed", (("budget", "1", "2"),)),),
    is_data_compared=False,
)  # fmt: skip


def job_of_synthetic(material: Material, changes: Changes | None = None) -> Job:
    """The job of an invented report, with all that travels in its file."""
    report = assemble(material)
    job = job_of(report, files=attachments_of(material, report), changes=changes)
    sha256, picture = synthetic_picture(material.language)
    return replace(
        job, pictures=(Picture(sha256, "image/png", base64.b64encode(picture).decode()),)
    )


@pytest.fixture(scope="session")
def english_material() -> Material:
    """What an invented English report prints, which is not for citation."""
    material = _with_references(synthetic_material(pages=10), "See")
    return replace(material, is_public=False, erratum="Table 1 named 40,000 residents.")


@pytest.fixture(scope="session")
def english(english_material):
    """The job and the file of an invented English correction with a watermark."""
    job = job_of_synthetic(english_material, CHANGES)
    return job, build(job, limits=LIMITS)


@pytest.fixture(scope="session")
def arabic_material() -> Material:
    """What an invented Arabic report prints."""
    return _with_references(synthetic_material(pages=10, language="ar"), "انظر")


@pytest.fixture(scope="session")
def arabic(arabic_material):
    """The job and the file of an invented Arabic report."""
    job = job_of_synthetic(arabic_material)
    return job, build(job, limits=LIMITS)
