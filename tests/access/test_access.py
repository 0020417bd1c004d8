"""Every address as every role and as a stranger: who may, who may not, and none left out."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import URLPattern, get_resolver, path, reverse
from django.utils import timezone, translation

from config import access, urls
from config.access import RULES, NoRule, Rule
from config.middleware import AccessMiddleware
from profile_workflow.models import Assignment, DataItem
from profile_workflow.states import ProfileState, Role
from tests import factories
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, GONE = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
NOT_GET, CONFLICT = HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT

#: Addresses that answer POST only, and what a GET by somebody who may is told.
POST_ONLY = {
    "language",
    "sign_out",
    "task_claim",
    "task_release",
    "outbox_retry",
    "section_save",
    "section_answers",
    "board_view_save",
    "people_ask",
    "priority_shift",
    "entry_shift",
    "qa_waive",
    "qa_waiver_back",
    "source_share",
    "library_withdraw",
}
REDIRECTS = {"favicon"}
#: Addresses that send on whoever is signed in already.
FOR_STRANGERS = {"home", "sign_in"}
#: What the addresses hold that are about a thing of which there is none.
MISSING = {
    *("pdf_file", "pdf_shown", "outbox_retry", "priority", "priority_remove"),
    *("board_view", "people_end", "people_substitute", "objection", "source_merge"),
    *("word_check", "word_mapping", "word_changes", "request", "request_file"),
    "picture_file",
}

#: Pages of a figure whose section is not submitted, and who works on it.
UNSUBMITTED = {"table", "table_paste", "table_chart", "table_file", "figure"}
KEEPS_THE_REGISTER = {Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR}
READING = {"table", "table_file", "figure"}
WORKS_ON_FIGURES = SETS_PRIORITIES = {*KEEPS_THE_REGISTER, Role.FOCAL_POINT}
#: Pages whose answer depends on the role.
REGISTER = {
    *("entry_add", "entry", "entry_remove", "figure_add", "priority_add", "sources_import"),
    *UNSUBMITTED,
}
#: Pages that are reached, and say to others than these roles that what they do is not theirs.
DONE_BY = {
    "profile_move": {Role.PROJECT_TEAM},
    "people_add": {Role.PROJECT_TEAM},
    "people_invite": {Role.PROJECT_TEAM},
    "deadlines": {Role.PROJECT_TEAM},
    "task_delegate": {Role.PROJECT_TEAM, Role.LOCAL_EXPERT},
    "section_move": set(),
    "section_edit": {Role.LOCAL_EXPERT},
    "section_copies": {Role.LOCAL_EXPERT},
    "section_copy": {Role.LOCAL_EXPERT},
    "section_guidance": {*KEEPS_THE_REGISTER, Role.INTERNATIONAL_EXPERT},
    "findings": {*KEEPS_THE_REGISTER, Role.INTERNATIONAL_EXPERT},
    "section_beside": {Role.LOCAL_EXPERT},
    "word_import": {Role.LOCAL_EXPERT},
    "request_new": {Role.LOCAL_EXPERT, Role.CO_AUTHOR},
}


def all_names() -> list[str]:
    """Return the name of every address; those of a namespace with one line count as one."""
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str = "") -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.append(f"{prefix}{one.name}")
            else:
                walk(one.url_patterns, f"{prefix}{one.namespace}:" if one.namespace else prefix)

    walk(get_resolver(urls).url_patterns)
    whole = {line for line in RULES if line.endswith(":")}
    return sorted(
        {access.line_of(name) if access.line_of(name) in whole else name for name in found}
    )


@dataclass
class World:
    """A profile that is drafted, with everybody on it, and one of another programme."""

    made: factories.Made
    profile: Any
    foreign: Any

    def figure_of(self, profile: Any) -> DataItem:
        return DataItem.objects.get(table__profile=profile)

    def address(self, name: str, *, foreign: bool = False) -> str:
        profile = self.foreign if foreign else self.profile
        task = Task.objects.open().filter(profile=profile, signoff=None).first()
        arguments = {
            "profile": [profile.slug],
            "history": [profile.slug],
            "section": [profile.slug, "1"],
            "section_compare": [profile.slug, "1"],
            "section_copies": [profile.slug, "1"],
            "section_copy": [profile.slug, "1", "now"],
            "section_review": [profile.slug, "1"],
            "section_word": [profile.slug, "1"],
            "word_file": [profile.slug],
            "word_import": [profile.slug],
            "word_check": [profile.slug, 4711],
            "word_mapping": [profile.slug, 4711],
            "word_changes": [profile.slug, 4711, "1"],
            "round": [profile.slug],
            "qa": [profile.slug],
            "qa_waive": [profile.slug, "1", "empty"],
            "qa_waiver_back": [profile.slug, 4711],
            "objection": [profile.slug, 4711],
            "responses": [profile.slug],
            "responses_file": [profile.slug, "csv"],
            "section_edit": [profile.slug, "1"],
            "section_save": [profile.slug, "1"],
            "section_guidance": [profile.slug, "1"],
            "section_answers": [profile.slug, "1"],
            "section_beside": [profile.slug, "1"],
            "findings": [profile.slug],
            "profile_move": [profile.slug, "hold"],
            "requests": [profile.slug],
            "request_new": [profile.slug],
            "request": [profile.slug, 4711],
            "request_file": [profile.slug, 4711, 4712],
            "evidence": [profile.slug],
            "sources": [profile.slug],
            "sources_import": [profile.slug],
            "sources_file": [profile.slug, "bib"],
            "source_library": [profile.slug],
            "library_withdraw": [profile.slug, 4711],
            "source_share": [profile.slug, 4711],
            "source_merge": [profile.slug, 4711, 4712],
            "tables": [profile.slug],
            "pictures": [profile.slug],
            "picture_file": [profile.slug, "0" * 64, "small"],
            "challenges": [profile.slug],
            "priorities": [profile.slug],
            "priority_add": [profile.slug],
            "erratum": [profile.slug],
            "priority": [profile.slug, 1],
            "priority_shift": [profile.slug, 1],
            "priority_remove": [profile.slug, 1],
            "entry_add": [profile.slug, "source"],
            "entry": [profile.slug, "figure", self.figure_of(profile).pk],
            "entry_remove": [profile.slug, "figure", self.figure_of(profile).pk],
            "entry_shift": [profile.slug, "figure", self.figure_of(profile).pk],
            "figure": [profile.slug, self.figure_of(profile).pk],
            "table": [profile.slug, self.figure_of(profile).table_id],
            "figure_add": [profile.slug, self.figure_of(profile).table_id],
            "table_paste": [profile.slug, self.figure_of(profile).table_id],
            "table_chart": [profile.slug, self.figure_of(profile).table_id],
            "table_file": [profile.slug, self.figure_of(profile).table_id, "csv"],
            "section_move": [profile.slug, "1", "accept"],
            "people": [profile.slug],
            "people_add": [profile.slug],
            "people_invite": [profile.slug],
            "people_end": [profile.slug, 4711],
            "people_substitute": [profile.slug, 4711],
            "people_ask": [profile.slug, 4711],
            "deadlines": [profile.slug],
            "task_delegate": [task.pk],
            "password_set": ["MQ", "no-token"],
            "board_file": ["csv"],
            "board_view": [4711],
            "pdf": [profile.slug],
            "pdf_file": [profile.slug, 4711],
            "pdf_shown": [profile.slug, 4711],
            "task": [task.pk],
            "task_claim": [task.pk],
            "task_release": [task.pk],
            "outbox_retry": [4711],
            "help_for": ["stakeholder"],
        }
        if name.endswith(":"):
            return reverse(f"{name}index")
        return reverse(name, args=arguments.get(name, []))


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def world() -> World:
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    foreign = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    for one in (profile, foreign):
        factories.give_figure(factories.section(one, "1"))
    return World(made, profile, foreign)


def person(world: World, who: str):
    if who == "stranger":
        return None
    if who in {"outsider", "superuser"}:
        return getattr(world.made, who)
    return world.made[Role(who)]


def expected(name: str, who: str) -> HTTPStatus:
    """Return the answer to a GET, said again in words of the table's meaning."""
    return refused_at_the_door(RULES[name], who) or expected_inside(name, who)


