"""Which part of a Word file is which section: by our own mark, by its number, or by its title."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import IO

from django.utils.translation import gettext as _

from profile_workflow import markup
from profile_workflow.errors import InvalidInput
from profile_workflow.word.blocks import Block, Heading, to_text
from profile_workflow.word.names import BOOKMARK, plain
from profile_workflow.word.package import Patience
from profile_workflow.word.pictures import (
    PlacedPicture,
    Taker,
    placed_in,
    with_words_of_pictures,
)
from profile_workflow.word.reading import WordText, read_word
from profile_workflow.word.words import LeftOut

MARK, NUMBER, TITLE, LIKE, WHOLE, NOTHING = "mark", "number", "title", "like", "whole", ""
#: How much it says about the level of a heading that it was found in this way.
_WEIGHT = {MARK: 100.0, TITLE: 1.0, NUMBER: 1.0, LIKE: 0.5, NOTHING: 0.0}
#: How alike two titles must be to be taken for one, of 1.
LIKENESS = 0.72
_NUMBERED = re.compile(
    r"\s*(?:chapter|chapitre|section|الفصل|القسم)?\s*([\d\u0660-\u0669]{1,2})(?![.\d]*\d)\s*[.):\u2013\u2014-]?\s+"
    r"(?=\S)",
    re.IGNORECASE,
)
#: Most parts that are told apart: each is a field of a form.
MOST_PARTS = 500
_MARKED = re.compile(BOOKMARK + "(.+)_r([0-9]{1,9})_v([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section to which a part may belong: its code, its number, its titles in any language."""

    key: str
    number: str
    titles: Sequence[str]


@dataclass(slots=True)
class Part:
    """A heading of the first level with all that stands beneath it.

    Attributes:
        heading: Its words; empty for what stands before the first.
        key: Code of the section that it seems to be, or an empty string.
        how: ``mark``, ``number``, ``title``, ``like``, ``whole`` or nothing: how that was found.
        version: Version of the working text that the file was made from; None if it is unknown.
        text: The text in the dialect.
        words: Its length.
        left_out: What does not come along.
        pictures: The pictures that the text places.
    """

    heading: str
    key: str = ""
    how: str = NOTHING
    version: int | None = None
    text: str = ""
    words: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    pictures: list[PlacedPicture] = field(default_factory=list)


@dataclass(slots=True)
class _Slice:
    """A part before it is written: from which block to which."""

    start: int
    end: int
    heading: Heading | None


def parts_of(
    file: IO[bytes],
    chapters: Sequence[Chapter],
    *,
    language: str,
    origin: str,
    only: str = "",
    patience: Patience | None = None,
    take: Taker | None = None,
) -> list[Part]:
    """Read a Word file part by part.

    Args:
        file: A ``.docx``, in any state.
        chapters: The sections that are looked for.
        language: Language of the text.
        origin: Short name of the profile; only a file made from it says which version it was.
        only: Code of the only section that the file is meant for. If nothing in the file says
            where that begins, it is the whole file.
        patience: How long it may take, pictures apart.
        take: Takes its pictures; without, they are left out.

    Raises:
        InvalidInput: If it cannot be read; with a sentence on what to do.
    """
    patience = patience or Patience()
    found = read_word(file, patience, take)
    slices, level = _slices(found.blocks, chapters, patience.check)
    parts = [_part(found, one, level, language, patience.check) for one in slices]
    _match(parts, slices, chapters, is_ours=found.origin == origin)
    if only:
        parts = _for_one(parts, only) or [_whole(found, only, language, patience.check)]
    found_parts = [part for part in parts if part.text or part.left_out or part.heading]
    if len(found_parts) > MOST_PARTS:
        said = _(
            "This file falls into %(number)s parts by its headings, at most %(most)s are read. "
            "Bring in one chapter at a time."
        )
        raise InvalidInput(said % {"number": len(found_parts), "most": MOST_PARTS})
    return found_parts


def _for_one(parts: Sequence[Part], only: str) -> list[Part]:
    """Return the parts with all but one section left out; nothing if that is not among them."""
    for part in parts:
        if part.key != only:
            part.key, part.how = "", NOTHING
    return list(parts) if any(part.key for part in parts) else []


