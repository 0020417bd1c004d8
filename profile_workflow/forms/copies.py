"""The form with which a former text of a section is put back."""

from django import forms


class RestoreForm(forms.Form):
    """Which version of the working text was seen by whoever wants another one in its place."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
