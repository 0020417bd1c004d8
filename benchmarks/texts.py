"""Invented texts of the dialect, of any length and the same at every run."""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import count

#: How many sources the texts cite.
SOURCES = 20
_WORDS = (
    "migration", "city", "housing", "school", "register", "resident", "worker", "association",
    "health", "service", "rent", "employment", "asylum", "transit", "return", "family", "youth",
    "women", "council", "region", "census", "survey", "permit", "language", "training",
    "diaspora", "remittance", "integration", "labour", "border", "partner", "budget", "plan",
)  # fmt: skip
_ARABIC = (
    "المدينة", "الهجرة", "السكن", "المدرسة", "العمل", "الصحة", "الأسرة", "الجمعيات", "البلدية",
    "المهاجرين",
)  # fmt: skip
#: A word that is neither the key of a source nor the mark of a caption.
_WORD = re.compile(r"(?<![@\w])[^\W\d_]{4,}(?![\w:])")
#: Of so many paragraphs one is changed, and of so many words of it one.
_ONE_OF, _WORD_OF = 20, 8


class Author:
    """Writes what people write: headings, paragraphs that cite, lists, tables, notes, Arabic."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret, but the same at every run

    def words(self, number: int, among: Sequence[str] = _WORDS) -> str:
        """Return so many words."""
        return " ".join(self.random.choices(among, k=number))

    def text(self, words: int) -> str:
        """Return a text of about so many words."""
        return "\n\n".join(self.blocks(words))

    def blocks(self, words: int) -> list[str]:
        """Return the blocks of a text of about so many words."""
        found: list[str] = []
        for number in count():
            for block in self._part(number):
                if words <= 0:
                    return found
                found.append(block)
                words -= len(block.split())
        raise AssertionError("a count ends nowhere")

    def changed(self, blocks: Sequence[str]) -> list[str]:
        """Return the blocks with one of twenty changed: one of eight of its words is another."""
        paragraphs = [place for place, block in enumerate(blocks) if block[0].isalpha()]
        found = list(blocks)
        for place in paragraphs[::_ONE_OF]:
            found[place] = _WORD.sub(self._perhaps_another, found[place])
        return found

    def _perhaps_another(self, word: re.Match[str]) -> str:
        if self.random.randrange(_WORD_OF):
            return word[0]
        return self.words(1, _WORDS if word[0].isascii() else _ARABIC)

    def _part(self, number: int) -> Iterator[str]:
        """Yield the blocks below one heading, about 300 words."""
        yield f"### {self.words(3).capitalize()}"
        for place in range(3):
            yield self._paragraph(number + place)
        yield "\n".join(f"- {self.words(8)}" for _item in range(4))
        yield f"{self.words(30).capitalize()}^[{self.words(6).capitalize()}.]."
        yield self.words(40, _ARABIC)
        if number % 3 == 0:
            yield from self._table(number)

    def _paragraph(self, number: int) -> str:
        source = f"[@source-{number % SOURCES}, p. 4]"
        return f"{self.words(25).capitalize()}, **{self.words(2)}** and {self.words(18)} {source}."

    def _table(self, number: int) -> Iterator[str]:
        rows = (f"| {self.words(2)} | {number + row} | {row}.5 |" for row in range(10))
        yield f"Table: {self.words(5).capitalize()}"
        yield "\n".join(["| Group | Number | Share |", "|---|--:|--:|", *rows])
        yield f"Source: {self.words(3).capitalize()}."
