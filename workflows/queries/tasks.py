"""Tasks and jobs as somebody may see them, and whose turn it is for one profile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Q, When

from profile_workflow.models import Assignment, Decision, Profile, Section, User
from profile_workflow.models.profile import ProfileQuerySet
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.queries.judging import STANDING
from profile_workflow.states import Role
from workflows import turns
from workflows.models import HUMAN, JobState, OutboxJob, Task
from workflows.models.outbox import FINISHED_JOB_STATES, OutboxJobQuerySet
from workflows.models.process import TaskQuerySet


def visible_tasks(user: User, *, on: date) -> TaskQuerySet:
    """Tasks that a person may look at: of his profiles, without the answers of other people."""
    lent = Assignment.objects.active(on).filter(user=user, stands_in_for__isnull=False)
    own = owned_by(user, lent.select_related("stands_in_for"))
    shown = own | Q(signoff__isnull=True) | Q(profile__in=profiles_led_by(user, on=on))
    shown &= ~beyond_invitation(user, on=on) | own
    mine = Task.objects.filter(profile__in=Profile.objects.visible_to(user), flow_task_type=HUMAN)
    return mine.filter(shown).select_related("done_by", "profile__programme").with_context()


def beyond_invitation(user: User, *, on: date) -> Q:
    """Return the condition that a task is the review of a section to which somebody is not invited.

    True of nothing for whoever was invited to the whole, or has his part otherwise.
    """
    part = Assignment.objects.active(on).filter(
        user=user, role=Role.INTERNATIONAL_EXPERT, profile=OuterRef("profile")
    )
    limits = ("invitation__sections", "stands_in_for__invitation__sections")
    named, lent = (part.filter(**{f"{one}__isnull": False}) for one in limits)
    here, there = (part.filter(**{one: OuterRef("section")}) for one in limits)
    is_review = Q(section__isnull=False, role=Role.INTERNATIONAL_EXPERT)
    found: Q = is_review & (Exists(named) | Exists(lent)) & ~Exists(here) & ~Exists(there)
    return found


def has_a_voice(user: User) -> Q:
    """Return the condition that somebody has decided already what a task of review asks for."""
    found = Decision.objects.filter(
        STANDING,
        profile=OuterRef("profile"),
        by=user,
        role=Role.INTERNATIONAL_EXPERT,
        review_round__isnull=False,
        review_round__closed_at__isnull=True,
    )
    on_section = Q(section__isnull=False) & Exists(found.filter(section=OuterRef("section")))
    on_whole = Q(section__isnull=True) & Exists(found.filter(section__isnull=True))
    is_review: Q = Q(role=Role.INTERNATIONAL_EXPERT) & (on_section | on_whole)
    return is_review


def owned_by(user: User, held: Iterable[Assignment]) -> Q:
    """Tasks of a person, and of those for whom he stands in on the profile of each part."""
    mine = Q(owner=user)
    for one in held:
        if one.stands_in_for is not None and one.profile_id is not None:
            mine |= Q(owner=one.stands_in_for.user_id, profile=one.profile_id)
    return mine


def open_task_of(section: Section, *, node: str, viewer: User) -> Task | None:
    """Return the open task of a section that is nearest to a person, if it is that step."""
    tasks = Task.objects.open().filter(section=section, profile=section.profile_id)
    return _nearest(tasks, section.profile, node, viewer)


def open_task_at(profile: Profile, *, node: str, viewer: User | None = None) -> Task | None:
    """Return the open task of a whole profile that is nearest to a person, if it is that step."""
    tasks = Task.objects.open().filter(profile=profile, section=None, signoff=None)
    return _nearest(tasks, profile, node, viewer)


def _nearest(tasks: TaskQuerySet, profile: Profile, node: str, viewer: User | None) -> Task | None:
    """Return one's own task, else that of whom one stands in for, one of nobody, or any."""
    found = list(tasks.with_context().select_related("profile__programme").order_by("pk"))
    if len(found) > 1 and viewer is not None:
        found.sort(key=lambda one: one.distance_to(viewer, profile))
    task = next(iter(found), None)
    return task if task is not None and task.flow_task.name == node else None


