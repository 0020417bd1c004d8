"""Sources together: taken in from elsewhere, merged, shared in the programme; who may, and when."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.bibliography.record import Reference
from profile_workflow.errors import InvalidInput, NotAllowed, NotNow, StaleEntry
from profile_workflow.models import Draft, Event, EventReason, LibrarySource, Profile, Source
from profile_workflow.queries.evidence import Uses
from profile_workflow.queries.library import search_library
from profile_workflow.services import evidence, search_index, sources
from profile_workflow.services.log import broken_links
from profile_workflow.services.sources import Choice, Wanted
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

LAW = Reference("loi-2004", "law", "Tunisie", "2004", "Loi n° 2004-6 du 3 février 2004")


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


@pytest.fixture
def expert(made):
    return made[Role.LOCAL_EXPERT]


def at():
    return timezone.now()


def registered(profile, by, **fields):
    given = {"kind": "report", "authors": "IOM", "title": "Migration in Sfax", **fields}
    return evidence.add_source(profile, by=by, at=at(), **given)


def take_in(profile, by, *wanted, base=None):
    base = sources.fingerprint_of_sources(profile) if base is None else base
    return sources.take_in(profile, wanted, base=base, by=by, at=at())


def merge(kept, dropped, by, base=None):
    base = sources.fingerprint_of_sources(kept.profile) if base is None else base
    return sources.merge_sources(kept, dropped, base=base, by=by, at=at())


def text_of(section):
    return Draft.objects.get(section=section).text


def reasons():
    return list(EventReason.objects.order_by("event__seq").values_list("text", flat=True))


# Taking in


def test_sources_are_added_with_free_keys_recorded_and_found(profile, expert):
    registered(profile, expert, key="loi-2004")
    strange = Reference("DBLP:a/b", "book", "Natter, K.", "2018", "Two words")
    unnamed = Reference("", "book", "Natter, K.", "2018", "Other words")
    done = take_in(profile, expert, *(Wanted(one) for one in (LAW, strange, unnamed)))
    assert (done.added, done.changed) == (3, 0)
    keys = set(profile.sources.values_list("key", flat=True))
    assert keys == {"loi-2004", "loi-2004-2", "DBLP-a-b", "natter-2018"}
    assert "Two words" in reasons()[-2]
    assert list(broken_links(profile)) == []
    assert list(search_index.differences()) == []


def test_the_existing_one_is_filled_replaced_or_left(profile, expert):
    old = registered(profile, expert, key="a", publisher="IOM")
    new = Reference("b", "law", "OIM", "2020", "Migration à Sfax", doi="10.1000/x")
    take_in(profile, expert, Wanted(new, Choice.LEAVE, old.pk))
    assert factories.fresh(old).doi == ""
    done = take_in(profile, expert, Wanted(new, Choice.FILL, old.pk))
    assert (done.added, done.changed) == (0, 1)
    filled = factories.fresh(old)
    assert (filled.doi, filled.year, filled.authors) == ("10.1000/x", "2020", "IOM")
    take_in(profile, expert, Wanted(new, Choice.REPLACE, old.pk))
    replaced = factories.fresh(old)
    assert (replaced.authors, replaced.kind, replaced.key) == ("OIM", "law", "a")
    assert replaced.publisher == "IOM"


def test_changing_many_costs_as_many_queries_as_changing_one(profile, expert):
    rows = [registered(profile, expert, key=f"k{number}") for number in range(12)]
    factories.write(factories.section(profile, "1"), "Said by [@k3].")

    def queries_for(several, year):
        new = Reference("x", "law", "OIM", year, "Migration à Sfax")
        with CaptureQueriesContext(connection) as counted:
            take_in(profile, expert, *(Wanted(new, Choice.REPLACE, one.pk) for one in several))
        return len(counted)

    assert queries_for(rows[:1], "2020") == queries_for(rows, "2021")
    assert set(profile.sources.values_list("year", "kind")) == {("2021", "law")}
    assert "Year:  → 2021" in reasons()[-1].replace("–", "")
    assert list(broken_links(profile)) == []
    assert list(search_index.differences()) == []


def test_nothing_is_stored_unless_all_of_it_can_be(profile, expert):
    long = Reference("x", "book", "A", "2019", "T" * 700)
    with pytest.raises(InvalidInput, match="Title"):
        take_in(profile, expert, Wanted(LAW), Wanted(long))
    assert not profile.sources.exists()


def test_a_register_that_has_changed_is_not_written_unseen(profile, expert):
    base = sources.fingerprint_of_sources(profile)
    registered(profile, expert, key="a")
    with pytest.raises(StaleEntry):
        take_in(profile, expert, Wanted(LAW), base=base)
    with pytest.raises(StaleEntry):
        take_in(profile, expert, Wanted(LAW, Choice.FILL, 4711))


@pytest.mark.parametrize("role", list(Role))
def test_who_takes_in_and_who_shares(made, profile, role):
    who = made[role]
    if role in {Role.LOCAL_EXPERT, Role.CO_AUTHOR, Role.PROJECT_TEAM}:
        assert take_in(profile, who, Wanted(LAW)).added == 1
    else:
        with pytest.raises(NotAllowed):
            take_in(profile, who, Wanted(LAW))
    source = registered(profile, made.team, key="a")
    if role == Role.PROJECT_TEAM:
        shared = sources.share_source(source, by=who, at=at())
        sources.withdraw_source(shared, profile, by=who, at=at())
        return
    with pytest.raises(NotAllowed):
        sources.share_source(source, by=who, at=at())
    shared = sources.share_source(source, by=made.team, at=at())
    with pytest.raises(NotAllowed):
        sources.withdraw_source(shared, profile, by=who, at=at())


def test_what_approved_text_rests_on_is_not_changed_by_an_import(made, profile, expert):
    old = registered(profile, expert, key="a")
    section = factories.section(profile, "1")
    factories.write(section, "Many came [@a].")
    factories.move(section, "submit", expert)
    type(section).objects.filter(pk=section.pk).update(state=SectionState.ACCEPTED)
    with pytest.raises(NotNow, match="approved text"):
        take_in(profile, expert, Wanted(LAW, Choice.REPLACE, old.pk))
    assert factories.fresh(old).title == "Migration in Sfax"


# Merging


def test_what_rested_on_one_rests_on_the_other(profile, expert):
    kept = registered(profile, expert, key="iom")
    dropped = registered(profile, expert, key="oim", doi="10.1000/x")
    first, second = (factories.section(profile, key) for key in ("1", "2"))
    factories.write(first, "Many [@oim, p. 4] came [@iom; @oim].")
    factories.write(second, "Nothing.")
    figure = factories.give_figure(second)
    type(figure).objects.filter(pk=figure.pk).update(source=dropped)
    challenge = evidence.add_challenge(
        profile, by=expert, at=at(), code="C1", title="H", competence="own", sources=[dropped]
    )
    before = Draft.objects.get(section=first).version
    merged = merge(kept, dropped, expert)
    assert text_of(first) == "Many [@iom, p. 4] came [@iom]."
    assert Draft.objects.get(section=first).version == before + 1
    assert factories.fresh(figure).source == kept
    assert list(challenge.sources.all()) == [kept]
    assert merged.doi == "10.1000/x"
    assert not Source.objects.filter(pk=dropped.pk).exists()
    assert any("“oim” has become “iom”" in one for one in reasons())
    assert list(broken_links(profile)) == []
    assert list(search_index.differences()) == []


def test_a_text_that_somebody_else_writes_is_not_touched(made, profile, expert):
    kept, dropped = (registered(profile, expert, key=key) for key in ("iom", "oim"))
    section = factories.section(profile, "1")
    factories.write(section, "Many [@oim].")
    Draft.objects.filter(section=section).update(
        editor=made[Role.CO_AUTHOR],
        edited_since=at(),
        edited_until=at() + timezone.timedelta(minutes=5),
    )
    with pytest.raises(NotNow, match="Somebody else is writing"):
        merge(kept, dropped, expert)
    assert text_of(section) == "Many [@oim]."
    # The team may keep the register, but not write the text.
    with pytest.raises(NotAllowed):
        merge(kept, dropped, made.team)
    assert Source.objects.filter(pk=dropped.pk).exists()


def test_what_a_submitted_text_cites_stays(profile, expert):
    kept, dropped = (registered(profile, expert, key=key) for key in ("iom", "oim"))
    section = factories.section(profile, "1")
    factories.write(section, "Many [@oim].")
    factories.move(section, "submit", expert)
    refusal = sources.refusal_to_merge(kept, dropped, expert, Uses(profile))
    assert isinstance(refusal, NotNow)
    with pytest.raises(NotNow, match="submitted text"):
        merge(kept, dropped, expert)
    # The other way round nothing has to be rewritten.
    merge(dropped, kept, expert)
    assert list(profile.sources.values_list("key", flat=True)) == ["oim"]


def test_two_sources_that_have_changed_are_not_merged_unseen(profile, expert):
    kept, dropped = (registered(profile, expert, key=key) for key in ("iom", "oim"))
    base = sources.fingerprint_of_sources(profile)
    registered(profile, expert, key="third")
    with pytest.raises(StaleEntry):
        merge(kept, dropped, expert, base=base)


# The library of the programme


def test_a_shared_source_is_taken_over_as_a_copy_that_knows_its_origin(made, profile, expert):
    source = registered(profile, expert, key="iom", note="Ask Amina.")
    other = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    assert search_library(other, "")[1] == 0
    shared = sources.share_source(source, by=made.team, at=at())
    assert factories.fresh(source).origin == shared
    assert shared.note == ""
    (found,), number = search_library(other, "iom sfax")
    assert (found.source, found.is_taken, number) == (shared, False, 1)
    assert search_library(other, "nowhere") == ([], 0)
    reference = Reference(shared.key, "report", "IOM", "", shared.title)
    take_in(other, expert, Wanted(reference, origin=shared))
    copy = other.sources.get()
    assert (copy.origin, copy.key) == (shared, "iom")
    assert search_library(other, "")[0][0].is_taken
    # What is withdrawn is gone for everybody; copies stay, and know.
    sources.withdraw_source(shared, profile, by=made.team, at=at())
    assert search_library(other, "") == ([], 0)
    assert factories.fresh(copy).origin == shared
    with pytest.raises(NotNow):
        sources.withdraw_source(shared, profile, by=made.team, at=at())


def test_the_library_holds_each_source_once_and_belongs_to_one_programme(made, profile):
    first = registered(profile, made.team, key="a")
    second = registered(profile, made.team, key="b", title="MIGRATION in Sfax")
    shared = sources.share_source(first, by=made.team, at=at())
    assert sources.share_source(second, by=made.team, at=at()) == shared
    assert LibrarySource.objects.count() == 1
    foreign = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    assert search_library(foreign, "") == ([], 0)
    with pytest.raises(NotAllowed):
        sources.withdraw_source(shared, foreign, by=made.team, at=at())
    moves = set(Event.objects.filter(profile=profile).values_list("move", flat=True))
    assert "share" in moves
    assert Profile.objects.filter(pk=profile.pk, sources__origin=shared).exists()
