"""The form of a picture: its file, and the words without which it is not printed."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.errors import InvalidInput
from profile_workflow.forms.entries import PAGE_HELP, EntryForm, placed_key
from profile_workflow.models import Picture, PictureFile
from profile_workflow.pictures.pixels import Pixels, read_picture


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
            "page": PAGE_HELP,
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
