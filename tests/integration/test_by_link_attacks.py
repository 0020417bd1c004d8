"""Personal links in wrong hands, after their end, and what nobody is to learn from them."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import access, middleware
from profile_workflow.models import Assignment, SectionAnswer, ValidationRound
from profile_workflow.services import links
from profile_workflow.states import Attribution, Role, SectionView, SignOffState
from tests import factories
from tests.links import Holder, link_of, token_for
from workflows.views.by_link import opening

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.GONE
AGREES, COMMENTS, OBJECTS = SectionView.AGREES, SectionView.COMMENTS, SectionView.OBJECTS


def test_reading_and_probing_changes_nothing_and_signs_nobody_in(consulted, signoff):
    holder = Holder(token_for(signoff))
    other = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    signed_in = Holder(holder.token)
    signed_in.client.force_login(other.person)
    for one in (holder, signed_in):
        for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ())):
            for method in ("get", "head", "options"):
                response = getattr(one.client, method)(one.address(name, *more))
                assert response.status_code in (OK, HTTPStatus.METHOD_NOT_ALLOWED)
                assert response["Referrer-Policy"] == "no-referrer"
                assert "no-store" in response["Cache-Control"]
                assert "noindex" in response["X-Robots-Tag"]
    assert link_of(signoff).used_at is None
    assert factories.fresh(signoff).state == SignOffState.ASKED
    # Nobody came in through the door of the accounts.
    assert holder.client.get(reverse("tasks")).status_code == FOUND
    # The link decides whose answer it is, not who is signed in.
    signed_in.answers((AGREES, ""), (AGREES, ""), (AGREES, ""))
    assert factories.fresh(signoff).state == SignOffState.APPROVED
    assert factories.fresh(other).state == SignOffState.ASKED


def test_a_link_used_by_reading_would_be_seen(consulted, signoff, monkeypatch):
    real = links.find

    def used(link):
        links.note_use(link, at=timezone.now())
        return link

    monkeypatch.setattr(opening.links, "find", lambda token: used(real(token)))
    Holder(token_for(signoff)).reads()
    assert link_of(signoff).used_at is not None


def test_closed_doors_say_why_and_give_back_what_was_typed(consulted, signoff):
    team, at = factories.holder(consulted, Role.PROJECT_TEAM), timezone.now()
    token = token_for(signoff)
    holder = Holder(token)

    def refused(status, sentence):
        for answer in (
            holder.reads(),
            holder.says("1", OBJECTS, "My words."),
            holder.sends_all(),
        ):
            assert answer.status_code == status
            assert sentence in answer.content.decode()
            assert answer["Referrer-Policy"] == "no-referrer"
            assert signoff.person.full_name not in answer.content.decode()
        assert "My words." in holder.says("1", OBJECTS, "My words.").content.decode()
        assert not SectionAnswer.objects.exists()

    with factories.undone():
        ValidationRound.objects.update(closes_at=at - timedelta(seconds=1))
        refused(GONE, "The consultation is over")
    with factories.undone():
        factories.move(consulted, "hold", team, reason="Elections.")
        refused(HTTPStatus.CONFLICT, "has been stopped for now")
    with factories.undone():
        links.revoke(signoff, reason="Passed on.", by=team, at=at)
        refused(GONE, "does not work any more")
    with factories.undone():
        factories.move(signoff, "waive", team, reason="Away.")
        refused(GONE, "is not waited for any more")
    with factories.undone():
        Assignment.objects.filter(user=signoff.person).update(role=Role.CO_AUTHOR, category="")
        refused(GONE, "You are not asked any more")
    with factories.undone():
        links.issue_again(signoff, by=team, at=at)
        refused(GONE, "There is a newer link")
    assert holder.reads().status_code == OK


def test_a_round_that_is_never_over_would_be_seen(consulted, signoff, monkeypatch):
    monkeypatch.setattr(links, "_takes_answers", lambda *_: True)
    ValidationRound.objects.update(closes_at=timezone.now() - timedelta(days=1))
    assert Holder(token_for(signoff)).reads().status_code == OK


def test_wrong_tokens_and_sections_find_nothing(consulted, signoff):
    holder = Holder(token_for(signoff))
    for key in ("9", "es", "sources"):
        assert holder.reads("link_section", key).status_code == HTTPStatus.NOT_FOUND
        assert holder.says(key, AGREES).status_code == HTTPStatus.NOT_FOUND
    assert holder.reads("link_picture", "0" * 64).status_code == HTTPStatus.NOT_FOUND
    for name, more in (("link_nowhere", ("s",)), ("link_language", ())):
        page = holder.reads(name, *more)
        assert page.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
        assert "There is no such page" in page.content.decode()
        assert f'href="{holder.address()}"' in page.content.decode()
        assert page["Referrer-Policy"] == "no-referrer"
        assert reverse("sign_in") not in page.content.decode()
    astray = holder.sends("link_nowhere", "s/1/more", text="My words.")
    assert astray.status_code == HTTPStatus.NOT_FOUND
    assert "My words." in astray.content.decode()
    assert holder.client.get(f"/v/{holder.token}/check").status_code == 301
    # No stranger puts words on a page of ours.
    assert "Canary." not in Holder("guess").says("1", OBJECTS, "Canary.").content.decode()
    with CaptureQueriesContext(connection) as asked:
        wrong = [Holder(f"{holder.token[:-1]}~").reads() for _ in range(6)]
    # As often as somebody guesses, it costs one question and writes nothing.
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert len(asked) == len(wrong)
    assert {one.status_code for one in wrong} == {HTTPStatus.NOT_FOUND}
    assert {one["Referrer-Policy"] for one in wrong} == {"no-referrer"}
    assert signoff.person.full_name not in wrong[0].content.decode()
    assert holder.reads().status_code == OK


def test_a_door_that_asks_for_no_link_would_be_seen(consulted, signoff, client):
    """The rule lets strangers come as far as the page; the page asks for the link."""
    assert access.RULES["link"] is access.Rule.HOLDS_LINK
    assert access.Rule.HOLDS_LINK in middleware.access.OPEN_TO_STRANGERS
    answer = client.get(reverse("link_check", args=["guess"]))
    assert answer.status_code == HTTPStatus.NOT_FOUND


# What is nobody else’s to see


def test_one_person_sees_nothing_of_another(consulted, signoff):
    other = next(one for one in factories.asked(consulted) if one.pk != signoff.pk)
    Holder(token_for(other)).answers((OBJECTS, "Canary."), (AGREES, ""), (AGREES, ""))
    holder = Holder(token_for(signoff))
    pages = [
        holder.reads(name, *more).content.decode()
        for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ()))
    ]
    for canary in ("Canary.", other.person.full_name, other.person.email):
        assert not [page for page in pages if canary in page]
    own = Holder(token_for(other)).reads("link_check").content.decode()
    assert "Canary." in own


@pytest.mark.parametrize("attribution", [*Attribution])
def test_the_focal_point_sees_the_links_of_those_whose_names_are_shown(
    consulted, signoff, client, attribution
):
    """Else the order and the numbers of the lines would tell whose category is whose answer."""
    ValidationRound.objects.update(attribution=attribution)
    focal_point = factories.holder(consulted, Role.FOCAL_POINT)
    own = next(one for one in factories.asked(consulted) if one.person == focal_point)
    client.force_login(focal_point)
    page = client.get(reverse("links", args=[consulted.slug])).content.decode()
    again = client.post(reverse("link_again", args=[consulted.slug, signoff.pk]))
    is_shown = attribution == Attribution.NAMED
    assert (signoff.person.full_name in page) == is_shown
    for name in ("link_again", "link_revoke"):
        assert (reverse(name, args=[consulted.slug, signoff.pk]) in page) == is_shown
        assert reverse(name, args=[consulted.slug, own.pk]) in page
    assert ("2 other people have a link" in page) != is_shown
    assert again.status_code == (FOUND if is_shown else HTTPStatus.NOT_FOUND)


def test_the_history_ties_no_comments_to_an_objection(consulted, signoff, client):
    """What came together in one answer is the project team's to know."""
    Holder(token_for(signoff)).answers((COMMENTS, "More."), (OBJECTS, "Not so."), (AGREES, ""))
    seen = {}
    for role in (Role.PROJECT_TEAM, Role.FOCAL_POINT, Role.LOCAL_EXPERT):
        client.force_login(factories.holder(consulted, role))
        page = client.get(reverse("history", args=[consulted.slug])).content.decode()
        seen[role] = ("Object" in page, "by personal link" in page)
    assert seen.pop(Role.PROJECT_TEAM) == (True, True)
    assert set(seen.values()) == {(True, False)}


@pytest.mark.parametrize("role", [Role.LOCAL_EXPERT, Role.STAKEHOLDER, Role.CITY_AUTHORITY])
def test_the_links_are_nobody_elses_to_see(consulted, client, role):
    client.force_login(factories.holder(consulted, role))
    address = reverse("links", args=[consulted.slug])
    assert client.get(address).status_code == HTTPStatus.FORBIDDEN
