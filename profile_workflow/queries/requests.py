"""Requests for input: whom one can ask, who sees what, what was said, whose turn it is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from profile_workflow.models import (
    Assignment,
    InputRequest,
    Profile,
    RequestEntry,
    Section,
    TemplateSubsection,
    User,
)
from profile_workflow.queries.attribution import Credit, credit_of_asked
from profile_workflow.queries.profiles import categories_of
from profile_workflow.states import (
    AUTHOR_ROLES,
    CITY_ROLES,
    OPEN_REQUEST_STATES,
    REQUESTS_BACK_WITH_THE_ASKER,
    RESTING_STATES,
    RequestState,
    Role,
)

#: Who sees every request of a profile; whoever is asked sees his own.
_SEES_ALL = {Role.PROJECT_TEAM, *AUTHOR_ROLES}

Requests = QuerySet[InputRequest]


# Whom one can ask


@dataclass(frozen=True, slots=True)
class Askable:
    """Somebody of the city with a part in a profile.

    Attributes:
        category: Category of the stakeholder in words, if the person is one.
    """

    person: User
    role: Role
    category: str


def askable(profile: Profile) -> list[Askable]:
    """Return the people of the city, in the order of their roles, each once: one query."""
    held = Assignment.objects.active(profile.day).filter(profile=profile, stands_in_for=None)
    parts = list(held.in_roles(CITY_ROLES).select_related("user__organisation").order_by("pk"))
    found: dict[int, Askable] = {}
    for role in CITY_ROLES:
        for one in parts:
            if one.role == role:
                found.setdefault(one.user_id, Askable(one.user, role, one.get_category_display()))
    return list(found.values())


def people_to_ask(profile: Profile, *, viewer: User, but: int = 0) -> list[tuple[int, str]]:
    """Return id and words for each person whom a reader can ask, leaving out one of them.

    Equal words (two people of one organisation) are told apart by a number.
    """
    found: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    for one in askable(profile):
        if one.person.pk in (but, viewer.pk):
            continue
        words = _in_words(one, viewer, profile)
        seen[words] = seen.get(words, 0) + 1
        found.append((one.person.pk, f"{words} {seen[words]}" if seen[words] > 1 else words))
    return found


def _in_words(one: Askable, viewer: User, profile: Profile) -> str:
    shown = credit_of_asked(
        one.person, role=one.role, category=one.category, viewer=viewer, profile=profile
    )
    group = one.category or str(one.role.label)
    organisation = one.person.organisation
    beside = [group] if shown.name != group else []
    if shown.is_named and organisation is not None:
        beside.insert(0, organisation.name)
    return f"{shown.name} ({', '.join(beside)})" if beside else shown.name


# Who sees what


def sees_all_requests(profile: Profile, viewer: User) -> bool:
    """Whether a person sees every request of a profile, not only those made to him."""
    return bool(profile.roles_of(viewer).intersection(_SEES_ALL))


def requests_seen_by(profile: Profile, viewer: User) -> Requests:
    """Return the requests of a profile that a person may see."""
    found: Requests = InputRequest.objects.filter(profile=profile)
    if sees_all_requests(profile, viewer):
        return found
    standing_in = Assignment.objects.active(profile.day).filter(
        profile=profile, user=viewer, stands_in_for__isnull=False
    )
    own = Q(asked_of=viewer) | Q(asked_of__in=standing_in.values("stands_in_for__user"))
    seen: Requests = found.filter(own)
    return seen


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests a reader wants; empty values leave nothing out.

    Attributes:
        state: ``open``, ``late``, ``back`` (with whoever asked) or ``settled``.
        section: Key of a section.
    """

    state: str = ""
    section: str = ""


_SETTLED = (RequestState.ACCEPTED, RequestState.UNAVAILABLE, RequestState.WITHDRAWN)
_OF_STATE: Mapping[str, Collection[str]] = {
    "open": OPEN_REQUEST_STATES,
    "late": (RequestState.ASKED,),
    "back": REQUESTS_BACK_WITH_THE_ASKER,
    "settled": _SETTLED,
}


def requests_wanted(profile: Profile, wanted: Wanted, *, viewer: User, at: datetime) -> Requests:
    """Return the requests that a reader wants and may see: what waits first, by its deadline."""
    found = requests_seen_by(profile, viewer)
    if wanted.state:
        found = found.filter(state__in=_OF_STATE[wanted.state])
    if wanted.state == "late":
        found = found.filter(due_at__lt=at)
    if wanted.section:
        found = found.filter(section__key=wanted.section)
    settled_last = Case(When(state__in=_SETTLED, then=Value(1)), default=Value(0))
    return _with_context(found, profile).order_by(settled_last, "due_at", "pk")


