"""The two forms with which something is compared with what was published."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.hashing import MOST_BYTES, HashedFile

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
#: What people copy along: blanks, colons, the name of the method.
_AROUND = re.compile(r"sha-?256|[\s:=\u200e\u200f\u202a-\u202e\u2066-\u2069-]", re.IGNORECASE)


class FileToCheckForm(StyledForm):
    """A file of whatever kind, of which the fingerprint is taken and the seal is read."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_(
            "As you got it: a PDF, a Word document, an e-book or data. It is compared and "
            "forgotten: nothing of it is kept."
        ),
        error_messages={"empty": _("This file is empty.")},
    )

    def clean_file(self) -> HashedFile:
        """Refuse what cannot be a published file.

        Raises:
            ValidationError: If it is too large.
        """
        file: Any = self.cleaned_data["file"]
        if not isinstance(file, HashedFile) or file.size is None or file.size > MOST_BYTES:
            raise ValidationError(
                _("The file is larger than %(most)s; no profile is."),
                params={"most": filesizeformat(MOST_BYTES)},
                code="too_large",
            )
        return file


class FingerprintForm(StyledForm):
    """A fingerprint, as it is printed or copied."""

    code = forms.CharField(
        label=_("Fingerprint (SHA-256)"),
        max_length=200,
        help_text=_(
            "64 letters a to f and digits, as the imprint and the validation record print them. "
            "Blanks and capitals do not matter."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )

    def clean_code(self) -> str:
        """Return the fingerprint in small letters without anything between them.

        Raises:
            ValidationError: If it is none.
        """
        found = _AROUND.sub("", str(self.cleaned_data["code"])).lower()
        if not _FINGERPRINT.fullmatch(found):
            raise ValidationError(
                _("This is no fingerprint: it has 64 letters a to f and digits."), code="no_hash"
            )
        return found
