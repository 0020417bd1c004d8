"""Events in words: names for pseudonyms, words for codes, attribution kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from profile_workflow.models import (
    Assignment,
    Comment,
    DataItem,
    Event,
    InputRequest,
    Profile,
    ReviewInvitation,
    Section,
    SignOff,
    TemplateCheck,
    User,
)
from profile_workflow.queries.attribution import Credit, credit, may_see_names, participant
from profile_workflow.queries.blindness import veil_of
from profile_workflow.queries.evidence import sees_working_material
from profile_workflow.queries.history.words import (
    Kind,
    evidence_label,
    move_label,
    role_label,
    state_label,
)
from profile_workflow.queries.profiles import categories_of
from profile_workflow.queries.validation import may_read
from profile_workflow.states import AUTHOR_ROLES, Role, ValidationKind

_REGISTERING = ("register", "change", "remove", "shift", "merge", "share", "withdraw")


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words.

    Attributes:
        who: Who did it; empty for the software.
        role: In which role, empty where it would tell who it was.
        about: The document in words.
        section: Key of the section it is about, if any.
        exact: Whether the time of day may be shown, and its number; ``told_by_day`` says the same.
        number: Its number; None where it may not be shown, or where gaps would tell of others.
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
    number: int | None


@dataclass(slots=True)
class _Documents:
    """The documents that some events name, each kind fetched with one query."""

    sections: dict[str, Section] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    signoffs: dict[int, SignOff] = field(default_factory=dict)
    figures: dict[int, DataItem] = field(default_factory=dict)
    requests: dict[int, InputRequest] = field(default_factory=dict)
    invitations: dict[int, ReviewInvitation] = field(default_factory=dict)
    assignments: dict[int, Assignment] = field(default_factory=dict)
    questions: dict[str, TemplateCheck] = field(default_factory=dict)
    people: dict[UUID, User] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)


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
    invitations = ReviewInvitation.objects.select_related("person")
    assignments = Assignment.objects.select_related(
        "user__organisation", "stands_in_for__user__organisation"
    )
    people = User.objects.filter(pseudonym__in=actors).select_related("organisation")
    documents = _Documents(
        sections={one.key: one for one in sections},
        comments=comments.in_bulk(ids.get(Kind.COMMENT, ())),
        signoffs=signoffs.in_bulk(ids.get(Kind.SIGN_OFF, ())),
        figures=figures.in_bulk(ids.get(Kind.DATA_ITEM, ())),
        requests=requests.in_bulk(ids.get(Kind.INPUT_REQUEST, ())),
        invitations=invitations.in_bulk(ids.get(Kind.INVITATION, ())),
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
    veil = veil_of(profile, viewer)
    is_numbered = by.is_named and veil is None
    is_judged = kind == Kind.SECTION and veil is not None and veil.hides_states(event.at)
    is_verdict = is_judged or (hidden and kind == Kind.CHECK)
    return Line(
        event=event,
        who=by.name,
        role=by.role,
        what=move_label(kind, event.move),
        about=_about(kind, name, section, documents, profile, viewer),
        section=section.key if section else "",
        from_label="" if is_verdict else state_label(kind, event.from_state),
        to_label="" if is_verdict else state_label(kind, event.to_state),
        reason=reason.text if reason and not hidden else "",
        exact=by.is_named,
        number=event.seq if is_numbered else None,
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
        return Credit(_nobody(kind, name, documents), "", is_named=True)
    person = documents.people.get(event.actor)
    if person is None:
        return Credit(_("A person whose name was erased"), role_label(event.role), is_named=True)
    attribution = _attribution(event, kind, name, person, documents, profile)
    if attribution is None or not event.role:
        return Credit(person.full_name, role_label(event.role), is_named=True)
    return credit(
        person,
        attribution,
        role=Role(event.role),
        category=documents.categories.get(person.pk, ""),
        viewer=viewer,
        profile=profile,
    )


def _nobody(kind: str, name: str, documents: _Documents) -> str:
    """Return who has done what no actor is recorded of: the software, unless it was unsealed."""
    comment = documents.comments.get(int(name)) if kind == Kind.COMMENT else None
    is_unsealed = comment is not None and comment.author_id is None
    return participant() if is_unsealed else ""


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
    if kind in (Kind.INPUT_REQUEST, Kind.INVITATION):
        return _asked(label, kind, int(name), documents)
    if kind == Kind.ASSIGNMENT and int(name) in documents.assignments:
        return _assigned(documents.assignments[int(name)], profile, viewer)
    if kind == Kind.CHECK:
        return f"{label}: {documents.questions.get(name) or section or name}"
    if kind == Kind.EVIDENCE:
        return evidence_label(name.partition(":")[0]) or label
    if kind in (Kind.REVIEW_ROUND, Kind.VERSION):
        return f"{label} {name}"
    if kind == Kind.VALIDATION_ROUND:
        asked_for, _separator, number = name.partition(":")
        return f"{ValidationKind(asked_for).label} {number}"
    return f"{label}: {section}" if section is not None else label


def _asked(label: str, kind: str, pk: int, documents: _Documents) -> str:
    """Return what somebody was asked for, or who was invited."""
    if kind == Kind.INVITATION and pk in documents.invitations:
        return f"{label}: {documents.invitations[pk].person.full_name}"
    request = documents.requests.get(pk)
    return f"{label}: {request}" if request is not None else label


def _assigned(assignment: Assignment, profile: Profile, viewer: User) -> str:
    """Return who was given a part; members of the stakeholder group as the profile shows them.

    Before a substitute has begun it is whom he stands in for: whoever named him by an address
    would learn otherwise that there is an account with it.
    """
    lent = assignment.stands_in_for
    if lent and not (assignment.has_begun(on=profile.day) or may_see_names(viewer, profile)):
        return _assigned(lent, profile, viewer)
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


def last_reason(profile: Profile, document: str, *, viewer: User) -> Line | None:
    """Return the newest event of a document that gives a reason, in words.

    None if there is none, or if its reason is kept from the reader.
    """
    about = Event.objects.filter(profile=profile, document=document)
    veil = veil_of(profile, viewer)
    if veil is not None:
        about = about.exclude(veil.events)
    number = about.exclude(reason_hash="").order_by("-seq").values_list("seq", flat=True).first()
    found = lines(profile, [number], viewer=viewer) if number else []
    return next((line for line in found if line.reason), None)
