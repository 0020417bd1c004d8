"""Searching: everything that a person may open is found, and nothing else, not even counted."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow import rules
from profile_workflow.models import (
    Assignment,
    City,
    Profile,
    SearchEntry,
    SearchKind,
    Section,
    Source,
    User,
    fulltext,
)
from profile_workflow.queries import search as queries
from profile_workflow.services import search_index
from profile_workflow.spelling import searchable
from profile_workflow.states import AUTHOR_ROLES, Attribution, ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

K = SearchKind


def search(viewer, words, kind="", page=1):
    return queries.search(viewer, words, kind=kind, page=page, on=timezone.localdate())


def page_of(user, **query) -> str:
    response = signed_in(user).get(reverse("search"), query)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def plant(made, name):
    """Make a profile with a word of its own in everything that can be found."""
    City.objects.filter(pk=made.cities[0].pk).update(name_fr="")
    city = City.objects.get(pk=made.cities[0].pk)
    city.name = f"{name}city"
    city.save()
    profile = factories.make_profile(made, title=f"Profile {name}title")
    profile = factories.bring_to(profile, ProfileState.DRAFTING)
    expert = made[Role.LOCAL_EXPERT]
    for key in ("cited", "register"):
        Source.objects.create(
            profile=profile, key=f"{name}{key}", kind="statistics", authors="A", title=name + key
        )
    second = factories.section(profile, "2")
    factories.write(second, f"A {name}old text.")
    factories.move(second, "submit", expert)
    factories.move(second, "take_back", expert, reason="A mistake.")
    factories.write(second, f"A {name}text that cites [@{name}cited, p. 3].")
    factories.move(second, "submit", expert)
    factories.write(factories.section(profile, "1"), f"A {name}draft.")
    Section.objects.filter(profile=profile, key="3").update(author=made[Role.CO_AUTHOR])
    factories.write(factories.section(profile, "3"), f"A {name}codraft.")
    for role in Role:
        for person in made.people[role]:
            person.full_name = f"{name}{role.value.replace('_', '')} {person.pk}"
            person.save()
    return profile


@pytest.fixture
def own():
    made = factories.make_programme()
    return made, plant(made, "own")


@pytest.fixture
def foreign():
    made = factories.make_programme()
    return made, plant(made, "strange")


#: Word without its beginning → roles that find it.
EVERYBODY = set(Role)
FINDERS: dict[str, set[Role]] = {
    "city": EVERYBODY,
    "title": EVERYBODY,
    "text": EVERYBODY,
    "old": set(),
    "cited": EVERYBODY,
    "register": {Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.PROJECT_TEAM},
    "draft": {Role.LOCAL_EXPERT},
    "codraft": {Role.LOCAL_EXPERT, Role.CO_AUTHOR},
    "internationalexpert": EVERYBODY,
    "projectteam": EVERYBODY,
    "stakeholder": {Role.PROJECT_TEAM, Role.STAKEHOLDER},
}


@pytest.mark.repeats
@pytest.mark.long(30)
def test_each_role_finds_what_it_may_open_and_nothing_else(own, foreign):
    made, _profile = own
    for role in Role:
        found = {word: search(made[role], f"own{word}").total > 0 for word in FINDERS}
        assert found == {word: role in finders for word, finders in FINDERS.items()}, role
        leaked = {word: search(made[role], f"strange{word}").total for word in FINDERS}
        assert leaked == dict.fromkeys(FINDERS, 0), role


def test_what_is_not_yours_is_neither_shown_nor_counted(own, foreign):
    """A word that stands in everything of both: the page and its counts know one of them only."""
    made, profile = own
    SearchEntry.objects.update(text="planted")
    foreign_entries = SearchEntry.objects.exclude(profile=profile).exclude(profile=None)
    assert foreign_entries.exists()
    numbers = {}
    for role in Role:
        shown = search(made[role], "planted")
        assert {hit.profile for hit in _hits(shown)} <= {profile, None}, role
        assert "strange" not in page_of(made[role], q="planted"), role
        numbers[role] = [shown.numbers.get(kind, 0) for kind in SearchKind]
    # Profile, sections, working texts, sources, people, city; nothing that is published.
    people = len(Role) + 1
    unseen = [1, 3, 0, 1, people - 2, 1, 0]
    assert numbers == {
        **dict.fromkeys(Role, unseen),
        Role.PROJECT_TEAM: [1, 3, 0, 2, people, 1, 0],
        Role.LOCAL_EXPERT: [1, 3, 2, 2, people - 2, 1, 0],
        Role.CO_AUTHOR: [1, 3, 1, 2, people - 2, 1, 0],
        Role.STAKEHOLDER: [1, 3, 0, 1, people - 1, 1, 0],
    }


def _hits(found):
    return [hit for group in found.groups for hit in group.hits]


def test_who_has_no_part_finds_nothing(own):
    made, _profile = own
    for person in (made.outsider, made.superuser):
        found = {word: search(person, f"own{word}").total for word in FINDERS}
        assert found == dict.fromkeys(FINDERS, 0)
        assert "Nothing was found" in page_of(person, q="owntext")


def test_a_member_of_the_group_finds_himself_but_not_the_others(own):
    made, profile = own
    first, second = made.people[Role.STAKEHOLDER]
    found = search(first, "ownstakeholder")
    assert [str(hit.title[0].text) for hit in _hits(found)] == ["ownstakeholder"]
    assert found.total == 1
    Profile.objects.filter(pk=profile.pk).update(attribution=Attribution.NAMED)
    assert search(first, "ownstakeholder").total == 2
    assert search(made[Role.OBSERVER], "ownstakeholder").total == 2
    Profile.objects.filter(pk=profile.pk).update(attribution=Attribution.CHATHAM_HOUSE)
    assert search(made[Role.LOCAL_EXPERT], second.full_name).total == 0


def test_a_hidden_part_of_somebody_who_is_shown_elsewhere_stays_hidden(own):
    """Found as an expert of one profile, but not told of as stakeholder of another."""
    made, _profile = own
    other = factories.make_profile(made)
    person = made[Role.STAKEHOLDER]
    Assignment.objects.create(
        programme=made.programme, profile=other, user=person, role=Role.TRANSLATOR
    )
    hit = _hits(search(made[Role.OBSERVER], person.full_name))
    assert [(part.role, part.profile) for part in hit[0].parts] == [(Role.TRANSLATOR, other)]
    assert "Stakeholder" not in page_of(made[Role.OBSERVER], q=person.full_name)


def test_a_part_that_has_ended_opens_nothing(own):
    made, _profile = own
    expert = made[Role.LOCAL_EXPERT]
    assert search(expert, "owntext").total == 1
    ended = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(user=expert).update(ends_on=ended)
    assert {word: search(expert, f"own{word}").total for word in FINDERS} == dict.fromkeys(
        FINDERS, 0
    )
    assert search(made.team, "ownlocalexpert").total == 0


def test_what_may_be_written_is_what_the_rules_say(own):
    made, profile = own
    on = timezone.localdate()
    for role in Role:
        user, fresh = made[role], Profile.objects.get(pk=profile.pk)
        said = set()
        for one in fresh.sections.all():
            one.profile = fresh
            is_author = fresh.roles_of(user).intersection(AUTHOR_ROLES)
            if is_author and rules.OWN_SECTION.holds(user, one):
                said.add(one.pk)
        assert set(queries.sections_to_write(user, on=on).values_list("pk", flat=True)) == said


def test_comments_reasons_and_addresses_are_not_searched(own):
    made, profile = own
    assert search(made.team, made[Role.LOCAL_EXPERT].email.split("@")[0]).total == 0
    factories.move(profile, "hold", made.team, reason="Ownreason")
    assert search(made.team, "ownreason").total == 0


# The index follows


def test_the_index_is_as_the_tables_are_after_a_whole_process(own):
    made, profile = own
    factories.bring_to(profile, ProfileState.PUBLISHED)
    assert list(search_index.differences()) == []
    call_command("rebuild_search", "--check")
    before = {one.content() for one in SearchEntry.objects.all()}
    call_command("rebuild_search")
    assert {one.content() for one in SearchEntry.objects.all()} == before
    assert search(made.team, "owntitle", kind=K.PROFILE).total == 1


def test_the_check_sees_what_slipped_past(own, capsys):
    made, _profile = own
    User.objects.filter(pk=made.team.pk).update(full_name="Somebody Else")
    SearchEntry.objects.filter(kind=K.CITY).delete()
    SearchEntry.objects.create(kind=K.SECTION, object_id=10**9, title="ghost")
    with pytest.raises(CommandError, match="3 problems"):
        call_command("rebuild_search", "--check")
    said = capsys.readouterr().err
    assert {"missing", "not as the tables are", "of nothing"} == {
        line.partition(": ")[2] for line in said.splitlines()
    }
    call_command("rebuild_search")
    call_command("rebuild_search", "--check")


def test_what_finds_the_entries_cannot_differ_unseen(own):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            change = "UPDATE profile_workflow_searchentry SET vector = ''"
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(change)
            assert list(search_index.differences()) == []
            return
        cursor.execute(
            "INSERT INTO profile_workflow_searchfts(rowid, title) VALUES (999999, 'ghost')"
        )
    assert "what finds the entries does not fit them" in list(search_index.differences())
    search_index.rebuild()
    assert list(search_index.differences()) == []


def test_a_forgotten_name_is_forgotten_at_once(own):
    made, _profile = own
    team = made.team
    team.full_name = "Renamed Person"
    team.save(update_fields=["full_name"])
    assert search(team, "ownprojectteam").total == 0
    assert search(team, "renamed").total == 1


def test_a_source_is_shown_where_it_is_cited(own):
    made, profile = own
    stakeholder = made[Role.STAKEHOLDER]
    hit = _hits(search(stakeholder, "owncited", kind=K.SOURCE))[0]
    assert (hit.section, hit.anchor) == ("2", "source-owncited")
    second = factories.section(profile, "2")
    factories.move(second, "take_back", made[Role.LOCAL_EXPERT], reason="A mistake.")
    factories.write(second, "Nothing is cited.")
    factories.move(second, "submit", made[Role.LOCAL_EXPERT])
    assert search(stakeholder, "owncited", kind=K.SOURCE).total == 0
    Source.objects.get(key="ownregister").delete()
    assert search(made.team, "ownregister").total == 0
    assert list(search_index.differences()) == []


def test_an_entry_of_nothing_stops_no_submission(own):
    made, profile = own
    SearchEntry.objects.create(kind=K.SOURCE, object_id=10**9, profile=profile, title="ghost")
    second, author = factories.section(profile, "2"), made[Role.LOCAL_EXPERT]
    factories.move(second, "take_back", author, reason="A mistake.")
    factories.move(second, "submit", author)
    assert factories.fresh(second).state == second.state


def test_a_submission_makes_the_entry_that_is_missing(own):
    made, profile = own
    second, author = factories.section(profile, "2"), made[Role.LOCAL_EXPERT]
    SearchEntry.objects.get(kind=K.SECTION, object_id=second.pk).delete()
    assert list(search_index.differences())
    factories.move(second, "take_back", author, reason="A mistake.")
    factories.move(second, "submit", author)
    assert list(search_index.differences()) == []


def test_a_failed_change_leaves_the_index_alone(own):
    made, profile = own
    with factories.undone():
        factories.write(factories.section(profile, "1"), "A passingdraft.")
        assert search(made[Role.LOCAL_EXPERT], "passingdraft").total == 1
    assert search(made[Role.LOCAL_EXPERT], "passingdraft").total == 0
    assert search(made[Role.LOCAL_EXPERT], "owndraft").total == 1


def test_a_long_text_is_searched_as_far_as_the_index_goes(own):
    made, profile = own
    words = " ".join(f"مهاجر{number}" for number in range(40_000))
    factories.write(factories.section(profile, "1"), f"beginning {words} ending"[:290_000])
    assert search(made[Role.LOCAL_EXPERT], "beginning").total == 1
    entry = SearchEntry.objects.get(kind=K.DRAFT, title__startswith="1 ", profile=profile)
    assert len(entry.text.encode()) <= search_index.MOST_BYTES


def test_a_move_costs_no_more_than_it_did(own):
    """Moves that change no word do not touch the index."""
    made, profile = own
    with CaptureQueriesContext(connection) as counted:
        factories.move(profile, "hold", made.team, reason="Elections.")
    assert not [one for one in counted if "searchentry" in one["sql"]]


# Input, order, pages


ODD = [
    "", " ", '"', "''", "a\x00b", "*", "own*", "AND", "OR NOT", "NEAR(a, 5)", "^own", "-own",
    "title:own", "{own}", "(own", "own)", "own:*", "own & !text", "own | x", "own <-> text",
    "%s %(x)s {}", "\\", "'; DROP TABLE x; --", "ـ", "ً", "🙂", "�",
    "x" * 10_000, "own " * 2_500, " ".join(f"w{n}" for n in range(3_000)),
]  # fmt: skip


@pytest.mark.repeats
def test_no_input_is_an_error(own):
    made, _profile = own
    for query in ODD:
        assert "Search" in page_of(made.team, q=query)
        assert "Search" in page_of(made.team, q=query, kind="nonsense", page="-3")


def test_the_address_decides_kind_and_page(own):
    made, profile = own
    Source.objects.bulk_create(
        Source(profile=profile, key=f"many{n}", kind="book", authors="B", title="Manyword")
        for n in range(45)
    )
    search_index.rebuild()
    expert = made[Role.LOCAL_EXPERT]
    first = page_of(expert, q="manyword")
    assert first.count('<li>\n  <div class="what">') == queries.HITS_A_KIND
    assert "show all 45 results" in first
    last = search(expert, "manyword", kind=K.SOURCE, page=99)
    assert (last.page.number, len(last.groups[0].hits)) == (3, 5)
    assert "Page 2 of 3" in page_of(expert, q="manyword", kind="source", page="2")
    assert "Nothing of this kind was found." in page_of(expert, q="manyword", kind="city")


def test_a_title_counts_more_than_a_text(own):
    made, profile = own
    factories.write(factories.section(profile, "1"), "chapter " * 50 + "weightword")
    Source.objects.create(profile=profile, key="w", kind="book", authors="W", title="Weightword")
    allowed = queries.may_find(made[Role.LOCAL_EXPERT], on=timezone.localdate())
    ranked = fulltext.best_first(allowed, ["weightword"], connection)
    assert [kind for kind, _id in ranked] == [K.SOURCE, K.DRAFT]


def test_a_snippet_is_marked_and_safe(own):
    made, profile = own
    factories.write(
        factories.section(profile, "1"), "<script>alert(1)</script> <mark>x</mark> unsafeword & co"
    )
    text = page_of(made[Role.LOCAL_EXPERT], q="UNSAFEWORD")
    assert "<mark>unsafeword</mark>" in text
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text


def test_nothing_found_says_what_helps(own):
    made, _profile = own
    text = page_of(made.team, q="owntext nowhere")
    assert "Nothing was found" in text
    assert "Try one word alone:" in text
    assert "?q=owntext" in text
    assert "?q=nowhere" not in text
    assert "Try fewer or other words." in page_of(made.team, q="nowhere")


def test_arabic_is_found_with_and_without_its_signs(own):
    made, profile = own
    factories.write(
        factories.section(profile, "1"), "تستقبل المَدِينَةُ أُسَرًا من المهاجرين في إدارة السكن"
    )
    expert = made[Role.LOCAL_EXPERT]
    for typed in ("مدينة", "المدينه", "مَدِينَة", "اسر مهاجرين", "ادارة", "الســكن"):
        assert search(expert, typed, kind=K.DRAFT).total == 1, typed
    assert search(expert, "مدنية", kind=K.DRAFT).total == 0


def test_the_index_holds_words_only():
    made = factories.make_programme()
    profile = factories.make_profile(made)
    entry = SearchEntry.objects.get(kind=K.PROFILE, object_id=profile.pk)
    assert entry.title == searchable(entry.title)
