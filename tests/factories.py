"""A programme, its people and profiles in any state, brought there by the moves that lead there.

Nothing here writes a state: a profile moves through the engine only, each move by somebody who
may make it. Programmes are apart from one another, so tests never meet.
"""

import io
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from profile_workflow.anchors import Quote
from profile_workflow.models import (
    Challenge,
    City,
    Comment,
    DataItem,
    DataTable,
    InputRequest,
    Picture,
    Priority,
    Profile,
    Programme,
    Section,
    SignOff,
    Source,
    Template,
    TemplateCheck,
    TemplateSection,
    Territory,
    User,
    WordReading,
    WorkingDefinition,
)
from profile_workflow.pictures.pixels import read_picture
from profile_workflow.queries.quality import checklist
from profile_workflow.queries.validation import unanswered_objections
from profile_workflow.services import (
    comments,
    drafting,
    guidance,
    objections,
    people,
    pictures,
    profiles,
    quality,
    requests,
    word,
)
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.people import Part
from profile_workflow.states import (
    CommentKind,
    Outcome,
    ProfileState,
    Role,
    SectionState,
    SignOffState,
    StakeholderCategory,
    Verdict,
)
from profile_workflow.word import chapters
from profile_workflow.word.words import LeftOut
from reports.models import Build
from tests.measuring import measured_once, once
from tests.moulds import mould
from tests.pictures import harbour
from workflows import engine

S = ProfileState
EDITABLE = (SectionState.DRAFTING, SectionState.CHANGES_REQUESTED, SectionState.REOPENED)
_numbers = count(1)


@dataclass
class Made:
    """A programme with what every profile of it needs.

    ``people`` holds one person for each role, two of them where the process asks a group.
    ``outsider`` has an account and nothing else, ``superuser`` all of Django's rights and no role.
    """

    programme: Programme
    template: Template
    cities: list[City]
    people: dict[Role, list[User]]
    outsider: User
    superuser: User
    _editions: int = 2025

    def next_edition(self) -> int:
        """Return the year of an edition that no other profile of these people has."""
        self._editions += 1
        return self._editions

    def __getitem__(self, role: Role) -> User:
        return self.people[role][0]

    @property
    def team(self) -> User:
        return self[Role.PROJECT_TEAM]

    def parts(self) -> list[Part]:
        """Return everybody's part in one profile; the project team has the whole programme."""
        categories = list(StakeholderCategory)
        return [
            Part(user, role, categories[number] if role == Role.STAKEHOLDER else "")
            for role, users in self.people.items()
            if role != Role.PROJECT_TEAM
            for number, user in enumerate(users)
        ]


def make_person(name: str = "person", **fields: Any) -> User:
    number = next(_numbers)
    return User.objects.create_user(
        f"{name}-{number}@example.org", f"{name.replace('_', ' ').title()} {number}", **fields
    )


@mould
@once
def make_programme(*, sections: int = 3, cities: int = 1) -> Made:
    """Make a programme with a template of so many mandatory chapters."""
    number = next(_numbers)
    programme = Programme.objects.create(code=f"programme-{number}", name=f"Programme {number}")
    pairs = (Role.STAKEHOLDER,)
    made = Made(
        programme=programme,
        template=_make_template(number, sections),
        cities=[_make_city(programme, f"city-{number}-{one}") for one in range(cities)],
        people={
            role: [make_person(role.value) for _ in range(2 if role in pairs else 1)]
            for role in Role
        },
        outsider=make_person("outsider"),
        superuser=make_person("superuser", is_superuser=True, is_staff=True),
    )
    people.assign_to_programme(made.team, Role.PROJECT_TEAM, programme_id=programme.pk)
    return made


def _make_template(number: int, sections: int) -> Template:
    template = Template.objects.create(
        code=f"template-{number}", version=1, title="Template", body_pages=35, summary_pages=4
    )
    TemplateSection.objects.bulk_create(
        TemplateSection(
            template=template,
            key=str(position),
            number=str(position),
            kind=TemplateSection.Kind.CHAPTER,
            position=position,
            page_budget=2,
            title=f"Chapter {position}",
        )
        for position in range(1, sections + 1)
    )
    return template


def _make_city(programme: Programme, slug: str) -> City:
    return City.objects.create(
        programme=programme,
        slug=slug,
        name=slug.title(),
        country="TN",
        time_zone="Africa/Tunis",
        working_week=[0, 1, 2, 3, 4],
        languages=["en"],
    )


