"""Reading files of spreadsheet programs: as their authors see them, within limits, never more."""

import re
import time
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from profile_workflow.bibliography.exchange import text_of_file
from profile_workflow.decoding import text_of
from profile_workflow.errors import InvalidInput
from profile_workflow.sheets.delimited import separator_of
from profile_workflow.sheets.ranges import (
    Range,
    below,
    copied,
    find_range,
    mark_in,
    range_of,
    unnamed,
)
from profile_workflow.sheets.reading import read_sheets
from profile_workflow.sheets.shapes import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    NO_RESULT,
    Sheet,
    packed,
    unpacked,
)
from tests.workbooks import bomb, book, changed, with_results, xlsx

pytestmark = pytest.mark.unit

HEAD = ["What is counted", "Value", "Unit"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def read(content):
    (sheet,) = read_sheets(content)
    return sheet


def rows(content):
    return read(content).rows


# Workbooks


def test_cells_are_what_the_program_shows():
    def format_cells(sheet):
        sheet["B3"].number_format = "0.0%"
        sheet["B4"].number_format = '0.0" %"'

    found = rows(
        xlsx(
            ["text ", 12, 0.1 + 0.2],
            ["=not a formula".removeprefix("="), True, None, "x"],
            ["share", 0.485],
            ["words", 48.5],
            [date(2024, 1, 1), datetime(2024, 1, 1, 9, 30), 1e15],  # noqa: DTZ001 - as files have it
            arrange=format_cells,
        )
    )
    assert found == [
        ["text", Decimal(12), Decimal("0.3")],
        ["not a formula", "TRUE", "", "x"],
        ["share", "48.5%"],
        ["words", Decimal("48.5")],
        ["2024-01-01", "2024-01-01 09:30", Decimal("1E+15")],
    ]


def test_a_formula_counts_with_the_result_that_is_kept():
    content = xlsx(HEAD, ["Men", "=1+1", "persons"], ["Women", "=A1/0", "persons"])

    kept = read(with_results(content, "2", "3.5"))
    assert [row[1] for row in kept.rows[1:]] == [2, Decimal("3.5")]
    assert kept.remarks == []
    without = read(content)
    assert [row[1] for row in without.rows[1:]] == [NO_RESULT, NO_RESULT]
    assert "2 cells hold formulas without their results" in without.remarks[0]


def test_merged_cells_stand_in_each_row_and_hidden_ones_in_none():
    def arrange(sheet):
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B1:C1")
        sheet.row_dimensions[4].hidden = True
        sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["D"].hidden = True

    sheet = read(
        xlsx(
            ["Who", "Value", None, "Secret", "Unit"],
            ["Men", 1, 2, "x", "%"],
            [None, 3, 4, "x", "%"],
            ["Hidden", 5, 6, "x", "%"],
            [],
            ["Women", 7, 8, "x", "%"],
            arrange=arrange,
        )
    )
    assert sheet.rows == [
        ["Who", "Value", "", "", "Unit"],
        ["Men", 1, 2, "", "%"],
        ["Men", 3, 4, "", "%"],
        [],
        [],
        ["Women", 7, 8, "", "%"],
    ]
    assert [one.split()[0] for one in sheet.remarks] == ["Some", "1", "Hidden"]


def test_sheets_that_are_hidden_or_empty_are_not_offered():
    def hide(sheet):
        sheet.sheet_state = "hidden"

    found = read_sheets(book({"Notes": [["x"]], "Empty": [], "البيانات": [["y"]]}, hide))
    assert [one.name for one in found] == ["البيانات"]
    with pytest.raises(InvalidInput, match="no visible sheet"):
        read_sheets(book({"Empty": [], "Also": []}))


def test_what_a_sheet_says_of_its_size_is_not_believed():
    def lie(data):
        return data.replace(b'<dimension ref="A1:B1"', b'<dimension ref="A1:XFD1048576"')

    started = time.monotonic()
    assert rows(changed(xlsx(["a", "b"]), {"sheet1.xml": lie})) == [["a", "b"]]

    def far(data):
        return data.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="str">'
                                             b"<v>x</v></c></row></sheetData>")  # fmt: skip

    sheet = read(changed(xlsx(["a", "b"]), {"sheet1.xml": far}))
    assert sheet.rows == [["a", "b"]]
    assert f"first {MOST_ROWS} rows" in sheet.remarks[0]
    assert time.monotonic() - started < 5


