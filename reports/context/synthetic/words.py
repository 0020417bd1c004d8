"""The words of the invented reports in six languages, and the numbers filled into them."""

import json
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from profile_workflow.bibliography.record import Reference
from profile_workflow.charts.land.network import Place
from profile_workflow.numerals import quantity

_HERE = Path(__file__).parent
_TEMPLATE = _HERE.parents[2] / "profile_workflow" / "fixtures" / "template_mc2cm.json"
#: Languages in which there are sentences.
_WRITTEN = ("en", "fr", "de", "it", "pt", "ar")
#: Where the cities of the network lie, east and north; that of the report comes first.
_PLACES = ((10.76, 34.74), (4.84, 45.76), (-9.14, 38.72), (35.5, 33.9))


@dataclass(frozen=True, slots=True)
class Heading:
    """A chapter of the template with the titles of its subsections."""

    key: str
    title: str
    subsections: tuple[str, ...]


class Words:
    """All that is said in one language; every sentence gets other places and numbers."""

    def __init__(self, language: str) -> None:
        """Read the words of a language, or English ones."""
        self.language = language
        self.written = language if language in _WRITTEN else "en"
        said: dict[str, Any] = json.loads((_HERE / f"{self.written}.json").read_text("utf-8"))
        self.said = said
        self.title: str = said["title"]
        self.city: str = said["city"]
        self.programme: str = said["programme"]
        self.publisher: str = said["publisher"]
        self.authors: tuple[str, ...] = tuple(said["authors"])
        self.partners: tuple[str, ...] = tuple(said["partners"])
        self.keywords: tuple[str, ...] = tuple(said["keywords"])
        self.blocks: dict[str, str] = said["blocks"]
        self.acronyms = tuple((short, long) for short, long in said["acronyms"])
        self.network = tuple(
            Place(name, *where) for name, where in zip(said["network"], _PLACES, strict=True)
        )
        self._fillings = count(1)

    def filled(self, sentence: str) -> str:
        """Return a sentence with the next place, service, year, number and share."""
        turn = next(self._fillings)
        return sentence.format(
            place=self.said["places"][turn % 6],
            service=self.said["services"][turn // 2 % 6],
            year=2014 + turn % 11,
            number=quantity(number(turn), "", self.language),
            share=quantity(Decimal(30 + turn * 13 % 390) / 10, "", self.language),
        )

    def day(self, day: int) -> str:
        """Return a day of a month in words."""
        return str(self.said["record"]["day"]).format(day=day)

    def source(self, number: int) -> Reference:
        """Return one of the sources, ``source-1`` and so on."""
        books = self.said["books"]
        is_address = number % 3 == 0
        return Reference(
            f"source-{number}",
            authors=f"Family{number}, Given" if number % 2 else self.publisher,
            year=str(2008 + number % 17),
            title=f"{books[number % len(books)]} {number}",
            publisher=self.publisher,
            url=f"https://example.org/library/port-laurel/volume-{number}" if is_address else "",
        )

    def headings(self) -> list[Heading]:
        """Return the summary and the chapters of the template."""
        template = json.loads(_TEMPLATE.read_text("utf-8"))
        name = "title" if self.written == "en" else f"title_{self.written}"
        # The template says its subsections in three languages; in the others they are the same
        # few in each chapter.
        own = self.said.get("subsections")
        return [
            Heading(
                one["key"], one[name], tuple(own or (part[name] for part in one["subsections"]))
            )
            for one in template["sections"]
        ]


def number(turn: int) -> Decimal:
    """Return a number that looks like a count; always the same one for the same turn."""
    return Decimal(240 + turn * 7919 % 38_000)


def words_in(language: str) -> Words:
    """Return the words of a language, from their beginning."""
    return Words(language)
