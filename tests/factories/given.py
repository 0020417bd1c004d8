"""What people put into a profile besides moving it."""

import hashlib
import io
import uuid
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from profile_workflow.anchors import Quote
from profile_workflow.models import (
    Challenge,
    Comment,
    DataItem,
    DataTable,
    InputRequest,
    Picture,
    Priority,
    Profile,
    Programme,
    ReviewInvitation,
    Section,
    Source,
    TemplateCheck,
    TemplateCriterion,
    TemplateSection,
    Territory,
    User,
    WordReading,
    WorkingDefinition,
)
from profile_workflow.pictures.pixels import read_picture
from profile_workflow.services import (
    comments,
    drafting,
    guidance,
    invitations,
    pictures,
    requests,
    word,
)
from profile_workflow.services.people import assign_to_programme
from profile_workflow.states import CommentKind, Outcome, Role
from profile_workflow.word import chapters
from profile_workflow.word.words import LeftOut
from reports.builds.changes import changes_since_published
from reports.builds.freezing import frozen_files
from reports.builds.reading import material_digest
from reports.context import material_of
from reports.models import Build
from tests.factories.documents import fresh, holder, section
from tests.factories.programmes import Made, make_person, numbers
from tests.measuring import measured_once
from tests.moulds import mould
from tests.pictures import harbour
from workflows import engine


def check_by_two(profile: Profile) -> User:
    """Let two people check the quality of a programme's profiles; return the second one."""
    second = make_person("second_checker")
    assign_to_programme(second, Role.PROJECT_TEAM, programme_id=profile.programme_id)
    Programme.objects.filter(pk=profile.programme_id).update(checked_by_two=True)
    return second


def write(one: Section, text: str, *, by: User | None = None, at: datetime | None = None) -> int:
    """Save the working text of a section; return its version."""
    one = Section.objects.select_related("draft", "profile").get(pk=one.pk)
    by, at = by or holder(one.profile, Role.LOCAL_EXPERT), at or timezone.now()
    with measured_once("write"):
        return drafting.save_draft(
            one, drafting.DraftText(text), base_version=one.draft.version, by=by, at=at
        )


def read_word(profile: Profile, text: str = "") -> WordReading:
    """Keep what was read from a Word file, for the local expert: one chapter, and one left over."""
    text = text or "### Who lives here\n\nIn 2024, **12,400** foreign citizens lived in the city."
    parts = [
        chapters.Part("1 Chapter 1", "1", "number", None, text, 11, [LeftOut("picture", "A map")]),
        chapters.Part("Bibliographie", "", "", None, "INS 2021", 2),
    ]
    return word.keep_reading(
        profile, parts, by=holder(profile, Role.LOCAL_EXPERT), at=timezone.now()
    )


@mould
def give_territory(profile: Profile) -> None:
    """Say what the city and its people are, once."""
    Territory.objects.get_or_create(
        profile=profile,
        code="city",
        defaults={"name": "Municipality", "kind": "municipality", "is_city": True},
    )
    WorkingDefinition.objects.get_or_create(
        profile=profile, code="migrant", defaults={"term": "migrant", "text": "Who moved here."}
    )


@mould
def give_criteria(made: Made, *, mandatory: bool = True) -> list[TemplateCriterion]:
    """Let the template ask one thing of each section, and one of the whole."""
    asked = {"evidence": "section", "coherence": "profile"}
    return [
        TemplateCriterion.objects.create(
            template=made.template,
            scope=scope,
            key=key,
            position=position,
            title=key.title(),
            guidance="Look at the figures.",
            scale=["Insufficient", "Weak", "Good", "Very good"],
            mandatory=mandatory,
        )
        for position, (key, scope) in enumerate(asked.items())
    ]


def give_checks(made: Made) -> list[TemplateCheck]:
    """Give the template two checks for a person to make: of its first chapter, and of the whole."""
    first = made.template.sections.order_by("position")[0]
    return [
        TemplateCheck.objects.create(
            template=made.template, section=section, key=key, position=place, title=title
        )
        for place, (key, section, title) in enumerate(
            [("method", first, "Is the method told?"), ("figures", None, "Do the figures agree?")]
        )
    ]


@mould
def give_priority(profile: Profile) -> Priority:
    """Set one complete priority, once."""
    challenge, _new = Challenge.objects.get_or_create(
        profile=profile, code="C1", defaults={"title": "Housing", "competence": "own"}
    )
    priority, _new = Priority.objects.get_or_create(
        profile=profile,
        rank=1,
        defaults={
            "title": "Rooms",
            "rationale": "There are too few.",
            "label": "must",
            "responsible": "City",
            "sdg_targets": ["10.7"],
        },
    )
    priority.challenges.add(challenge)
    return priority


def ask_for_input(profile: Profile, *, at: datetime | None = None, **wishes: Any) -> InputRequest:
    """Let the local expert ask the first stakeholder; ``wishes`` replace fields of the ``Wish``."""
    at = at or timezone.now()
    given = {
        "person": holder(profile, Role.STAKEHOLDER),
        "subject": "Foreign residents of the municipality by sex, 2024",
        "text": "By citizenship, if you have it.",
        "due_on": requests.first_day(profile, at),
        "section": section(profile, "1"),
    }
    by = wishes.pop("by", None) or holder(profile, Role.LOCAL_EXPERT)
    return engine.ask(profile, requests.Wish(**{**given, **wishes}), by=by, at=at)


