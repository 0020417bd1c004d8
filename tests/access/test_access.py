"""Every address as every role and as a stranger: who may, who may not, and none left out."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.test import RequestFactory, override_settings
from django.urls import path, reverse
from django.utils import timezone

from config import access, middleware, urls
from config.access import OPEN_TO_STRANGERS, RULES, NoRule, Rule
from config.middleware import AccessMiddleware
from profile_workflow.errors import DomainError
from profile_workflow.models import Assignment, Profile, User
from profile_workflow.services import people
from profile_workflow.states import Role
from tests import factories
from tests.access.answers import ANSWERS, FORBIDDEN, FOUND, GONE, NOT_TAKEN, OK, expected
from tests.access.posting import forms_for
from tests.access.visiting import Answered, Visitor
from tests.access.world import OUTSIDER, STRANGER, SUPERUSER, WHO, Place, all_names
from workflows.views import erratum

#: They share one world, which is made where they begin.
pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.long(6)]

TAKES_PART = [name for name, rule in RULES.items() if rule is Rule.TAKES_PART]


@pytest.fixture(autouse=True)
def _refusals_are_expected(caplog):
    """Write no line of the log, with its traceback, for each of thousands of refusals."""
    caplog.set_level(logging.ERROR, "django.request")


@pytest.fixture
def bare_refusals(monkeypatch):
    """Send the pages of what is not there, or not taken, without words; other tests read them."""

    def gone(_request: HttpRequest, exception: Exception) -> HttpResponse:
        return HttpResponseNotFound()

    monkeypatch.setattr(urls, "handler404", gone, raising=False)
    monkeypatch.setattr(middleware, "render", lambda *_page: HttpResponse())


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert sorted(all_names()) == sorted(RULES)


def test_every_address_has_an_answer_for_who_reads_and_for_who_sends():
    assert sorted(ANSWERS) == sorted(RULES)


# Reading


def is_kept_by_nobody(name: str, answer: Answered) -> bool:
    """Whether an answer says that nobody may keep a copy, nor take it for something else.

    The feed tells everybody the same, and no more than the catalogue.
    """
    kept = answer.response["Cache-Control"]
    if name == "cities_feed" and answer.status == OK:
        return kept == "public, max-age=600" and not answer.response.cookies
    by_the_browser = name == "picture_file" and answer.status == OK
    # Django says nothing of cookies where it says itself that the page is kept nowhere.
    differs = name == "sign_in" or by_the_browser or "Cookie" in answer.response["Vary"]
    return (
        differs
        and "private" in kept
        and ("no-cache" if by_the_browser else "no-store") in kept
        and answer.response["X-Content-Type-Options"] == "nosniff"
        and "default-src 'none'" in answer.response["Content-Security-Policy"]
    )


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody_as_the_table_says(world, who):
    visitor = Visitor(world.own, who)
    answers = {name: visitor.asks("get", world.own.address(name)) for name in RULES}
    wanted = {name: expected(name, who, "get") for name in RULES}
    assert {name: answer.status for name, answer in answers.items()} == wanted
    assert [name for name, one in answers.items() if not is_kept_by_nobody(name, one)] == []


def test_a_stranger_is_asked_to_sign_in_and_brought_back(world):
    stranger = Visitor(world.own, STRANGER)
    for name in [name for name, rule in RULES.items() if rule not in OPEN_TO_STRANGERS]:
        address = world.own.address(name)
        asked = stranger.asks("get", address).response
        assert asked["Location"] == f"{reverse('sign_in')}?next={address}"
        sent = stranger.asks("post", address)
        assert (sent.status, sent.response["Location"]) == (FOUND, reverse("sign_in"))


# Sending


def posted(place: Place, who: str, names: Iterable[str] = RULES) -> dict[str, Answered]:
    """Send everybody's least form to addresses; a stranger has nothing to send."""
    forms = {} if who == STRANGER else forms_for(place)
    visitor = Visitor(place, who)
    return {name: visitor.asks("post", place.address(name), forms.get(name)) for name in names}


def wrongly_answered(who: str, answers: dict[str, Answered]) -> dict[str, object]:
    """Return which answers are not those of the table, or wrote something they must not."""
    wrong: dict[str, object] = {}
    for name, answer in answers.items():
        wanted = expected(name, who, "post")
        if answer.status != wanted:
            wrong[name] = (answer.status, wanted)
        elif answer.written and not ANSWERS[name].may_write(who, wanted):
            wrong[name] = answer.written
    return wrong


@pytest.mark.parametrize("who", WHO)
def test_every_address_takes_only_from_whom_the_table_names(world, request, who):
    if who != Role.PROJECT_TEAM:
        request.getfixturevalue("bare_refusals")
    assert wrongly_answered(who, posted(world.own, who)) == {}


# What is somebody else's


@pytest.mark.parametrize("who", [*Role.values, SUPERUSER])
def test_foreign_things_do_not_exist(world, bare_refusals, who):
    visitor = Visitor(world.own, who)
    for method in ("get", "post"):
        answers = {
            name: visitor.asks(method, world.foreign.address(name)).status for name in TAKES_PART
        }
        assert answers == dict.fromkeys(TAKES_PART, GONE)