def nomination(made: Made, **wishes: Any) -> profiles.Nomination:
    """Return what starts one more profile of a programme, with all its people."""
    if "edition" not in wishes:
        wishes["edition"] = made.next_edition()
    given = {
        "city": made.cities[0],
        "template": made.template,
        "language": "en",
        "title": "Migration Profile",
        "people": made.parts(),
    }
    return profiles.Nomination(**{**given, **wishes})


def make_profile(made: Made | None = None, *, at: datetime | None = None, **wishes: Any) -> Profile:
    """Nominate a profile; ``wishes`` replace fields of its ``Nomination``."""
    made = made or make_programme()
    # The year is part of what is cast again; the counter of the programme is not.
    if "edition" not in wishes:
        wishes["edition"] = made.next_edition()
    return _nominate(made, at=at, **wishes)


@mould
def _nominate(made: Made, *, at: datetime | None, **wishes: Any) -> Profile:
    wanted = nomination(made, **wishes)
    with measured_once("nominate", *wishes):
        return engine.nominate(wanted, by=made.team, at=at or timezone.now())


def holder(profile: Profile, role: Role) -> User:
    """Return the first person who holds a role on a profile."""
    return holders(profile, role)[0]


def holders(profile: Profile, role: Role) -> list[User]:
    """Return everybody who holds a role on a profile, in the order of assignment."""
    held = User.objects.filter(assignments__role=role).filter(
        assignments__programme=profile.programme_id,
        assignments__profile__in=[profile.pk],
    )
    if role == Role.PROJECT_TEAM:
        held = User.objects.filter(
            assignments__role=role,
            assignments__programme=profile.programme_id,
            assignments__profile=None,
        )
    return list(held.distinct().order_by("pk"))


def fresh(document: Any) -> Any:
    """Return a document as the database has it now."""
    return type(document).objects.get(pk=document.pk)


def section(profile: Profile, key: str) -> Section:
    return Section.objects.get(profile=profile, key=key)


def sections(profile: Profile, *states: SectionState) -> list[Section]:
    found = Section.objects.filter(profile=profile).order_by("position")
    return list(found.filter(state__in=states) if states else found)


def asked(profile: Profile) -> list[SignOff]:
    """Return the sign-offs that still wait for an answer, in the order of asking."""
    waiting = SignOff.objects.filter(
        round__profile=profile, round__closed_at__isnull=True, state=SignOffState.ASKED
    )
    return list(waiting.select_related("person").order_by("pk"))


def move(
    document: Any, name: str, by: User | None, *, at: datetime | None = None, **details: Any
) -> Any:
    """Make a move and return the document as it is afterwards."""
    given, at = Details(**details), at or timezone.now()
    with measured_once("move", type(document), name, *sorted(details)):
        engine.perform(fresh(document), name, by=by, at=at, details=given)
    return fresh(document)


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the end what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# What people put into a profile besides moving it


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


@mould
def give_erratum(profile: Profile) -> None:
    """Write the printed erratum of a correction."""
    Profile.objects.filter(pk=profile.pk).update(erratum="Page 3: 4,000 instead of 40,000.")


@mould
def give_figure(one: Section) -> DataItem:
    """Add a figure that has been requested, in a table of its own, with all that it needs."""
    number = next(_numbers)
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
    number = next(_numbers)
    return Source.objects.create(
        profile=profile, key=f"source-{number}", kind="statistics", authors="Office", title="T"
    )


def give_picture(
    profile: Profile, key: str = "", *, content: bytes = b"", **fields: Any
) -> Picture:
    """Register a picture by the local expert; each one is another."""
    number = next(_numbers)
    sent = content or harbour(number)
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


@mould
def prepare_publication(profile: Profile) -> None:
    """Record a finished PDF of the present text: building a real one takes seconds."""
    moment = timezone.now()
    Build.objects.create(
        profile=profile,
        language=profile.language,
        kind=Build.Kind.PUBLICATION,
        digest=uuid.uuid4().hex * 2,
        text_digest=Profile.objects.get(pk=profile.pk).text_digest(),
        state=Build.State.DONE,
        file="reports/no-such-file.pdf",
        sha256="0" * 64,
        created_at=moment,
        finished_at=moment,
    )


# The way of a profile


def _begin_inception(profile: Profile, at: datetime) -> None:
    move(profile, "begin_inception", holder(profile, Role.PROJECT_TEAM), at=at)


