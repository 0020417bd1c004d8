"""The files of a profile: which there are, how far each is, and what stands before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from profile_workflow.models import Profile, User
from profile_workflow.queries.attribution import credit
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.profiles import categories_of
from profile_workflow.states import AUTHOR_ROLES, PUBLISHED_STATES, ProfileState, Role
from reports.errors import told
from reports.models import PASSING_KINDS, WORKING_KINDS, Build
from workflows.models import JobKind, JobState, OutboxJob
from workflows.models.outbox import AWAITED_KEYS

BUILDS_SHOWN = 20
_MADE_UP = (ProfileState.PRODUCTION, *PUBLISHED_STATES)
_UNFINISHED = (Build.State.QUEUED, Build.State.RUNNING)


def kinds_for(profile: Profile, user: User) -> list[Build.Kind]:
    """Return which outputs a person may open: the working text is not for everybody."""
    sees_drafts = sees_working_text(profile, user)
    outputs = [kind for kind in Build.Kind if kind not in PASSING_KINDS]
    return [kind for kind in outputs if sees_drafts or kind not in WORKING_KINDS]


def readable(profile: Profile, user: User) -> "QuerySet[Build]":
    """Return the builds whose files a person may open, previews of chapters among them.

    An annex holds what one person may know, and is his alone.
    """
    may = Q(kind__in=kinds_for(profile, user)) | Q(kind=Build.Kind.ANNEX, requested_by=user)
    if sees_working_text(profile, user):
        may |= Q(kind=Build.Kind.CHAPTER)
    return profile.builds.filter(may)


def kinds_to_ask_for(profile: Profile, user: User) -> list[Build.Kind]:
    """Return what a person may ask for: what looks published is made of what was approved only."""
    is_approved = profile.working_state in _MADE_UP
    found = kinds_for(profile, user)
    return [kind for kind in found if is_approved or kind != Build.Kind.PUBLICATION]


def job_key(build_id: int, kind: str = "") -> str:
    """Return the name of the job in the outbox that makes a build; of a chapter, it goes first."""
    return f"pdf:{'chapter' if kind == Build.Kind.CHAPTER else 'build'}:{build_id}"


def keys_of(build_id: int) -> tuple[str, ...]:
    """Return the names that the job of a build of whatever kind may have."""
    return job_key(build_id), job_key(build_id, Build.Kind.CHAPTER)


def _key_of(build: Build) -> str:
    return job_key(build.pk, build.kind)


def documents_of(profile: Profile) -> dict[str, str]:
    """Return SHA-256 → title of what a workshop can have had before it, newest first.

    These are the frozen versions of a profile and the PDFs made of them, not those of working
    texts. Titles are in the language of the profile. Two queries.
    """
    versions = profile.versions.order_by("-number").values_list("number", "digest")
    frozen = [one for one in Build.Kind if one not in (*WORKING_KINDS, *PASSING_KINDS)]
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
        problem: Why it failed, in the language of the reader.
        section: Key of the section that is to blame for it, if one is.
        place: Where in its text, as the page for writing takes it.
        may_write: Whether the reader is led to that page.
    """

    build: Build
    by: str
    is_waiting: bool
    is_running: bool
    has_failed: bool
    again_at: datetime | None
    ahead: int
    problem: str = ""
    section: str = ""
    place: str = ""
    may_write: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether it is worth looking again."""
        return self.is_waiting or self.is_running

    @property
    def is_part(self) -> bool:
        """Whether an annex holds a part of the comments only."""
        return any(value for name, value in self.build.scope.items() if name != "order")

    @property
    def scope_query(self) -> str:
        """What an annex was asked to hold, as the address that makes it takes it."""
        # By name: each database gives the names of what it keeps back in an order of its own.
        return urlencode(
            [(name, value) for name, value in sorted(self.build.scope.items()) if value]
        )


def lines(profile: Profile, ids: Iterable[int], *, viewer: User) -> list[BuildLine]:
    """Return builds as a reader may see them, newest first."""
    related = ("requested_by__organisation", "section__template_section")
    found = profile.builds.filter(pk__in=list(ids)).select_related(*related)
    builds = list(found.order_by("-created_at", "-pk"))
    asked_by = {one.requested_by_id for one in builds if one.requested_by_id is not None}
    categories = categories_of(profile, asked_by)
    keys = [_key_of(one) for one in builds if one.state != Build.State.DONE]
    jobs = {job.key: job for job in OutboxJob.objects.filter(key__in=keys)} if keys else {}
    ahead = _ahead_of([job for job in jobs.values() if job.state == JobState.WAITING])
    writes = not profile.roles_of(viewer).isdisjoint(AUTHOR_ROLES)

    def line(one: Build) -> BuildLine:
        by = _shown(one, categories, profile, viewer)
        return _line(one, by, jobs.get(_key_of(one)), ahead, writes=writes)

    return [line(one) for one in builds]


def _line(
    build: Build, by: str, job: OutboxJob | None, ahead: dict[int, int], *, writes: bool
) -> BuildLine:
    unfinished = build.state in _UNFINISHED
    given_up = job is not None and job.state == JobState.FAILED
    waits = job is not None and job.state == JobState.WAITING
    again = waits and build.state in (Build.State.FAILED, Build.State.RUNNING)
    return BuildLine(
        build=build,
        by=by,
        is_waiting=not given_up and (again or (unfinished and build.state == Build.State.QUEUED)),
        is_running=not given_up and not waits and build.state == Build.State.RUNNING,
        has_failed=(build.state == Build.State.FAILED and not again) or (unfinished and given_up),
        again_at=job.not_before if job is not None and again else None,
        ahead=ahead.get(job.pk, 0) if job is not None else 0,
        problem=told(build.trouble) if build.trouble else build.problem,
        section=build.trouble.get("section", ""),
        place=build.trouble.get("place", ""),
        may_write=writes and build.kind in WORKING_KINDS,
    )


def _ahead_of(waiting: list[OutboxJob]) -> dict[int, int]:
    """Return id of a job → how many other PDFs come first, those being made included."""
    if not waiting:
        return {}
    last = max(job.not_before for job in waiting)
    before = OutboxJob.objects.unfinished().filter(
        Q(state=JobState.RUNNING) | Q(not_before__lte=last), kind=JobKind.PDF
    )
    places = [_place(job) for job in before.only("pk", "key", "state", "not_before")]
    return {job.pk: sum(place < _place(job) for place in places) for job in waiting}


def _place(job: OutboxJob) -> tuple[bool, bool, datetime, int]:
    """Return by what jobs are put in line, as ``outbox.claim_next`` takes them."""
    is_awaited = job.key.startswith(AWAITED_KEYS)
    return job.state != JobState.RUNNING, not is_awaited, job.not_before, job.pk


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
