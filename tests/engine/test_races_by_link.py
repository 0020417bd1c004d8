"""Codes and links at once with everything else: each in a thread with a connection of its own."""

from collections import Counter
from functools import partial
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment, Event, SigningCode, SignOff
from profile_workflow.services import section_answers, signing
from profile_workflow.services.signing import Signing
from profile_workflow.states import CodeEnd, ProfileState, Signature
from tests import factories
from tests.engine.racing import at_once, whole
from tests.links import link_of, token_for
from workflows import deadlines, engine
from workflows.models import OutboxJob

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

FOUND = HTTPStatus.FOUND
CLICKS = 20


class Authority:
    """Somebody who has prepared his signature, and has a code for it."""

    def __init__(self, profile):
        (self.signoff,) = factories.asked(profile)
        self.token, self.profile = token_for(self.signoff), profile
        given = Signing(Signature.APPROVE, "", [], "Amal Ben Salah", "Deputy mayor")
        signing.save_answer(link_of(self.signoff), given, at=timezone.now())

    def asks(self):
        engine.ask_for_code(link_of(self.signoff), seen=None, at=timezone.now())
        self.code = signing.to_send(SigningCode.objects.latest("pk").pk, at=timezone.now())[1]

    def types(self, code):
        address = reverse("link_code", args=[self.token])
        return Client().post(address, {"code": code}).status_code

    @property
    def moves(self):
        made = Event.objects.filter(document=f"sign_off:{self.signoff.pk}")
        return Counter(made.values_list("move", flat=True))

    @property
    def state(self):
        return SignOff.objects.get(pk=self.signoff.pk).state


@pytest.fixture
def made():
    return factories.make_programme(sections=3)


@pytest.fixture
def authority():
    made = factories.make_programme(sections=1)
    return Authority(factories.bring_to(factories.make_profile(made), ProfileState.SIGNOFF))


def test_one_code_is_used_twenty_times_at_once(authority):
    """Each click leads to the receipt, and there is one signature and one record of it.

    The signature closes the round, so that the other clicks come to a closed door.
    """
    authority.asks()
    results = at_once([partial(authority.types, authority.code)] * CLICKS)
    assert results == [FOUND] * CLICKS
    assert authority.moves == {"ask": 1, "approve": 1, "sign_by_link": 1}
    assert SigningCode.objects.get().end == CodeEnd.USED
    receipts = OutboxJob.objects.filter(profile=authority.profile, payload__kind="receipt")
    assert receipts.count() == 1
    whole(authority.profile)


def test_twenty_guesses_at_once_are_all_counted(authority):
    """However many are made in the same moment, a code is tried as often as it may be."""
    authority.asks()
    guesses = [str((int(authority.code) + one) % 10**8).zfill(8) for one in range(1, CLICKS + 1)]
    results = at_once([partial(authority.types, one) for one in guesses])
    assert results == [HTTPStatus.UNPROCESSABLE_ENTITY] * CLICKS
    code = SigningCode.objects.get()
    assert (code.tries, code.end) == (signing.MOST_TRIES, CodeEnd.SPENT)
    assert authority.types(authority.code) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert authority.state == "asked"


def test_twenty_clicks_send_one_code(authority):
    address = reverse("link_code_new", args=[authority.token])
    results = at_once([lambda: Client().post(address).status_code] * CLICKS)
    assert results == [FOUND] * CLICKS
    assert SigningCode.objects.count() == 1
    assert OutboxJob.objects.filter(key__startswith="mail:signing_code:").count() == 1


@pytest.mark.parametrize("rival", ["closing", "revoking", "changing"])
def test_a_code_meets_what_makes_it_void(authority, rival):
    """Either the signature is there whole, or it is refused and nothing of it is there."""
    authority.asks()
    link, at = link_of(authority.signoff), timezone.now()
    other = Signing(Signature.RESERVE, "Only the figures.", [], "Amal Ben Salah", "Deputy mayor")
    team = factories.holder(authority.profile, "project_team")
    acts = {
        "closing": partial(deadlines.sweep, at=authority.signoff.round.closes_at),
        "revoking": partial(
            engine.revoke_link, authority.signoff, reason="Passed on.", by=team, at=at
        ),
        "changing": partial(signing.save_answer, link, other, at=at),
    }
    typed, _done = at_once([partial(authority.types, authority.code), acts[rival]])
    is_signed = authority.state == "approved"
    assert (typed == FOUND) == is_signed
    assert authority.moves["approve"] == authority.moves["sign_by_link"] == int(is_signed)
    assert authority.state in ("approved", "asked", "no_answer")
    whole(authority.profile)


def test_one_answer_is_sent_by_link_twenty_times_at_once(made):
    """Each click is answered, and there is one comment, one answer, one record and one receipt."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    signoff = factories.asked(profile)[1]
    token = token_for(signoff)
    for view, one in zip(
        ["comments", "objects", "agrees"], factories.sections(profile), strict=True
    ):
        address = reverse("link_section", args=[token, one.key])
        assert (
            Client().post(address, {"view": view, "text": "Why."}).status_code == HTTPStatus.FOUND
        )
    address = reverse("link_check", args=[token])
    form = {"base": section_answers.mark_of_all(signoff.section_answers.all())}
    results = at_once([lambda: Client().post(address, form).status_code] * 20)
    assert results == [HTTPStatus.FOUND] * 20
    moves = Counter(
        Event.objects.filter(document=f"sign_off:{signoff.pk}").values_list("move", flat=True)
    )
    assert moves == {"ask": 1, "object_to": 1, "send_by_link": 1}
    assert Comment.objects.filter(author=signoff.person).count() == 1
    assert OutboxJob.objects.filter(profile=profile, payload__kind="receipt").count() == 1
    whole(profile)


def test_two_answers_to_one_section_meet(made):
    """One is saved, and who sent the other sees both."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    signoff = factories.asked(profile)[1]
    address = reverse("link_section", args=[token_for(signoff), "1"])

    def say(text):
        return Client().post(address, {"view": "comments", "text": text})

    answers = at_once([partial(say, text) for text in ("First.", "Second.")])
    assert sorted(one.status_code for one in answers) == [HTTPStatus.FOUND, HTTPStatus.CONFLICT]
    refused = max(answers, key=lambda one: one.status_code).content.decode()
    assert "First." in refused
    assert "Second." in refused
    assert signoff.section_answers.get().text in {"First.", "Second."}


def test_answers_by_link_meet_the_end_of_a_link(made):
    """Either the answer is there whole, or it is refused and nothing of it is there."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    signoff = factories.asked(profile)[1]
    token = token_for(signoff)
    for one in factories.sections(profile):
        Client().post(reverse("link_section", args=[token, one.key]), {"view": "agrees"})
    address = reverse("link_check", args=[token])
    form = {"base": section_answers.mark_of_all(signoff.section_answers.all())}
    revoke = partial(
        engine.revoke_link, signoff, reason="Passed on.", by=made.team, at=timezone.now()
    )
    sent, revoked = at_once([lambda: Client().post(address, form).status_code, revoke])
    assert revoked is None
    is_there = factories.fresh(signoff).state == "approved"
    assert sent == (HTTPStatus.FOUND if is_there else HTTPStatus.GONE)
    assert Client().post(address, form).status_code == HTTPStatus.GONE
    whole(profile)
