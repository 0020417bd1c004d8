"""The PDFs of a profile: which there are, how far each is, and what stands before it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from profile_workflow.models import Profile, User
from profile_workflow.queries.attribution import credit
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.profiles import categories_of
from profile_workflow.states import PUBLISHED_STATES, ProfileState, Role
from reports.models import Build
from workflows.models import JobKind, JobState, OutboxJob

BUILDS_SHOWN = 20
_MADE_UP = (ProfileState.PRODUCTION, *PUBLISHED_STATES)
_UNFINISHED = (Build.State.QUEUED, Build.State.RUNNING)


def kinds_for(profile: Profile, user: User) -> list[Build.Kind]:
    """Return which files a person may open: the working text is not for everybody."""
    sees_drafts = sees_working_text(profile, user)
    return [kind for kind in Build.Kind if sees_drafts or kind != Build.Kind.PREVIEW]


def kinds_to_ask_for(profile: Profile, user: User) -> list[Build.Kind]:
    """Return what a person may ask for: what looks published is made of what was approved only."""
    is_approved = profile.working_state in _MADE_UP
    found = kinds_for(profile, user)
    return [kind for kind in found if is_approved or kind != Build.Kind.PUBLICATION]


def job_key(build_id: int) -> str:
    """Return the name of the job in the outbox that makes a build."""
    return f"pdf:build:{build_id}"


def documents_of(profile: Profile) -> dict[str, str]:
    """Return SHA-256 → title of what a workshop can have had before it, newest first.

    These are the frozen versions of a profile and the PDFs made of them, not those of working
    texts. Titles are in the language of the profile. Two queries.
    """
    versions = profile.versions.order_by("-number").values_list("number", "digest")
    frozen = [one for one in Build.Kind if one != Build.Kind.PREVIEW]
    builds = profile.builds.filter(kind__in=frozen, state=Build.State.DONE).order_by("-pk")
    with translation.override(profile.language):
        found: dict[str, str] = {}
        for number, digest in versions:
            found.setdefault(digest, _("Text of version %(number)s") % {"number": number})
        for build in builds[:BUILDS_SHOWN]:
            title = f"{build.ending.upper()}: {build.get_kind_display()} ({build.language})"
            found.setdefault(build.sha256, title)
    return found


@dataclass(frozen=True, slots=True)
class BuildLine:
    """One build, as a reader may see it.

    Attributes:
        by: Who asked, as far as the profile shows it; empty for the software.
        is_waiting: Whether nobody has begun with it.
        is_running: Whether it is being made.
        has_failed: Whether it will not come without somebody asking again.
        again_at: When it is tried again by itself after a failure.
        ahead: How many PDFs stand before it.
    """

    build: Build
    by: str
    is_waiting: bool
    is_running: bool
    has_failed: bool
    again_at: datetime | None
    ahead: int

    @property
    def is_moving(self) -> bool:
        """Whether it is worth looking again."""
        return self.is_waiting or self.is_running


def builds_of(profile: Profile, kinds: Collection[str], *, viewer: User) -> list[BuildLine]:
    """Return the newest builds of some kinds, newest first: a constant number of queries."""
    newest = profile.builds.filter(kind__in=kinds).order_by("-created_at", "-pk")[:BUILDS_SHOWN]
    return lines(profile, newest.values_list("pk", flat=True), viewer=viewer)


def lines(profile: Profile, ids: Iterable[int], *, viewer: User) -> list[BuildLine]:
    """Return builds as a reader may see them, newest first."""
    found = profile.builds.filter(pk__in=list(ids)).select_related("requested_by__organisation")
    builds = list(found.order_by("-created_at", "-pk"))
    asked_by = {one.requested_by_id for one in builds if one.requested_by_id is not None}
    categories = categories_of(profile, asked_by)
    keys = [job_key(one.pk) for one in builds if one.state != Build.State.DONE]
    jobs = {job.key: job for job in OutboxJob.objects.filter(key__in=keys)} if keys else {}
    ahead = _ahead_of([job for job in jobs.values() if job.state == JobState.WAITING])
    return [
        _line(one, _shown(one, categories, profile, viewer), jobs.get(job_key(one.pk)), ahead)
        for one in builds
    ]


def _line(build: Build, by: str, job: OutboxJob | None, ahead: dict[int, int]) -> BuildLine:
    unfinished = build.state in _UNFINISHED
    given_up = job is not None and job.state == JobState.FAILED
    waits = job is not None and job.state == JobState.WAITING
    again = waits and build.state == Build.State.FAILED
    return BuildLine(
        build=build,
        by=by,
        is_waiting=not given_up and (again or (unfinished and build.state == Build.State.QUEUED)),
        is_running=not given_up and build.state == Build.State.RUNNING,
        has_failed=(build.state == Build.State.FAILED and not again) or (unfinished and given_up),
        again_at=job.not_before if job is not None and again else None,
        ahead=ahead.get(job.pk, 0) if job is not None else 0,
    )


def _ahead_of(waiting: list[OutboxJob]) -> dict[int, int]:
    """Return id of a job → how many other PDFs come first, those being made included."""
    if not waiting:
        return {}
    last = max((job.not_before, job.pk) for job in waiting)
    before = OutboxJob.objects.unfinished().filter(
        Q(state=JobState.RUNNING) | Q(not_before__lte=last[0]), kind=JobKind.PDF
    )
    places = [
        (state != JobState.RUNNING, not_before, pk)
        for state, not_before, pk in before.values_list("state", "not_before", "pk")
    ]
    return {
        job.pk: sum(place < (True, job.not_before, job.pk) for place in places) for job in waiting
    }


def _shown(build: Build, categories: dict[int, str], profile: Profile, viewer: User) -> str:
    """Return who asked for a build; a member of the stakeholder group as the profile shows him."""
    person = build.requested_by
    if person is None:
        return ""
    if person.pk not in categories:
        return person.full_name
    shown = credit(
        person,
        profile.attribution,
        role=Role.STAKEHOLDER,
        category=categories[person.pk],
        viewer=viewer,
        profile=profile,
    )
    return shown.name
