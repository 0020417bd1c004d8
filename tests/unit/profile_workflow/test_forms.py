"""What every form of the site has in common."""

import pytest
from django import forms
from django.utils import translation

from profile_workflow import languages
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import City

pytestmark = pytest.mark.unit

DASHES = "---------"


class Choosing(StyledForm):
    needed = forms.ChoiceField(choices=[("", DASHES), ("a", "A")])
    free = forms.ChoiceField(choices=[("", DASHES), ("a", "A")], required=False)
    city = forms.ModelChoiceField(City.objects.none(), required=False)
    all = forms.ChoiceField(choices=[("", "All of them"), ("a", "A")])


def test_the_choice_of_nothing_has_a_name():
    form = Choosing()
    first = {name: str(form.fields[name].choices[0][1]) for name in ("needed", "free", "all")}
    assert first == {"needed": "Choose one", "free": "not given", "all": "All of them"}
    assert str(form.fields["city"].empty_label) == "not given"
    assert form.fields["needed"].choices[1:] == [("a", "A")]


def test_languages_call_themselves():
    with translation.override("ar"):
        assert languages.choices(["en", "fr", "ar"]) == [
            ("en", "English"),
            ("fr", "Français"),
            ("ar", "العربيّة"),
        ]
    assert languages.own_name("xx-unknown") == "xx-unknown"
