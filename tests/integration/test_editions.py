"""The next edition begins with the published text, and with all that this text rests on."""

import io

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from profile_workflow.models import Acronym, DataItem, DataTable, Event, Picture
from profile_workflow.pictures.pixels import read_picture
from profile_workflow.queries import history
from profile_workflow.queries.evidence import ENTRIES
from profile_workflow.services import editions, pictures, search_index
from profile_workflow.services.contents import fingerprint
from profile_workflow.services.log import broken_links
from profile_workflow.states import DataItemState, ProfileState, Role
from tests import factories
from tests.pictures import harbour

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def before():
    """A published edition whose first chapter cites, places a chart and shows a picture."""
    made = factories.make_programme()
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    first, second = (factories.section(profile, key) for key in "12")
    figure, unplaced = factories.give_figure(first), factories.give_figure(second)
    DataTable.objects.filter(pk=figure.table_id).update(chart="bar")
    for one in (figure, unplaced):
        for move in ("receive", "confirm"):
            factories.move(one, move, made[Role.LOCAL_EXPERT])
    of_picture, cited = factories.give_source(profile), factories.give_source(profile)
    factories.give_picture(profile, "port", source=of_picture, credit="")
    factories.give_picture(profile, "unplaced")
    Acronym.objects.create(profile=profile, short="ILO", long="Labour Organization")
    places = f"[[figure:{figure.table.key}]]\n\n[[image:port]]"
    factories.write(first, f"The ILO says so [@{cited.key}].\n\n{places}")
    factories.move(first, "submit", made[Role.LOCAL_EXPERT])
    return factories.bring_to(profile, ProfileState.UPDATE_DUE)


def register_of(profile):
    """Return every entry of a register with all that it holds."""
    rows = [one for kind in ENTRIES for one in kind.objects.filter(profile=profile)]
    rows += DataItem.objects.filter(table__profile=profile)
    return {(type(one), one.pk): fingerprint(one) for one in rows}


def content(name):
    with default_storage.open(name) as file:
        return file.read()


def test_tables_charts_sources_and_words_come_with_the_text(before):
    was = register_of(before)
    after = factories.start_next_edition(before)
    assert register_of(before) == was
    old = DataTable.objects.get(profile=before, chart="bar")
    (table,) = after.data_tables.all()
    assert (table.key, table.title, table.chart) == (old.key, old.title, "bar")
    assert table.section == factories.section(after, "1")
    (figure,) = table.items.all()
    assert (figure.value, figure.year, figure.state) == (1000, 2024, DataItemState.REQUESTED)
    linked = (figure.territory, figure.definition, figure.source)
    assert {one.profile for one in linked} == {after}
    assert figure.territory.is_city
    placed = {
        old.items.get().source.key,
        Picture.objects.get(profile=before, key="port").source.key,
    }
    assert placed < set(after.sources.values_list("key", flat=True))
    assert after.sources.count() == len(placed) + 1 < before.sources.count()
    assert [one.long for one in after.acronyms.all()] == ["Labour Organization"]
    assert list(search_index.differences()) == []


def test_pictures_come_as_they_were_published_with_files_of_their_own(before):
    old = Picture.objects.get(profile=before, key="port")
    caption = old.caption
    Picture.objects.filter(pk=old.pk).update(caption="Written over")
    after = factories.start_next_edition(before)
    (new,) = after.pictures.all()
    assert (new.key, new.caption, new.alt) == ("port", caption, old.alt)
    assert new.source.profile == after
    assert new.file.sha256 == old.file.sha256
    names = {str(one.file.full.name) for one in (old, new)}
    assert len(names) == 2
    assert len({content(name) for name in names}) == 1


def test_two_pictures_that_two_texts_call_alike_come_both():
    made = factories.make_programme(sections=4)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    by = made[Role.LOCAL_EXPERT]
    picture = factories.give_picture(profile, "p1")
    shown = [picture.file.sha256]
    for key in "12":
        section = factories.section(profile, key)
        factories.write(section, f"Text {key}.\n\n[[image:p1]]\n\nSee [#figure:p1].")
        factories.move(section, "submit", by)
        picture = Picture.objects.select_related("profile").get(profile=profile)
        content = {"file": read_picture(io.BytesIO(harbour(int(key))))}
        base = fingerprint(picture)
        picture = pictures.change_picture(picture, content, base=base, by=by, at=timezone.now())
        shown.append(picture.file.sha256)
    factories.give_picture(profile, "again", content=harbour(1))
    given = {
        "3": "Text 3.\n\n[[image:p1]]\n\n[[image:again]]",
        "4": "See [#figure:p1] and [#figure:again].",
    }
    for key, text in given.items():
        section = factories.section(profile, key)
        factories.write(section, text)
        factories.move(section, "submit", by)
    found = editions.published(profile, ["1", "2", "3", "4"])
    assert {one.key: one.sha256 for one in found.pictures} == {
        "p1": shown[2],
        "again": shown[1],
        "p2": shown[0],
    }
    assert found.texts == {
        "1": "Text 1.\n\n[[image:p2]]\n\nSee [#figure:p2].",
        "2": "Text 2.\n\n[[image:again]]\n\nSee [#figure:again].",
        "3": "Text 3.\n\n[[image:p1]]\n\n[[image:again]]",
        # It points where it did: to the first section that places a picture of that key.
        "4": "See [#figure:p2] and [#figure:again].",
    }
    # A reference with the key of a data table means its chart, and no picture takes such a key.
    table = DataTable.objects.create(profile=profile, section=section, key="p1", title="Beds")
    texts = editions.published(profile, ["1", "2", "3", "4"]).texts
    assert texts["1"] == "Text 1.\n\n[[image:p2]]\n\nSee [#figure:p1]."
    assert texts["4"] == given["4"]
    DataTable.objects.filter(pk=table.pk).update(key="p2")
    assert "[[image:p3]]" in editions.published(profile, ["1", "2", "3"]).texts["1"]


def test_a_picture_that_one_edition_gives_up_stays_in_the_other(
    before, django_capture_on_commit_callbacks
):
    after = factories.bring_to(factories.start_next_edition(before), ProfileState.INCEPTION)
    picture = Picture.objects.select_related("profile").get(profile=after)
    gone, kept = str(picture.file.full.name), Picture.objects.get(profile=before, key="port")
    section = factories.section(after, "1")
    section.draft.text = ""
    section.draft.save()
    with django_capture_on_commit_callbacks(execute=True):
        by = factories.holder(after, Role.LOCAL_EXPERT)
        pictures.remove_picture(picture, by=by, at=timezone.now())
    assert not default_storage.exists(gone)
    assert content(str(kept.file.full.name))


def test_the_history_tells_what_was_carried_over(before):
    after = factories.start_next_edition(before)
    event = Event.objects.get(profile=after, move="carry_over")
    (line,) = history.lines(after, [event.seq], viewer=factories.holder(after, Role.OBSERVER))
    assert line.what == "Take over from the edition before"
    assert "Sources: 3; Data tables: 1; Figures: 1; Pictures: 1" in line.reason
    assert list(broken_links(factories.fresh(after))) == []
    assert factories.bring_to(after, ProfileState.DRAFTING).state == ProfileState.DRAFTING