@pytest.mark.parametrize("who", Role.values)
def test_foreign_things_do_not_exist_in_a_profile_of_ones_own(world, bare_refusals, who):
    """Whoever puts the number of another profile's thing into an address of his own finds none."""
    visitor = Visitor(world.own, who)
    forms = forms_for(world.own)
    for method in ("get", "post"):
        for name, address in world.own.with_things_of(world.foreign).items():
            answer = visitor.asks(method, address, forms.get(name) if method == "post" else None)
            closed = expected(name, who, method) in (FORBIDDEN, NOT_TAKEN)
            may_be = {GONE, expected(name, who, method)} if closed else {GONE}
            assert answer.status in may_be, (method, name)
            assert answer.written == [], (method, name)


def test_what_is_not_there_and_what_is_not_yours_look_alike(client, world):
    client.force_login(world.own.made[Role.LOCAL_EXPERT])
    foreign = client.get(reverse("profile", args=[world.foreign.drafted.slug]))
    missing = client.get(reverse("profile", args=["no-such-profile"]))
    assert foreign.status_code == missing.status_code == GONE
    page, other = foreign.content.decode(), missing.content.decode()
    # The two differ only in the address to come back to and the token against forgery.
    assert len(page) - len(world.foreign.drafted.slug) == len(other) - len("no-such-profile")


def test_a_role_that_has_ended_opens_nothing(client, world):
    expert = world.own.made[Role.LOCAL_EXPERT]
    client.force_login(expert)
    address = reverse("profile", args=[world.own.drafted.slug])
    assert client.get(address).status_code == OK
    yesterday = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(user=expert).update(ends_on=yesterday)
    assert client.get(address).status_code == GONE


def test_a_closed_account_is_signed_out(client, world):
    team = world.own.made.team
    client.force_login(team)
    assert client.get(reverse("board")).status_code == OK
    type(team).objects.filter(pk=team.pk).update(is_active=False)
    assert client.get(reverse("board")).status_code == FOUND


# Planted holes


def unlisted(_request: Any) -> HttpResponse:
    """A page that somebody forgot to put into the table."""
    return HttpResponse("secret")


@pytest.fixture
def hole(monkeypatch):
    """Serve a page without a rule."""
    monkeypatch.setattr(
        urls, "urlpatterns", [*urls.urlpatterns, path("hole/", unlisted, name="hole")]
    )
    with override_settings(ROOT_URLCONF="config.urls"):
        from django.urls import clear_url_caches  # noqa: PLC0415 - after the change

        clear_url_caches()
        yield "/hole/"
    clear_url_caches()


def test_an_address_without_a_rule_is_noticed(hole):
    assert sorted(all_names()) != sorted(RULES)


def test_an_address_without_a_rule_is_closed_to_everybody(client, world, hole, caplog):
    client.force_login(world.own.made.team)
    response = client.get(hole)
    assert response.status_code == FORBIDDEN
    assert b"secret" not in response.content
    assert "without a rule" in caplog.text


@override_settings(DEBUG=True)
def test_an_address_without_a_rule_says_so_while_developing(client, world, hole):
    client.force_login(world.own.made.team)
    with pytest.raises(NoRule, match="'hole' has no rule"):
        client.get(hole)


def test_without_the_middleware_everything_would_be_open(client, world):
    """The tests above test the table, not by chance something else."""
    client.force_login(world.own.made.outsider)
    without = [one for one in settings.MIDDLEWARE if not one.endswith("AccessMiddleware")]
    with override_settings(MIDDLEWARE=without):
        assert client.get(reverse("board")).status_code == OK


def test_a_rule_that_lets_everybody_in_is_noticed(world, monkeypatch):
    monkeypatch.setattr(people, "may_manage", lambda *_: True)
    names = ["people_add", "people_invite"]
    answers = posted(world.own, Role.OBSERVER, names)
    assert sorted(wrongly_answered(Role.OBSERVER, answers)) == names


def test_a_door_that_stands_open_is_noticed(world, monkeypatch):
    monkeypatch.setattr(access, "check", lambda *_: None)
    answers = posted(world.own, OUTSIDER, ["outbox_retry_all"])
    assert wrongly_answered(OUTSIDER, answers) == {"outbox_retry_all": (FOUND, FORBIDDEN)}


def test_a_refusal_that_leaves_something_behind_is_noticed(world, monkeypatch):
    refuses = erratum.refusal_to_write_erratum

    def careless(profile: Profile, viewer: User) -> DomainError | None:
        factories.give_erratum(profile)
        return refuses(profile, viewer)

    monkeypatch.setattr(erratum, "refusal_to_write_erratum", careless)
    wrong = wrongly_answered(Role.OBSERVER, posted(world.own, Role.OBSERVER, ["erratum"]))
    assert list(wrong) == ["erratum"]
    assert "UPDATE" in str(wrong["erratum"])


def test_a_rule_about_a_profile_needs_an_address_that_names_one(world):
    with pytest.raises(Http404):
        access.check("profile", world.own.made.team, {})
    with pytest.raises(PermissionDenied):
        access.check("board", world.own.made.outsider, {})


def test_the_zone_of_one_person_does_not_stay_for_the_next():
    def fails(_request: Any) -> HttpResponse:
        timezone.activate("Africa/Tunis")
        raise LookupError

    with pytest.raises(LookupError):
        AccessMiddleware(fails)(RequestFactory().get("/"))
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
