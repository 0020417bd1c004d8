"""Pages of the register: what they show to whom, what they cost, and that no input is lost."""

from http import HTTPStatus

import pytest

from profile_workflow.models import DataItem, Event
from profile_workflow.services.contents import (
    fingerprint,
    fingerprint_of_figures,
    fingerprint_of_text,
)
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import address, signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND, UNPROCESSABLE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY
FORBIDDEN, CONFLICT, GONE = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND
SOURCE = {"kind": "statistics", "authors": "National Office", "year": "2024", "title": "Census"}


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), S.DRAFTING)


def text_of(response) -> str:
    return response.content.decode()


def page(client, name, profile, *args, **query) -> str:
    response = client.get(address(name, profile, *args), query)
    assert response.status_code == OK
    return text_of(response)


def base_of(entry) -> str:
    return fingerprint(factories.fresh(entry))


# The overview


def test_the_overview_says_what_is_missing_for_the_next_move(made):
    profile = factories.bring_to(factories.make_profile(made), S.INCEPTION)
    client = signed_in(made[Role.LOCAL_EXPERT])
    text = page(client, "evidence", profile)
    assert "Still missing before “Start drafting”" in text
    assert "#territories" in text
    assert "#definitions" in text
    given = {"name": "Sfax", "kind": "municipality", "is_city": "on"}
    assert client.post(address("entry_add", profile, "territory"), given).status_code == FOUND
    given = {"term": "Migrant", "text": "Who moved here."}
    client.post(address("entry_add", profile, "definition"), given)
    assert [one.code for one in profile.territories.all()] == ["sfax"]
    text = page(client, "evidence", profile)
    assert "Nothing of the evidence is missing for “Start drafting”." in text
    assert client.get(address("profile_move", profile, "begin_drafting")).status_code == OK


def test_who_only_reads_is_offered_nothing(made, profile, expert):
    assert "Add a territory" in page(expert, "evidence", profile)
    text = page(signed_in(made[Role.OBSERVER]), "evidence", profile)
    assert "Add a territory" not in text
    assert "/evidence/territory/" not in text
    assert "Only the authors and the project team keep the register." in text


