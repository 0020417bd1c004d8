"""The board: every profile of a team with its stage, progress, next actor and deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from profile_workflow.days import role_day
from profile_workflow.models import City, Profile, Section, SignOff, User
from profile_workflow.models.profile import ProfileQuerySet
from profile_workflow.states import (
    FINAL_STATES,
    ProfileState,
    Role,
    SectionState,
    SignOffState,
)
from workflows.models import Task
from workflows.queries.tasks import profiles_led_by


@dataclass(frozen=True, slots=True)
class Stage:
    """A column of the board: some states that belong together."""

    code: str
    label: "str | Promise"
    states: tuple[ProfileState, ...]


_S = ProfileState
STAGES: tuple[Stage, ...] = (
    Stage("inception", gettext_lazy("Inception"), (_S.PLANNED, _S.INCEPTION)),
    Stage("drafting", gettext_lazy("Drafting"), (_S.DRAFTING,)),
    Stage("review", gettext_lazy("Expert review"), (_S.EXPERT_REVIEW, _S.REVISION_EXPERT)),
    Stage("quality", gettext_lazy("Quality"), (_S.PROJECT_QA, _S.REVISION_QA)),
    Stage(
        "validation",
        gettext_lazy("Validation"),
        (_S.CONSULTATION, _S.REVISION_VALIDATION, _S.SIGNOFF, _S.VALIDATED),
    ),
    Stage("priorities", gettext_lazy("Priorities"), (_S.PRIORITY_SETTING, _S.PRIORITIES_ADOPTED)),
    Stage("production", gettext_lazy("Production"), (_S.PRODUCTION,)),
    Stage("published", gettext_lazy("Published"), (_S.PUBLISHED, _S.CORRECTION, _S.UPDATE_DUE)),
)
#: Value of the filter for profiles that no stage shows any more.
ENDED = "ended"

_FINISHED = (SectionState.READY, SectionState.ACCEPTED, SectionState.LOCKED)
_APPROVED = (SectionState.ACCEPTED, SectionState.LOCKED)

#: Working state → which sections count as finished in it.
_COUNTED_SECTIONS: Mapping[str, tuple[SectionState, ...]] = {
    _S.DRAFTING: _FINISHED,
    _S.EXPERT_REVIEW: _APPROVED,
    _S.REVISION_EXPERT: _FINISHED,
    _S.PROJECT_QA: _APPROVED,
    _S.REVISION_QA: _FINISHED,
    _S.REVISION_VALIDATION: _FINISHED,
    _S.CORRECTION: _FINISHED,
}
_COUNTED_ANSWERS = (_S.CONSULTATION, _S.SIGNOFF)

PROFILES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which profiles of the board are wanted, and in which order; empty leaves nothing out.

    Attributes:
        city: Id of a city.
        person: Id of somebody for whom a task waits.
        role: Role for which a task waits.
        order: A name of ``ORDERS``; a minus before it turns the order round.
    """

    search: str = ""
    stage: str = ""
    state: str = ""
    role: str = ""
    person: int | None = None
    city: int | None = None
    edition: int | None = None
    language: str = ""
    late: bool = False
    order: str = "attention"


