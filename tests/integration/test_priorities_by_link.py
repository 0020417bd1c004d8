"""Priorities by personal link: asked for where the programme wants it, saved, sent, and told."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotNow
from profile_workflow.models import Challenge, Event, PriorityAnswer, ValidationRound
from profile_workflow.services import links, priority_answers
from profile_workflow.states import PriorityLabel, ProfileState, Role
from tests import factories
from tests.integration.workflows.mails import run_worker
from tests.links import link_of, token_for
from workflows import deadlines

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE, NOT_FOUND = (
    *(HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE, HTTPStatus.NOT_FOUND),
)
MUST, COULD = PriorityLabel.MUST, PriorityLabel.COULD


def consulted(*, asks=True, challenges=2):
    profile = factories.make_profile(asks_priorities=asks)
    for number in range(challenges):
        Challenge.objects.create(
            profile=profile,
            code=f"C{number + 1}",
            title=f"Challenge {number + 1}",
            competence="own",
        )
    return factories.bring_to(profile, ProfileState.CONSULTATION)


class Holder:
    """Somebody with a link who agrees with everything."""

    def __init__(self, signoff):
        self.signoff, self.token, self.client = signoff, token_for(signoff), Client()
        self.keys = list(Challenge.objects.order_by("code").values_list("pk", flat=True))

    def address(self, name, *more):
        return reverse(name, args=[self.token, *more])

    def reads(self, name):
        return self.client.get(self.address(name)).content.decode()

    def seen(self, name):
        """The mark of what is saved, which the form of a page carries; none if there is no form."""
        form = (self.client.get(self.address(name)).context or {}).get("form")
        return (form["base"].value() or "") if form else ""

    def ranks(self, *labels, base=None):
        given = {f"challenge_{key}": label for key, label in zip(self.keys, labels, strict=True)}
        given["base"] = self.seen("link_priorities") if base is None else base
        return self.client.post(self.address("link_priorities"), given)

    def agrees(self):
        for one in factories.sections(self.signoff.round.profile):
            address = self.address("link_section", one.key)
            self.last = self.client.post(address, {"view": "agrees"})

    def sends(self, base=None):
        seen = self.seen("link_check") if base is None else base
        return self.client.post(self.address("link_check"), {"base": seen})


def test_priorities_are_saved_at_their_step_sent_with_the_answer_and_changed_until_closing():
    profile = consulted()
    holder = Holder(factories.asked(profile)[1])
    holder.agrees()
    assert holder.last["Location"] == holder.address("link_priorities")
    assert "Challenge 2" in holder.reads("link_priorities")
    assert holder.ranks(MUST, "")["Location"] == holder.address("link_check")
    (saved,) = PriorityAnswer.objects.all()
    assert (saved.label, saved.sent_at) == (MUST, None)
    page = holder.reads("link_check")
    assert page.count("No opinion") == 1
    assert "Must" in page
    assert "has not been sent yet" in holder.reads("link")
    assert holder.sends().status_code == FOUND
    assert "Challenge 1" in holder.reads("link_receipt")
    run_worker()
    (receipt,) = [one for one in mail.outbox if "receipt" in one.subject]
    assert "- Challenge 1: Must" in receipt.body
    assert "Challenge 2" not in receipt.body
    # Sent again it does nothing again; changed it counts once it was sent.
    events = Event.objects.count()
    holder.sends()
    assert Event.objects.count() == events
    holder.ranks("", COULD)
    saved.refresh_from_db()
    assert (saved.label, saved.sent_label) == ("", MUST)
    assert "has not been sent yet" in holder.reads("link")
    holder.sends()
    assert Event.objects.filter(move="send_by_link").count() == 2
    sent = PriorityAnswer.objects.order_by("challenge__code")
    assert [one.sent_label for one in sent] == ["", COULD]
    call_command("verify_log")
    # What is not a label is refused, and nothing of it is stored.
    assert holder.ranks("must now", COULD).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert [one.label for one in sent.all()] == ["", COULD]
    other = Challenge.objects.create(
        profile=factories.make_profile(), code="C1", title="Elsewhere", competence="own"
    )
    with pytest.raises(NotNow):
        priority_answers.save_answers(link_of(holder.signoff), {other.pk: MUST}, at=timezone.now())
    with factories.undone():
        deadlines.sweep(at=holder.signoff.round.closes_at + timedelta(minutes=1))
        again = holder.signoff.round.closes_at + timedelta(minutes=1)
        with pytest.raises(NotNow):
            priority_answers.save_answers(link_of(holder.signoff), {holder.keys[0]: MUST}, at=again)
    team = factories.holder(profile, Role.PROJECT_TEAM)
    links.revoke(holder.signoff, reason="Passed on.", by=team, at=timezone.now())
    assert holder.ranks(MUST, MUST).status_code == GONE


def test_an_old_tab_neither_wipes_labels_nor_sends_those_that_it_has_not_shown():
    holder = Holder(factories.asked(consulted())[1])
    holder.agrees()
    nothing, unranked = (holder.seen(name) for name in ("link_priorities", "link_check"))
    holder.ranks(MUST, COULD)

    def labels(name="label"):
        found = PriorityAnswer.objects.order_by("challenge__code")
        return list(found.values_list(name, flat=True))

    for old in (nothing, "0" * 64):
        both = holder.ranks("", COULD, base=old)
        assert both.status_code == HTTPStatus.CONFLICT
        assert labels() == [MUST, COULD]
    page = both.content.decode()
    assert "Another answer has been saved since this page was opened." in page
    (told,) = both.context["conflict"]
    assert ("Challenge 1" in told.label, told.yours, told.theirs) == (True, "–", "Must")
    # The second click of a double one says the same as the first, and is done.
    assert holder.ranks(MUST, COULD, base=nothing).status_code == FOUND
    # Labels that the page has not shown are not sent with the answer that it has.
    refused = holder.sends(base=unranked)
    assert refused.status_code == HTTPStatus.CONFLICT
    assert labels("sent_label") == ["", ""]
    seen = refused.context["form"]["base"].value()
    for _click in range(2):
        assert holder.sends(base=seen).status_code == FOUND
    assert labels("sent_label") == [MUST, COULD]
    # Who has seen both decides.
    assert holder.ranks("", COULD, base=both.context["form"]["base"].value()).status_code == FOUND
    assert labels() == ["", COULD]


@pytest.mark.parametrize(("asks", "challenges"), [(False, 2), (True, 0)])
def test_who_is_not_asked_for_priorities_finds_no_page_for_them(asks, challenges):
    holder = Holder(factories.asked(consulted(asks=asks, challenges=challenges))[1])
    holder.agrees()
    assert holder.last["Location"] == holder.address("link_check")
    assert holder.client.get(holder.address("link_priorities")).status_code == NOT_FOUND
    assert holder.ranks(*[MUST] * challenges).status_code == NOT_FOUND
    assert "Priorities" not in holder.reads("link_check")
    assert not PriorityAnswer.objects.exists()


def test_who_takes_an_opinion_back_in_a_later_round_counts_no_more():
    """Neither does one that was taken back, but not sent, count less than before."""
    profile = consulted(challenges=1)
    for one in map(Holder, factories.asked(profile)):
        one.agrees()
        one.ranks(MUST)
        one.sends()
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    factories.answer_objections(profile)
    named = factories.sections(profile)[:1]
    factories.move(profile, "revise_after_consultation", focal_point, reason="New.", sections=named)
    factories.submit_sections(profile)
    expert = factories.holder(profile, Role.LOCAL_EXPERT)
    factories.move(profile, "call_second_workshop", expert)

    def musts():
        return [dict(labels)["Must"] for _one, labels in priority_answers.told(profile)]

    again = [Holder(one) for one in factories.asked(profile)]
    assert musts() == [3]
    first, second, *_rest = again
    for one, label in ((first, COULD), (second, "")):
        one.agrees()
        one.ranks(label)
    assert musts() == [3]
    with factories.undone():
        first.sends()
        ((_challenge, labels),) = priority_answers.told(profile)
        assert dict(labels)["Could"] == 1
    # Nothing was carried over to the new text: to leave it empty takes nothing back.
    second.sends()
    assert musts() == [3]
    # But to have chosen something and to take it back does: two are too few to be told of.
    first.sends()
    first.ranks("")
    first.sends()
    assert musts() == []


def test_numbers_are_told_afterwards_and_only_of_several(client):
    """Never who chose what, and nothing while others still answer."""
    profile = consulted()
    everybody = [Holder(one) for one in factories.asked(profile)]
    for place, one in enumerate(everybody):
        one.agrees()
        one.ranks(MUST, COULD if place else "")
        if place < 2:
            one.sends()
    assert priority_answers.told(profile) == []
    everybody[2].sends()
    focal_point = factories.holder(profile, Role.FOCAL_POINT)
    client.force_login(focal_point)
    address = reverse("priorities", args=[profile.slug])
    assert "put first" not in client.get(address).content.decode()
    factories.bring_to(profile, ProfileState.PRIORITY_SETTING)
    page = client.get(address).content.decode()
    assert "What those who were consulted put first" in page
    assert "Must 3 · Should 0 · Could 0" in page
    # Of what only two have said something, nothing is told, nor of what is asked of a larger group.
    assert "Must 0 · Should 0 · Could 2" not in page
    with factories.undone():
        ValidationRound.objects.update(smallest_group=4)
        assert priority_answers.told(profile) == []
    stakeholder = everybody[1].signoff.person
    assert stakeholder.full_name not in page
    client.force_login(stakeholder)
    assert "put first" not in client.get(address).content.decode()
