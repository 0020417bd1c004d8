"""Sources from a file or the clipboard: what each one is, and what is to become of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.bibliography.exchange import MOST_BYTES, Reading, text_of_file
from profile_workflow.bibliography.identifiers import Known
from profile_workflow.bibliography.record import Reference
from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Profile, Source, User
from profile_workflow.queries.evidence import Uses
from profile_workflow.services.keeping import refusal_to_change
from profile_workflow.services.sources import Choice, Wanted, content_of, news, problem_with

#: By what two sources are the same → in words.
SAME_BY = {
    "doi": gettext_lazy("same DOI"),
    "url": gettext_lazy("same address"),
    "title": gettext_lazy("same title and year"),
    "key": gettext_lazy("same key"),
}


class ImportForm(MarkedForm):
    """A file or a text with sources."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "BibTeX (.bib), RIS (.ris) or CSL-JSON (.json), at most 1 MB, as Zotero, Mendeley, "
            "EndNote and library catalogues export them."
        ),
        widget=forms.FileInput(attrs={"accept": ".bib,.ris,.json,.txt"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text"),
        help_text=gettext_lazy("As it stands in such a file."),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 10, "wrap": "off", "spellcheck": "false", "dir": "ltr"}
        ),
    )

    #: Whether the letters of the file had to be guessed.
    guessed = False

    def clean_file(self) -> str:
        """Return the text of the file; empty if none was sent."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 1 MB."))
        try:
            text, self.guessed = text_of_file(file.read())
        except ValueError as error:
            raise ValidationError(str(error)) from None
        return text

    def clean(self) -> dict[str, Any]:
        """Take the text of the file; a page that is sent again holds it as text."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        given["text"] = given.get("file") or given.get("text") or ""
        if not given["text"].strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste a text."))
        return given

    def keep_text(self) -> None:
        """Show the text of the file in the field for text, so that it is sent again."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent["text"] = self.cleaned_data["text"]
        self.data = sent


class StepForm(forms.Form):
    """Which of the buttons of an import was pressed; anything unreadable looks only."""

    step = forms.ChoiceField(required=False, choices=[("check", "check"), ("store", "store")])

    @property
    def is_to_be_stored(self) -> bool:
        """Whether the sources are to be stored, beyond looking at them."""
        return self.is_valid() and self.cleaned_data["step"] == "store"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A source that arrives.

    Attributes:
        number: Its place among those that arrive.
        line: The line of the file on which it begins.
        source: What was read.
        existing: The source of the profile that is the same.
        by: By what it is the same, in words.
        repeats: Line of the same source earlier in the file; 0 if there is none.
        changes: Fields in which it says something else or more than the existing one, in words.
        problem: Why it cannot be stored.
        refusal: Why the existing one cannot be changed.
        choices: What may become of it, the first one by itself.
    """

    number: int
    line: int
    source: Reference
    existing: Source | None
    by: str
    repeats: int
    changes: Sequence[str]
    problem: str
    refusal: str
    choices: Sequence[Choice]

    @property
    def name(self) -> str:
        """Name of its field in the form."""
        return f"row-{self.number}"


class _Comparing:
    """Compares what arrives with what a profile has: read once for all of them."""

    def __init__(self, profile: Profile, viewer: User) -> None:
        self._known = Known(profile.sources.order_by("pk"))
        self._seen: Known[_Seen] = Known(())
        self._uses = Uses(profile)
        self._profile, self._viewer = profile, viewer

    def compare(self, number: int, line: int, source: Reference) -> Incoming:
        problem = problem_with(Source(key="x", **content_of(source)))
        same = self._known.same_as(source)
        existing = same.row if same else None
        earlier = self._seen.same_as(Reference("", **content_of(source)))
        self._seen.add(_Seen(line, source))
        fill: dict[str, Any] = {}
        replace: dict[str, Any] = {}
        refusal = ""
        if existing is not None:
            existing.profile = self._profile
            fill = news(existing, source, replace=False)
            replace = news(existing, source, replace=True)
            refused = refusal_to_change(existing, self._viewer, self._uses) if replace else None
            refusal = str(refused) if refused else ""
        offered = _offered(
            is_new=existing is None,
            same_key_only=same is not None and same.by == "key",
            repeats=earlier is not None,
            may_fill=bool(fill) and not refusal,
            may_replace=bool(replace) and not refusal,
        )
        return Incoming(
            number=number,
            line=line,
            source=source,
            existing=existing,
            by=str(SAME_BY[same.by]) if same else "",
            repeats=earlier.row.line if earlier else 0,
            changes=[_label(name) for name in replace],
            problem=problem,
            refusal=refusal,
            choices=[Choice.LEAVE] if problem else offered,
        )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A source that came earlier in the file."""

    line: int
    source: Reference

    def __getattr__(self, name: str) -> Any:
        return getattr(self.source, name)


def _offered(
    *, is_new: bool, same_key_only: bool, repeats: bool, may_fill: bool, may_replace: bool
) -> list[Choice]:
    """Return what may become of a source, the likeliest first."""
    if is_new or same_key_only:
        first = [Choice.LEAVE, Choice.ADD] if repeats else [Choice.ADD, Choice.LEAVE]
    else:
        first = [Choice.FILL, Choice.LEAVE] if may_fill else [Choice.LEAVE]
        first.append(Choice.ADD)
    more = [Choice.FILL] if may_fill and Choice.FILL not in first else []
    return [*first, *more, *([Choice.REPLACE] if may_replace else [])]


def _label(name: str) -> str:
    return capfirst(str(cast("Any", Source._meta.get_field(name)).verbose_name))  # noqa: SLF001 - Django's own API


def incoming(reading: Reading, profile: Profile, viewer: User) -> list[Incoming]:
    """Return what each source that was read is to the profile: new, known, or not to be stored."""
    comparing = _Comparing(profile, viewer)
    return [
        comparing.compare(number, one.line, one.reference)
        for number, one in enumerate(reading.sources)
    ]


class ChoicesForm(StyledForm):
    """What is to become of each source."""

    def __init__(self, *args: Any, rows: Sequence[Incoming], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            field = forms.ChoiceField(
                label=_("What to do with “%(title)s”") % {"title": row.source.title[:80]},
                choices=[(one.value, one.label) for one in row.choices],
                initial=row.choices[0],
            )
            field.widget.attrs.update({"class": "form-select", "aria-label": field.label})
            self.fields[row.name] = field

    def shown(self) -> list[tuple[Incoming, forms.BoundField]]:
        """Return each source with its field."""
        return [(row, self[row.name]) for row in self.rows]

    @property
    def wanted(self) -> list[Wanted]:
        """What the service is to do."""
        return [
            Wanted(
                row.source,
                self.cleaned_data[row.name],
                row.existing.pk if row.existing else None,
            )
            for row in self.rows
        ]


class LibraryForm(FilterForm):
    """Words to search the library for."""

    q = forms.CharField(
        label=gettext_lazy("Author, title or year"),
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"dir": "auto"}),
    )

    @property
    def query(self) -> str:
        """The words; empty if they cannot be read."""
        return str(self.cleaned_data["q"]) if self.is_valid() else ""


class TakeForm(forms.Form):
    """Which sources of the library are to be taken over."""

    source = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, offered: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(pk), str(pk)) for pk in offered]
        cast("forms.TypedMultipleChoiceField", self.fields["source"]).choices = choices

    @property
    def chosen(self) -> list[int]:
        """Ids of the sources; none if they cannot be read."""
        return list(self.cleaned_data["source"]) if self.is_valid() else []