#: How the board can be ordered. Whatever has no deadline comes last.
ORDERS = ("attention", "city", "edition", "state", "age")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who has to do something next, and how many tasks that are."""

    role: str
    name: str
    tasks: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A stage of one profile: behind it, where it stands, or ahead."""

    when: str
    done: int = 0
    of: int = 0
    counts_answers: bool = False


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One profile on the board."""

    profile: Profile
    cells: list[Cell]
    actors: list[Actor]
    more_actors: int
    due_at: datetime | None
    is_late: bool
    stage: Stage | None

    @property
    def now(self) -> Cell | None:
        """The cell of the stage in which it stands."""
        return next((cell for cell in self.cells if cell.when == "now"), None)

    @property
    def is_paused(self) -> bool:
        """Whether the profile is on hold, so that no deadline runs."""
        return self.profile.state == ProfileState.ON_HOLD


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with the number of profiles in it, and those of them that the page shows."""

    stage: Stage
    profiles: int
    rows: list[BoardRow]


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board."""

    columns: list[Column]
    rows: list[BoardRow]
    page: "Page[Profile]"
    has_any: bool

    @property
    def ended(self) -> list[BoardRow]:
        """Those on the page that no stage shows any more."""
        return [row for row in self.rows if row.stage is None]


def board(
    user: User,
    at: datetime,
    wanted: BoardFilter | None = None,
    *,
    page: int = 1,
    on_one_page: bool = False,
) -> Board:
    """Return the profiles that a member of the project team sees: six queries at most.

    Counted by the database; no task, section or answer is loaded.

    Args:
        user: Who looks.
        at: The moment.
        wanted: What to leave out, and the order.
        page: Which page, beginning with 1.
        on_one_page: Whether everything is put on one page, for a file.
    """
    wanted = wanted or BoardFilter()
    led = profiles_led_by(user, on=role_day(at))
    chosen = _chosen(led, wanted, at)
    numbers = _numbers(chosen)
    total = sum(numbers.values())
    pages = Paginator(
        _ordered(chosen, wanted.order), max(total, 1) if on_one_page else PROFILES_A_PAGE
    )
    # Known already, so it is not asked for again.
    pages.__dict__["count"] = total
    shown = pages.get_page(page)
    rows = _rows(list(shown.object_list), at)
    return Board(_columns(numbers, rows), rows, shown, bool(rows) or led.exists())


def _rows(profiles: Sequence[Profile], at: datetime) -> list[BoardRow]:
    sections, answers = _section_counts(profiles), _answer_counts(profiles)
    turns_of = _actors(profiles)
    return [
        _board_row(profile, sections, answers, turns_of.get(profile.pk, []), at)
        for profile in profiles
    ]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the profiles of a team can be filtered by: code or id → name."""

    cities: dict[int, str]
    editions: list[int]
    languages: list[str]
    people: dict[int, str]


def board_choices(user: User, *, on: date) -> Choices:
    """Return by what a member of the project team can filter the board: two queries."""
    led = profiles_led_by(user, on=on)
    names = ("name", "name_fr", "name_ar")
    facets = led.values_list("city", "edition", "language", *(f"city__{one}" for one in names))
    cities: dict[int, str] = {}
    editions: set[int] = set()
    languages: set[str] = set()
    for city, edition, language, *called in facets.distinct():
        if city not in cities:
            cities[city] = str(City(**dict(zip(names, called, strict=True))))
        editions.add(edition)
        languages.add(language)
    waiting = Task.objects.open().filter(profile__in=led.values("pk"), owner__isnull=False)
    people = waiting.order_by("owner__full_name").values_list("owner", "owner__full_name")
    return Choices(
        cities=dict(sorted(cities.items(), key=lambda item: item[1])),
        editions=sorted(editions, reverse=True),
        languages=sorted(languages),
        people=dict(people.distinct()),
    )


def _chosen(led: ProfileQuerySet, wanted: BoardFilter, at: datetime) -> ProfileQuerySet:
    open_tasks = Task.objects.open().filter(profile=OuterRef("pk"))
    first = open_tasks.order_by("due_at").values("due_at")[:1]
    found = led.annotate(
        first_due=Case(When(state=ProfileState.ON_HOLD, then=None), default=Subquery(first)),
    )
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.stage or not wanted.state:
        found = _in_stage(found, wanted.stage)
    if wanted.search:
        found = found.filter(_matches(wanted.search))
    exact = {"city": wanted.city, "edition": wanted.edition, "language": wanted.language}
    found = found.filter(**{name: value for name, value in exact.items() if value})
    waits = {"role": wanted.role, "owner": wanted.person}
    waits_for = {name: value for name, value in waits.items() if value}
    if waits_for:
        found = found.filter(Exists(open_tasks.filter(**waits_for)))
    return found.filter(first_due__lt=at) if wanted.late else found


def _in_stage(found: ProfileQuerySet, code: str) -> ProfileQuerySet:
    if code == ENDED:
        return found.filter(state__in=FINAL_STATES)
    states = next((stage.states for stage in STAGES if stage.code == code), None)
    if states is not None:
        held = Q(state=ProfileState.ON_HOLD, held_state__in=states)
        return found.filter(Q(state__in=states) | held)
    return found.exclude(state__in=FINAL_STATES)


def _matches(words: str) -> Q:
    match = Q(title__icontains=words) | Q(slug__icontains=words)
    for name in ("name", "name_fr", "name_ar"):
        match |= Q(**{f"city__{name}__icontains": words})
    return match


def _ordered(found: ProfileQuerySet, order: str) -> ProfileQuerySet:
    turned, name = order.startswith("-"), order.removeprefix("-")
    city = F("city__name").asc()
    by: dict[str, Any] = {
        "attention": F("first_due"),
        "city": F("city__name"),
        "edition": F("edition"),
        "state": _position(),
        "age": F("state_since"),
    }
    first = by.get(name, by["attention"])
    # The longest in its state is the one that entered it first.
    in_order = first.desc(nulls_last=True) if turned else first.asc(nulls_last=True)
    return found.select_related("city").order_by(in_order, city, F("edition").desc(), F("pk"))