def _whole(found: WordText, key: str, language: str, check: Callable[[], None]) -> Part:
    levels = (one.level for one in found.blocks if isinstance(one, Heading))
    whole = _Slice(0, len(found.blocks), None)
    part = _part(found, whole, min(levels, default=1) - 1, language, check)
    part.key, part.how = key, WHOLE
    return part


def _slices(
    blocks: Sequence[Block], chapters: Sequence[Chapter], check: Callable[[], None]
) -> tuple[list[_Slice], int]:
    """Cut the text at the headings of the level at which most sections are found."""
    headings = [(at, one) for at, one in enumerate(blocks) if isinstance(one, Heading)]

    def weight_of(heading: Heading) -> float:
        check()
        return _WEIGHT[_key_of(heading, chapters)[1]]

    def found_at(level: int) -> float:
        return sum(weight_of(one) for _at, one in headings if one.level == level)

    levels = sorted({one.level for _at, one in headings}) or [1]
    level = max(levels[:3], key=lambda one: (found_at(one), -one))
    cuts = [(at, one) for at, one in headings if one.level <= level]
    starts = [(0, None), *cuts] if not cuts or cuts[0][0] else list(cuts)
    ends = [*(at for at, _one in starts[1:]), len(blocks)]
    return [_Slice(at, end, one) for (at, one), end in zip(starts, ends, strict=True)], level


def _part(
    found: WordText, one: _Slice, level: int, language: str, check: Callable[[], None]
) -> Part:
    first = one.start + (one.heading is not None)
    blocks = with_words_of_pictures(found.blocks[first : one.end])
    text = to_text(blocks, above=level, language=language, check=check)
    last = one.end + (one.end == len(found.blocks))
    left_out = [what for at in range(one.start, last) for what in found.left_out.get(at, ())]
    heading = one.heading.words if one.heading else ""
    return Part(
        heading,
        text=text,
        words=markup.word_count(text),
        left_out=left_out,
        pictures=placed_in(blocks),
    )


def _match(
    parts: Sequence[Part], slices: Sequence[_Slice], chapters: Sequence[Chapter], *, is_ours: bool
) -> None:
    """Say of each part which section it seems to be; what is surest comes first."""
    taken: set[str] = set()
    found = [_key_of(one.heading, chapters) for one in slices]
    for how in (MARK, NUMBER, TITLE, LIKE):
        for part, one, (key, said) in zip(parts, slices, found, strict=True):
            if said == how and (how == MARK or key not in taken):
                part.key, part.how = key, how
                taken.add(key)
                marked = _MARKED.fullmatch(one.heading.mark) if one.heading else None
                part.version = int(marked[3]) if marked and is_ours else None


def _key_of(heading: Heading | None, chapters: Sequence[Chapter]) -> tuple[str, str]:
    """Return the section that a heading seems to begin, and how that was found."""
    if heading is None:
        return "", NOTHING
    if key := _marked_key(heading, chapters):
        return key, MARK
    number = _NUMBERED.match(heading.words)
    title = heading.words[number.end() :] if number else heading.words
    like, likeness = _most_alike(title, chapters)
    if likeness == 1:
        return like, TITLE
    typed = str(int(number[1])) if number else ""
    numbered = next((one.key for one in chapters if typed and one.number == typed), "")
    if numbered:
        return numbered, NUMBER
    return (like, LIKE) if likeness >= LIKENESS else ("", NOTHING)


def _marked_key(heading: Heading, chapters: Sequence[Chapter]) -> str:
    marked = _MARKED.fullmatch(heading.mark)
    return next((one.key for one in chapters if marked and plain(one.key) == marked[1]), "")


def _most_alike(title: str, chapters: Sequence[Chapter]) -> tuple[str, float]:
    """Return the section with the title that is most like this one, and how like it is."""
    wanted = _folded(title)
    rated = [
        (SequenceMatcher(None, wanted, _folded(one), autojunk=False).ratio(), chapter.key)
        for chapter in chapters
        for one in chapter.titles
        if one and wanted
    ]
    likeness, key = max(rated, default=(0.0, ""), key=lambda one: one[0])
    return key, likeness


def _folded(title: str) -> str:
    """Return a title without accents, vowel signs, points and differences of case."""
    apart = unicodedata.normalize("NFKD", title.replace("\u0640", "")[:200]).casefold()
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", kept))
