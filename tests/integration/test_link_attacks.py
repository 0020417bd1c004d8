"""Attacks on personal links that need no browser: guessed, bent, borrowed, replayed, prefetched."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import AnsweringLink, Event, SectionAnswer, SigningCode, SignOff
from profile_workflow.services import links, signing
from profile_workflow.services.signing import Signing
from profile_workflow.states import ProfileState, Role, SectionView, Signature
from tests import factories
from tests.links import link_of, token_for
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

FOUND, GONE, NOT_FOUND = HTTPStatus.FOUND, HTTPStatus.GONE, HTTPStatus.NOT_FOUND
PAGES = ("link", "link_check", "link_receipt", "link_sign", "link_code")
#: What browsers and mail programs say of themselves when nobody has clicked.
PREFETCHERS = (
    {"Sec-Purpose": "prefetch;prerender"},
    {"Purpose": "prefetch"},
    {"X-Moz": "prefetch"},
    {"User-Agent": "Mozilla/5.0 (compatible; MailScanner; +https://scanner.example)"},
)


@pytest.fixture
def consulted():
    return factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)


@pytest.fixture
def signoff(consulted):
    return next(one for one in factories.asked(consulted) if one.role == Role.STAKEHOLDER)


def stored():
    """Return what an attack would change."""
    return (
        list(SignOff.objects.order_by("pk").values_list("pk", "state", "statement", "signatory")),
        list(SectionAnswer.objects.order_by("pk").values_list("signoff", "section", "text")),
        list(AnsweringLink.objects.order_by("pk").values_list("pk", "used_at", "end", "language")),
        list(SigningCode.objects.order_by("pk").values_list("pk", "tries", "end")),
        Event.objects.count(),
    )


def bent(link, token):
    """Return what somebody might try who has seen a part of an address, or the table."""
    return [
        token.swapcase(),
        token[:-1],
        f"{token}A",
        f"{token} ",
        token.replace(token[0], "%00", 1),
        f"..%2F{token}",
        "٣" * 43,
        "a" * 8_000,
        link.digest,
        link.salt,
        str(link.pk),
        "None",
    ]


def test_a_token_that_is_bent_or_read_in_a_table_opens_nothing(signoff):
    token, link, before = token_for(signoff), link_of(signoff), stored()
    for wrong in bent(link, token):
        for name in PAGES:
            for method in ("get", "post"):
                answer = getattr(Client(), method)(reverse(name, args=[wrong]), {"text": "Canary."})
                assert answer.status_code == NOT_FOUND, (wrong[:50], name)
                assert signoff.person.full_name not in answer.content.decode()
                assert "Canary." not in answer.content.decode()
    assert stored() == before
    assert Client().get(reverse("link", args=[token])).status_code == HTTPStatus.OK


def test_nothing_is_prefetched_or_changed_by_another_method(consulted, signoff):
    """And a link says nothing of whom else it could serve, whatever is sent beside the form."""
    token, before = token_for(signoff), stored()
    for headers in PREFETCHERS:
        for name in PAGES:
            for method in ("get", "head", "options"):
                getattr(Client(headers=headers), method)(reverse(name, args=[token]))
    for name in (*PAGES, "link_language", "link_code_new"):
        for method in ("put", "patch", "delete", "trace"):
            answer = getattr(Client(), method)(reverse(name, args=[token]))
            assert answer.status_code in (NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
    assert stored() == before
    other = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    forged = {
        "signoff": other.pk,
        "signoff_id": other.pk,
        "person": other.person_id,
        "state": "approved",
        "token": token_for(other),
        "section": "3",
        "key": "3",
        "sent_at": timezone.now().isoformat(),
        "by": other.person_id,
        "role": "project_team",
    }
    said = {"view": SectionView.OBJECTS, "text": "My words.", **forged}
    address = reverse("link_section", args=[token, "1"])
    assert Client().post(f"{address}?key=3&signoff={other.pk}", said).status_code == FOUND
    (answer,) = SectionAnswer.objects.all()
    assert (answer.signoff, answer.section.key, answer.sent_at) == (signoff, "1", None)
    assert stored()[0] == before[0]
    # Nor does the page of one lead anywhere for a host that is not ours.
    assert Client(headers={"host": "evil.example"}).get(address).status_code == 400


def test_what_was_sent_before_a_link_ended_cannot_be_sent_again(consulted, signoff):
    """Replayed word by word, with the token and the code that were good a moment before."""
    team, at = factories.holder(consulted, Role.PROJECT_TEAM), timezone.now()
    token, client = token_for(signoff), Client()
    address = reverse("link_section", args=[token, "1"])
    said = {"view": SectionView.OBJECTS, "text": "Words of before."}
    assert client.post(address, said).status_code == FOUND
    links.issue_again(signoff, by=team, at=at)
    again = reverse("link_section", args=[token_for(signoff), "1"])
    seen = client.get(again).context["form"]["base"].value()
    now = {"view": "objects", "text": "Words of now.", "base": seen}
    assert client.post(again, now).status_code == FOUND
    assert client.post(address, said).status_code == GONE
    assert client.post(reverse("link_check", args=[token])).status_code == GONE
    assert SectionAnswer.objects.get().text == "Words of now."
    factories.approve_all(consulted)
    signed = factories.advance(factories.fresh(consulted))
    # The link of the consultation is none for the sign-off that follows, nor the other way round.
    (asked,) = factories.asked(signed)
    for name in PAGES:
        assert client.get(reverse(name, args=[token])).status_code == GONE
    given = Signing(Signature.OBJECT, "No.", ["1"], "Amal Ben Salah", "Deputy mayor")
    link = link_of(asked)
    signing.save_answer(link, given, at=at)
    engine.ask_for_code(link, seen=None, at=at)
    code = signing.to_send(SigningCode.objects.get().pk, at=at)[1]
    address = reverse("link_code", args=[token_for(asked)])
    assert client.post(address, {"code": code}).status_code == FOUND
    returned = factories.fresh(signed)
    assert returned.state == ProfileState.REVISION_VALIDATION
    before = stored()
    for _replay in range(2):
        again = client.post(address, {"code": code})
        assert again["Location"] == reverse("link_receipt", args=[token_for(asked)])
    assert stored() == before