def refused_at_the_door(rule: Rule, who: str) -> HTTPStatus | None:
    """Return how somebody is kept out whom the rule of the address does not name."""
    if rule is not Rule.PUBLIC and who == "stranger":
        return FOUND
    if rule is Rule.PROJECT_TEAM and who != Role.PROJECT_TEAM:
        return FORBIDDEN
    if rule is Rule.ADMINISTRATOR and who != "superuser":
        return FORBIDDEN
    return GONE if rule is Rule.TAKES_PART and who in {"outsider", "superuser"} else None


def expected_inside(name: str, who: str) -> HTTPStatus:
    """Return the answer to somebody whom the rule lets in."""
    if name in POST_ONLY:
        return NOT_GET
    if name in MISSING:
        return GONE
    if name in REGISTER:
        return expected_of_the_register(name, who)
    if name in REDIRECTS or (name in FOR_STRANGERS and who != "stranger"):
        return FOUND
    return OK


def expected_of_the_register(name: str, who: str) -> HTTPStatus:
    """Return the answer to a GET of somebody who takes part, while the profile is drafted."""
    if name in UNSUBMITTED and who not in WORKS_ON_FIGURES:
        return GONE
    if name == "priority_add":
        # Priorities are not being set, which is told to those only who set them.
        return CONFLICT if who in SETS_PRIORITIES else FORBIDDEN
    return OK if name in READING or who in KEEPS_THE_REGISTER else FORBIDDEN