def profiles_led_by(user: User, *, on: date) -> ProfileQuerySet:
    """Profiles of whose project team a person is on a day."""
    held = Assignment.objects.active(on).filter(user=user, role=Role.PROJECT_TEAM)
    return Profile.objects.filter(
        Q(pk__in=held.filter(profile__isnull=False).values("profile"))
        | Q(programme__in=held.filter(profile__isnull=True).values("programme"))
    )


def may_claim(task: Task, profile: Profile, viewer: User) -> bool:
    """Whether a task waits for anybody in its role, and the person holds the role."""
    waits = task.is_open and task.owner_id is None and task.not_for_id != viewer.pk
    if not waits or task.role not in profile.roles_of(viewer):
        return False
    if task.role != Role.INTERNATIONAL_EXPERT:
        return True
    limits = profile.reviews_only(viewer) if task.section_id else None
    is_within = limits is None or task.section_id in limits
    return is_within and task.section_id not in profile.judged_by(viewer)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a profile waits for.

    Attributes:
        label: What is to be done.
        section: The section to do it to, or None for the whole.
        who: Names of the people, or None where nobody has taken it or names are not shown.
        people: How many people it waits for.
        task: The task to go to; None where the reader may not see it.
        may_claim: Whether the reader can take it.
    """

    label: str
    section: Section | None
    role: str
    who: str | None
    people: int
    due_at: datetime | None
    task: Task | None
    is_mine: bool
    may_claim: bool = False


def waiting_of(profile: Profile, *, viewer: User) -> list[Waiting]:
    """Return what a profile waits for, earliest deadline first: one query and that for roles.

    Answers of people are one line without names, but for the project team and one's own.
    """
    tasks = Task.objects.open().filter(profile=profile).with_context()
    in_order = list(tasks.order_by("due_at", "section__position", "pk"))
    names = may_see_names(viewer, profile)
    shown = [
        _waiting(task, profile, viewer)
        for task in in_order
        if task.signoff_id is None or names or task.owner_id == viewer.pk
    ]
    hidden = [task for task in in_order if task.signoff_id and not names]
    others = [task for task in hidden if task.owner_id != viewer.pk]
    return [*shown, _many(others)] if others else shown


def _waiting(task: Task, profile: Profile, viewer: User) -> Waiting:
    return Waiting(
        label=turns.label(task),
        section=task.section,
        role=task.get_role_display(),
        who=task.owner.full_name if task.owner else None,
        people=1,
        due_at=task.due_at,
        task=task,
        is_mine=task.owner_id == viewer.pk,
        may_claim=may_claim(task, profile, viewer),
    )


def _many(tasks: Sequence[Task]) -> Waiting:
    first = tasks[0]
    return Waiting(
        label=turns.label(first),
        section=None,
        role="",
        who=None,
        people=len(tasks),
        due_at=first.due_at,
        task=None,
        is_mine=False,
    )


def jobs_seen_by(user: User, *, on: date) -> OutboxJobQuerySet:
    """Jobs of the profiles that a member of the project team leads."""
    jobs = OutboxJob.objects.filter(profile__in=profiles_led_by(user, on=on))
    return jobs.select_related("profile__city")


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs of the outbox are wanted; ``state`` left empty asks for all that is not done."""

    state: str = ""
    kind: str = ""
    search: str = ""


def jobs_wanted(jobs: OutboxJobQuerySet, wanted: JobFilter) -> OutboxJobQuerySet:
    """Return those of some jobs that are wanted: failed ones first, then by their moment."""
    if wanted.state == "waiting":
        jobs = jobs.unfinished()
    elif wanted.state:
        jobs = jobs.filter(state=wanted.state)
    else:
        jobs = jobs.exclude(state=JobState.DONE)
    if wanted.kind:
        jobs = jobs.filter(kind=wanted.kind)
    for word in wanted.search.split():
        jobs = jobs.filter(_in_profile(word))
    failed_first = Case(When(state=JobState.FAILED, then=0), default=1)
    newest_first = "-finished_at" if wanted.state in FINISHED_JOB_STATES else "not_before"
    return jobs.order_by(failed_first, newest_first, "pk")


def _in_profile(word: str) -> Q:
    match = Q(profile__title__icontains=word) | Q(profile__slug__icontains=word)
    for name in ("name", "name_fr", "name_ar"):
        match |= Q(**{f"profile__city__{name}__icontains": word})
    return match
