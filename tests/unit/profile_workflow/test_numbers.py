"""Numbers as people write them, in every language of the pages."""

import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from profile_workflow.forms.numbers import NumberField, read_number, show_number

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1234.5", ".", "1234.5"),
        ("1,234.5", ".", "1234.5"),
        ("1 234,5", ",", "1234.5"),
        ("1\u202f234\u202f567", ",", "1234567"),
        ("1.234,5", ",", "1234.5"),
        ("1'234", ".", "1234"),
        ("\u2212 3".replace(" ", ""), ".", "-3"),
        ("\u0661\u066c\u0662\u0663\u0664\u066b\u0665", ",", "1234.5"),
        ("\u0662\u0660\u0662\u0664", ".", "2024"),
        ("0", ".", "0"),
    ],
)
def test_it_reads_what_people_write(text, mark, value):
    assert read_number(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "mark"),
    [("1,23", "."), ("1.23.4", "."), ("12 34", "."), ("about 5", "."), ("", "."), ("1e5", "."),
     ("NaN", "."), ("5 %", ","), ("1,2,3", ","), ("--1", ".")],
)  # fmt: skip
def test_it_guesses_nothing(text, mark):
    with pytest.raises(ValueError, match=f"^.*{re.escape(text)}.*$"):
        read_number(text, mark)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_what_stands_in_a_field_is_read_back(language):
    with translation.override(language):
        for number in ("1234.5000", "1000.0000", "-0.2500", "0.0000", "1E+3"):
            shown = NumberField().prepare_value(Decimal(number))
            assert NumberField().clean(shown) == Decimal(number)


def test_a_field_says_how_a_number_is_written():
    with translation.override("fr"), pytest.raises(ValidationError, match="1234,5"):
        NumberField().clean("beaucoup")
    assert NumberField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        NumberField().clean("1.23456")


def test_the_same_number_written_otherwise_is_no_change():
    field = NumberField(required=False)
    assert not field.has_changed(Decimal("1000.0000"), "1,000")
    assert field.has_changed(Decimal("1000.0000"), "1,001")
    assert field.has_changed(Decimal("1000.0000"), "many")
    assert show_number(Decimal("12.5000")) == "12.5"
