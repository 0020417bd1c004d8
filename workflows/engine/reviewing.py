"""Branches of a round of review: somebody more is asked, takes his decision back, or has left."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import NotNow
from profile_workflow.models import Event, Profile, ReviewInvitation, Section, User
from profile_workflow.queries.judging import STANDING, open_round
from profile_workflow.services import lifecycle, rounds
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.locking import locked
from profile_workflow.services.log import SYSTEM, Entry, journal, record
from profile_workflow.states import ProfileState, SectionState
from workflows import effects
from workflows.engine.branches import branches_of, split_of
from workflows.engine.locking import refetched
from workflows.flows import CityProfileFlow
from workflows.models.process import ProfileProcess, Task
from workflows.nodes import HumanTaskActivation

_REVIEW, _CONCLUDE = CityProfileFlow.review, CityProfileFlow.close_round


def take_up_sections(profile: Profile, invitation: ReviewInvitation, *, at: datetime) -> None:
    """Ask somebody who has just accepted to judge what is under review of his sections.

    A review that waits for anybody in the role becomes his, and where he was invited to the very
    section, that of somebody who was not invited himself. Besides all others he is one more.
    The caller holds the lock on the profile.
    """
    if profile.state != ProfileState.EXPERT_REVIEW:
        return
    person, named = invitation.person, set(invitation.sections.values_list("pk", flat=True))
    under_review = profile.sections.filter(state=SectionState.UNDER_REVIEW).order_by("position")
    judged = profile.judged_by(person)
    sections = [
        one for one in under_review if (not named or one.pk in named) and one.pk not in judged
    ]
    invited = set(
        profile.invitations.filter(part__isnull=False)
        .exclude(pk=invitation.pk)
        .values_list("person_id", flat=True)
    )
    waiting = _open_reviews(profile)
    more: list[Section] = []
    for section in sections:
        seats = [one for one in waiting if one.section_id == section.pk]
        if any(one.owner_id == person.pk for one in seats):
            continue
        taken = next((one for one in seats if _gives_way(one, invited, bool(named))), None)
        if taken is None:
            more.append(section)
        else:
            taken.flow_task.activation_class(taken).hand_to(person, at)
            record(profile, [_handed(taken)], actor=SYSTEM, at=at)
    if more and waiting:
        _open_more(profile, waiting[0], more, {one.pk: [person.pk] for one in more}, at=at)


def _gives_way(task: Task, invited: set[int], is_named: bool) -> bool:
    return task.owner_id is None or (is_named and task.owner_id not in invited)


def _handed(task: Task) -> Entry:
    return Entry(f"task:{task.pk}", "delegate", "", task.status)


def _open_reviews(profile: Profile) -> list[Task]:
    open_ones = Task.objects.open().filter(profile=profile, flow_task=_REVIEW)
    return list(open_ones.select_related("process").order_by("pk"))


def _open_more(
    profile: Profile,
    sibling: Task,
    sections: Sequence[Section],
    asked: dict[int, list[int | None]],
    *,
    at: datetime,
) -> ProfileProcess:
    """Open a branch more for each section, beside one of the round that is open, or was."""
    process: ProfileProcess = sibling.process
    process.set_out(profile, at)
    for section in sections:
        section.profile = profile
    seats = rounds.ask_reviewers(profile, sections, asked)
    split_of(process, sibling).open_branches(seats, after=branches_of(sibling))
    process.come_to_rest()
    effects.tasks_were_opened(process, event=None)
    return process


@transaction.atomic
def take_back_decision(section: Section, *, by: User, at: datetime, reason: str) -> Event:
    """Take back what one has decided on a section, as long as the round runs; one judges it anew.

    Whoever has concluded already is asked again, once all sections are judged.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``perform``.
    """
    profile = locked(section.profile_id, at)
    fresh = refetched(section, profile)
    details = Details(reason=reason)
    actor = lifecycle.actor_for(fresh, "take_back_decision", by)
    lifecycle.check(fresh, "take_back_decision", actor=actor, details=details)
    sibling = Task.objects.filter(section=fresh, flow_task=_REVIEW).order_by("-pk").first()
    if sibling is None or open_round(profile) is None:
        raise NotNow(_("This round is closed; what was decided in it stays."))
    with journal(profile):
        event = lifecycle.move(fresh, "take_back_decision", by=by, at=at, details=details)
        # The move has counted him already; asking him counts him again.
        fresh.awaited_reviews -= 1
        _withdraw_conclusions(sibling.process, profile, at)
        process = _open_more(profile, sibling, [fresh], {fresh.pk: [by.pk]}, at=at)
    process.opened = []
    effects.move_was_made(event, fresh, process, by=by, details=details)
    return event


def _withdraw_conclusions(process: ProfileProcess, profile: Profile, at: datetime) -> None:
    """Withdraw the tasks to conclude, and what waits for them: they come again."""
    process.set_out(profile, at)
    nodes = (_CONCLUDE, CityProfileFlow.conclusions_in)
    waiting = Task.objects.filter(process=process, flow_task__in=nodes, finished__isnull=True)
    for task in waiting:
        task.process = process
        task.flow_task.activation_class(task).cancel()


def do_without(task: Task, profile: Profile, *, at: datetime) -> bool:
    """Close the review of somebody who has left, if others judge the same, or have.

    Return whether it was closed. The caller holds the lock on the profile.
    """
    if task.flow_task not in (_REVIEW, _CONCLUDE):
        return False
    document: Section | Profile = profile
    if task.section is not None:
        document = refetched(task.section, profile)
    if not _is_done_by_others(document, profile):
        return False
    process: ProfileProcess = task.process
    event = lifecycle.move(document, "go_on_without", by=None, at=at)
    process.set_out(profile, at)
    task.profile = profile
    if isinstance(document, Section):
        task.seed = document
    task.move = "go_on_without"
    activation: HumanTaskActivation = task.flow_task.activation_class(task)
    activation.finish()
    process.come_to_rest()
    effects.move_was_made(event, document, process, by=None, details=Details())
    return True


def _is_done_by_others(document: Section | Profile, profile: Profile) -> bool:
    opened = open_round(profile)
    if opened is None:
        return False
    if isinstance(document, Section):
        awaited, found = document.awaited_reviews, opened.decisions.filter(section=document)
    else:
        awaited, found = opened.awaited, opened.decisions.filter(section__isnull=True)
    return awaited > 1 or found.filter(STANDING).exists()