def test_figures_are_shown_to_others_once_their_section_is_submitted(made, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    outsiders = [signed_in(made[role]) for role in (Role.STAKEHOLDER, Role.INTERNATIONAL_EXPERT)]
    focal_point = signed_in(made[Role.FOCAL_POINT])
    assert figure.table.title in page(focal_point, "tables", profile)
    for client in outsiders:
        assert figure.table.title not in page(client, "tables", profile)
        assert client.get(address("table", profile, figure.table_id)).status_code == GONE
        assert client.get(address("figure", profile, figure.pk)).status_code == GONE
    factories.write(factories.section(profile, "1"), "Text.")
    factories.move(factories.section(profile, "1"), "submit", made[Role.LOCAL_EXPERT])
    for client in outsiders:
        assert figure.table.title in page(client, "tables", profile)
        assert "1,000" in page(client, "table", profile, figure.table_id)


# Sources


def test_a_source_gets_a_key_and_shows_where_it_is_cited(profile, expert):
    added = expert.post(address("entry_add", profile, "source"), SOURCE)
    assert (added.status_code, added["Location"]) == (FOUND, address("sources", profile))
    expert.post(address("entry_add", profile, "source"), {**SOURCE, "title": "Census, annex"})
    keys = list(profile.sources.order_by("pk").values_list("key", flat=True))
    assert keys == ["national-office-2024", "national-office-2024-2"]
    assert page(expert, "sources", profile).count("not cited</span>") == 2
    factories.write(factories.section(profile, "2"), "So many [@national-office-2024].")
    text = page(expert, "sources", profile)
    assert text.count("not cited</span>") == 1
    assert "2 Chapter 2" in text
    found = page(expert, "sources", profile, search="office ANNEX", order="year")
    assert "Census, annex" in found
    assert "[@national-office-2024]" not in found
    assert "[@national-office-2024]" not in page(expert, "sources", profile, uncited="on")
    assert "No source matches" in page(expert, "sources", profile, search="nobody")


def test_an_arabic_author_gets_a_key_too(profile, expert):
    given = {**SOURCE, "authors": "المعهد الوطني للإحصاء", "year": ""}
    assert expert.post(address("entry_add", profile, "source"), given).status_code == FOUND
    assert profile.sources.get().key.isascii()


def test_a_form_that_is_wrong_keeps_what_was_written(profile, expert):
    given = {**SOURCE, "url": "not an address", "note": "Kept <note>"}
    answer = expert.post(address("entry_add", profile, "source"), given)
    assert answer.status_code == UNPROCESSABLE
    text = text_of(answer)
    assert "Kept &lt;note&gt;" in text
    assert 'href="#id_url"' in text
    expert.post(address("entry_add", profile, "source"), {**SOURCE, "key": "a"})
    other = {**SOURCE, "key": "a", "title": "Another"}
    again = expert.post(address("entry_add", profile, "source"), other)
    assert again.status_code == UNPROCESSABLE
    assert "“a” is taken already." in text_of(again)
    assert profile.sources.count() == 1


def test_a_form_is_kept_when_the_register_has_closed(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    client = signed_in(made[Role.LOCAL_EXPERT])
    answer = client.post(address("entry_add", profile, "source"), SOURCE)
    assert answer.status_code == CONFLICT
    assert 'value="National Office"' in text_of(answer)
    refused = signed_in(made[Role.STAKEHOLDER]).post(
        address("entry_add", profile, "source"), SOURCE
    )
    assert refused.status_code == FORBIDDEN
    assert not profile.sources.exists()


# Two people at one entry


def test_a_stale_edit_shows_both_versions_and_can_be_stored_knowingly(made, profile, expert):
    expert.post(address("entry_add", profile, "source"), SOURCE)
    source = profile.sources.get()
    where, seen = address("entry", profile, "source", source.pk), base_of(source)
    mine = {**SOURCE, "key": source.key, "base": seen, "title": "My title"}
    other = {**mine, "title": "Title of the team"}
    assert signed_in(made.team).post(where, other).status_code == FOUND
    answer = expert.post(where, mine)
    text = text_of(answer)
    assert answer.status_code == CONFLICT
    assert "My title</td>" in text
    assert "Title of the team</td>" in text
    assert 'value="My title"' in text
    assert factories.fresh(source).title == "Title of the team"
    assert answer.context["form"].data["base"] == base_of(source)
    assert expert.post(where, {**mine, "base": base_of(source)}).status_code == FOUND
    assert factories.fresh(source).title == "My title"


def test_what_was_written_for_a_removed_entry_can_be_added_anew(profile, expert):
    expert.post(address("entry_add", profile, "source"), SOURCE)
    source = profile.sources.get()
    where = address("entry", profile, "source", source.pk)
    assert expert.post(address("entry_remove", profile, "source", source.pk)).status_code == FOUND
    answer = expert.post(where, {**SOURCE, "title": "Written meanwhile"})
    assert answer.status_code == GONE
    assert 'value="Written meanwhile"' in text_of(answer)
    assert f'action="{address("entry_add", profile, "source")}"' in text_of(answer)
    assert expert.get(where).status_code == GONE
    assert expert.post(address("entry_remove", profile, "source", source.pk)).status_code == GONE


def test_entries_of_another_profile_do_not_exist_here(made, profile, expert):
    other = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    figure = factories.give_figure(factories.section(other, "1"))
    entries = {
        "figure": figure.pk,
        "table": figure.table_id,
        "source": figure.source_id,
        "territory": figure.territory_id,
        "definition": figure.definition_id,
    }
    for kind, pk in entries.items():
        assert expert.get(address("entry", profile, kind, pk)).status_code == GONE
        assert expert.post(address("entry_remove", profile, kind, pk)).status_code == GONE
    for name, pk in (("figure", figure.pk), ("table", figure.table_id)):
        assert expert.get(address(name, profile, pk)).status_code == GONE
    assert expert.get(address("entry_add", profile, "rumour")).status_code == GONE
    mine = factories.give_figure(factories.section(profile, "1"))
    given = {"label": "X", "unit": "%", "source": figure.source_id, "base": base_of(mine)}
    answer = expert.post(address("entry", profile, "figure", mine.pk), given)
    assert answer.status_code == UNPROCESSABLE
    assert factories.fresh(mine).source_id == mine.source_id


# Removing


def test_removal_is_asked_once_and_refused_with_its_reason(made, profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    where = address("entry_remove", profile, "source", figure.source_id)
    refused = expert.get(where)
    assert refused.status_code == CONFLICT
    assert "It is used by the figure “Residents”" in text_of(refused)
    assert expert.post(where).status_code == CONFLICT
    asked = page(expert, "entry_remove", profile, "table", figure.table_id)
    assert "1 figure goes with it." in asked
    forbidden = signed_in(made[Role.STAKEHOLDER]).post(
        address("entry_remove", profile, "table", figure.table_id)
    )
    assert forbidden.status_code == FORBIDDEN
    assert DataItem.objects.filter(pk=figure.pk).exists()
    done = expert.post(address("entry_remove", profile, "table", figure.table_id))
    assert (done.status_code, done["Location"]) == (FOUND, address("tables", profile))
    assert not profile.data_tables.exists()
    assert "Remove" in page(expert, "history", profile, kind="evidence")


# Figures


def test_a_figure_is_added_changed_and_settled(made, profile, expert):
    section = factories.section(profile, "1")
    given = {"section": section.pk, "key": "4-A", "title": "Population"}
    table_page = expert.post(address("entry_add", profile, "table"), given)["Location"]
    table = profile.data_tables.get()
    assert table_page == address("table", profile, table.pk)
    where = address("figure_add", profile, table.pk)
    figure = {"label": "Residents", "unit": "persons", "value": "1,234.5", "year": "2024"}
    base = fingerprint_of_figures(table)
    assert expert.post(where, {**figure, "base": base}).status_code == FOUND
    assert expert.post(where, {**figure, "base": base}).status_code == FOUND
    other = expert.post(where, {**figure, "label": "Households", "base": base})
    assert other.status_code == CONFLICT
    assert table.items.count() == 1
    item = table.items.get()
    form = text_of(expert.get(address("entry", profile, "figure", item.pk)))
    assert 'value="1234.5"' in form
    wrong = {**figure, "value": "", "value_low": "9", "value_high": "5", "base": base_of(item)}
    answer = expert.post(address("entry", profile, "figure", item.pk), wrong)
    assert answer.status_code == UNPROCESSABLE
    assert "below the lowest" in text_of(answer)
    where = address("figure", profile, item.pk)
    assert expert.post(where, {"move": "receive"}).status_code == FOUND
    lacking = expert.post(where, {"move": "dispute", "reason": " "})
    assert lacking.status_code == UNPROCESSABLE
    assert expert.post(where, {"move": "confirm"}).status_code == FOUND
    text = text_of(expert.get(where))
    assert "A settled figure stays as it is" in text
    closed = expert.get(address("entry", profile, "figure", item.pk))
    assert closed.status_code == CONFLICT
    refused = signed_in(made[Role.FOCAL_POINT]).post(where, {"move": "receive"})
    assert refused.status_code == CONFLICT
    assert Event.objects.filter(document=f"data_item:{item.pk}").count() == 3


# Priorities


def priority_fields(client, profile, **wishes):
    form = client.get(address("priority_add", profile)).context["form"]
    challenge = profile.challenges.first()
    return {
        "base": form.initial["base"],
        "title": "Rooms",
        "label": "must",
        "rationale": "Too few.",
        "responsible": "City",
        "challenges": [challenge.pk] if challenge else [],
        "sdg_targets": "11.1\n 10.7 \n",
        **wishes,
    }


@pytest.fixture
def setting(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    factories.give_priority(profile)
    return profile


def titles(profile):
    return list(profile.priorities.order_by("rank").values_list("title", flat=True))


def test_priorities_are_written_ordered_and_removed(made, setting):
    client = signed_in(made[Role.FOCAL_POINT])
    where = address("priority_add", setting)
    added = client.post(where, priority_fields(client, setting, title="Schools"))
    assert added["Location"] == address("priorities", setting)
    assert titles(setting) == ["Rooms", "Schools"]
    assert setting.priorities.get(rank=2).sdg_targets == ["11.1", "10.7"]
    base = client.get(address("priorities", setting)).context["base"]
    rooms, schools = setting.priorities.order_by("rank")
    shift = address("priority_shift", setting, schools.pk)
    up = client.post(shift, {"to": "up", "base": base})
    assert up.status_code == FOUND
    assert titles(setting) == ["Schools", "Rooms"]
    again = client.post(shift, {"to": "up", "base": base})
    assert again.status_code == CONFLICT
    assert titles(setting) == ["Schools", "Rooms"]
    base = client.get(address("priorities", setting)).context["base"]
    for pk, to in ((schools.pk, "up"), (rooms.pk, "down")):
        where = address("priority_shift", setting, pk)
        assert client.post(where, {"to": to, "base": base}).status_code == FOUND
    assert titles(setting) == ["Schools", "Rooms"]
    assert client.post(shift, {"to": "left", "base": base}).status_code == UNPROCESSABLE
    where = address("priority_remove", setting, rooms.pk)
    asked = client.get(where)
    assert "2. Rooms" in text_of(asked)
    assert client.post(where, {"base": "old"}).status_code == CONFLICT
    base = asked.context["form"].initial["base"]
    assert client.post(where, {"base": base}).status_code == FOUND
    assert titles(setting) == ["Schools"]
    assert client.post(where, {"base": base}).status_code == GONE
    gone = client.post(address("priority", setting, rooms.pk), {"title": "Rooms, better"})
    assert gone.status_code == GONE
    assert 'value="Rooms, better"' in text_of(gone)
    assert client.get(address("priority", setting, rooms.pk)).status_code == GONE


def test_the_list_of_priorities_says_what_it_lacks(made, setting):
    client = signed_in(made[Role.FOCAL_POINT])
    assert "The list is complete." in page(client, "priorities", setting)
    for number in range(5):
        wishes = {"title": f"P{number}", "sdg_targets": "", "challenges": []}
        fields = priority_fields(client, setting, **wishes)
        assert client.post(address("priority_add", setting), fields).status_code == FOUND
    text = page(client, "priorities", setting)
    assert "At most 5 priorities can be adopted." in text
    assert "Priority 2 needs an SDG target." in text
    assert "6 of at most 5 priorities" in text
    assert "Add a priority" not in page(signed_in(made[Role.STAKEHOLDER]), "priorities", setting)


def test_a_stale_priority_shows_both_versions(made, setting):
    focal_point, team = signed_in(made[Role.FOCAL_POINT]), signed_in(made.team)
    fields = priority_fields(focal_point, setting, title="Mine")
    where = address("priority", setting, setting.priorities.get().pk)
    assert team.post(where, {**fields, "title": "Of the team"}).status_code == FOUND
    fresh = priority_fields(team, setting, title="Schools")
    team.post(address("priority_add", setting), fresh)
    base = team.get(address("priorities", setting)).context["base"]
    second = setting.priorities.get(rank=2).pk
    team.post(address("priority_shift", setting, second), {"to": "up", "base": base})
    answer = focal_point.post(where, fields)
    text = text_of(answer)
    assert answer.status_code == CONFLICT
    assert "Mine</td>" in text
    assert "Of the team</td>" in text
    assert titles(setting) == ["Schools", "Of the team"]
    base = answer.context["form"].data["base"]
    assert focal_point.post(where, {**fields, "base": base}).status_code == FOUND
    assert titles(setting) == ["Schools", "Mine"]


@pytest.mark.parametrize("target", ["18.1", "10", "10.xx", "ten", "0.1"])
def test_a_target_that_does_not_exist_is_refused(made, setting, target):
    client = signed_in(made[Role.FOCAL_POINT])
    fields = priority_fields(client, setting, sdg_targets=target, rationale="Kept.")
    answer = client.post(address("priority_add", setting), fields)
    assert answer.status_code == UNPROCESSABLE
    assert "is not an SDG target" in text_of(answer)
    assert "Kept." in text_of(answer)


# The erratum


def test_the_erratum_is_written_in_a_correction(made):
    profile = factories.bring_to(factories.make_profile(made), S.CORRECTION)
    team, where = signed_in(made.team), address("erratum", profile)
    assert "The printed erratum is not written yet." in page(team, "evidence", profile)
    seen = fingerprint_of_text("")
    assert team.post(where, {"text": " ", "base": seen}).status_code == UNPROCESSABLE
    assert team.post(where, {"text": "Page 3.", "base": seen}).status_code == FOUND
    stale = team.post(where, {"text": "Page 4.", "base": seen})
    assert stale.status_code == CONFLICT
    assert "Page 3.</td>" in text_of(stale)
    assert "Page 4.</textarea>" in text_of(stale).replace("\n", "")
    reader = signed_in(made[Role.STAKEHOLDER])
    assert "Page 3." in text_of(reader.get(where))
    assert reader.post(where, {"text": "x", "base": seen}).status_code == FORBIDDEN


def test_whoever_writes_the_erratum_sees_why_and_what_has_changed(made):
    profile = factories.bring_to(factories.make_profile(made), S.CORRECTION)
    team = signed_in(made.team)
    shown = page(team, "erratum", profile)
    assert "Open a correction" in shown
    assert "What changed since version 1.0" in shown
    assert "Nothing has changed yet." in shown
    section = factories.section(profile, "1")
    text = section.draft.text
    factories.write(section, f"{text} A sentence more.")
    assert "A sentence more." not in page(team, "erratum", profile)
    factories.move(section, "submit", made[Role.LOCAL_EXPERT])
    changed = page(team, "erratum", profile)
    assert "</bdi>A sentence more.<bdi" in changed
    assert "1 passage changed" in changed
    assert "Figures, challenges and priorities cannot be compared" in changed
    assert "Nothing has changed yet." not in changed
    assert "What changed" not in page(signed_in(made[Role.STAKEHOLDER]), "erratum", profile)