@pytest.mark.repeats
def test_rows_and_columns_have_a_limit():
    sheet = read(xlsx(*[["x"] * (MOST_COLUMNS + 5)] * (MOST_ROWS + 5)))
    assert (len(sheet.rows), len(sheet.rows[0])) == (MOST_ROWS, MOST_COLUMNS)
    assert f"first {MOST_ROWS} rows" in sheet.remarks[0]


def test_macros_and_links_to_other_files_are_not_looked_at():
    external = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    content = changed(
        xlsx(["a", "=[1]Sheet1!A1"]),
        {
            "xl/vbaProject.bin": lambda _data: b"\xd0\xcf\x11\xe0 macro",
            "xl/externalLinks/externalLink1.xml": lambda _data: external,
        },
    )
    assert rows(content) == [["a", NO_RESULT]]


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'


def hostile(data):
    return ENTITIES + data.partition(b"?>")[2] if data.startswith(b"<?xml") else ENTITIES + data


def far_hostile(data):
    """A document type behind a comment that is longer than anybody would look."""
    return b"<!--" + b"x" * 100_000 + b"-->" + hostile(data).partition(b"?>")[2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"", "empty"),
        (lambda: b"  \r\n ", "empty"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "older Excel"),
        (lambda: b"MZ\x90\x00\x03\x00\x00\x00\x04" + bytes(range(256)), "not a table"),
        (lambda: b"%PDF-1.7\n\x00\x01\x02", "not a table"),
        (lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a table"),
        (lambda: xlsx(["a", "b"])[:-200], "damaged"),
        (lambda: b"PK\x03\x04" + b"nonsense" * 20, "damaged"),
        (lambda: changed(xlsx(["a"]), {"sheet1.xml": lambda d: d[: len(d) // 2]}), "damaged"),
        (lambda: changed(xlsx(["a"]), {"workbook.xml": lambda _d: b"<x/>"}), "damaged|no visible"),
        (lambda: changed(xlsx(["a"]), {"sheet1.xml": hostile}), "damaged"),
        (lambda: changed(xlsx(["a"]), {"sheet1.xml": far_hostile}), "damaged"),
        (lambda: changed(xlsx(["a"]), {"sheet1.xml": lambda d: d.decode().encode("utf-16")}),
         "damaged"),
        (lambda: changed(xlsx(["a"]), {"xl/workbook.bin": lambda _d: b"x"}), "not an .xlsx"),
        (lambda: bomb(29), "more than a table"),
        (lambda: bomb(31), "more than a table"),
        (lambda: changed(xlsx(["a"]), {f"xl/{n}.xml": lambda _d: b"<x/>" for n in range(600)}),
         "more than a table"),
        (lambda: xlsx(*[["word " * 90] * 30] * 40), "more than a table"),
        (lambda: b"a;b\n" * (MOST_BYTES // 4 + 1), "larger than 5 MB"),
        (lambda: b'a;b\n"' + b"x" * 140_000, "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_way_on(content, said):
    started = time.monotonic()
    with pytest.raises(InvalidInput, match=said):
        read_sheets(content())
    assert time.monotonic() - started < 8


# Text with separators


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", "Économie – السكان"),
        ("utf-8-sig", "Économie – السكان"),
        ("utf-16", "Économie – السكان"),
        ("cp1252", "Économie – œuvre, naïve"),
        ("cp1256", "السكان المقيمون"),
    ],
)
def test_text_is_read_in_any_encoding_with_any_separator(separator, encoding, words):
    lines = [["Name", "1 234,5", "x"], [words, "\u202f12", 'say "so"'], ["", "", ""], ["b", "1"]]
    text = "\r\n".join(separator.join(f'"{one}"'.replace('""', '"') if separator in one else one
                                      for one in line) for line in lines)  # fmt: skip
    text = text.replace("\u202f", "\u00a0" if encoding.startswith("cp") else "\u202f")
    sheet = read(text.encode(encoding))
    assert sheet.rows == [lines[0], [words, "12", 'say "so"'], [], ["b", "1"]]
    assert bool(sheet.remarks) == encoding.startswith("cp")


def test_the_separator_is_the_one_that_makes_even_rows():
    assert separator_of("a;b\n1,5;2,5\n3;4,0") == ";"
    assert separator_of("a,b\n1;5,2\n3,4") == ","
    assert separator_of("alone") == ";"


def test_sources_are_decoded_in_the_same_way():
    arabic = "المرصد الوطني"
    assert text_of_file(arabic.encode("cp1256")) == text_of(arabic.encode("cp1256"))
    assert text_of_file(arabic.encode("cp1256"))[0] == arabic


# Which part is the table


SHEET = Sheet(
    "Data",
    [
        ["Population of the city, 2024"],
        [],
        ["", "What is counted", "Value", "", "Unit"],
        ["", "Men", Decimal("1234.5"), "x", "persons"],
        [],
        ["", "Women", "48.5%", "", "%"],
        ["", "Source: office"],
    ],
)


def known(name):
    return name in HEAD


def test_the_table_is_found_by_the_names_of_its_columns():
    part = find_range(SHEET, known)

    assert str(part) == "B3:E6"
    assert copied(SHEET, part, mark=",") == (
        "\n\nWhat is counted\tValue\tUnit\nMen\t1234,5\tpersons\n\nWomen\t48,5%\t%\n"
    )
    assert unnamed(SHEET, part) == ["D"]
    assert below(SHEET, part) == [7]


def test_a_table_without_known_names_begins_where_cells_stand_side_by_side():
    assert str(find_range(SHEET, lambda _name: False)) == "B3:E6"
    assert str(find_range(Sheet("", [["alone"]]), known)) == "A1:A1"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("B4:G30", Range(4, 2, 30, 7)),
        (" $g$30 : $b$4 ", Range(4, 2, 30, 7)),
        ("A\u0661:B\u0662", Range(1, 1, 2, 2)),
    ],
)
def test_a_range_is_read_as_it_is_written(text, part):
    assert range_of(text) == part


@pytest.mark.parametrize("text", ["", "B4", "4:6", "A0:B2", "A1:ZZ9", "A1:B9999", "A1:B2:C3", "x"])
def test_what_is_no_range_is_none(text):
    with pytest.raises(ValueError, match=re.escape(text) or "^$"):
        range_of(text)


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234", "1,234"], ""),
        (["1234.5"], "."),
        (["1 234,5", "12"], ","),
        (["1.234.567,89"], ","),
        (["1,234,567.891"], "."),
        (["12.5 %"], "."),
        (["1.5", "1,5"], ""),
        ([Decimal("1.5"), "words, 1.5", "48.5%"], ""),
    ],
)
def test_the_decimal_mark_is_found_where_it_is_sure(cells, mark):
    assert mark_in(Sheet("", [[one] for one in cells]), Range(1, 1, 9, 1)) == mark


def test_a_range_beyond_the_sheet_is_empty():
    assert copied(SHEET, Range(40, 1, 50, 3), mark=".").strip() == ""


# To and fro with the form


def test_sheets_travel_with_the_form_unchanged():
    several = [SHEET, Sheet("ثانية", [["a", Decimal("1E+15"), Decimal("-0.5")]], ["Remark."])]
    assert unpacked(packed(several)) == several


@pytest.mark.parametrize(
    "text",
    ["", "x", "{}", "[1]", '[["a",[],[1]]]', '[["a",[],[[["x"]]]]]', "[" * 100_000, '[["a"]]'],
)
def test_anything_else_is_no_file(text):
    assert unpacked(text) == []


def test_a_number_that_is_none_does_not_come_back():
    assert unpacked('[["a",[],[[["NaN"],["Infinity"],[]]]]]')[0].rows == [["", "", 0]]
