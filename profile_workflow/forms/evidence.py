"""Forms of the register: territories, definitions, acronyms, sources, tables and challenges."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.bibliography.identifiers import apart, clean_doi
from profile_workflow.forms.entries import CodedForm, EntryForm, placed_key
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataTable,
    Source,
    Territory,
    WorkingDefinition,
)

_CODE_HELP = gettext_lazy(
    "A short name in Latin letters, for pasting tables. Left empty, it is made for you."
)


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
