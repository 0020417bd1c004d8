"""Forms of the register: one for each kind of entry, with its fields in words."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.bibliography.identifiers import apart, clean_doi
from profile_workflow.errors import InvalidInput
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.numbers import NumberField
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    DataTable,
    Picture,
    PictureFile,
    Profile,
    Source,
    Territory,
    WorkingDefinition,
)
from profile_workflow.pictures.pixels import Pixels, read_picture

#: Longest text that a link may propose, in characters.
_LONGEST = 200
_PLACED_KEY = re.compile(r"[\w.-]{1,20}")


def placed_key(key: str) -> str:
    """Return a key, if the text can place something by it."""
    if not _PLACED_KEY.fullmatch(key):
        raise ValidationError(_("Use letters, digits, points and hyphens only, e.g. 4-A."))
    return key


class EntryForm(MarkedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The fields of one entry.

    Whether it may be stored is said by the service; the form checks what a person can mend.
    """

    #: Field that may occur only once in a profile.
    once: ClassVar[str] = ""
    #: Fields that a link to the form may fill.
    proposable: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile

    @classmethod
    def proposed(cls, given: Mapping[str, Any]) -> dict[str, str]:
        """Return what a link proposes for the fields, to be looked at before it is stored."""
        return {name: str(given[name])[:_LONGEST] for name in cls.proposable if name in given}

    @classmethod
    def of_kind(cls) -> type[models.Model]:
        """Return what is entered with it."""
        kind: type[models.Model] = cls._meta.model
        return kind

    def clean(self) -> dict[str, Any]:
        """Refuse what occurs already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        value = cleaned.get(self.once) if self.once else None
        other = self._others().filter(**{self.once: value}).first() if value else None
        if other is not None and not self._is_sent_again(other):
            self.add_error(self.once, _("“%(value)s” is taken already.") % {"value": value})
        return cleaned

    def _is_sent_again(self, other: models.Model) -> bool:
        """Whether a click before this one has added what is sent; the service says so."""
        return not self.instance.pk and not self.errors and not self.differences(other)

    def _others(self) -> "models.QuerySet[Any]":
        model = type(self.instance)
        found = model._default_manager.filter(profile=self.profile)  # noqa: SLF001 - Django's own API
        others: models.QuerySet[Any] = found.exclude(pk=self.instance.pk)
        return others

    def _post_clean(self) -> None:
        """Leave the instance as it was read; the service fills and checks it under its lock."""


class CodedForm(EntryForm):
    """An entry with a code that is made of its name where none is given."""

    once = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False


_CODE_HELP = gettext_lazy(
    "A short name in Latin letters, for pasting tables. Left empty, it is made for you."
)
_PAGE_HELP = gettext_lazy("Where in the source it stands, e.g. 12 or 34–36.")


class TerritoryForm(CodedForm):
    """A boundary in which figures are drawn."""

    class Meta:
        model = Territory
        fields = ("name", "kind", "is_city", "code", "note")
        labels = {"is_city": gettext_lazy("This is what the profile calls “the city”")}
        help_texts = {
            "name": gettext_lazy("As tables and maps are to name it."),
            "kind": gettext_lazy("Which boundary it is; figures of different ones do not compare."),
            "code": _CODE_HELP,
            "is_city": gettext_lazy("One territory is. If another one was, the mark moves here."),
            "note": gettext_lazy("What the boundary leaves out, or why this one was chosen."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class DefinitionForm(CodedForm):
    """What the profile means by a word that counts people."""

    class Meta:
        model = WorkingDefinition
        fields = ("term", "text", "origin", "code")
        help_texts = {
            "term": gettext_lazy("As figures and text use it, e.g. “foreign-born residents”."),
            "text": gettext_lazy("Who is counted, and who is not."),
            "code": _CODE_HELP,
            "origin": gettext_lazy("Whose definition it is, e.g. the statistical office."),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}


class AcronymForm(EntryForm):
    """An acronym with its long form."""

    once = "short"
    proposable = ("short", "long")

    class Meta:
        model = Acronym
        fields = ("short", "long")
        help_texts = {
            "short": gettext_lazy("As the text uses it, e.g. IOM."),
            "long": gettext_lazy("Written out, in the language of the text."),
        }


class SourceForm(EntryForm):
    """An entry of the bibliography."""

    once = "key"

    doi = forms.CharField(
        label=gettext_lazy("DOI"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("E.g. 10.1000/182, also as an address of doi.org."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    url = forms.URLField(
        label=gettext_lazy("Address on the web"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("Where it can be read; a DOI makes it needless."),
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )

    class Meta:
        model = Source
        fields = (
            "kind",
            "authors",
            "year",
            "title",
            "container",
            "volume",
            "pages",
            "publisher",
            "language",
            "doi",
            "url",
            "accessed_on",
            "note",
            "key",
        )
        help_texts = {
            "kind": gettext_lazy("It decides how the bibliography prints the source."),
            "title": gettext_lazy("In its own language, as on the title page."),
            "pages": gettext_lazy("Of an article or a chapter, e.g. 12–34."),
            "publisher": gettext_lazy("Who published it; of a thesis, the university."),
            "note": gettext_lazy("For those who work on this profile, e.g. where the copy is."),
            "authors": gettext_lazy(
                "Bodies as they call themselves, persons as “Family, Given”; several apart by "
                "semicolons."
            ),
            "year": gettext_lazy("Year of publication; empty if there is none."),
            "container": gettext_lazy("The journal of an article, the book of a chapter."),
            "volume": gettext_lazy("E.g. 12(3)."),
            "language": gettext_lazy("Code of the language it is written in, e.g. fr."),
            "accessed_on": gettext_lazy("The day on which you opened the address."),
            "key": gettext_lazy(
                "The text cites the source by it: [@key]. Left empty, it is made of author and "
                "year."
            ),
        }
        widgets = {
            "note": forms.Textarea(attrs={"rows": 3}),
            "accessed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False

    def clean_doi(self) -> str:
        """Return the DOI bare, e.g. ``10.1000/182``."""
        try:
            return clean_doi(self.cleaned_data["doi"])
        except ValueError:
            raise ValidationError(
                _("This is no DOI. It begins with 10., e.g. 10.1000/182.")
            ) from None

    def clean(self) -> dict[str, Any]:
        """Take the DOI out of its address."""
        given = self.cleaned_data
        if not self.errors:
            given["doi"], given["url"] = apart(given["doi"], given["url"])
        return super().clean()


class TableForm(EntryForm):
    """A table of figures."""

    once = "key"

    class Meta:
        model = DataTable
        fields = ("section", "key", "title", "note")
        labels = {"section": gettext_lazy("Section")}
        help_texts = {
            "section": gettext_lazy("Where the text speaks of it; it is frozen with that section."),
            "key": gettext_lazy(
                "The text places the table by it: [[table:4-A]]. Left empty, the next one of the "
                "section is taken."
            ),
            "title": gettext_lazy("Printed above the table, with place and year."),
            "note": gettext_lazy("Printed under the table."),
        }
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False
        sections = self.profile.sections.select_related("template_section").order_by("position")
        cast("Any", self.fields["section"]).queryset = sections

    def clean_key(self) -> str:
        """Return the key, if the text can place a table by it."""
        key = str(self.cleaned_data["key"])
        return placed_key(key) if key else ""


class PictureForm(EntryForm):
    """A picture: its file, and the words without which it is not printed.

    Attributes:
        pixels: What was sent and can be taken; None if no file was sent.
    """

    once = "key"
    field_order = ("base", "kept", "file", "alt", "caption", "source", "page", "credit")
    pixels: Pixels | None = None

    #: Hash of a file that was sent before, with a form that had to be sent again.
    kept = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    file = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG or WebP of at most 15 MB. Where and when it was taken is removed from it. "
            "People who can be recognised must have agreed to be shown."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Picture
        fields = ("alt", "caption", "source", "page", "credit", "licence", "key")
        labels = {"alt": gettext_lazy("What it shows"), "source": gettext_lazy("Source")}
        help_texts = {
            "alt": gettext_lazy(
                "For people who do not see it: what would you say on the telephone? Of a map or a "
                "diagram, what follows from it."
            ),
            "caption": gettext_lazy("Printed with it, after “Figure” and its number."),
            "source": gettext_lazy("The work that it is taken from, if it is one of the sources."),
            "page": _PAGE_HELP,
            "credit": gettext_lazy(
                "Photographer or author, e.g. “Photo: Leila Ben Salah”. Needed if no source is "
                "chosen."
            ),
            "licence": gettext_lazy("E.g. CC BY 4.0, or “printed with permission”."),
            "key": gettext_lazy(
                "The text places the picture by it: [[image:p1]]. Left empty, the next one is "
                "taken."
            ),
        }
        widgets = {"alt": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].required = False
        for name in ("alt", "caption"):
            self.fields[name].required = True
        sources = self.profile.sources.order_by("authors", "year")
        cast("Any", self.fields["source"]).queryset = sources
        cast("Any", self.fields["file"]).is_needed = not self.instance.pk
        if self.instance.pk:
            self.fields["file"].label = _("Another picture in its place")

    @property
    def entered(self) -> dict[str, Any]:
        """What the service is to store."""
        return {name: value for name, value in super().entered.items() if name != "kept"}

    def clean_file(self) -> Pixels | PictureFile:
        """Return what was sent, drawn anew, or the file that is there already."""
        sent = self.cleaned_data["file"]
        if not sent:
            return self._file_there()
        try:
            self.pixels = read_picture(sent)
        except InvalidInput as error:
            raise ValidationError(str(error)) from None
        return self.pixels

    def _file_there(self) -> PictureFile:
        kept = self.cleaned_data.get("kept")
        found = self.profile.picture_files.filter(sha256=kept).first() if kept else None
        if found is None and self.instance.pk:
            found = self.instance.file
        if found is None:
            raise ValidationError(_("Choose a picture."), code="required")
        return found

    def remember(self, file: PictureFile) -> None:
        """Let the form be sent again without the file, which is kept."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent[self.add_prefix("kept")] = file.sha256
        self.data = sent
        self["file"].help_text = _(
            "The picture that you chose is kept. Choose a file only to take another one."
        )

    def clean_key(self) -> str:
        """Return the key, if the text can place a picture by it."""
        key = str(self.cleaned_data["key"])
        return placed_key(key) if key else ""

    def clean(self) -> dict[str, Any]:
        """Ask for whose picture it is."""
        cleaned = super().clean()
        if not cleaned.get("source") and not cleaned.get("credit") and "source" not in self.errors:
            self.add_error("credit", _("Choose a source, or say who made the picture."))
        return cleaned


