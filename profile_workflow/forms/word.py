"""The three forms with which a Word file is brought in: the file, where it goes, what is taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import TextChoices
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Section
from profile_workflow.word.package import MOST_BYTES


class TextOf(TextChoices):
    """Which text a Word file holds."""

    SUBMITTED = "submitted", gettext_lazy("the text as it was submitted last")
    WORKING = "working", gettext_lazy("the working text")


class DownloadForm(forms.Form):
    """Which text is wanted; anything unreadable is the submitted one."""

    text = forms.ChoiceField(choices=TextOf.choices, required=False)

    @property
    def wants_working(self) -> bool:
        """Whether the working text is wanted."""
        return self.is_valid() and self.cleaned_data["text"] == TextOf.WORKING


class SectionForm(forms.Form):
    """Which section a file is to be brought in for; anything unreadable is none."""

    section = forms.SlugField(required=False)

    @property
    def wanted(self) -> str:
        """Code of the section, or an empty string."""
        return str(self.cleaned_data["section"]) if self.is_valid() else ""


class UploadForm(StyledForm):
    """A Word file, and whether it holds one section or several."""

    file = forms.FileField(
        label=gettext_lazy("Word file"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=gettext_lazy("A “Word document (.docx)” of at most 20 MB, without a password."),
    )
    section = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        required=False,
        help_text=gettext_lazy(
            "If it holds several sections, its headings say which; you can correct that before "
            "anything is written."
        ),
    )

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["section"]
        chosen.choices = [("", _("several sections")), *((one.key, str(one)) for one in sections)]
        chosen.is_needed = True

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large to be read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size = file.size or 0
        if size > MOST_BYTES:
            raise forms.ValidationError(
                _("The file has %(size)s, at most %(most)s are read. Take out the pictures."),
                params={"size": filesizeformat(size), "most": filesizeformat(MOST_BYTES)},
                code="too_large",
            )
        return file


class MappingForm(StyledForm):
    """To which section each part of the file goes."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        parts: Sequence[Mapping[str, Any]],
        sections: Sequence[Section],
    ) -> None:
        super().__init__(data)
        goals = [("", _("leave out")), *((one.key, str(one)) for one in sections)]
        for number, part in enumerate(parts):
            label = part["heading"] or _("Before the first heading")
            field = forms.ChoiceField(
                label=label, required=False, initial=part["key"], choices=goals
            )
            self.add_field(f"part_{number}", field)

    @property
    def keys(self) -> list[str]:
        """The code of a section for each part, empty for those that are left out."""
        return [str(self.cleaned_data[name]) for name in self.fields]


class ChosenForm(StyledForm):
    """Which sections are to be written, and which version of each was compared."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, versions: Mapping[str, tuple[str, int]]
    ) -> None:
        super().__init__(data)
        for key, (label, version) in versions.items():
            take = forms.BooleanField(label=label, required=False, initial=True)
            hidden = forms.HiddenInput()
            compared = forms.IntegerField(
                min_value=0, required=False, initial=version, widget=hidden
            )
            self.add_field(f"take_{key}", take)
            self.add_field(f"version_{key}", compared)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one section."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.wanted:
            raise forms.ValidationError(_("Choose at least one section."), code="none")
        return given

    @property
    def wanted(self) -> dict[str, int]:
        """Code of each chosen section → version that was compared."""
        given = self.cleaned_data
        keys = [name.removeprefix("take_") for name in self.fields if name.startswith("take_")]
        found = {key: given.get(f"version_{key}") for key in keys if given.get(f"take_{key}")}
        return {key: version for key, version in found.items() if version is not None}


class StepForm(forms.Form):
    """Which button was pressed; anything unreadable goes on."""

    step = forms.ChoiceField(choices=[("on", "on"), ("drop", "drop")], required=False)

    @property
    def is_dropped(self) -> bool:
        """Whether all of it is to be thrown away."""
        return self.is_valid() and self.cleaned_data["step"] == "drop"


class ShownForm(forms.Form):
    """Whether only what changes is shown; anything unreadable shows that."""

    view = forms.ChoiceField(
        choices=[("changes", "changes"), ("redline", "redline")], required=False
    )

    @property
    def wanted(self) -> str:
        """How the two texts are shown."""
        return (self.is_valid() and self.cleaned_data["view"]) or "changes"