def _position() -> Case:
    """Return where a profile stands on the path, with those that have ended at the end."""
    states = [state for stage in STAGES for state in stage.states]
    return Case(
        *(
            When(Q(state=state) | Q(state=ProfileState.ON_HOLD, held_state=state), then=place)
            for place, state in enumerate(states)
        ),
        default=len(states),
    )


def _numbers(chosen: ProfileQuerySet) -> dict[str, int]:
    """Return working state → number of profiles."""
    counted = chosen.order_by().values_list("state", "held_state").annotate(number=Count("pk"))
    numbers: dict[str, int] = {}
    for state, held_state, number in counted:
        working = held_state or state
        numbers[working] = numbers.get(working, 0) + number
    return numbers


def _columns(numbers: Mapping[str, int], rows: Sequence[BoardRow]) -> list[Column]:
    return [
        Column(
            stage,
            sum(numbers.get(state, 0) for state in stage.states),
            [row for row in rows if row.stage == stage],
        )
        for stage in STAGES
    ]


Counts = dict[int, dict[str, int]]


def _counts(rows: "QuerySet[Section] | QuerySet[SignOff]", of: str) -> Counts:
    counts: Counts = {}
    for profile, state, number in rows.order_by().values_list(of, "state").annotate(n=Count("pk")):
        counts.setdefault(profile, {})[state] = number
    return counts


def _section_counts(profiles: Sequence[Profile]) -> Counts:
    return _counts(Section.objects.filter(profile__in=profiles), "profile")


def _answer_counts(profiles: Sequence[Profile]) -> Counts:
    asked = SignOff.objects.filter(round__profile__in=profiles, round__closed_at__isnull=True)
    return _counts(asked, "round__profile")


def _actors(profiles: Sequence[Profile]) -> dict[int, list[tuple[Actor, datetime | None]]]:
    """Return profile id → who has to act, earliest deadline first."""
    grouped = (
        Task.objects.open()
        .filter(profile__in=profiles)
        .values("profile", "role", "owner__full_name")
        .annotate(number=Count("pk"), first=Min("due_at"))
        .order_by("first", "role", "owner__full_name")
    )
    found: dict[int, list[tuple[Actor, datetime | None]]] = {}
    for one in grouped:
        role = str(Role(one["role"]).label) if one["role"] else ""
        actor = Actor(role, one["owner__full_name"] or "", one["number"])
        found.setdefault(one["profile"], []).append((actor, one["first"]))
    return found


_MOST_ACTORS = 2


def _board_row(
    profile: Profile,
    sections: Counts,
    answers: Counts,
    actors: Sequence[tuple[Actor, datetime | None]],
    at: datetime,
) -> BoardRow:
    due_at = actors[0][1] if actors else None
    paused = profile.state == ProfileState.ON_HOLD
    return BoardRow(
        profile=profile,
        cells=_cells(profile, sections.get(profile.pk, {}), answers.get(profile.pk, {})),
        actors=[actor for actor, _first in actors[:_MOST_ACTORS]],
        more_actors=max(0, len(actors) - _MOST_ACTORS),
        due_at=due_at,
        is_late=due_at is not None and due_at < at and not paused,
        stage=next((one for one in STAGES if profile.working_state in one.states), None),
    )


def _cells(profile: Profile, sections: Mapping[str, int], answers: Mapping[str, int]) -> list[Cell]:
    state = profile.working_state
    here = next((n for n, stage in enumerate(STAGES) if state in stage.states), len(STAGES))
    if profile.state in FINAL_STATES:
        return [Cell("ahead") for _stage in STAGES]
    behind = [Cell("done")] * here
    return [
        *behind,
        _cell_now(state, sections, answers),
        *[Cell("ahead")] * (len(STAGES) - here - 1),
    ]


def _cell_now(state: str, sections: Mapping[str, int], answers: Mapping[str, int]) -> Cell:
    if state in _COUNTED_ANSWERS:
        waiting = answers.get(SignOffState.ASKED, 0)
        asked = sum(answers.values())
        return Cell("now", asked - waiting, asked, counts_answers=True)
    finished = _COUNTED_SECTIONS.get(state)
    if finished is None:
        return Cell("now")
    return Cell("now", sum(sections.get(one, 0) for one in finished), sum(sections.values()))
