"""Asking for a table of figures that comes from a spreadsheet: as a file, or copied."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from profile_workflow.errors import InvalidInput
from profile_workflow.forms.figure_rows import is_column
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.numbers import decimal_mark
from profile_workflow.sheets.ranges import (
    Range,
    below,
    copied,
    find_range,
    mark_in,
    names_known,
    range_of,
    unnamed,
)
from profile_workflow.sheets.reading import read_sheets
from profile_workflow.sheets.shapes import MOST_BYTES, Sheet, packed, unpacked


class PasteForm(MarkedForm):
    """A file or copied cells, which part of the file is the table, and how numbers are written.

    The cells of a file travel with the form, so that another sheet or range can be taken without
    sending the file again; what is stored is always the text that was looked at.

    Attributes:
        remarks: What was left out of the file, in sentences.
    """

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "An Excel workbook (.xlsx) or a CSV file, at most 5 MB. Formulas count with the result "
            "that the file keeps; hidden rows and columns are left out."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.tsv,.txt"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or copied cells"),
        required=False,
        max_length=300_000,
        strip=False,
        help_text=gettext_lazy("With the row of column names on top."),
        widget=forms.Textarea(attrs={"rows": 10, "wrap": "off", "spellcheck": "false"}),
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"),
        help_text=gettext_lazy("How the numbers of the table are written."),
        choices=[(".", gettext_lazy("point: 1,234.5")), (",", gettext_lazy("comma: 1.234,5"))],
    )
    book = forms.CharField(
        required=False, max_length=3_000_000, strip=False, widget=forms.HiddenInput
    )
    step = forms.ChoiceField(
        required=False,
        choices=[("check", "check"), ("store", "store"), ("take", "take")],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decimal"].initial = decimal_mark()
        self.remarks: list[str] = []
        self.sheets = unpacked(self.data.get("book") or "") if self.is_bound else []
        self._offer_parts()

    @property
    def is_to_be_stored(self) -> bool:
        """Whether the figures are to be stored, beyond checking them."""
        return self.is_valid() and self.cleaned_data["step"] == "store" and not self._is_taken

    @property
    def _is_taken(self) -> bool:
        """Whether the text comes from a file now, and nobody has looked at it yet."""
        return bool(self.cleaned_data.get("file")) or self.cleaned_data.get("step") == "take"

    def _offer_parts(self) -> None:
        """Ask for the part of the file that is the table, once there is a file."""
        if not self.sheets:
            return
        if len(self.sheets) > 1:
            names = [(str(number), one.name) for number, one in enumerate(self.sheets)]
            sheet = forms.TypedChoiceField(
                label=gettext_lazy("Sheet"), required=False, coerce=int, choices=names
            )
            self.add_field("sheet", sheet)
        part = forms.CharField(
            label=gettext_lazy("Range"),
            required=False,
            max_length=20,
            help_text=gettext_lazy(
                "E.g. B4:G30, the names of the columns on top. Left empty, it is looked for."
            ),
            widget=forms.TextInput(attrs={"dir": "ltr"}),
        )
        self.add_field("range", part)

    def clean_file(self) -> list[Sheet]:
        """Return the sheets of the file; none if no file was sent."""
        file = self.cleaned_data["file"]
        if not file:
            return []
        if file.size > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than 5 MB. Copy the table into one of its own.")
            )
        try:
            return read_sheets(file.read())
        except InvalidInput as error:
            raise ValidationError(str(error)) from None

    def clean_range(self) -> Range | None:
        """Return the range, if one is given."""
        text = self.cleaned_data["range"].strip()
        try:
            return range_of(text) if text else None
        except ValueError:
            raise ValidationError(
                _("Write the range like this: B4:G30, within column BH and row 1000.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Take the text out of the file, if one was sent or another part of it is wanted."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return given
        if given.get("file"):
            self.sheets = given["file"]
            self._offer_parts()
            scores = [names_known(one, is_column) for one in self.sheets]
            self._take(given, scores.index(max(scores)), None)
        elif given.get("step") == "take" and self.sheets:
            chosen = given.get("sheet") or 0
            self._take(given, chosen, given.get("range"))
        if not given.get("text", "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste cells."))
        return given

    def _take(self, given: dict[str, Any], number: int, wanted: Range | None) -> None:
        """Let the text be a part of a sheet, and show which one."""
        sheet = self.sheets[number]
        part = wanted or find_range(sheet, is_column)
        self._find_mark(given, sheet, part)
        given["text"] = copied(sheet, part, mark=given["decimal"])
        if not given["text"].strip():
            self.add_error("range", _("There is nothing in this range."))
            return
        self.remarks += [*sheet.remarks, *_left_out(sheet, part)]
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent["text"], sent["decimal"] = given["text"], given["decimal"]
        sent["book"], sent["sheet"], sent["range"] = packed(self.sheets), str(number), str(part)
        self.data = sent

    def _find_mark(self, given: dict[str, Any], sheet: Sheet, part: Range) -> None:
        """Take the decimal mark that the file is written with, if it is another one for sure."""
        mark = mark_in(sheet, part)
        if mark and mark != given["decimal"]:
            given["decimal"] = mark
            self.remarks.append(
                _("The numbers of the file are written with “%(mark)s” as decimal mark.")
                % {"mark": mark}
            )


def _left_out(sheet: Sheet, part: Range) -> list[str]:
    """Return what a part leaves out of its sheet, in sentences."""
    said = []
    if columns := unnamed(sheet, part):
        said.append(
            _("Columns without a name were left out: %(columns)s.")
            % {"columns": ", ".join(columns)}
        )
    if rows := below(sheet, part):
        said.append(
            ngettext(
                "%(number)s row below the table was left out, from row %(row)s on.",
                "%(number)s rows below the table were left out, from row %(row)s on.",
                len(rows),
            )
            % {"number": len(rows), "row": rows[0]}
        )
    return said