def _begin_drafting(profile: Profile, at: datetime) -> None:
    give_territory(profile)
    move(profile, "begin_drafting", holder(profile, Role.LOCAL_EXPERT), at=at)


def submit_sections(profile: Profile, *, at: datetime | None = None) -> None:
    """Write every section whose author has the pen, and submit it."""
    expert = holder(profile, Role.LOCAL_EXPERT)
    for one in sections(profile, *EDITABLE):
        write(one, f"Text of chapter {one.key}, written {next(_numbers)}.", at=at)
        move(one, "submit", expert, at=at)


def _submit(name: str) -> "Step":
    def submit(profile: Profile, at: datetime) -> None:
        submit_sections(profile, at=at)
        move(profile, name, holder(profile, Role.LOCAL_EXPERT), at=at)

    return submit


def accept_sections(profile: Profile, *, at: datetime | None = None) -> None:
    """Accept every section that is under review."""
    for one in sections(profile, SectionState.UNDER_REVIEW):
        move(one, "accept", holder(profile, Role.INTERNATIONAL_EXPERT), at=at)


def _recommend_acceptance(profile: Profile, at: datetime) -> None:
    accept_sections(profile, at=at)
    move(profile, "recommend_acceptance", holder(profile, Role.INTERNATIONAL_EXPERT), at=at)


def _request_revision(profile: Profile, at: datetime) -> None:
    reviewer = holder(profile, Role.INTERNATIONAL_EXPERT)
    first, *others = sections(profile, SectionState.UNDER_REVIEW)
    move(first, "request_minor_changes", reviewer, at=at, reason="The figures are missing.")
    for one in others:
        move(one, "accept", reviewer, at=at)
    move(profile, "request_minor_revision", reviewer, at=at, reason="Almost there.")


def answer_checks(profile: Profile, *, at: datetime | None = None) -> None:
    """Let the project team answer what the template asks quality assurance."""
    profile, team = fresh(profile), holder(profile, Role.PROJECT_TEAM)
    for one in checklist(profile):
        if one.answer is None:
            moment = at or timezone.now()
            quality.answer_check(profile, one.question, Verdict.YES, by=team, at=moment)


def answer_objections(profile: Profile, *, at: datetime | None = None) -> None:
    """Let the project team answer every objection in writing."""
    team, moment = holder(profile, Role.PROJECT_TEAM), at or timezone.now()
    for one in unanswered_objections(profile).select_related("round"):
        objections.answer_objection(one, "We have looked at it.", by=team, at=moment)


def _pass_qa(profile: Profile, at: datetime) -> None:
    answer_checks(profile, at=at)
    move(profile, "pass_qa", holder(profile, Role.PROJECT_TEAM), at=at)


def _return_for_revision(profile: Profile, at: datetime) -> None:
    named = sections(profile)[:1]
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "return_for_revision", team, at=at, reason="Too long.", sections=named)


def approve_all(profile: Profile, *, at: datetime | None = None) -> None:
    """Let everybody who is asked approve."""
    for one in asked(profile):
        move(one, "approve", one.person, at=at)


def _conclude_consultation(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)
    move(profile, "conclude_consultation", holder(profile, Role.FOCAL_POINT), at=at)


def _revise_after_consultation(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)
    focal_point = holder(profile, Role.FOCAL_POINT)
    named = sections(profile)[:1]
    move(profile, "revise_after_consultation", focal_point, at=at, reason="New.", sections=named)


def _sign(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)


def _agree_priorities(profile: Profile, at: datetime) -> None:
    give_priority(profile)
    move(profile, "agree_priorities", holder(profile, Role.FOCAL_POINT), at=at)


def _adopt_priorities(profile: Profile, at: datetime) -> None:
    move(profile, "adopt_priorities", holder(profile, Role.CITY_AUTHORITY), at=at)


def _publish(profile: Profile, at: datetime) -> None:
    prepare_publication(profile)
    move(profile, "publish", holder(profile, Role.PROJECT_TEAM), at=at)


def _open_correction(profile: Profile, at: datetime) -> None:
    team = holder(profile, Role.PROJECT_TEAM)
    named = sections(profile)[:1]
    move(profile, "open_correction", team, at=at, reason="A wrong figure.", sections=named)


def _publish_correction(profile: Profile, at: datetime) -> None:
    submit_sections(profile, at=at)
    give_erratum(profile)
    prepare_publication(profile)
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "publish_correction", team, at=at, reason="The figure is right now.")


