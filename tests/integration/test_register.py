"""The register: who may change it when, what may not be removed, what the history keeps."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.errors import InvalidInput, MadeAlready, NotAllowed, NotNow, StaleEntry
from profile_workflow.models import DataItem, Event, EventReason, Profile, Section, Territory
from profile_workflow.queries import history
from profile_workflow.queries.evidence import Uses
from profile_workflow.services import evidence
from profile_workflow.services.adding import next_table
from profile_workflow.services.contents import (
    fingerprint,
    fingerprint_of_figures,
    fingerprint_of_text,
)
from profile_workflow.services.erratum import write_erratum
from profile_workflow.services.keeping import (
    refusal_to_change,
    refusal_to_register,
    refusal_to_remove,
)
from profile_workflow.services.log import broken_links
from profile_workflow.services.priorities import (
    as_given,
    fingerprint_of,
    refusal_to_set,
    set_priorities,
)
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
SOURCE = {"key": "office-2024", "kind": "statistics", "authors": "Office", "title": "Census"}
CHALLENGE = {"code": "C1", "title": "Housing", "competence": "own"}


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), S.DRAFTING)


@pytest.fixture
def expert(made):
    return made[Role.LOCAL_EXPERT]


def at():
    return timezone.now()


def change(entry, by, *, base=None, **fields):
    base = fingerprint(factories.fresh(entry)) if base is None else base
    return evidence.change_entry(entry, fields, base=base, by=by, at=at())


def remove(entry, by):
    evidence.remove_entry(entry, by=by, at=at())


def source_of(profile, by, **fields):
    return evidence.add_source(profile, by=by, at=at(), **{**SOURCE, **fields})


# Who and when: one function for the screen and the service


@pytest.mark.parametrize("role", list(Role))
def test_only_authors_and_team_keep_the_register(made, profile, role):
    who = made[role]
    may = role in {Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.PROJECT_TEAM}
    assert (refusal_to_register(profile, who) is None) == may
    if may:
        assert source_of(profile, who).pk
        return
    with pytest.raises(NotAllowed):
        source_of(profile, who)


OPEN = {
    S.PLANNED,
    S.INCEPTION,
    S.DRAFTING,
    S.REVISION_EXPERT,
    S.REVISION_QA,
    S.REVISION_VALIDATION,
    S.CORRECTION,
}


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("state", factories.RESTS)
def test_the_register_is_open_while_text_is_written(made, expert, state):
    profile = factories.bring_to(factories.make_profile(made), state)
    refusal = refusal_to_register(profile, expert)
    assert (refusal is None) == (state in OPEN)
    if refusal is None:
        source_of(profile, expert)
    else:
        with pytest.raises(NotNow, match="cannot be changed in the state"):
            source_of(profile, expert)


@pytest.mark.parametrize("state", list(SectionState))
def test_tables_and_figures_are_frozen_with_their_section(made, expert, state):
    open_states = {"empty", "drafting", "changes_requested", "reopened"}
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    one = factories.section(profile, "1")
    figure = factories.give_figure(one)
    # In memory: what is judged is the state, however a section came to it.
    figure.table.section = one
    figure.table.profile = one.profile = profile
    one.__dict__["state"] = state
    refusal = refusal_to_change(figure, expert, Uses(profile))
    assert (refusal is None) == (state in open_states)
    assert (refusal_to_register(profile, expert, one) is None) == (state in open_states)


def test_a_submitted_section_takes_its_figures_with_it(profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    table, section = figure.table, factories.section(profile, "1")
    factories.write(section, "Text.")
    factories.move(section, "submit", expert)
    with pytest.raises(NotNow, match="frozen with their section"):
        change(figure, expert, value=Decimal(1))
    with pytest.raises(NotNow, match="frozen"):
        remove(table, expert)
    with pytest.raises(NotNow, match="frozen"):
        evidence.add_figure(table, by=expert, at=at(), label="More", unit="%")
    with pytest.raises(NotNow, match="frozen"):
        evidence.add_table(factories.section(profile, "1"), by=expert, at=at(), key="9", title="T")
    assert factories.fresh(figure).value == 1000


def test_what_an_approved_section_rests_on_stays_in_a_revision(made, expert):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    one = source_of(profile, expert)
    factories.give_figure(factories.section(profile, "2"))
    challenge = evidence.add_challenge(
        profile, by=expert, at=at(), section=factories.section(profile, "3"), **CHALLENGE
    )
    for key in "123":
        factories.write(factories.section(profile, key), f"Text {key} [@office-2024].")
        factories.move(factories.section(profile, key), "submit", expert)
    factories.move(profile, "submit_draft", expert)
    DataItem.objects.get(table__profile=profile)
    factories.accept_sections(profile)
    factories.move(profile, "recommend_acceptance", made[Role.INTERNATIONAL_EXPERT])
    named = factories.sections(profile)[:1]
    factories.move(profile, "return_for_revision", made.team, reason="Long.", sections=named)
    profile = factories.fresh(profile)
    assert profile.state == S.REVISION_QA
    city = profile.territories.get()
    for entry in (one, city, profile.definitions.get(), challenge):
        with pytest.raises(NotNow, match="approved text rests on it"):
            change(entry, expert)
    unused = source_of(profile, expert, key="unused")
    change(unused, expert, title="Other")
    with pytest.raises(NotNow, match="stays as it is"):
        evidence.add_territory(
            profile, by=expert, at=at(), code="x", name="X", kind="region", is_city=True
        )
    assert profile.territories.get(is_city=True) == city


def test_a_settled_figure_is_opened_again_before_it_changes(profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    change(figure, expert, value=Decimal(7))
    factories.move(figure, "receive", expert)
    change(figure, expert, value=Decimal(8))
    factories.move(figure, "confirm", expert)
    for act in (lambda: change(figure, expert, value=Decimal(9)), lambda: remove(figure, expert)):
        with pytest.raises(NotNow, match="settled figure"):
            act()
    with pytest.raises(NotNow, match="settled figures"):
        remove(figure.table, expert)
    factories.move(figure, "dispute", expert, reason="The register says otherwise.")
    change(figure, expert, value=Decimal(9))
    assert factories.fresh(figure).value == 9
    assert list(broken_links(profile)) == []


# Changing


def test_a_change_knows_what_it_changes(profile, expert, made):
    one = source_of(profile, expert)
    seen = fingerprint(factories.fresh(one))
    change(one, made.team, base=seen, title="Census of 2024")
    with pytest.raises(StaleEntry) as caught:
        change(one, expert, base=seen, title="Census (first results)")
    assert caught.value.current.title == "Census of 2024"
    assert factories.fresh(one).title == "Census of 2024"
    remove(one, expert)
    with pytest.raises(StaleEntry) as caught:
        evidence.change_entry(one, {"title": "x"}, base=seen, by=expert, at=at())
    assert caught.value.current is None


def test_a_key_stays_while_the_text_uses_it(profile, expert):
    one = source_of(profile, expert)
    factories.write(factories.section(profile, "1"), "As counted [@office-2024] in 2024.")
    with pytest.raises(InvalidInput, match="Change the text first"):
        change(one, expert, key="office")
    change(one, expert, year="2024")
    factories.write(factories.section(profile, "1"), "As counted.")
    change(one, expert, key="office")
    assert factories.fresh(one).key == "office"


def test_a_table_without_a_key_takes_the_next_one_of_its_section(profile, expert):
    section = factories.section(profile, "2")

    def made(title, key=""):
        return evidence.add_table(section, key=key, title=title, by=expert, at=at()).key

    assert made("Stocks") == "2-A"
    assert made("Rooms", "2-B") == "2-B"
    assert made("Flows") == "2-C"
    with pytest.raises(MadeAlready):
        made("Flows")
    taken = {f"2-{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    assert next_table("2", taken) == "2-AA"


def test_the_mark_of_the_city_moves_and_is_never_lost(profile, expert):
    city = profile.territories.get()
    with pytest.raises(InvalidInput, match="Mark another territory"):
        change(city, expert, is_city=False)
    other = evidence.add_territory(
        profile, by=expert, at=at(), code="metro", name="Metro", kind="metropolitan"
    )
    change(other, expert, is_city=True)
    assert list(Territory.objects.filter(profile=profile, is_city=True)) == [other]
    remove(city, expert)


def test_what_cannot_be_stored_changes_nothing(profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    events = Event.objects.filter(profile=profile).count()
    with pytest.raises(InvalidInput):
        change(figure, expert, value_low=Decimal(5), value_high=Decimal(1))
    with pytest.raises(InvalidInput):
        change(figure.source, expert, kind="rumour")
    assert Event.objects.filter(profile=profile).count() == events
    assert factories.fresh(figure).value_low is None


# Removing


def test_nothing_is_removed_that_something_rests_on(profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    acronym = evidence.add_acronym(profile, by=expert, at=at(), short="NGO", long="Organisation")
    challenge = evidence.add_challenge(
        profile, by=expert, at=at(), sources=[figure.source], **CHALLENGE
    )
    text = f"The NGO counts [[table:{figure.table.key}]].\n\n[[table:{figure.table.key}]]\n"
    factories.write(factories.section(profile, "2"), text)
    said = {
        "source": (figure.source, "the figure “Residents”"),
        "challenge of the source": (figure.source, "the challenge “C1 Housing”"),
        "territory": (figure.territory, "which calls it “the city”"),
        "definition": (figure.definition, "the figure “Residents”"),
        "acronym": (acronym, "the text of “2 Chapter 2”"),
        "table": (figure.table, "the text of “2 Chapter 2”"),
    }
    for entry, words in said.values():
        assert words in str(refusal_to_remove(entry, expert, Uses(profile)))
        with pytest.raises(NotNow, match="cannot be removed"):
            remove(entry, expert)
    remove(challenge, expert)
    factories.write(factories.section(profile, "2"), "Nothing.")
    remove(acronym, expert)
    remove(figure.table, expert)
    remove(figure.source, expert)
    assert not profile.sources.exists()
    assert not DataItem.objects.filter(pk=figure.pk).exists()
    assert list(broken_links(profile)) == []


def test_a_challenge_that_a_priority_answers_stays(made, expert):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    challenge = factories.give_priority(profile).challenges.get()
    assert [one.where for one in Uses(profile).of(challenge)] == ["the priority “1. Rooms”"]


# The history


def test_the_history_keeps_who_changed_what_and_tells_it_to_who_works_on_it(made, profile, expert):
    figure = factories.give_figure(factories.section(profile, "1"))
    office = source_of(profile, expert, key="office")
    change(figure, made[Role.CO_AUTHOR], value=Decimal(1200), year=2025, source=office)
    one = source_of(profile, expert)
    change(one, expert, title="Census, corrected")
    remove(one, expert)
    numbers = list(Event.objects.filter(profile=profile).values_list("seq", flat=True))
    lines = history.lines(profile, numbers, viewer=expert)[:4]
    assert [(line.what, line.about) for line in lines] == [
        ("Remove", "Source"),
        ("Change", "Source"),
        ("Enter into the register", "Source"),
        ("Change", "Figure: 1 Chapter 1"),
    ]
    assert lines[1].reason == "Office. Census, corrected. Title: Census → Census, corrected"
    assert "Value: 1000 → 1200; Year: 2024 → 2025" in lines[3].reason
    assert "Source: Office. T → Office. Census" in lines[3].reason
    assert (lines[3].who, lines[3].role) == (made[Role.CO_AUTHOR].full_name, "Co-author")
    outside = history.lines(profile, numbers, viewer=made[Role.STAKEHOLDER])[:4]
    assert [line.reason for line in outside] == ["", "", "", ""]
    assert list(broken_links(profile)) == []


def test_a_change_that_changes_nothing_leaves_no_trace(profile, expert):
    one = source_of(profile, expert)
    before = EventReason.objects.count()
    change(one, expert, title=one.title)
    assert EventReason.objects.count() == before


# Several figures at once


def test_all_figures_are_stored_or_none(profile, expert):
    table = factories.give_figure(factories.section(profile, "1")).table
    seen = fingerprint_of_figures(table)
    several = [{"label": f"Row {number}", "unit": "persons"} for number in range(3)]
    with pytest.raises(InvalidInput):
        evidence.add_figures(table, [*several, {"label": "", "unit": "%"}], by=expert, at=at())
    assert table.items.count() == 1
    made = evidence.add_figures(table, several, by=expert, at=at(), base=seen)
    assert [one.position for one in made] == [1, 2, 3]
    with pytest.raises(MadeAlready):
        evidence.add_figures(table, several, by=expert, at=at(), base=seen)
    with pytest.raises(StaleEntry):
        evidence.add_figures(table, [{"label": "Row 3"}], by=expert, at=at(), base=seen)
    assert table.items.count() == 4
    assert list(broken_links(profile)) == []


def test_many_figures_cost_as_many_queries_as_one(profile, expert):
    table = factories.give_figure(factories.section(profile, "1")).table

    def queries_for(number):
        several = [{"label": f"Row {one}", "unit": "persons"} for one in range(number)]
        with CaptureQueriesContext(connection) as counted:
            evidence.add_figures(table, several, by=expert, at=at())
        return len(counted)

    assert queries_for(1) == queries_for(20)


def test_a_figure_that_contradicts_itself_is_refused(profile, expert):
    table = factories.give_figure(factories.section(profile, "1")).table
    with pytest.raises(InvalidInput, match="contradicts"):
        evidence.add_figures(
            table,
            [{"label": "Row", "unit": "persons", "value_low": 2, "value_high": 1}],
            by=expert,
            at=at(),
        )


# Priorities and erratum


def given(challenge, title="Rooms"):
    return {
        "title": title,
        "rationale": "Too few.",
        "label": "must",
        "responsible": "City",
        "sdg_targets": ["11.1"],
        "challenges": [challenge],
    }


def test_two_people_cannot_overwrite_each_others_priorities(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    challenge = factories.give_priority(profile).challenges.get()
    focal_point, team = made[Role.FOCAL_POINT], made.team
    seen = fingerprint_of(list(profile.priorities.all()))
    set_priorities(profile, [given(challenge)], by=focal_point, at=at(), base=seen)
    with pytest.raises(StaleEntry) as caught:
        set_priorities(profile, [], by=team, at=at(), base=seen)
    assert [one.title for one in caught.value.current] == ["Rooms"]
    assert profile.priorities.count() == 1
    event = Event.objects.filter(profile=profile).order_by("-seq").first()
    assert (event.document, event.role) == ("evidence:priorities", Role.FOCAL_POINT)
    with pytest.raises(InvalidInput):
        set_priorities(profile, [{**given(challenge), "label": "perhaps"}], by=team, at=at())
    assert profile.priorities.get().title == "Rooms"


def test_a_list_of_priorities_is_given_back_as_it_is_stored(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    factories.give_priority(profile)
    before = [as_given(one) for one in profile.priorities.order_by("rank")]
    set_priorities(profile, before, by=made.team, at=at())
    assert [as_given(one) for one in profile.priorities.order_by("rank")] == before


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("state", factories.RESTS)
def test_priorities_are_written_while_they_are_set(made, state):
    profile = factories.bring_to(factories.make_profile(made), state)
    roles = {role for role in Role if refusal_to_set(profile, made[role]) is None}
    setters = {Role.FOCAL_POINT, Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.PROJECT_TEAM}
    assert roles == (setters if state == S.PRIORITY_SETTING else set())


def test_an_erratum_is_written_by_the_team_in_a_correction(made, expert):
    profile = factories.bring_to(factories.make_profile(made), S.CORRECTION)
    seen = fingerprint_of_text(profile.erratum)
    write_erratum(profile, " Page 3. ", by=made.team, at=at(), base=seen)
    assert factories.fresh(profile).erratum == "Page 3."
    with pytest.raises(StaleEntry) as caught:
        write_erratum(profile, "Page 4.", by=made.team, at=at(), base=seen)
    assert caught.value.current == "Page 3."
    with pytest.raises(NotAllowed):
        write_erratum(profile, "Page 4.", by=expert, at=at())
    published = factories.bring_to(factories.make_profile(made), S.PUBLISHED)
    with pytest.raises(NotNow):
        write_erratum(published, "Page 4.", by=made.team, at=at() + timedelta(days=1))


def test_foreign_rows_stay_foreign(made, profile, expert):
    foreign = factories.bring_to(factories.make_profile(), S.DRAFTING)
    figure = factories.give_figure(factories.section(foreign, "1"))
    for entry in (figure, figure.table, figure.source, figure.territory):
        with pytest.raises(NotAllowed):
            change(entry, expert)
        with pytest.raises(NotAllowed):
            remove(entry, expert)
    assert Profile.objects.count() == Section.objects.values("profile").distinct().count()