WHO = ["stranger", "outsider", "superuser", *Role.values]


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert sorted(all_names()) == sorted(RULES)


@pytest.mark.parametrize("who", WHO)
def test_every_address_answers_everybody_as_the_table_says(client, world, who):
    user = person(world, who)
    if user is not None:
        client.force_login(user)
    answers = {name: client.get(world.address(name)).status_code for name in RULES}
    wanted = {name: expected(name, who) for name in RULES}
    for name, roles in DONE_BY.items():
        if wanted[name] == OK and who not in roles:
            wanted[name] = FORBIDDEN
    if who == Role.INTERNATIONAL_EXPERT:
        # His to do, but not while the section is written.
        wanted["section_move"] = HTTPStatus.CONFLICT
    assert answers == wanted


@pytest.mark.parametrize("who", [*Role.values, "superuser"])
def test_foreign_things_do_not_exist(client, world, who):
    client.force_login(person(world, who))
    about_a_profile = [name for name, rule in RULES.items() if rule is Rule.TAKES_PART]
    for method in (client.get, client.post):
        answers = {
            name: method(world.address(name, foreign=True)).status_code for name in about_a_profile
        }
        assert answers == dict.fromkeys(about_a_profile, GONE)


def test_what_is_not_there_and_what_is_not_yours_look_alike(client, world):
    client.force_login(world.made[Role.LOCAL_EXPERT])
    foreign = client.get(reverse("profile", args=[world.foreign.slug]))
    missing = client.get(reverse("profile", args=["no-such-profile"]))
    assert foreign.status_code == missing.status_code == GONE
    page, other = foreign.content.decode(), missing.content.decode()
    # The two differ only in the address to come back to and the token against forgery.
    assert len(page) - len(world.foreign.slug) == len(other) - len("no-such-profile")


def test_a_role_that_has_ended_opens_nothing(client, world):
    expert = world.made[Role.LOCAL_EXPERT]
    client.force_login(expert)
    address = reverse("profile", args=[world.profile.slug])
    assert client.get(address).status_code == OK
    yesterday = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(user=expert).update(ends_on=yesterday)
    assert client.get(address).status_code == GONE


def test_a_closed_account_is_signed_out(client, world):
    team = world.made.team
    client.force_login(team)
    assert client.get(reverse("board")).status_code == OK
    type(team).objects.filter(pk=team.pk).update(is_active=False)
    assert client.get(reverse("board")).status_code == FOUND


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule is not Rule.PUBLIC])
def test_a_stranger_is_asked_to_sign_in_and_brought_back(client, world, name):
    address = world.address(name)
    assert client.get(address)["Location"] == f"{reverse('sign_in')}?next={address}"
    posted = client.post(address)
    assert (posted.status_code, posted["Location"]) == (FOUND, reverse("sign_in"))


@pytest.mark.parametrize("name", list(RULES))
def test_nobody_keeps_a_copy(client, world, name):
    client.force_login(world.made.team)
    response = client.get(world.address(name))
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    if name != "sign_in":
        assert "Cookie" in response["Vary"]


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
    client.force_login(world.made.team)
    response = client.get(hole)
    assert response.status_code == FORBIDDEN
    assert b"secret" not in response.content
    assert "without a rule" in caplog.text


@override_settings(DEBUG=True)
def test_an_address_without_a_rule_says_so_while_developing(client, world, hole):
    client.force_login(world.made.team)
    with pytest.raises(NoRule, match="'hole' has no rule"):
        client.get(hole)


def test_without_the_middleware_everything_would_be_open(client, world):
    """The tests above test the table, not by chance something else."""
    client.force_login(world.made.outsider)
    without = [one for one in settings.MIDDLEWARE if not one.endswith("AccessMiddleware")]
    with override_settings(MIDDLEWARE=without):
        assert client.get(reverse("board")).status_code == OK


def test_a_rule_about_a_profile_needs_an_address_that_names_one(world):
    with pytest.raises(Http404):
        access.check("profile", world.made.team, {})
    with pytest.raises(PermissionDenied):
        access.check("board", world.made.outsider, {})


def test_the_zone_of_one_person_does_not_stay_for_the_next():
    def fails(_request: Any) -> HttpResponse:
        timezone.activate("Africa/Tunis")
        raise LookupError

    with pytest.raises(LookupError):
        AccessMiddleware(fails)(RequestFactory().get("/"))
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
