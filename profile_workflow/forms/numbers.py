"""Numbers as people write them in English, French and Arabic."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext as _

#: What separates thousands whatever the language: spaces, apostrophes, the Arabic separator.
_GROUPING = "\u0020\u00a0\u202f\u2009'\u2019\u066c"
_ARABIC_MARK = "\u066b"
_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"-?\d{1,3}(?:_\d{3})+(?:\.\d+)?")


def decimal_mark(language: str | None = None) -> str:
    """Return the decimal mark of a language; of that in force, if none is named."""
    return str(get_format("DECIMAL_SEPARATOR", lang=language))


def read_number(text: str, mark: str) -> Decimal:
    """Read a number.

    Args:
        text: What was written: any digits, thousands apart by a space, an apostrophe or the mark
            that is not the decimal one.
        mark: The decimal mark, ``.`` or ``,``.

    Raises:
        ValueError: If it is not a number, or could be read in two ways.
    """
    other = "," if mark == "." else "."
    plain = "".join(_digit(one) for one in text.strip().replace("\u2212", "-"))
    for one in (*_GROUPING, other):
        plain = plain.replace(one, "_")
    plain = plain.replace(mark, ".").replace(_ARABIC_MARK, ".")
    if not (_PLAIN.fullmatch(plain) or _GROUPED.fullmatch(plain)):
        raise ValueError(text)
    return Decimal(plain.replace("_", ""))


def _digit(character: str) -> str:
    """Return a digit of any script as one of ours."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def show_number(value: Decimal) -> str:
    """Return a number as ``read_number`` reads it in the language in force, without grouping."""
    plain = value.normalize()
    places = max(0, -int(plain.as_tuple().exponent))
    return number_format(plain, decimal_pos=places, use_l10n=True, force_grouping=False)


class NumberField(forms.DecimalField):
    """A number written with the decimal mark of the language in force, thousands apart or not."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the number, or None for an empty field.

        Raises:
            ValidationError: If it cannot be read.
        """
        if isinstance(value, Decimal):
            return value
        if value in self.empty_values:
            return None
        try:
            return read_number(str(value), decimal_mark())
        except ValueError:
            example = show_number(Decimal("1234.5"))
            raise ValidationError(
                _("“%(value)s” is not a number. Write it like this: %(example)s."),
                params={"value": value, "example": example},
                code="invalid",
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the field: a stored number in the language in force."""
        return show_number(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another number was written, however it is written."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True