def invite(
    profile: Profile, person: User | None = None, *, at: datetime | None = None, **wishes: Any
) -> ReviewInvitation:
    """Let the project team invite somebody to review; ``wishes`` are fields of the ``Wish``."""
    whom = engine.Invitee.of(person or make_person("invited"))
    by = wishes.pop("by", None) or holder(profile, Role.PROJECT_TEAM)
    given = {"text": "Please look at the figures above all."}
    wish = invitations.Wish(**{**given, **wishes})
    return engine.invite(profile, whom, wish, by=by, at=at or timezone.now())


@mould
def give_guidance(one: Section) -> None:
    """Write a text with findings, allow one of them, and mark one of two questions; once."""
    if one.dismissals.exists():
        return
    TemplateSection.objects.filter(pk=one.template_section_id).update(
        guiding_questions=["Who coordinates?", "Who pays?"], hint="Name countries."
    )
    write(one, "The ILO counts 12,500 people. They are illegal migrants.")
    one = Section.objects.select_related("profile", "template_section", "draft").get(pk=one.pk)
    expert, at = holder(one.profile, Role.LOCAL_EXPERT), timezone.now()
    guidance.mark_questions(one, {"0.0": guidance.Mark(Outcome.ANSWERED)}, by=expert, at=at)
    first = guidance.judged_text(one, expert).findings[0].finding
    guidance.allow_finding(
        one, first.digest, reason="The office confirmed it by telephone.", by=expert, at=at
    )


def promise_unsealed(profile: Profile, attribution: str) -> Profile:
    """Let the open round promise what rounds did before any was secret; return the profile."""
    profile.validation_rounds.update(is_secret=False, attribution=attribution)
    Profile.objects.filter(pk=profile.pk).update(attribution=attribution)
    return fresh(profile)


@mould
def give_erratum(profile: Profile) -> None:
    """Write the printed erratum of a correction."""
    Profile.objects.filter(pk=profile.pk).update(erratum="Page 3: 4,000 instead of 40,000.")


@mould
def give_figure(one: Section) -> DataItem:
    """Add a figure that has been requested, in a table of its own, with all that it needs."""
    number = next(numbers)
    give_territory(one.profile)
    source = give_source(one.profile)
    table = DataTable.objects.create(
        profile=one.profile, section=one, key=f"T{number}", title="Population"
    )
    return DataItem.objects.create(
        table=table,
        label="Residents",
        value=1000,
        unit="persons",
        year=2024,
        territory=one.profile.territories.get(is_city=True),
        definition=one.profile.definitions.first(),
        source=source,
    )


@mould
def give_source(profile: Profile) -> Source:
    """Register a source that nothing cites yet."""
    number = next(numbers)
    return Source.objects.create(
        profile=profile, key=f"source-{number}", kind="statistics", authors="Office", title="T"
    )


def give_picture(
    profile: Profile, key: str = "", *, content: bytes = b"", **fields: Any
) -> Picture:
    """Register a picture by the local expert; each one is another."""
    number = next(numbers)
    # Other ones than those that tests draw themselves, which begin with the first.
    sent = content or harbour(100 + number)
    said = {"caption": f"The port {number}", "alt": "Boats at a quay", "credit": "Photo: Office"}
    return pictures.add_picture(
        profile,
        file=read_picture(io.BytesIO(sent)),
        by=holder(profile, Role.LOCAL_EXPERT),
        at=timezone.now(),
        **{"key": key or f"p{number}", **said, **fields},
    )


def comment_on(
    one: Section, by: User, *, text: str = "", at: datetime | None = None, quote: str = ""
) -> Comment:
    before = one.comments.count()
    text = text or "Where is the source?" + (f" ({before + 1})" if before else "")
    return comments.add_comment(
        fresh(one),
        kind=CommentKind.MUST_FIX,
        text=text,
        by=by,
        at=at or timezone.now(),
        quote=Quote(quote),
    )


#: What a file for publication is published with, as far as it matters that there is something.
FROZEN = [
    {
        "path": "profile.json",
        "content_type": "application/json",
        "file": "reports/no-such-file.json",
        "sha256": "1" * 64,
        "size": 1,
    }
]


def printed_now(profile: Profile, language: str = "") -> str:
    """Return the fingerprint of all that a file for publication would print now."""
    kept = fresh(profile)
    return material_digest(kept, material_of(kept, language=language, as_public=True))


@mould
def prepare_publication(profile: Profile) -> None:
    """Record a finished PDF of the present text: building a real one takes seconds."""
    moment = timezone.now()
    Build.objects.create(
        profile=profile,
        language=profile.language,
        kind=Build.Kind.PUBLICATION,
        digest=uuid.uuid4().hex * 2,
        text_digest=fresh(profile).text_digest(),
        material_digest=printed_now(profile),
        state=Build.State.DONE,
        file="reports/no-such-file.pdf",
        sha256="0" * 64,
        created_at=moment,
        finished_at=moment,
        frozen=FROZEN,
    )


def freeze_edition(profile: Profile) -> None:
    """Record a finished PDF with a real web edition, real data and the bytes of a small file."""
    prepare_publication(profile)
    kept = fresh(profile)
    build = kept.builds.latest("pk")
    material = material_of(kept, as_public=True)
    content = f"%PDF-1.7 of {kept.slug} {material.version}".encode()
    build.file.save(f"reports/{build.pk}.pdf", ContentFile(content), save=False)
    build.sha256 = hashlib.sha256(content).hexdigest()
    changes = changes_since_published(kept, material)
    build.frozen = frozen_files(kept, material, changes)
    build.save()