def _with_context(found: Requests, profile: Profile) -> Requests:
    held = Assignment.objects.active(profile.day).filter(profile=profile, user=OuterRef("asked_of"))
    related = ("section__template_section", "table", "asked_by", "asked_of__organisation")
    return found.select_related(*related).annotate(takes_part=Exists(held))


def request_of(profile: Profile, pk: int, *, viewer: User) -> InputRequest:
    """Return a request that a person may see.

    Raises:
        InputRequest.DoesNotExist: If there is none for this person.
    """
    found = _with_context(requests_seen_by(profile, viewer), profile).get(pk=pk)
    found.profile = profile
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """A request as a reader may see it.

    Attributes:
        asked: Who is asked, as far as the reader may know.
        is_gone: Whether the person has no part in the profile any more.
    """

    request: InputRequest
    asked: Credit
    is_gone: bool

    @property
    def waits(self) -> bool:
        """Whether an answer is still to come."""
        return self.request.state in OPEN_REQUEST_STATES


def lines(found: Iterable[InputRequest], profile: Profile, *, viewer: User) -> list[Line]:
    """Return requests as a reader may see them: one query for any number."""
    several = list(found)
    categories = categories_of(profile, {one.asked_of_id for one in several})
    return [
        Line(
            one,
            credit_of_asked(
                one.asked_of,
                role=Role(one.asked_role),
                category=categories.get(one.asked_of_id, ""),
                viewer=viewer,
                profile=profile,
            ),
            not one.takes_part,  # type: ignore[attr-defined]
        )
        for one in several
    ]


#: Most requests that the overview of a profile names; the rest is counted.
MOST_ON_THE_OVERVIEW = 5


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What a profile waits for from the city, as its overview tells it."""

    lines: list[Line]
    number: int


def outstanding(profile: Profile, *, viewer: User, at: datetime) -> Outstanding:
    """Return the requests that are not settled and that a reader may see: two queries."""
    waiting = requests_wanted(profile, Wanted(), viewer=viewer, at=at).exclude(state__in=_SETTLED)
    found = list(waiting)
    return Outstanding(lines(found[:MOST_ON_THE_OVERVIEW], profile, viewer=viewer), len(found))


# What was said


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of a request as a reader may see it.

    Attributes:
        by: Who said it.
        to: Who is asked from then on, if the entry says that.
    """

    entry: RequestEntry
    by: Credit
    to: str


def conversation(request: InputRequest, *, viewer: User) -> list[Said]:
    """Return everything that was said to a request, oldest first: two queries."""
    profile = request.profile
    related = ("author__organisation", "asked_of__organisation")
    entries = list(request.entries.select_related(*related).order_by("pk"))
    people = {one.author_id for one in entries} | {
        one.asked_of_id for one in entries if one.asked_of_id is not None
    }
    categories = categories_of(profile, people)

    def shown(person: User, role: str) -> Credit:
        category = categories.get(person.pk, "")
        return credit_of_asked(
            person, role=Role(role), category=category, viewer=viewer, profile=profile
        )

    return [
        Said(
            one,
            shown(one.author, one.role),
            shown(one.asked_of, one.asked_role).name if one.asked_of else "",
        )
        for one in entries
    ]


def handed_on(profile: Profile, pk: int, *, viewer: User) -> InputRequest | None:
    """Return a request that was made to a person who may not see it now: it was handed on."""
    asked = RequestEntry.objects.filter(request=pk, request__profile=profile, asked_of=viewer)
    if not asked.exists() or requests_seen_by(profile, viewer).filter(pk=pk).exists():
        return None
    found: InputRequest = InputRequest.objects.select_related("profile__city").get(pk=pk)
    return found


def entry_with_file(
    profile: Profile, request_id: int, entry_id: int, *, viewer: User
) -> RequestEntry:
    """Return an entry with a file, of a request that a person may see.

    Raises:
        RequestEntry.DoesNotExist: If there is none for this person.
    """
    seen = requests_seen_by(profile, viewer).filter(pk=request_id)
    return RequestEntry.objects.exclude(file="").get(pk=entry_id, request__in=seen.values("pk"))