class FigureFields(EntryForm):
    """What a figure says, without what it rests on."""

    value = NumberField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("One number; a range goes into the next two fields."),
        required=False,
    )
    value_low = NumberField(
        label=gettext_lazy("Lowest value"),
        help_text=gettext_lazy("Where only a range is known, or sources differ."),
        required=False,
    )
    value_high = NumberField(
        label=gettext_lazy("Highest value"),
        help_text=gettext_lazy("The other end of the range."),
        required=False,
    )
    women = NumberField(
        label=gettext_lazy("Women"),
        help_text=gettext_lazy("Of the value, as the source counts them."),
        required=False,
    )
    men = NumberField(
        label=gettext_lazy("Men"),
        help_text=gettext_lazy("Of the value, as the source counts them."),
        required=False,
    )
    numerator = NumberField(
        label=gettext_lazy("Numerator"),
        help_text=gettext_lazy("Of a share: what was divided."),
        required=False,
    )
    denominator = NumberField(
        label=gettext_lazy("Denominator"),
        help_text=gettext_lazy("Of a share: what it was divided by."),
        required=False,
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        help_text=gettext_lazy("The year that the figure is for, with four digits."),
        required=False,
        localize=False,
    )

    class Meta:
        model = DataItem
        fields: tuple[str, ...] = (
            "label",
            "value",
            "unit",
            "value_low",
            "value_high",
            "text",
            "year",
            "period",
            "page",
            "women",
            "men",
            "numerator",
            "denominator",
            "indicator",
            "method",
            "quality",
            "remark",
        )
        labels: ClassVar[dict[str, Any]] = {"label": gettext_lazy("What is counted")}
        help_texts: ClassVar[dict[str, Any]] = {
            "page": _PAGE_HELP,
            "method": gettext_lazy("How the source came to it."),
            "quality": gettext_lazy("Who stands behind it; the text can rest on it accordingly."),
            "remark": gettext_lazy("E.g. which of two counts was taken, or who was asked in vain."),
            "label": gettext_lazy("In words, as the row of the table is to say it."),
            "unit": gettext_lazy("E.g. persons, %, households."),
            "text": gettext_lazy("Where no number says it, e.g. “yes, since 2019”."),
            "period": gettext_lazy("Where the year is not enough, e.g. 1 January 2024."),
            "indicator": gettext_lazy("Code of the indicator catalogue, e.g. P01."),
        }
        widgets = {"remark": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].widget.attrs.update({"min": 1800, "max": 2200})

    def clean_year(self) -> int | None:
        """Return the year, if it is one."""
        year: int | None = self.cleaned_data["year"]
        if year is not None and not 1800 <= year <= 2200:
            raise ValidationError(_("Give a year with four digits, e.g. 2024."))
        return year

    def clean(self) -> dict[str, Any]:
        """Check that a range has two ends, in order, and that a figure says one thing."""
        cleaned = super().clean()
        low, high = cleaned.get("value_low"), cleaned.get("value_high")
        if (low is None) != (high is None) and not self.errors:
            self.add_error("value_high", _("A range has a lowest and a highest value."))
        if low is not None and high is not None and high < low:
            self.add_error("value_high", _("The highest value is below the lowest."))
        if cleaned.get("value") is not None and low is not None:
            self.add_error("value", _("Give a value or a range, not both."))
        return cleaned


