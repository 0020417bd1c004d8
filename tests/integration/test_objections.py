"""Objections and the written answers to them: who answers, who reads it, what waits for it."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import Event, SignOff
from profile_workflow.queries import history
from profile_workflow.services import objections
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.log import broken_links
from profile_workflow.states import Attribution, ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
FOUND, GONE = HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
WORDS, ANSWER = "Canary street is left out.", "Canary answer: it is added."


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def objected(made):
    """The objection of a stakeholder to section 1; everybody else approves."""

    def make(attribution=Attribution.CATEGORY):
        profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
        profile = factories.promise_unsealed(profile, attribution)
        author = made[Role.STAKEHOLDER]
        mine = next(one for one in factories.asked(profile) if one.person_id == author.pk)
        named = factories.sections(profile)[:1]
        factories.move(mine, "object_to", author, reason=WORDS, sections=named)
        factories.approve_all(profile)
        return SignOff.objects.select_related("round__profile").get(pk=mine.pk)

    return make


def answer(signoff, text=ANSWER, *, by, base=None):
    objections.answer_objection(signoff, text, by=by, at=timezone.now(), base=base)
    signoff.refresh_from_db()


def lacking(profile):
    profile = factories.fresh(profile)
    return [one.code for one in requirements.missing_for("profile.conclude_consultation", profile)]


def address(signoff):
    return reverse("objection", args=[signoff.round.profile.slug, signoff.pk])


# What waits for it


def test_sign_off_is_asked_for_when_each_objection_is_answered(made, objected):
    signoff = objected()
    profile = signoff.round.profile
    assert lacking(profile) == ["objection"]
    answer(signoff, by=made.team)
    assert lacking(profile) == []
    moved = factories.move(profile, "conclude_consultation", made[Role.FOCAL_POINT])
    assert moved.state == S.SIGNOFF
    assert list(broken_links(moved)) == []


def test_the_refusal_leads_to_the_objections(made, objected):
    profile = objected().round.profile
    task = Task.objects.open().get(profile=profile)
    client = signed_in(made[Role.FOCAL_POINT])
    refused = client.post(reverse("task", args=[task.pk]), {"move": "conclude_consultation"})
    assert refused.status_code == UNPROCESSABLE
    assert f"{reverse('round', args=[profile.slug])}#objections" in refused.content.decode()
    assert 'id="objections"' in page(client, "round", profile.slug)


def test_a_return_answers_who_objected_to_what_is_returned(made, objected):
    signoff = objected()
    profile, who = signoff.round.profile, made[Role.FOCAL_POINT]
    named = factories.sections(profile)[:1]
    factories.move(profile, "revise_after_consultation", who, reason="It is added.", sections=named)
    signoff.refresh_from_db()
    assert (signoff.response, signoff.responded_by) == ("It is added.", who)
    assert lacking(profile) == []


def test_a_return_of_something_else_answers_nothing(made, objected):
    signoff = objected()
    profile = signoff.round.profile
    named = factories.sections(profile)[1:]
    who = made[Role.FOCAL_POINT]
    factories.move(profile, "revise_after_consultation", who, reason="Chapter 2.", sections=named)
    assert lacking(profile) == ["objection"]
    profile = factories.bring_to(factories.fresh(profile), S.CONSULTATION)
    factories.approve_all(profile)
    # The round is another one; the objection of the first still waits.
    assert lacking(profile) == ["objection"]
    assert "Consultation 1: " in page(signed_in(made.team), "round", profile.slug)


def test_the_authority_is_answered_before_it_is_asked_again(made):
    profile = factories.bring_to(factories.make_profile(made), S.SIGNOFF)
    (asked,) = factories.asked(profile)
    named = factories.sections(profile)[:1]
    factories.move(asked, "object_to", asked.person, reason="Not ours.", sections=named)
    profile = factories.fresh(profile)
    assert profile.state == S.REVISION_VALIDATION
    assert lacking(profile)[-1] == "objection"
    profile = factories.bring_to(profile, S.CONSULTATION)
    factories.approve_all(profile)
    assert lacking(profile) == ["objection"]
    factories.answer_objections(profile)
    assert factories.bring_to(profile, S.SIGNOFF).state == S.SIGNOFF


def test_a_new_objection_needs_an_answer_of_its_own(made, objected):
    signoff = objected()
    answer(signoff, by=made.team)
    author = made[Role.STAKEHOLDER]
    factories.move(signoff, "approve", author)
    factories.move(
        signoff,
        "object_to",
        author,
        reason="Something else.",
        sections=factories.sections(signoff.round.profile)[:1],
    )
    signoff.refresh_from_db()
    assert (signoff.response, signoff.responded_by, signoff.responded_at) == ("", None, None)


def test_a_second_click_objects_no_second_time_and_keeps_the_answer(made, objected):
    signoff = objected()
    answer(signoff, by=made.team)
    author = signed_in(made[Role.STAKEHOLDER])
    address_of_task = reverse("task", args=[Task.objects.get(signoff=signoff).pk])
    said = {"move": "object_to", "reason": f" {WORDS} ", "sections": ["1"]}
    mails = OutboxJob.objects.filter(payload__kind="objection_received")
    before = mails.count()
    assert author.post(address_of_task, said).status_code == CONFLICT
    signoff.refresh_from_db()
    assert (signoff.response, mails.count()) == (ANSWER, before)
    assert Event.objects.filter(move="object_to").count() == 1
    # Other words, or the same of another section, are another objection; what was answered to
    # the former one stays on record.
    for other in ({"reason": "Canary lane too."}, {"sections": ["1", "2"]}):
        said |= other
        assert author.post(address_of_task, said).status_code == FOUND
    signoff.refresh_from_db()
    assert signoff.response == ""
    assert Event.objects.filter(move="object_to").count() == 3
    kept = Event.objects.get(move="answer_objection", document=f"sign_off:{signoff.pk}")
    assert kept.reason.text == ANSWER


# Who and when


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("attribution", [Attribution.CATEGORY, Attribution.CHATHAM_HOUSE])
def test_who_answers_is_who_reads_it_and_makes_the_text(made, objected, role, attribution):
    signoff = objected(attribution)
    answering = {Role.PROJECT_TEAM}
    if attribution == Attribution.CATEGORY:
        answering |= {Role.LOCAL_EXPERT, Role.FOCAL_POINT}
    if role in answering:
        answer(signoff, by=made[role])
        assert signoff.responded_by == made[role]
        return
    with pytest.raises(NotAllowed):
        answer(signoff, by=made[role])
    posted = signed_in(made[role]).post(address(signoff), {"text": ANSWER})
    hidden = attribution == Attribution.CHATHAM_HOUSE and role != Role.STAKEHOLDER
    assert posted.status_code == (GONE if hidden else FORBIDDEN)


def test_nobody_answers_himself(made, objected):
    signoff = objected()
    focal_point = made[Role.FOCAL_POINT]
    own = SignOff.objects.select_related("round").get(round=signoff.round_id, person=focal_point)
    named = factories.sections(signoff.round.profile)[:1]
    factories.move(own, "object_to", focal_point, reason="Nor this.", sections=named)
    own.refresh_from_db()
    with pytest.raises(NotAllowed, match="Somebody else"):
        answer(own, by=focal_point)
    assert "Answer the objection" in page(signed_in(made.team), "round", signoff.round.profile.slug)


def test_what_was_signed_for_is_not_answered_otherwise(made, objected):
    signoff = objected()
    answer(signoff, by=made.team)
    answer(signoff, "Better said.", by=made[Role.LOCAL_EXPERT])
    assert signoff.response == "Better said."
    factories.move(signoff.round.profile, "conclude_consultation", made[Role.FOCAL_POINT])
    with pytest.raises(NotNow, match="stays as it is"):
        answer(signoff, "Otherwise.", by=made.team)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_answer_says_something(made, objected, text):
    signoff = objected()
    with pytest.raises(InvalidInput):
        answer(signoff, text, by=made.team)
    refused = signed_in(made.team).post(address(signoff), {"text": text})
    assert refused.status_code == UNPROCESSABLE
    assert 'href="#id_text"' in refused.content.decode()


def test_an_answer_withdrawn_in_the_meantime_keeps_the_words(made, objected):
    signoff = objected()
    opened = {"text": ANSWER, "base": fingerprint_of_text("")}
    factories.move(signoff, "approve", made[Role.STAKEHOLDER])
    client = signed_in(made.team)
    refused = client.post(address(signoff), opened)
    assert refused.status_code == CONFLICT
    assert ANSWER in refused.content.decode()
    assert client.get(address(signoff)).status_code == GONE


def test_two_answers_at_once_overwrite_nothing(made, objected):
    signoff = objected()
    opened = {"base": fingerprint_of_text("")}
    first, second = signed_in(made.team), signed_in(made[Role.LOCAL_EXPERT])
    assert first.post(address(signoff), {**opened, "text": "The first."}).status_code == FOUND
    refused = second.post(address(signoff), {**opened, "text": "The second."})
    assert refused.status_code == CONFLICT
    text = refused.content.decode()
    assert "The first." in text
    assert "The second." in text
    renewed = {"base": fingerprint_of_text("The first."), "text": "The second."}
    assert second.post(address(signoff), renewed).status_code == FOUND


# Who reads it


def test_the_objector_reads_the_answer_where_he_objected(made, objected):
    signoff = objected(Attribution.CHATHAM_HOUSE)
    task = Task.objects.get(signoff=signoff)
    own = signed_in(made[Role.STAKEHOLDER])
    assert "A written answer will appear here." in page(own, "task", task.pk)
    answer(signoff, by=made.team)
    text = page(own, "task", task.pk)
    assert ANSWER in text
    assert made.team.full_name in text


@pytest.mark.parametrize("name", ["round", "responses"])
@pytest.mark.parametrize(
    ("attribution", "shown"),
    [(Attribution.CATEGORY, True), (Attribution.CHATHAM_HOUSE, False)],
)
def test_others_read_it_as_far_as_the_objection(made, objected, name, attribution, shown):
    signoff = objected(attribution)
    answer(signoff, by=made.team)
    slug = signoff.round.profile.slug
    for role in (Role.LOCAL_EXPERT, Role.OBSERVER):
        text = page(signed_in(made[role]), name, slug)
        assert (WORDS in text) is (ANSWER in text) is shown
        assert made[Role.STAKEHOLDER].full_name not in text
        number = Event.objects.get(profile__slug=slug, move="answer_objection").seq
        (line,) = history.lines(signoff.round.profile, [number], viewer=made[role])
        assert (line.reason == ANSWER) is shown
    assert ANSWER in page(signed_in(made.team), name, slug)


@pytest.mark.parametrize("attribution", [Attribution.CATEGORY, Attribution.CHATHAM_HOUSE])
@pytest.mark.parametrize("move", ["object_to", "reserve", "approve"])
def test_the_history_tells_words_of_an_answer_to_whom_the_round_does(made, move, attribution):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    profile = factories.promise_unsealed(profile, attribution)
    author = made[Role.STAKEHOLDER]
    mine = next(one for one in factories.asked(profile) if one.person_id == author.pk)
    factories.move(mine, move, author, reason=WORDS, sections=factories.sections(profile)[:1])
    assert SignOff.objects.get(pk=mine.pk).statement == WORDS
    shown = attribution != Attribution.CHATHAM_HOUSE
    for viewer, may_read in (
        (made[Role.OBSERVER], shown),
        (made[Role.FOCAL_POINT], shown),
        (author, True),
        (made.team, True),
    ):
        client = signed_in(viewer)
        for query in ("kind=sign_off", "output=csv"):
            answered = client.get(f"{reverse('history', args=[profile.slug])}?{query}")
            assert (WORDS in answered.content.decode()) is may_read, (viewer, query)
        line = history.last_reason(factories.fresh(profile), f"sign_off:{mine.pk}", viewer=viewer)
        assert (line.reason if line else None) == (WORDS if may_read else None), viewer


def test_an_objection_of_another_profile_is_not_there(made, objected):
    signoff = objected()
    other = factories.make_profile(made)
    client = signed_in(made.team)
    assert client.get(reverse("objection", args=[other.slug, signoff.pk])).status_code == GONE
