"""Several international experts on one text: each has a voice, and all of them have an outcome."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from profile_workflow import calendars
from profile_workflow.errors import InvalidInput, NotAllowed, NotComplete, NotNow
from profile_workflow.models import (
    CriterionAnswer,
    Decision,
    Programme,
    ReviewDraft,
)
from profile_workflow.queries.profiles import accepted_texts
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from workflows import deadlines, engine, invariants
from workflows.models import OutboxJob, Task
from workflows.views.acts import DOES

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S, C = ProfileState, SectionState
TEAM, EXPERT, REVIEWER = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT
UNTIL = (timezone.now() + timedelta(days=40)).date()
GOOD = {"evidence": (3, ""), "coherence": (4, "")}


@pytest.fixture
def world():
    """A profile under review: by one for all of it, by another one for section 2 alone."""
    made = factories.make_programme()
    Programme.objects.filter(pk=made.programme.pk).update(invites_reviewers=True)
    made.programme.refresh_from_db()
    made.cities[0].programme.refresh_from_db()
    factories.give_criteria(made)
    profile = factories.make_profile(made)
    named = [factories.section(profile, "2")]
    limited = factories.invite(profile, sections=named, review_until=UNTIL)
    for one in profile.invitations.order_by("pk"):
        factories.move(one, "accept_invitation", one.person)
    profile = factories.bring_to(profile, S.EXPERT_REVIEW)
    return profile, made[REVIEWER], limited.person, factories.holder(profile, TEAM)


def judge(profile, key, move, by, **said):
    said.setdefault("assessment", GOOD)
    said.setdefault("reason", "Why.")
    found = factories.move(factories.section(profile, key), move, by, **said)
    assert invariants.violations(factories.fresh(profile)) == []
    return found


def conclude(profile, move, by, **said):
    said.setdefault("assessment", GOOD)
    found = factories.move(profile, move, by, reason="On the whole.", **said)
    assert invariants.violations(factories.fresh(profile)) == []
    return found


def judge_the_rest(profile, by):
    for key in ("1", "3"):
        judge(profile, key, "accept", by)


def told_what_it_does(person, profile, move):
    """Whether the page of a move on section 2 says all that the move does."""
    text = page(person, "section_move", profile.slug, "2", move)
    return all(escape(str(sentence)) in text for sentence in DOES[f"section.{move}"])


def page(person, name, *args, **sent):
    client = Client()
    client.force_login(person)
    return client.get(reverse(name, args=args), sent).content.decode()


def open_tasks(profile):
    found = Task.objects.open().filter(profile=profile).select_related("section", "owner")
    return sorted((one.section.key if one.section else "", one.owner.pk) for one in found)


def test_each_who_was_invited_is_asked_for_his_sections_until_the_day_he_agreed(world):
    profile, whole, limited, _team = world
    expected = [("1", whole.pk), ("2", whole.pk), ("2", limited.pk), ("3", whole.pk)]
    assert open_tasks(profile) == sorted(expected)
    mine = Task.objects.open().get(profile=profile, owner=limited)
    assert mine.due_at == calendars.end_of_day(UNTIL, profile.city)
    # He is reminded, and the team is told, by what reminds of every task.
    deadlines.sweep(at=mine.due_at + timedelta(days=1))
    told = OutboxJob.objects.filter(payload__kind="overdue").values_list("payload", flat=True)
    assert limited.pk in {one["user"] for one in told if mine.pk in one["tasks"]}
    # He finds his section, in his list, on the page of the round and by the number of a task.
    round_page = page(limited, "round", profile.slug)
    review = reverse("section_review", args=[profile.slug, "2"])
    assert (review in round_page, review.replace("/2/", "/1/") in round_page) == (True, False)
    third = Task.objects.open().get(profile=profile, section__key="3")
    client = Client()
    client.force_login(limited)
    assert client.get(reverse("task", args=[third.pk])).status_code == 404
    engine.release(third, by=whole, at=timezone.now())
    assert reverse("task", args=[third.pk]) not in page(limited, "tasks")
    assert reverse("task", args=[third.pk]) in page(whole, "tasks")


def test_the_strictest_decision_holds_until_the_team_settles_it_and_nobody_has_two(world):
    profile, whole, limited, team = world
    with pytest.raises(NotComplete) as lacking:
        judge(profile, "2", "accept", limited, assessment={})
    assert [one.code for one in lacking.value.missing] == ["criterion_open"]
    with pytest.raises(InvalidInput):
        judge(profile, "2", "accept", limited, assessment={"evidence": (9, "")})
    given = {"evidence": (0, "I do not know the source.")}
    assert judge(profile, "2", "accept", limited, assessment=given).state == C.UNDER_REVIEW
    with pytest.raises(NotNow, match="already"):
        judge(profile, "2", "request_major_changes", limited)
    mine = Task.objects.open().get(profile=profile, section__key="2")
    with pytest.raises(NotAllowed, match="one voice"):
        engine.delegate(mine, to=limited, by=whole, at=timezone.now())
    assert judge(profile, "2", "decline", whole).state == C.CHANGES_REQUESTED
    section = factories.section(profile, "2")
    decisions = Decision.objects.filter(section=section).order_by("pk")
    assert [(one.by, one.move, one.digest) for one in decisions] == [
        (limited, "accept", section.revision.sha256), (whole, "decline", section.revision.sha256),
    ]  # fmt: skip
    answer = CriterionAnswer.objects.get(decision=decisions[0])
    assert (answer.rating, answer.text) == (0, "I do not know the source.")
    with pytest.raises(IntegrityError), transaction.atomic():
        CriterionAnswer.objects.filter(pk=answer.pk).update(rating=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decisions[1].pk).update(by=limited)
    # Nobody found minor changes enough; one would have let it stand.
    with pytest.raises(NotComplete):
        judge(profile, "2", "settle_minor", team)
    with pytest.raises(NotAllowed):
        judge(profile, "2", "settle_accept", whole)
    shown = page(team, "round", profile.slug)
    settle = reverse("section_move", args=[profile.slug, "2", "settle_accept"])
    assert settle in shown
    assert settle not in page(factories.holder(profile, EXPERT), "round", profile.slug)
    assert told_what_it_does(team, profile, "settle_accept")
    assert told_what_it_does(team, profile, "settle_minor")
    assert judge(profile, "2", "settle_accept", team).state == C.ACCEPTED
    assert told_what_it_does(whole, profile, "take_back_decision")
    # Who takes his own decision back takes back what was settled on it, and decides anew.
    with pytest.raises(NotComplete):
        judge(profile, "2", "take_back_decision", whole, reason=" ")
    assert judge(profile, "2", "take_back_decision", whole).state == C.UNDER_REVIEW
    assert judge(profile, "2", "request_minor_changes", whole).state == C.CHANGES_REQUESTED
    assert decisions.filter(withdrawn_at=None).count() == 2
    assert decisions.all().count() == 4
    judge_the_rest(profile, whole)
    conclude(profile, "recommend_acceptance", limited)
    conclude(profile, "request_minor_revision", whole)
    # What somebody has returned was not accepted, whoever has accepted it.
    assert accepted_texts(factories.section(profile, "2")) == set()
    assert accepted_texts(factories.section(profile, "1")) != set()


def test_each_recommends_for_the_whole_and_the_strictest_leads_on(world):
    profile, whole, limited, team = world
    judge(profile, "2", "accept", limited)
    judge(profile, "2", "request_minor_changes", whole)
    judge_the_rest(profile, whole)
    assert open_tasks(profile) == sorted([("", whole.pk), ("", limited.pk)])
    with pytest.raises(NotComplete):
        conclude(profile, "recommend_acceptance", limited, assessment={})
    since = factories.fresh(profile).state_since
    assert conclude(profile, "recommend_acceptance", limited).state == S.EXPERT_REVIEW
    assert factories.fresh(profile).state_since == since
    with pytest.raises(NotNow, match="concluded your review"):
        conclude(profile, "recommend_acceptance", limited)
    # A decision that is taken back makes all conclude anew: they knew another one.
    judge(profile, "2", "take_back_decision", whole)
    assert open_tasks(profile) == [("2", whole.pk)]
    judge(profile, "2", "decline", whole)
    assert open_tasks(profile) == sorted([("", whole.pk), ("", limited.pk)])
    conclude(profile, "recommend_acceptance", limited)
    told = OutboxJob.objects.filter(payload__kind="returned")
    assert not told.exists()
    done = conclude(profile, "recommend_declining", whole)
    assert (done.state, done.revision_severity) == (S.REVISION_EXPERT, "major")
    assert told.exists()
    closed = profile.review_rounds.get()
    assert (closed.outcome, closed.closed_at is not None) == ("recommend_declining", True)
    whole_text = Decision.objects.filter(section=None, withdrawn_at=None)
    assert {one.digest for one in whole_text} == {done.text_digest()}
    shown = page(factories.holder(profile, EXPERT), "round", profile.slug)
    for words in ("Recommend declining the text", "Criteria, by reviewer", limited.full_name):
        assert words in shown
    assert page(team, "history", profile.slug).count("Recommend acceptance") >= 2
    with pytest.raises(NotNow):
        judge(profile, "2", "take_back_decision", whole)
    # In the next round both are asked again for the section, and for nothing else.
    factories.submit_sections(profile)
    factories.move(profile, "submit_major_revision", factories.holder(profile, EXPERT))
    assert open_tasks(profile) == sorted([("2", whole.pk), ("2", limited.pk)])


def test_a_round_goes_on_without_who_leaves_and_asks_who_comes(world):
    profile, whole, limited, team = world
    judge(profile, "2", "request_minor_changes", whole)
    part = profile.assignments.get(user=limited)
    engine.end_part(part, by=team, at=timezone.now(), reason="Silent for weeks.")
    assert factories.section(profile, "2").state == C.CHANGES_REQUESTED
    assert invariants.violations(factories.fresh(profile)) == []
    judge(profile, "1", "accept", whole)
    # A second opinion is asked of what is still under review.
    second = factories.invite(profile)
    factories.move(second, "accept_invitation", second.person)
    assert invariants.violations(factories.fresh(profile)) == []
    assert open_tasks(profile) == sorted([("3", whole.pk), ("3", second.person.pk)])
    judge(profile, "3", "accept", second.person)
    judge(profile, "3", "accept", whole)
    conclude(profile, "request_minor_revision", whole)
    engine.end_part(
        profile.assignments.get(user=second.person), by=team, at=timezone.now(), reason="Away."
    )
    ended = factories.fresh(profile)
    assert (ended.state, ended.revision_severity) == (S.REVISION_EXPERT, "minor")
    assert invariants.violations(ended) == []


def test_nobody_waits_for_who_has_judged_and_left_nor_asks_him_a_second_time(world):
    profile, whole, limited, team = world
    judge(profile, "2", "accept", limited)
    engine.end_part(
        profile.assignments.get(user=limited), by=team, at=timezone.now(), reason="Away."
    )
    # Invited anew, he is asked for what he has not judged: his decision on section 2 stands.
    again = factories.invite(profile, person=limited)
    factories.move(again, "accept_invitation", limited)
    expected = [("1", limited.pk), ("3", limited.pk), *((key, whole.pk) for key in "123")]
    assert open_tasks(profile) == sorted(expected)
    draft = {"section": factories.section(profile, "1"), "author": limited, "move": "decline"}
    ReviewDraft.objects.create(profile=profile, saved_at=timezone.now(), **draft)
    engine.end_part(
        profile.assignments.get(user=limited, invitation=again),
        by=team, at=timezone.now(), reason="Away.",
    )  # fmt: skip
    judge(profile, "2", "decline", whole)
    judge_the_rest(profile, whole)
    # Whoever has judged a section leaves it to others to settle it, in whatever role.
    people.assign(profile, [people.Part(limited, TEAM)], by=team, at=timezone.now())
    with pytest.raises(NotNow, match="yourself"):
        judge(profile, "2", "settle_accept", limited)
    judge(profile, "2", "settle_accept", team)
    assert open_tasks(profile) == [("", whole.pk)]
    assert conclude(profile, "recommend_acceptance", whole).state == S.PROJECT_QA
    # A draft was about this text: in another round it would be a verdict made beforehand.
    assert not ReviewDraft.objects.exists()


def test_a_draft_is_his_alone_knows_its_version_and_chooses_nothing_beforehand(world):
    profile, whole, limited, team = world
    address = reverse("section_review", args=[profile.slug, "2"])
    draft = reverse("review_draft", args=[profile.slug, "2"])
    client = Client()
    client.force_login(limited)
    empty = client.get(address).content.decode()
    decision = empty[empty.index('id="decision"') :]
    assert ("Evidence" in decision, "checked" in decision) == (True, False)
    sent = {"rating_evidence": "2", "words_evidence": "CANARY words", "move": "decline",
            "reason": "CANARY reason", "draft_version": "0"}  # fmt: skip
    assert client.post(draft, sent).json() == {"version": 1}
    assert client.post(draft, {**sent, "draft_version": "1"}).json() == {"version": 1}
    stale = client.post(draft, {**sent, "reason": "Otherwise"})
    assert (stale.status_code, ReviewDraft.objects.get().reason) == (409, "CANARY reason")
    # What is too long to be kept takes the place of nothing.
    long = client.post(draft, {**sent, "draft_version": "1", "words_evidence": "x" * 10_001})
    assert (long.status_code, ReviewDraft.objects.get().version) == (422, 1)
    # On the page nothing of it is lost, and what it lacks is no fault as long as it is not sent.
    late = client.post(address, {**sent, "reason": "Kept on the page", "act": "save"})
    assert (late.status_code, "Kept on the page" in late.content.decode()) == (409, True)
    assert "CANARY words" in client.get(address).content.decode()
    for person in (whole, team, factories.holder(profile, EXPERT)):
        for name in ("section_review", "round", "history", "profile"):
            args = [profile.slug, *(["2"] if name == "section_review" else [])]
            assert "CANARY" not in page(person, name, *args)
    other = Client()
    other.force_login(factories.holder(profile, EXPERT))
    assert other.post(draft, sent).status_code == 403
    assert client.get(draft).status_code == 405
    assert not Decision.objects.filter(section__key="2").exists()
    done = client.post(address, {**sent, "rating_evidence": "1", "act": "decide"})
    assert done.status_code == 302
    assert not ReviewDraft.objects.exists()
    assert client.post(draft, sent).status_code == 409
    assert CriterionAnswer.objects.get().text == "CANARY words"
    assert "CANARY words" in page(team, "round", profile.slug)
    # The authors read it when the round is closed.
    assert "CANARY words" not in page(factories.holder(profile, EXPERT), "round", profile.slug)


def test_where_reviews_are_blind_nobody_knows_of_others_before_all_are_in(world):
    profile, whole, limited, team = world
    Programme.objects.filter(pk=profile.programme_id).update(reviews_blind=True)
    said = {"assessment": {"evidence": (1, "CANARY words")}, "reason": "CANARY reason"}
    judge(profile, "2", "request_major_changes", whole, **said)
    judge(profile, "2", "accept", limited)
    # Though he has judged it himself: the state of the section would tell what another one did.
    for name, args in (("round", []), ("history", []), ("section", ["2"]), ("profile", [])):
        shown = page(limited, name, profile.slug, *args)
        assert not any(one in shown for one in ("CANARY", "Changes requested", "Together:")), name
    assert "CANARY words" in page(team, "round", profile.slug)
    judge(profile, "2", "settle_accept", team)
    assert "Settle" not in page(limited, "history", profile.slug)
    judge_the_rest(profile, whole)
    # All sections are judged, so who concludes knows of them; not what others conclude.
    assert "CANARY words" in page(limited, "round", profile.slug)
    conclude(profile, "recommend_acceptance", whole, assessment={"coherence": (1, "CANARY2")})
    for name in ("round", "history"):
        shown = page(limited, name, profile.slug)
        assert not any(one in shown for one in ("CANARY2", "On the whole.")), name
        assert "On the whole." in page(team, name, profile.slug)
    assert conclude(profile, "recommend_acceptance", limited).state == S.PROJECT_QA
    assert "CANARY2" in page(limited, "round", profile.slug)
