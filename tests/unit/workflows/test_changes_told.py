"""However much a correction changed, each page that tells of it stays small."""

import pytest

from reports.builds.compared import challenges_changed, priorities_changed, tables_changed
from reports.editions import Changes, EntryChange, SectionChange, TableChange
from workflows.queries.changes import CHARACTERS_A_PAGE, MOST_FIGURES, told

pytestmark = pytest.mark.unit


def test_much_is_told_on_several_pages_and_nothing_is_lost():
    sections = [SectionChange(f"section-{n}", f"{n}", 1, "x" * 25_000) for n in range(5)]
    rows = tuple((f"Figure {n}", "1", "2") for n in range(MOST_FIGURES + 7))
    table = TableChange("table-a.csv", "People", rows, (("chart", "bar", "line"),))
    entry = EntryChange("priority", "Homes", "changed", (("budget", "1", "2" * 9_000),))
    changes = Changes("1.0", tuple(sections), (table,), 0, (entry,))
    first = told(changes, page=1)
    pages = [told(changes, page=n + 1) for n in range(first.page.paginator.num_pages)]
    assert len(pages) == 3
    assert [one for page in pages for one in page.sections] == sections
    assert all(sum(len(one.html) for one in page.sections) <= CHARACTERS_A_PAGE for page in pages)
    (shown,) = [one for page in pages for one in page.tables]
    assert (len(shown.rows), shown.left_out) == (MOST_FIGURES + 1, 7)
    (cut,) = [one for page in pages for one in page.entries]
    assert len(cut.rows[0][2]) < 2_000
    # One that is larger than a page has a page of its own.
    large = Changes("1.0", (SectionChange("a", "a", 1, "x" * 2 * CHARACTERS_A_PAGE), *sections))
    assert len(told(large, page=1).sections) == 1


def figure(label, value, **more):
    return {"label": label, "year": 2024, "value": value, **more}


def test_tables_challenges_and_priorities_are_compared_entry_by_entry():
    old = {
        "tables": [
            {"key": "a", "title": "A", "chart": "bar", "figures": [figure("x", 1), figure("x", 5)]},
            {"key": "gone", "title": "Gone", "figures": [figure("y", 2)]},
        ],
        "challenges": [{"code": "C1", "title": "Rents", "sources": ["a"]}],
        "priorities": [{"title": "Homes", "rank": 1}, {"title": "Same", "rank": 2}],
    }
    new = {
        "tables": [
            {
                "key": "a",
                "title": "A",
                "chart": "line",
                "figures": [figure("x", 1), figure("x", 6)],
            },
            {"key": "b", "title": "B", "figures": []},
        ],
        "challenges": [{"code": "C1", "title": "Rents", "sources": ["a", "b"]}],
        "priorities": [{"title": "Same", "rank": 2}, {"title": "Schools", "rank": 1}],
    }
    a, b, gone = tables_changed(old, new)
    lost = {"tables": [{**old["tables"][1], "figures": [figure("y", 2, available=False)]}]}
    assert next(tables_changed({"tables": old["tables"][1:]}, lost)).rows == (
        ("y", "2 · 2024", ""),
    )
    # Two figures of one name are told apart by their order.
    assert a.rows == (("x", "5 · 2024", "6 · 2024"),)
    assert (a.about, a.what) == ((("chart", "bar", "line"),), "changed")
    assert (b.what, gone.what, gone.file) == ("added", "removed", "")
    (rents,) = challenges_changed(old, new)
    assert rents.rows == (("sources", "a", "a; b"),)
    told_of = {one.name: one.what for one in priorities_changed(old, new)}
    assert told_of == {"Schools": "added", "Homes": "removed"}
    assert list(tables_changed(old, old)) == list(priorities_changed(new, new)) == []
