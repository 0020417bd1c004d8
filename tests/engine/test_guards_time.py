"""Deadlines, holds and cancelling, and what follows after publication."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import Draft
from profile_workflow.states import Role, SectionState
from tests import factories
from tests.engine.guarding import EXPERT, TEAM, S, closing, missing, open_task, sound
from tests.factories import advance, bring_to, fresh, holder, make_profile, move, sections
from workflows import deadlines, engine
from workflows.models import OutboxJob, ProfileProcess, Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


# Deadlines, holds and cancelling


def test_a_reminder_is_sent_once_and_a_report_once():
    profile = bring_to(make_profile(), S.PRIORITY_SETTING)
    due_at = open_task(profile).due_at
    assert deadlines.sweep(at=due_at - timedelta(days=10)) == 0
    assert deadlines.sweep(at=due_at - timedelta(days=2)) == 1
    assert deadlines.sweep(at=due_at - timedelta(days=1)) == 0
    assert deadlines.sweep(at=due_at + timedelta(days=1)) == 1
    assert deadlines.sweep(at=due_at + timedelta(days=2)) == 0
    mails = [one.payload for one in OutboxJob.objects.filter(profile=profile, kind="mail")]
    kinds = Counter(one["kind"] for one in mails)
    assert kinds["reminder"] == 1
    assert kinds["overdue"] == 2  # the owner and the project team
    assert fresh(profile).state == S.PRIORITY_SETTING
    sound(profile)


def test_a_hold_stops_the_clock_and_gives_the_time_back():
    profile = bring_to(make_profile(), S.CONSULTATION)
    team, now = holder(profile, TEAM), timezone.now()
    due = dict(Task.objects.open().filter(profile=profile).values_list("pk", "due_at"))
    closes_at = closing(profile)
    move(profile, "hold", team, at=now, reason="Elections.")
    assert deadlines.sweep(at=closes_at + timedelta(days=30)) == 0
    sound(profile)
    move(profile, "resume", team, at=now + timedelta(days=40), reason="Done.")
    later = dict(Task.objects.open().filter(profile=profile).values_list("pk", "due_at"))
    assert later == {pk: moment + timedelta(days=40) for pk, moment in due.items()}
    assert closing(profile) == closes_at + timedelta(days=40)
    assert deadlines.sweep(at=closes_at + timedelta(days=10)) == 0
    assert deadlines.sweep(at=closes_at + timedelta(days=41)) == 3
    sound(profile)


@pytest.mark.parametrize(
    "state",
    [one for one in factories.FORWARD if one != S.PLANNED],
)
def test_a_held_profile_goes_on_where_it_was(state):
    profile = bring_to(make_profile(), state)
    team = holder(profile, TEAM)
    tasks = sorted(Task.objects.open().filter(profile=profile).values_list("pk", flat=True))
    held = move(profile, "hold", team, reason="Elections.")
    assert (held.state, held.held_state, held.working_state) == (S.ON_HOLD, state, state)
    sound(profile)
    back = move(profile, "resume", team, reason="Done.")
    assert (back.state, back.held_state) == (state, "")
    assert sorted(Task.objects.open().filter(profile=profile).values_list("pk", flat=True)) == tasks
    sound(profile)


@pytest.mark.parametrize("state", [S.DRAFTING, S.EXPERT_REVIEW, S.CONSULTATION, S.CORRECTION])
def test_cancelling_withdraws_everything(state):
    profile = bring_to(make_profile(), state)
    team = holder(profile, TEAM)
    move(profile, "hold", team, reason="No funds.")
    move(profile, "cancel", team, reason="No funds.")
    assert not Task.objects.filter(profile=profile, finished=None).exists()
    assert not ProfileProcess.objects.filter(profile=profile, status="NEW").exists()
    assert not profile.review_rounds.filter(closed_at=None).exists()
    assert not profile.validation_rounds.filter(closed_at=None).exists()
    assert deadlines.sweep(at=timezone.now() + timedelta(days=400)) == 0
    offered = [
        one.move
        for document in (fresh(profile), *sections(profile))
        for role in Role
        for one in engine.offers(document, holder(profile, role))
    ]
    assert offered == []
    sound(profile)


# After publication


def test_a_correction_makes_a_new_version_with_an_erratum():
    profile = bring_to(make_profile(), S.CORRECTION)
    first = profile.published_at
    team = holder(profile, TEAM)
    lacks = missing(profile, "publish_correction", team, reason="A figure.")
    assert lacks["section_unfinished"] == 1
    assert lacks["no_erratum"] == 1
    corrected = advance(profile)
    assert (corrected.state, corrected.publication_version) == (S.PUBLISHED, 1)
    assert corrected.published_at > first
    assert sections(profile, SectionState.LOCKED) == sections(profile)
    assert ProfileProcess.objects.filter(profile=profile, status="DONE").count() == 2
    sound(profile)
    again = bring_to(corrected, S.CORRECTION)
    assert again.erratum == ""
    assert advance(again).publication_version == 2
    sound(profile)


def test_a_correction_prints_no_figure_that_moved_unless_somebody_decided_it():
    profile = bring_to(make_profile(), S.DRAFTING)
    corrected, other = sections(profile)[:2]
    items = [factories.give_figure(one) for one in (corrected, other)]
    expert, team = holder(profile, EXPERT), holder(profile, TEAM)
    for item in items:
        for name in ("receive", "confirm"):
            move(item, name, expert)
    profile = bring_to(profile, S.PUBLISHED)
    named = {"reason": "A typo.", "sections": [corrected]}
    for item in items:
        move(item, "expire", team, reason="A census is out.")
    assert missing(profile, "open_correction", team, **named) == {"figure_moved": 1}
    [offer] = [one for one in engine.offers(fresh(profile), team) if one.move == "open_correction"]
    assert "“Reconciled” when this version was published" in str(offer.missing[0].message)
    assert {one.section for one in offer.missing} == {corrected.key, other.key}
    with factories.undone():
        # Whoever names its section too has to settle it before that is printed.
        both = {**named, "sections": [corrected, other]}
        assert move(profile, "open_correction", team, **both).state == S.CORRECTION
    # Or it is settled as it was; half of the way is another state too.
    for name in ("request_again", "receive"):
        move(items[1], name, expert)
        assert missing(profile, "open_correction", team, **named) == {"figure_moved": 1}
    move(items[1], "confirm", expert)
    profile = move(profile, "open_correction", team, **named)
    with pytest.raises(NotNow, match="when the text that it belongs to was approved"):
        move(items[1], "expire", team, reason="Again.")
    factories.submit_sections(profile)
    factories.give_erratum(profile)
    factories.prepare_publication(profile)
    why = {"reason": "A typo."}
    assert missing(profile, "publish_correction", team, **why) == {"figure_unsettled": 1}
    for name in ("request_again", "receive", "confirm"):
        move(items[0], name, expert)
    factories.prepare_publication(profile)
    assert move(profile, "publish_correction", team, **why).state == S.PUBLISHED
    # What moved before is told by the version that was published since.
    with factories.undone():
        move(profile, "open_correction", team, **{**named, "sections": [other]})
    sound(profile)


def test_a_new_edition_starts_from_the_text_and_supersedes_when_published():
    old = bring_to(make_profile(), S.UPDATE_DUE)
    new = factories.start_next_edition(old)
    texts = Draft.objects.filter(section__profile=new).values_list("section__key", "text")
    assert dict(texts) == {one.key: one.revision.text for one in sections(old)}
    assert {one.state for one in sections(new)} == {SectionState.EMPTY}
    with pytest.raises(InvalidInput):
        factories.start_next_edition(old)
    new = bring_to(new, S.PRODUCTION)
    assert fresh(old).state == S.UPDATE_DUE
    new = advance(new)
    assert (fresh(new).state, fresh(old).state) == (S.PUBLISHED, S.SUPERSEDED)
    sound(old)
    sound(new)


def test_a_new_edition_waits_until_an_update_is_due():
    with pytest.raises(NotNow):
        factories.start_next_edition(bring_to(make_profile(), S.PUBLISHED))


def test_only_the_project_team_of_the_programme_nominates():
    made = factories.make_programme()
    strangers = [factories.make_programme().team, made.outsider, made.superuser, made[EXPERT]]
    for user in strangers:
        with pytest.raises(NotAllowed):
            engine.nominate(factories.nomination(made), by=user, at=timezone.now())
