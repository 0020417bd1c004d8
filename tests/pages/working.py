"""What the pages of working together are opened with: parts, requests, invitations."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from profile_workflow.attachments import read_attachment
from profile_workflow.services import saved_views
from profile_workflow.states import Role
from tests import factories
from tests.pages.world import EXPERT, FOCAL_POINT, World
from workflows.models import JobKind, JobState, OutboxJob


def failed_jobs(_world: World) -> Sequence[Any]:
    """No arguments, once two mails have failed."""
    waiting = OutboxJob.objects.filter(kind=JobKind.MAIL, state=JobState.WAITING).order_by("-pk")
    if not OutboxJob.objects.failed().exists():
        OutboxJob.objects.filter(pk__in=waiting[:2]).update(
            state=JobState.FAILED,
            attempts=8,
            last_error="550 5.1.1 Mailbox unavailable",
            finished_at=timezone.now(),
        )
    return []


def kept_view(world: World) -> Sequence[Any]:
    view = saved_views.save_view(world.made.team, name="Late ones", query="late=on")
    return [view.pk]


def part(world: World) -> Sequence[Any]:
    """That of the local expert, who may lend it himself."""
    found = world.profile.assignments.filter(role=EXPERT).order_by("pk").first()
    assert found is not None
    return [world.profile.slug, found.pk]


def asked_for(world: World) -> Sequence[Any]:
    """A late request to the focal point."""
    profile = world.drafted
    found = profile.input_requests.filter(state="asked").first()
    if found is None:
        person, at = factories.holder(profile, FOCAL_POINT), timezone.now() - timedelta(days=30)
        found = factories.ask_for_input(
            profile, person=person, subject="Residents by citizenship, 2024", at=at
        )
    return [profile.slug, found.pk]


def answered(world: World) -> Sequence[Any]:
    """A request that was answered with words and a file."""
    profile = world.drafted
    person = factories.holder(profile, FOCAL_POINT)
    found = profile.input_requests.filter(state="answered").first()
    if found is None:
        made = factories.ask_for_input(profile, person=person, subject="Budget, last three years")
        file = read_attachment("budget 2024.csv", b"year;sum\n2024;12400\n")
        found = factories.move(
            made, "give_answer", person, answer="Adopted in March.", attachment=file
        )
    return [profile.slug, found.pk]


def requests_of(world: World) -> Sequence[Any]:
    answered(world)
    return asked_for(world)[:1]


def invited(world: World) -> Sequence[Any]:
    """An invitation to somebody who takes part already, but not as an expert."""
    person = world.made[Role.TRANSLATOR]
    found = world.drafted.invitations.filter(person=person).first()
    return [(found or factories.invite(world.drafted, person)).pk]


def declined(world: World) -> Sequence[Any]:
    """An invitation that was declined with reasons, somebody else suggested."""
    profile = world.drafted
    found = profile.invitations.filter(state="declined").first()
    if found is None:
        found = factories.invite(profile)
        said = {"answer": "My term ends.", "suggested": ("Nadia Ferri", "nadia@example.org")}
        factories.move(found, "decline_invitation", found.person, declining="not_now", **said)
    return [profile.slug, found.pk]


def interest_declared(world: World) -> Sequence[Any]:
    """An invitation whose interest is to be cleared."""
    profile = world.drafted
    found = profile.invitations.filter(state="interest_declared").first()
    if found is None:
        said = {"answer": "I advised the city in 2021."}
        made = factories.invite(profile)
        found = factories.move(made, "declare_interest", made.person, **said)
    return [profile.slug, found.pk]


def invitations_of(world: World) -> Sequence[Any]:
    invited(world)
    return declined(world)[:1]