def answers_for(section: Section, *, viewer: User) -> list[RequestEntry]:
    """Return the answers to the requests for a section that a person may see: one query."""
    seen = requests_seen_by(section.profile, viewer).filter(section=section)
    taken = (RequestState.ANSWERED, RequestState.ACCEPTED)
    answers = RequestEntry.objects.filter(
        request__in=seen.filter(state__in=taken).values("pk"), move="give_answer"
    )
    return list(answers.select_related("request").order_by("-created_at", "-pk"))


# Where it belongs


@dataclass(frozen=True, slots=True)
class Place:
    """What a request can be for: a section, one of its questions, or a data table.

    Attributes:
        code: ``section:<key>``, ``question:<key>:<question>`` or ``table:<id>``.
    """

    code: str
    label: str


def places_of(profile: Profile, language: str) -> list[tuple[str, list[Place]]]:
    """Return the heading of each section with what a request can be for in it: three queries."""
    sections = profile.sections.select_related("template_section").order_by("position")
    parts: dict[int, list[TemplateSubsection]] = {}
    asked = TemplateSubsection.objects.filter(section__template=profile.template_id)
    for part in asked.order_by("position"):
        parts.setdefault(part.section_id, []).append(part)
    tables: dict[int, list[Place]] = {}
    for table in profile.data_tables.order_by("position", "key"):
        label = _("Data table: %(table)s") % {"table": table}
        tables.setdefault(table.section_id, []).append(Place(f"table:{table.pk}", label))
    return [
        (
            str(section),
            [
                Place(f"section:{section.key}", _("The section as a whole")),
                *_questions(section, parts.get(section.template_section_id, ()), language),
                *tables.get(section.pk, ()),
            ],
        )
        for section in sections
    ]


def _questions(section: Section, parts: Iterable[TemplateSubsection], language: str) -> list[Place]:
    return [
        Place(f"question:{section.key}:{key}", text)
        for key, text in _texts(section, parts, language).items()
    ]


def _texts(section: Section, parts: Iterable[TemplateSubsection], language: str) -> dict[str, str]:
    texts = {
        f"0.{place}": text
        for place, text in enumerate(section.template_section.questions_in(language))
    }
    for part in parts:
        texts |= {
            f"s{part.position}.{place}": text
            for place, text in enumerate(part.questions_in(language))
        }
    return texts


def question_of(request: InputRequest, language: str) -> str:
    """Return the guiding question that a request is for; empty if it is for none."""
    if request.section is None or not request.question:
        return ""
    parts = request.section.template_section.subsections.all()
    return _texts(request.section, parts, language).get(request.question, "")


# Whose turn it is


def askers_of(request: InputRequest, *, on: date) -> list[int]:
    """Return the ids of those who are told of an answer.

    That is who has asked; if he does not write the profile any more, the local expert.
    """
    held = Assignment.objects.active(on).filter(profile=request.profile_id)
    if held.in_roles(AUTHOR_ROLES).filter(user=request.asked_by_id).exists():
        return [request.asked_by_id]
    experts = held.in_roles([Role.LOCAL_EXPERT]).order_by("user_id")
    return list(experts.values_list("user_id", flat=True).distinct())


def waiting_for(user: User, held: Iterable[Assignment], *, on: date) -> Requests:
    """Return the requests that wait for a person: to answer them, or to look at the answer.

    What was asked by somebody who does not write the profile any more waits for the local expert.

    Args:
        user: The person.
        held: The parts that he holds, with whom he stands in for.
        on: The day.
    """
    parts = [one for one in held if one.profile_id is not None]
    if not parts:
        return InputRequest.objects.none()
    to_answer, to_look_at = Q(asked_of=user), Q(asked_by=user)
    for one in parts:
        if one.stands_in_for is not None:
            person, profile = one.stands_in_for.user_id, one.profile_id
            to_answer |= Q(asked_of=person, profile=profile)
            to_look_at |= Q(asked_by=person, profile=profile)
    led = [one.profile_id for one in parts if one.role == Role.LOCAL_EXPERT]
    if led:
        writing = Assignment.objects.active(on).filter(
            profile=OuterRef("profile"), user=OuterRef("asked_by"), role__in=AUTHOR_ROLES
        )
        to_look_at |= Q(~Exists(writing), profile__in=led)
    turn = Q(to_answer, state=RequestState.ASKED) | Q(
        to_look_at, state__in=REQUESTS_BACK_WITH_THE_ASKER
    )
    mine = InputRequest.objects.filter(turn, profile__in={one.profile_id for one in parts})
    running = mine.exclude(profile__state__in=RESTING_STATES)
    found: Requests = running.order_by("due_at", "pk")
    return found