class FigureForm(FigureFields):
    """A figure with all that makes it one: source, year, territory, definition."""

    field_order = ("label", "value", "unit", "year", "territory", "definition", "source", "page")

    class Meta(FigureFields.Meta):
        fields = (*FigureFields.Meta.fields, "territory", "definition", "source")
        labels: ClassVar[dict[str, Any]] = {
            **FigureFields.Meta.labels,
            "territory": gettext_lazy("Territory"),
            "definition": gettext_lazy("Definition"),
            "source": gettext_lazy("Source"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            **FigureFields.Meta.help_texts,
            "territory": gettext_lazy("The boundary in which it was counted."),
            "definition": gettext_lazy("Whom it counts."),
            "source": gettext_lazy("Where the figure is found."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("territory", self.profile.territories.order_by("name")),
            ("definition", self.profile.definitions.order_by("term")),
            ("source", self.profile.sources.order_by("authors", "year")),
        ):
            cast("Any", self.fields[name]).queryset = rows


class ChallengeForm(EntryForm):
    """Something that hinders, with the section and the sources that show it."""

    once = "code"

    class Meta:
        model = Challenge
        fields = ("code", "title", "text", "field", "competence", "section", "sources")
        labels = {"section": gettext_lazy("Section"), "sources": gettext_lazy("Sources")}
        help_texts = {
            "code": gettext_lazy("E.g. C1; left empty, the next one is taken."),
            "title": gettext_lazy("In a line, as the list of challenges prints it."),
            "text": gettext_lazy("What hinders, whom, and since when."),
            "competence": gettext_lazy("Whether the city can act alone, with others, or only ask."),
            "sources": gettext_lazy("What shows it."),
            "field": gettext_lazy("E.g. housing, employment, governance."),
            "section": gettext_lazy("Where the profile shows it."),
        }
        widgets = {
            "text": forms.Textarea(attrs={"rows": 5}),
            "sources": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        sections = self.profile.sections.select_related("template_section").order_by("position")
        cast("Any", self.fields["section"]).queryset = sections
        sources = self.profile.sources.order_by("authors", "year")
        cast("Any", self.fields["sources"]).queryset = sources
