"""The event log as people read it: names for pseudonyms, words for codes, attribution kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.models import (
    Assignment,
    Comment,
    DataItem,
    Event,
    InputRequest,
    LibrarySource,
    Priority,
    Profile,
    Section,
    SignOff,
    TemplateCheck,
    User,
)
from profile_workflow.queries.attribution import Credit, credit, may_see_names
from profile_workflow.queries.evidence import ENTRIES, sees_working_material
from profile_workflow.queries.profiles import categories_of
from profile_workflow.queries.requests import requests_seen_by, sees_all_requests
from profile_workflow.queries.validation import may_read
from profile_workflow.states import (
    AUTHOR_ROLES,
    CommentState,
    DataItemState,
    ProfileState,
    RequestState,
    Role,
    SectionState,
    SignOffState,
    ValidationKind,
    Verdict,
)


class Kind(TextChoices):
    """What an event is about, as the first word of its document."""

    PROFILE = "profile", gettext_lazy("Profile")
    SECTION = "section", gettext_lazy("Section")
    COMMENT = "comment", gettext_lazy("Comment")
    SIGN_OFF = "sign_off", gettext_lazy("Sign-off")
    DATA_ITEM = "data_item", gettext_lazy("Figure")
    INPUT_REQUEST = "input_request", gettext_lazy("Request for input")
    EVIDENCE = "evidence", gettext_lazy("Evidence and priorities")
    REVIEW_ROUND = "review_round", gettext_lazy("Round of expert review")
    VALIDATION_ROUND = "validation_round", gettext_lazy("Round of validation")
    TASK = "task", gettext_lazy("Task")
    ASSIGNMENT = "assignment", gettext_lazy("Assignment")
    CHECK = "check", gettext_lazy("Check of quality")
    GUIDANCE = "guidance", gettext_lazy("Guidance")


class Subject(TextChoices):
    """What a reader looks for in a history."""

    MOVES = "moves", gettext_lazy("Moves of the profile and its sections")
    COMMENT = "comment", gettext_lazy("Comments")
    SIGN_OFF = "sign_off", gettext_lazy("Sign-offs")
    PEOPLE = "people", gettext_lazy("People and tasks")
    FIGURES = "figures", gettext_lazy("Figures and sources")
    REQUESTS = "requests", gettext_lazy("Requests for input")
    QUALITY = "quality", gettext_lazy("Checks of quality")
    BUILD = "build", gettext_lazy("PDFs")


#: Subject → first words of the documents that belong to it. PDFs have no events.
_DOCUMENTS_OF: dict[str, tuple[str, ...]] = {
    Subject.MOVES: ("profile", "section", "guidance", "review_round", "validation_round"),
    Subject.COMMENT: ("comment",),
    Subject.SIGN_OFF: ("sign_off",),
    Subject.PEOPLE: ("assignment", "task"),
    Subject.FIGURES: ("data_item", "evidence"),
    Subject.REQUESTS: ("input_request",),
    Subject.QUALITY: ("check",),
    Subject.BUILD: (),
}

#: Which machine the states of a document belong to.
_STATES: dict[str, type[TextChoices]] = {
    Kind.PROFILE: ProfileState,
    Kind.SECTION: SectionState,
    Kind.COMMENT: CommentState,
    Kind.SIGN_OFF: SignOffState,
    Kind.DATA_ITEM: DataItemState,
    Kind.INPUT_REQUEST: RequestState,
    Kind.ASSIGNMENT: Role,
    Kind.CHECK: Verdict,
}

#: Kinds whose events may tell who gave an answer.
_ANSWERS = (Kind.COMMENT, Kind.SIGN_OFF)

#: What happens beside the machines.
_OTHER_MOVES: dict[str, "str | Promise"] = {
    "nominate": gettext_lazy("Nominate"),
    "assign": gettext_lazy("Give a part in the profile"),
    "substitute": gettext_lazy("Name a substitute"),
    "ask": gettext_lazy("Ask for an answer"),
    "make": gettext_lazy("Comment"),
    "reply": gettext_lazy("Reply to the comment"),
    "apply": gettext_lazy("Apply the suggestion to the text"),
    "open_round": gettext_lazy("Open the round"),
    "claim": gettext_lazy("Take the task"),
    "release": gettext_lazy("Give the task back"),
    "delegate": gettext_lazy("Hand the task over"),
    "register": gettext_lazy("Enter into the register"),
    "change": gettext_lazy("Change"),
    "remove": gettext_lazy("Remove"),
    "merge": gettext_lazy("Merge into one"),
    "share": gettext_lazy("Put into the library"),
    "withdraw": gettext_lazy("Withdraw from the library"),
    "change_deadline": gettext_lazy("Change the deadline"),
    "mark_questions": gettext_lazy("Mark guiding questions"),
    "allow_finding": gettext_lazy("Allow a finding in the text"),
    "take_back_allowance": gettext_lazy("Take back that a finding is allowed"),
    "end_part": gettext_lazy("Take the part back"),
    "answer_objection": gettext_lazy("Answer the objection in writing"),
    "answer_check": gettext_lazy("Answer a check"),
    "waive_advice": gettext_lazy("Waive an advice"),
    "take_waiver_back": gettext_lazy("Take the waiver back"),
    "shift": gettext_lazy("Change the order"),
    "carry_over": gettext_lazy("Take over from the edition before"),
}

_REGISTERING = ("register", "change", "remove", "shift", "merge", "share", "withdraw")

#: What an event about the evidence names, as its second word.
_EVIDENCE: dict[str, "str | Promise"] = {
    **{one._meta.model_name or "": one._meta.verbose_name or "" for one in ENTRIES},  # noqa: SLF001 - Django's own API
    "librarysource": LibrarySource._meta.verbose_name or "",  # noqa: SLF001 - Django's own API
    "priorities": Priority._meta.verbose_name_plural or "",  # noqa: SLF001 - Django's own API
    "erratum": gettext_lazy("erratum"),
    "edition": gettext_lazy("what the text rests on"),
}


@cache
def _machine_moves() -> dict[tuple[str, str], "str | Promise"]:
    machines = (Profile, Section, Comment, SignOff, DataItem, InputRequest)
    return {
        (machine.document_type, move.name): move.custom["label"]
        for machine in machines
        for move in machine().get_all_state_transitions()
    }


def move_label(kind: str, move: str) -> str:
    """Return a move in words, in the language in force."""
    label = _machine_moves().get((kind, move)) or _OTHER_MOVES.get(move)
    return str(label) if label else move.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see of a history; empty values leave nothing out.

    Attributes:
        person: Id of who did it.
        kind: A ``Subject``.
        section: Key of the section it is about.
        since: First day, in the zone of the reader.
        until: Last day.
        number: Number of the only event that is wanted.
    """

    person: int | None = None
    kind: str = ""
    section: str = ""
    since: date | None = None
    until: date | None = None
    number: int | None = None

    def within(self, field: str) -> Q:
        """Return the condition that a moment lies between the two days."""
        condition = Q()
        if self.since is not None:
            condition &= Q(**{f"{field}__gte": _midnight(self.since)})
        if self.until is not None and self.until < date.max:
            condition &= Q(**{f"{field}__lt": _midnight(self.until + timedelta(days=1))})
        return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words.

    Attributes:
        who: Who did it; empty for the software.
        role: In which role, empty where it would tell who it was.
        about: The document in words.
        section: Key of the section it is about, if any.
        exact: Whether the time of day may be shown.
    """

    event: Event
    who: str
    role: str
    what: str
    about: str
    section: str
    from_label: str
    to_label: str
    reason: str
    exact: bool


@dataclass(slots=True)
class _Documents:
    """The documents that some events name, each kind fetched with one query."""

    sections: dict[str, Section] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    signoffs: dict[int, SignOff] = field(default_factory=dict)
    figures: dict[int, DataItem] = field(default_factory=dict)
    requests: dict[int, InputRequest] = field(default_factory=dict)
    assignments: dict[int, Assignment] = field(default_factory=dict)
    questions: dict[str, TemplateCheck] = field(default_factory=dict)
    people: dict[UUID, User] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)


def events_of(profile: Profile, wanted: Wanted, *, viewer: User) -> "QuerySet[Event, int]":
    """Return the numbers of the events that a reader wants, newest first.

    Asking for one person finds only what shows that person's name to the reader, so that a filter
    cannot tell who gave an answer. Requests for input are told to those who may see them.
    """
    events = _told_to(viewer, profile).filter(wanted.within("at"))
    if wanted.number is not None:
        events = events.filter(seq=wanted.number)
    if wanted.kind:
        events = events.filter(_is_about(wanted.kind))
    if wanted.section:
        events = events.filter(document__in=_documents_about(profile, wanted.section))
    if wanted.person is not None:
        person = User.objects.filter(pk=wanted.person).values("pseudonym")[:1]
        events = events.filter(actor=person)
        if wanted.person != viewer.pk and not may_see_names(viewer, profile):
            events = events.exclude(_may_hide_a_name())
    return events.order_by("-seq").values_list("seq", flat=True)


def _told_to(viewer: User, profile: Profile) -> "QuerySet[Event]":
    """Return the events of a profile without those of requests that a reader may not see."""
    events = Event.objects.filter(profile=profile)
    if sees_all_requests(profile, viewer):
        return events
    seen = requests_seen_by(profile, viewer).order_by("pk").values_list("pk", flat=True)
    own = Q(document__in=[f"{Kind.INPUT_REQUEST}:{pk}" for pk in seen])
    return events.filter(~Q(document__startswith=f"{Kind.INPUT_REQUEST}:") | own)


def _is_about(subject: str) -> Q:
    condition = Q(pk__in=())
    for kind in _DOCUMENTS_OF[subject]:
        condition |= Q(document=kind) | Q(document__startswith=f"{kind}:")
    return condition


def _may_hide_a_name() -> Q:
    hidden = Q(role=Role.STAKEHOLDER)
    for kind in _ANSWERS:
        hidden |= Q(document__startswith=f"{kind}:")
    return hidden


def _documents_about(profile: Profile, key: str) -> list[str]:
    comments = Comment.objects.filter(section__profile=profile, section__key=key)
    figures = DataItem.objects.filter(table__section__profile=profile, table__section__key=key)
    requests = InputRequest.objects.filter(profile=profile, section__key=key).order_by("pk")
    return [
        f"{Kind.SECTION}:{key}",
        f"{Kind.GUIDANCE}:{key}",
        *(f"{Kind.COMMENT}:{pk}" for pk in comments.order_by("pk").values_list("pk", flat=True)),
        *(f"{Kind.DATA_ITEM}:{pk}" for pk in figures.order_by("pk").values_list("pk", flat=True)),
        *(f"{Kind.INPUT_REQUEST}:{pk}" for pk in requests.values_list("pk", flat=True)),
    ]


def people_in(profile: Profile, *, viewer: User) -> list[User]:
    """Return the people whose names a reader may look for in a history, by name."""
    events = _told_to(viewer, profile).filter(actor__isnull=False)
    if not may_see_names(viewer, profile):
        events = events.exclude(_may_hide_a_name())
    actors = events.values("actor").distinct()
    return list(User.objects.filter(pseudonym__in=actors).order_by("full_name", "pk"))


def lines(profile: Profile, numbers: Sequence[int], *, viewer: User) -> list[Line]:
    """Return events in words, newest first: a constant number of queries."""
    found = Event.objects.filter(profile=profile, seq__in=numbers).select_related("reason")
    events = list(found.order_by("-seq"))
    documents = _documents_of(profile, events)
    return [_line(event, documents, profile, viewer) for event in events]


def _documents_of(profile: Profile, events: Sequence[Event]) -> _Documents:
    ids: dict[str, set[int]] = {}
    actors: set[UUID] = set()
    for event in events:
        kind, _separator, name = event.document.partition(":")
        if name.isdigit():
            ids.setdefault(kind, set()).add(int(name))
        if event.actor is not None:
            actors.add(event.actor)
    sections = profile.sections.select_related("template_section")
    comments = Comment.objects.select_related("section__template_section", "author")
    signoffs = SignOff.objects.select_related("round", "person")
    figures = DataItem.objects.select_related("table__section__template_section")
    requests = InputRequest.objects.select_related("section__template_section")
    assignments = Assignment.objects.select_related("user__organisation")
    people = User.objects.filter(pseudonym__in=actors).select_related("organisation")
    documents = _Documents(
        sections={one.key: one for one in sections},
        comments=comments.in_bulk(ids.get(Kind.COMMENT, ())),
        signoffs=signoffs.in_bulk(ids.get(Kind.SIGN_OFF, ())),
        figures=figures.in_bulk(ids.get(Kind.DATA_ITEM, ())),
        requests=requests.in_bulk(ids.get(Kind.INPUT_REQUEST, ())),
        assignments=assignments.in_bulk(ids.get(Kind.ASSIGNMENT, ())),
        people={one.pseudonym: one for one in people},
    )
    if any(event.document.startswith(f"{Kind.CHECK}:") for event in events):
        asked = TemplateCheck.objects.filter(template=profile.template_id)
        documents.questions = {one.key: one for one in asked}
    documents.categories = categories_of(profile, {one.pk for one in documents.people.values()})
    return documents


def _line(event: Event, documents: _Documents, profile: Profile, viewer: User) -> Line:
    kind, _separator, name = event.document.partition(":")
    by = _who(event, kind, name, documents, profile, viewer)
    section = _section(kind, name, documents)
    reason = getattr(event, "reason", None)
    hidden = _is_hidden(event, kind, name, documents, profile, viewer)
    is_verdict = hidden and kind == Kind.CHECK
    return Line(
        event=event,
        who=by.name,
        role=by.role,
        what=move_label(kind, event.move),
        about=_about(kind, name, section, documents, profile, viewer),
        section=section.key if section else "",
        from_label="" if is_verdict else _state_label(kind, event.from_state),
        to_label="" if is_verdict else _state_label(kind, event.to_state),
        reason=reason.text if reason and not hidden else "",
        exact=by.is_named,
    )


def _is_hidden(
    event: Event, kind: str, name: str, documents: _Documents, profile: Profile, viewer: User
) -> bool:
    """Whether the words of an event are kept from a reader."""
    if kind == Kind.CHECK:
        return not may_see_names(viewer, profile)
    if kind == Kind.SIGN_OFF:
        signoff = documents.signoffs.get(int(name))
        return signoff is None or not may_read(signoff, profile, viewer=viewer)
    return _tells_working_material(event, kind) and not sees_working_material(profile, viewer)


def _tells_working_material(event: Event, kind: str) -> bool:
    """Whether the words of an event hold figures or keys that may not be submitted yet."""
    if kind == Kind.GUIDANCE:
        return True
    kept = event.move in _REGISTERING and event.document != "evidence:priorities"
    return kept and kind in (Kind.EVIDENCE, Kind.DATA_ITEM)


def _who(
    event: Event, kind: str, name: str, documents: _Documents, profile: Profile, viewer: User
) -> Credit:
    """Return who made a move, as far as the reader may know."""
    if event.actor is None:
        return Credit("", "", is_named=True)
    person = documents.people.get(event.actor)
    if person is None:
        return Credit(_("A person whose name was erased"), _role_label(event.role), is_named=True)
    attribution = _attribution(event, kind, name, person, documents, profile)
    if attribution is None or not event.role:
        return Credit(person.full_name, _role_label(event.role), is_named=True)
    return credit(
        person,
        attribution,
        role=Role(event.role),
        category=documents.categories.get(person.pk, ""),
        viewer=viewer,
        profile=profile,
    )


def _attribution(
    event: Event,
    kind: str,
    name: str,
    person: User,
    documents: _Documents,
    profile: Profile,
) -> str | None:
    """Return the attribution that protects the name of an actor, or None if nothing does.

    It protects who comments and who answers, not who answers a comment or waives an answer.
    """
    if kind == Kind.COMMENT:
        comment = documents.comments.get(int(name))
        if comment is not None and comment.author_id == person.pk:
            return comment.attribution
        if event.move == "reply" and event.role not in AUTHOR_ROLES:
            return profile.attribution
    if kind == Kind.SIGN_OFF:
        signoff = documents.signoffs.get(int(name))
        if signoff is not None and signoff.person_id == person.pk:
            return signoff.round.attribution
    return profile.attribution if event.role == Role.STAKEHOLDER else None


def _section(kind: str, name: str, documents: _Documents) -> Section | None:
    if kind in (Kind.SECTION, Kind.GUIDANCE):
        return documents.sections.get(name)
    if kind == Kind.CHECK:
        key, separator, _code = name.partition(":")
        return documents.sections.get(key) if separator else None
    if kind == Kind.COMMENT and int(name) in documents.comments:
        return documents.comments[int(name)].section
    if kind == Kind.DATA_ITEM and int(name) in documents.figures:
        return documents.figures[int(name)].table.section
    if kind == Kind.INPUT_REQUEST and int(name) in documents.requests:
        return documents.requests[int(name)].section
    return None


def _about(
    kind: str,
    name: str,
    section: Section | None,
    documents: _Documents,
    profile: Profile,
    viewer: User,
) -> str:
    label = str(Kind(kind).label) if kind in Kind.values else kind
    if kind == Kind.SECTION and section is not None:
        return str(section)
    if kind == Kind.INPUT_REQUEST and int(name) in documents.requests:
        return f"{label}: {documents.requests[int(name)]}"
    if kind == Kind.ASSIGNMENT and int(name) in documents.assignments:
        return _assigned(documents.assignments[int(name)], profile, viewer)
    if kind == Kind.CHECK:
        return f"{label}: {documents.questions.get(name) or section or name}"
    if kind == Kind.EVIDENCE:
        return capfirst(str(_EVIDENCE.get(name.partition(":")[0], label)))
    if kind == Kind.REVIEW_ROUND:
        return f"{label} {name}"
    if kind == Kind.VALIDATION_ROUND:
        asked_for, _separator, number = name.partition(":")
        return f"{ValidationKind(asked_for).label} {number}"
    return f"{label}: {section}" if section is not None else label


def _assigned(assignment: Assignment, profile: Profile, viewer: User) -> str:
    """Return who was given a part; members of the stakeholder group as the profile shows them."""
    if assignment.role != Role.STAKEHOLDER:
        return assignment.user.full_name
    shown = credit(
        assignment.user,
        profile.attribution,
        role=Role.STAKEHOLDER,
        category=assignment.get_category_display(),
        viewer=viewer,
        profile=profile,
    )
    return shown.name


def _role_label(role: str) -> str:
    return str(Role(role).label) if role else ""


def _state_label(kind: str, state: str) -> str:
    states = _STATES.get(kind)
    return str(states(state).label) if states and state in states.values else ""


def last_reason(profile: Profile, document: str, *, viewer: User) -> Line | None:
    """Return the newest event of a document that gives a reason, in words.

    None if there is none, or if its reason is kept from the reader.
    """
    number = (
        Event.objects.filter(profile=profile, document=document)
        .exclude(reason_hash="")
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    found = lines(profile, [number], viewer=viewer) if number else []
    return next((line for line in found if line.reason), None)
