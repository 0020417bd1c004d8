"""Tables typed in a text: where they stand, what they say, and what stands there instead."""

import pytest

from profile_workflow.markup import Reference, repointed, typed_tables, with_placement

pytestmark = pytest.mark.unit

TABLE = "| Group | 2014 |\n| --- | --: |\n| Women | 1,200 |"
TEXT = f"Before.\n\nTable: Foreign residents\n\n{TABLE}\n\nSource: [@ins, p. 4].\n\nAfter."


def test_where_typed_tables_stand_and_what_they_say():
    found, other = typed_tables(f"{TEXT}\n\n| *A* \\| B |\n|---|\n| 1 |\n\n> | x |\n> |---|\n")
    assert TEXT[found.begin :].startswith("Table: Foreign residents")
    assert TEXT[: found.end].endswith("| Women | 1,200 |\n")
    assert (found.caption, found.source) == ("Foreign residents", "Source: [@ins, p. 4].")
    assert found.rows[1:] == (("Women", "1,200"),)
    assert (other.caption, other.source, other.rows) == ("", "", (("A | B",), ("1",)))
    assert typed_tables("No table | here.") == []


@pytest.mark.parametrize(
    ("text", "drop_source", "after"),
    [
        (TEXT, False, "Before.\n\n[[table:1-A]]\n\nSource: [@ins, p. 4].\n\nAfter."),
        (TEXT, True, "Before.\n\n[[table:1-A]]\n\nAfter."),
        (TABLE, False, "[[table:1-A]]\n"),
        (f"\n{TABLE}", False, "\n[[table:1-A]]\n"),
        # A placement stands alone in its paragraph.
        (f"Before.\n{TABLE}\n### After", False, "Before.\n\n[[table:1-A]]\n\n### After"),
        (f"Before.\r\n \r\n{TABLE}\r\n\r\nx", True, "Before.\r\n \r\n[[table:1-A]]\n\r\nx"),
        # What Markdown takes for a row is the line that says where the table is from.
        (f"{TABLE}\nSource: [@a]\n\nx", False, "[[table:1-A]]\n\nSource: [@a]\n\nx"),
        (f"{TABLE}\nSource: [@a]\n\nx", True, "[[table:1-A]]\n\nx"),
    ],
)
def test_a_text_places_the_table_instead(text, drop_source, after):
    (found,) = typed_tables(text)
    assert with_placement(text, found, key="1-A", drop_source=drop_source) == after


@pytest.mark.parametrize("strange", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e"])
def test_only_what_ends_a_line_for_the_parser_ends_one(strange):
    before, after = f"Be{strange}fore.\r{strange}\n\rx\n\n", f"\n\nAf{strange}ter {strange}."
    (found,) = typed_tables(f"{before}{TABLE}{after}")
    text = with_placement(f"{before}{TABLE}{after}", found, key="K", drop_source=False)
    assert text == f"{before}[[table:K]]\n{after[1:]}"


def test_the_source_below_is_no_row_and_what_is_behind_is_not_lost():
    (found,) = typed_tables(f"{TABLE}\nSource: [@a], own count")
    assert found.source == "Source: [@a], own count"
    assert len(found.rows) == 2
    (found,) = typed_tables(f"{TABLE}\n| Men | 3 | 4 \\| 5 |\n")
    assert (found.rows[2], found.typed_rows[2]) == (("Men", "3"), ("Men", "3", "4 | 5"))


def test_a_table_of_which_a_part_is_left_out():
    wide = "| a " * 16 + "|\n" + "|---" * 16 + "|\n"
    assert [one.is_too_large for one in typed_tables(f"{wide}\n{TABLE}")] == [True, False]
    long = TABLE + "\n| x | 1 |" * 400
    assert typed_tables(long)[0].is_too_large


@pytest.mark.parametrize(
    ("typed", "is_it"),
    [
        ("[#table:1, Foreign residents]", True),
        ("[#table:1, 1.2 foreign   RESIDENTS]", True),
        ("\\\\[#table:1,Foreign residents]", True),
        ("\\[#table:1, Foreign residents]", False),
        ("[#table:2, Foreign residents]", False),
        ("[#table:1, Foreign]", False),
        ("[#table:1]", False),
        ("[#section:1, Foreign residents]", False),
    ],
)
def test_only_what_means_the_table_leads_to_the_other(typed, is_it):
    after = f"{typed[: typed.index('[')]}[#table:1-A]" if is_it else typed
    old = Reference("table", "1", "Foreign residents")
    assert repointed(f"See {typed}.", old, "1-A") == f"See {after}."


def test_a_caption_means_the_first_table_that_has_it():
    box = f":::box\n{TEXT}\n:::\n\n"
    assert [one.is_meant for one in typed_tables(f"{TEXT}\n\n{TEXT}")] == [True, False]
    assert [one.is_meant for one in typed_tables(f"{box}{TEXT}")] == [False]