def _declare_update_due(profile: Profile, at: datetime) -> None:
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "declare_update_due", team, at=at, reason="Five years have passed.")


def _supersede(profile: Profile, at: datetime) -> None:
    bring_to(start_next_edition(profile, at=at), S.PUBLISHED, at=at)


def next_edition(profile: Profile) -> profiles.Nomination:
    """Return what starts the next edition of a profile, with the same people."""
    named = profile.assignments.filter(ends_on=None, stands_in_for=None).order_by("pk")
    return profiles.Nomination(
        city=profile.city,
        edition=profile.edition + 1000,
        template=profile.template,
        language=profile.language,
        title=profile.title,
        people=[
            Part(one.user, Role(one.role), one.category) for one in named.select_related("user")
        ],
    )


def start_next_edition(profile: Profile, *, at: datetime | None = None) -> Profile:
    """Nominate the next edition of a profile whose update is due."""
    return engine.nominate_next_edition(
        fresh(profile),
        next_edition(profile),
        by=holder(profile, Role.PROJECT_TEAM),
        at=at or timezone.now(),
    )


def _hold(profile: Profile, at: datetime) -> None:
    move(profile, "hold", holder(profile, Role.PROJECT_TEAM), at=at, reason="Elections.")


def _cancel(profile: Profile, at: datetime) -> None:
    move(profile, "cancel", holder(profile, Role.PROJECT_TEAM), at=at, reason="No funds.")


Step = Callable[[Profile, datetime], None]

#: The straight way: what is done in a state so that the next one is reached.
FORWARD: dict[str, Step] = {
    S.PLANNED: _begin_inception,
    S.INCEPTION: _begin_drafting,
    S.DRAFTING: _submit("submit_draft"),
    S.EXPERT_REVIEW: _recommend_acceptance,
    S.REVISION_EXPERT: _submit("submit_minor_revision"),
    S.PROJECT_QA: _pass_qa,
    S.REVISION_QA: _submit("submit_qa_revision"),
    S.CONSULTATION: _conclude_consultation,
    S.REVISION_VALIDATION: _submit("submit_validation_revision"),
    S.SIGNOFF: _sign,
    S.PRIORITY_SETTING: _agree_priorities,
    S.PRIORITIES_ADOPTED: _adopt_priorities,
    S.PRODUCTION: _publish,
    S.CORRECTION: _publish_correction,
}

#: States beside the straight way: from which state, and by doing what, each is reached.
ASIDE: dict[str, tuple[ProfileState, Step]] = {
    S.REVISION_EXPERT: (S.EXPERT_REVIEW, _request_revision),
    S.REVISION_QA: (S.PROJECT_QA, _return_for_revision),
    S.REVISION_VALIDATION: (S.CONSULTATION, _revise_after_consultation),
    S.CORRECTION: (S.PUBLISHED, _open_correction),
    S.UPDATE_DUE: (S.PUBLISHED, _declare_update_due),
    S.SUPERSEDED: (S.UPDATE_DUE, _supersede),
    S.ON_HOLD: (S.DRAFTING, _hold),
    S.CANCELLED: (S.ON_HOLD, _cancel),
}

#: States in which a profile can rest; ``validated`` is only passed through, within one move.
RESTS: Sequence[ProfileState] = tuple(state for state in S if state != S.VALIDATED)


@mould
def advance(profile: Profile, *, at: datetime | None = None) -> Profile:
    """Take the straight way to the next state."""
    profile = fresh(profile)
    with measured_once("advance", profile.state):
        FORWARD[profile.state](profile, at or timezone.now())
    return fresh(profile)


def bring_to(profile: Profile, state: ProfileState, *, at: datetime | None = None) -> Profile:
    """Bring a profile to a state by the shortest way there; return it as it is then.

    Raises:
        ValueError: If no profile rests in the state, or no way leads there any more.
    """
    profile = fresh(profile)
    if profile.state == state:
        return profile
    if state not in RESTS:
        raise ValueError(f"no profile rests in the state {state}")
    if state in ASIDE:
        return _turn_aside(bring_to(profile, ASIDE[state][0], at=at), state, at=at)
    while profile.state != state:
        if profile.state not in FORWARD:
            raise ValueError(f"no way leads from {profile.state} to {state}")
        profile = advance(profile, at=at)
    return profile


@mould
def _turn_aside(profile: Profile, state: ProfileState, *, at: datetime | None) -> Profile:
    with measured_once("aside", state):
        ASIDE[state][1](profile, at or timezone.now())
    return fresh(profile)
