"""A text with what is said beside it: quoted words marked, all in the order of the text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profile_workflow import annotations
from profile_workflow.anchors import Place, Quote, Text, find, quote_at
from profile_workflow.models import Comment, Note
from profile_workflow.web.reading import ReadingText
from profile_workflow.web.redline import Redline, redline

#: Characters of a paragraph by which a link names it.
_MOST_NAMING = 60

#: Place in a list: lost words first, then what is about the whole, then in the order of the text,
#: and last what is done with and found no more.
_LOST, _WHOLE, _PLACED, _PAST = range(4)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands beside the text.

    Attributes:
        order: What to sort by.
        is_lost: Whether its words are quoted but no longer found.
        mark: Id of the mark in the text; empty if there is none.
    """

    order: tuple[int, ...]
    is_lost: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """A text, and where everything stands that is said beside it."""

    text: ReadingText | None = None
    blocks: Text = field(default_factory=lambda: Text([]))
    spots: dict[str, Spot] = field(default_factory=dict)

    def spot_of(self, said: Comment | Note) -> Spot:
        """Return where a comment or note stands."""
        return self.spots[said.entry_name]

    def block(self, name: str) -> Quote | None:
        """Return a whole paragraph as a quote, or None if there is none of that id."""
        number = self.blocks.numbers.get(name)
        if number is None:
            return None
        block = self.blocks.blocks[number]
        return quote_at(block, 0, len(block.text))


def beside(
    text: ReadingText | None, said: Sequence[Comment | Note], *, comment_at: str, marks: bool = True
) -> Beside:
    """Return a text with the words marked that comments and notes are about.

    Args:
        text: The rendered text; None if there is none.
        said: Comments and notes.
        comment_at: Address at which one comments on a paragraph, but for the id of that; empty if
            another text is commented on than this one.
        marks: Whether the text is shown as it is, so that marks and links can be set into it.
    """
    if text is None:
        return Beside(spots={one.entry_name: _spot(one, None, marked=False) for one in said})
    blocks = annotations.read(text.html)
    places = {one.entry_name: _place(one, blocks) for one in said}
    spots = {one.entry_name: _spot(one, places[one.entry_name], marked=marks) for one in said}
    if not marks:
        return Beside(text, blocks, spots)
    put = [
        annotations.Mark(place, one.entry_name, _label(one), _title(one))
        for one in said
        if (place := places[one.entry_name]) is not None and not one.is_closed
    ]
    tools = _tools(blocks, put, comment_at)
    html = annotations.annotated(text.html, put, tools=tools)
    return Beside(replace(text, html=html), blocks, spots)


def _place(said: Comment | Note, blocks: Text) -> Place | None:
    return next((place for one in said.anchors if (place := find(one, blocks))), None)


def _spot(said: Comment | Note, place: Place | None, *, marked: bool) -> Spot:
    if place is not None:
        mark = f"quote-{said.entry_name}" if marked and not said.is_closed else ""
        return Spot((_PLACED, place.number, place.start), mark=mark)
    if said.is_closed:
        return Spot((_PAST,))
    return Spot((_LOST,), is_lost=True) if said.quote else Spot((_WHOLE,))


def _label(said: Comment | Note) -> str:
    return "✎" if isinstance(said, Note) else str(said.pk)


def _title(said: Comment | Note) -> str:
    if isinstance(said, Note):
        return _("Your note on these words")
    return _("Comment %(number)s on these words") % {"number": said.pk}


def _tools(
    blocks: Text, marks: Iterable[annotations.Mark], comment_at: str
) -> dict[int, SafeString]:
    """Return what stands beside each paragraph: how many comment on it, and a link to do so."""
    several: dict[int, list[str]] = {}
    for mark in sorted(marks, key=lambda one: one.place.start):
        several.setdefault(mark.place.number, []).append(mark.name)
    return {
        number: _tool(block.id, block.text, several.get(number, []), comment_at)
        for number, block in enumerate(blocks.blocks)
        if block.text and (comment_at or number in several)
    }


def _tool(block: str, words: str, names: Sequence[str], comment_at: str) -> SafeString:
    add = count = SafeString("")
    if comment_at:
        naming = Truncator(words).chars(_MOST_NAMING)
        add = format_html(
            '<a class="here-add" href="{}{}#new" data-block="{}" aria-label="{}">+</a>',
            *(comment_at, block, block, _("Comment on “%(words)s”") % {"words": naming}),
        )
    if names:
        told = ngettext("%(number)s comment here", "%(number)s comments here", len(names))
        count = format_html(
            '<a class="here-count" href="#{}" aria-label="{}">{}</a>',
            *(names[0], told % {"number": len(names)}, len(names)),
        )
    return format_html('<div class="here no-print">{}{}</div>', add, count)


def suggested_change(comment: Comment) -> Redline | None:
    """Return what a suggestion changes, with a little of what stands around it."""
    if not comment.replaces:
        return None
    before, after = comment.quote_before, comment.quote_after
    pair = (
        format_html('<p dir="auto">{}{}{}</p>', before, words, after)
        for words in (comment.quote, comment.replacement)
    )
    return redline(*pair)
