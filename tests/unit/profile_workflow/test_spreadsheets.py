"""Tables as files: what is written can be read again, and nothing in it is a formula."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from profile_workflow.web.spreadsheets import csv_response, xlsx_response

pytestmark = pytest.mark.unit

HEADER = ["City", "Number", "When"]
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def _csv(rows):
    response = csv_response("board", HEADER, rows)
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


def _xlsx(rows):
    response = xlsx_response("board", HEADER, rows)
    sheet = load_workbook(BytesIO(response.content)).active
    return [list(row) for row in sheet.iter_rows()]


def test_csv_can_be_read_again():
    rows = [["تونس", 3, AT], ['a "quote", a comma\nand a line', None, date(2026, 3, 1)]]
    assert _csv(rows) == [
        HEADER,
        ["تونس", "3", "2026-03-01 12:30"],
        ['a "quote", a comma\nand a line', "", "2026-03-01"],
    ]


def test_csv_says_its_encoding_and_name():
    response = csv_response("tunis 2026", HEADER, [])
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response["Content-Disposition"] == 'attachment; filename="tunis 2026.csv"'


def test_xlsx_keeps_numbers_and_times():
    read = _xlsx([["Sfax", Decimal("2.5"), AT]])
    assert [cell.value for cell in read[1]] == ["Sfax", 2.5, AT.replace(tzinfo=None)]
    assert [cell.font.b for cell in read[0]] == [True, True, True]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", "\uff201"]
)
def test_a_text_is_never_a_formula(text):
    assert _csv([[text, -1, AT]])[1][:2] == [f"'{text}", "-1"]
    cell = _xlsx([[text, -1, AT]])[1][0]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_xlsx_bears_control_characters_and_long_texts():
    read = _xlsx([["a\x00b\x0bc", 1, AT], ["x" * 40_000, 1, AT]])
    assert read[1][0].value == "abc"
    assert len(read[2][0].value) == 32_767


def test_xlsx_bears_a_name_that_no_sheet_can_have():
    response = xlsx_response("a/b:c" * 10, HEADER, [])
    assert load_workbook(BytesIO(response.content)).sheetnames == [("a-b-c" * 10)[:31]]
