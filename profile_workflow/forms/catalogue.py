"""What of the catalogue of published profiles is wanted; all of it stands in the address."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.filters import FilterForm, WordsField
from profile_workflow.languages import own_name


class CatalogueForm(FilterForm):
    """Words, country, edition, language and topic; what cannot be read leaves nothing out."""

    q = WordsField(
        label=_("Words in the text"),
        required=False,
        widget=forms.SearchInput(attrs={"dir": "auto"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    year = forms.TypedChoiceField(label=_("Edition"), required=False, coerce=int, empty_value=None)
    language = forms.ChoiceField(label=_("Language"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(
        self,
        *args: Any,
        countries: Iterable[tuple[str, str]],
        years: Iterable[int],
        languages: Iterable[str],
        topics: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "country": [("", _("All countries")), *countries],
            "year": [("", _("All editions")), *((str(one), str(one)) for one in years)],
            "language": [("", _("All languages")), *((one, own_name(one)) for one in languages)],
            "topic": [("", _("All topics")), *((one, one) for one in topics)],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """Return what is wanted, as far as the address can be read."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
