"""The texts of the invented reports, written in the dialect as their authors would."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice

from reports.context.plain import SectionText, TableOfFigures
from reports.context.synthetic.figures import picture, table_of
from reports.context.synthetic.words import Heading, Words

#: Printed pages around the subsections of a whole report, and of one that is none.
_AROUND, _AROUND_LITTLE = 25, 6
#: Subsections on a printed page, and in two chapters at least.
_ON_A_PAGE = 0.72
_LEAST_OF_TWO_CHAPTERS = 3


class Writer:
    """Writes subsections; what stands in each, comes in turn through the whole report.

    Attributes:
        tables: The data tables that the texts place.
    """

    def __init__(self, words: Words) -> None:
        """Begin with the words of a language."""
        self.words = words
        self.tables: list[TableOfFigures] = []
        self._turns = count()
        self._elements: Iterator[Callable[[str], str]] = cycle(
            (self._figures, self._box, self._matrix, self._figures, self._list, self._register,
             self._figures, self._practice, self._quote, self._warning)
        )  # fmt: skip

    def section(self, number: str, heading: Heading, subsections: int, see: str = "") -> str:
        """Return the text of a chapter.

        Args:
            number: Under which it is printed.
            heading: What the template says of it.
            subsections: How many are to be written.
            see: What is pointed to in its first lines.
        """
        titles = islice(self._titles(heading), subsections)
        parts = [self._subsection(number, heading.key, title) for title in titles]
        opening = f"{self._paragraph(heading.key, 3)}{see}"
        return "\n\n".join([opening, *parts])

    def summary(self, heading: Heading, subsections: int) -> str:
        """Return the text of the executive summary, which has no figures of its own."""
        parts = [
            f"### {title}\n\n{self._paragraph(heading.key, 4)}"
            for title in heading.subsections[:subsections]
        ]
        return "\n\n".join([*parts, self._matrix("")])

    def _titles(self, heading: Heading) -> Iterator[str]:
        """Yield the titles of the template, then each of them with places."""
        yield from heading.subsections
        while True:
            for title in heading.subsections:
                yield self.words.filled(self.words.said["of"].replace("{title}", title))

    def _paragraph(self, key: str, sentences: int) -> str:
        said = self.words.said
        turn = next(self._turns)
        own, general = said["chapters"][key], said["general"]
        chosen = [own[turn % len(own)]]
        chosen += [general[(turn + step * 3) % len(general)] for step in range(sentences - 1)]
        return " ".join(self.words.filled(one) for one in chosen)

    def _subsection(self, number: str, key: str, title: str) -> str:
        turn = next(self._turns)
        cited = f"[@source-{turn % 40 + 1}, {self.words.said['at'].format(page=turn % 90 + 1)}]"
        note = self.words.filled(self.words.said["notes"][turn % 3])
        several = f"[@source-{turn % 38 + 1}; @source-{turn % 38 + 3}]"
        return (
            f"### {title}\n\n{self._paragraph(key, 5)} {cited}^[{note}]\n\n"
            f"{self._paragraph(key, 6)} {several}\n\n{next(self._elements)(number)}\n\n"
            f"{self._paragraph(key, 4)}"
        )

    # What stands between the paragraphs

    def _figures(self, number: str) -> str:
        turn = len(self.tables)
        letter = sum(one.section == number for one in self.tables)
        key = f"{number}-{chr(65 + letter)}"
        self.tables.append(table_of(self.words, number, key, turn))
        return f"[[table:{key}]]\n\n[[figure:{key}]]"

    def _boxed(self, kind: str, title: str, text: str) -> str:
        return f":::{kind} {title}\n{self.words.filled(text)}\n:::"

    def _box(self, _number: str) -> str:
        return self._boxed("box", *self.words.said["box"])

    def _warning(self, _number: str) -> str:
        return self._boxed("warning", *self.words.said["warning"])

    def _quote(self, _number: str) -> str:
        return f"> {self.words.said['quote']}"

    def _list(self, _number: str) -> str:
        first, *others = self.words.said["list"]
        inner = "\n".join(f"    - {one}" for one in self.words.said["activities"])
        return "\n".join([f"1. {first}", inner, *(f"1. {one}" for one in others)])

    def _practice(self, _number: str) -> str:
        return self.practice()

    def practice(self) -> str:
        """Return a box with a practice."""
        words = self.words
        title, where, place, since, partners, others, done, steps, changed, results = words.said[
            "practice"
        ]
        lines = [
            f"- **{where.capitalize()}:** {words.filled(place)}",
            f"- **{since.capitalize()}:** 2019",
            f"- **{partners.capitalize()}:** {words.filled(others)}",
            f"\n**{done}**\n",
            *(f"- {one}" for one in steps),
            f"\n**{changed}**\n\n{words.filled(results)}",
        ]
        return ":::practice {}\n{}\n:::".format(title, "\n".join(lines))

    def _typed(self, title: str, head: list[str], rows: list[list[str]]) -> str:
        lines = [head, ["---"] * len(head), *rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        said = self.words.said
        source = f"{said['source_word']}: {said['own']} [@source-2]."
        return f"{said['typed']}: {self.words.filled(title)}\n\n{table}\n\n{source}"

    def _matrix(self, _number: str) -> str:
        title, head, fields, acts = self.words.said["matrix"]
        rows = [
            [field, *(acts[(position * 2 + column) % len(acts)] for column in range(3))]
            for position, field in enumerate(fields)
        ]
        return self._typed(title, head, rows)

    def _register(self, _number: str) -> str:
        """Return a table of more than a page."""
        title, head, kinds, tasks, named = self.words.said["register"]
        rows = [
            [
                self.words.filled(named.replace("{number}", str(position))),
                kinds[position % len(kinds)],
                tasks[position % len(tasks)],
                ("العربية, français", "English, français, العربية", "Wolof, English")[position % 3],
            ]
            for position in range(1, 36)
        ]
        return self._typed(title, head, rows)


def sections_of(writer: Writer, pages: int, *, is_whole: bool) -> Iterator[SectionText]:
    """Yield the sections of a report of about so many pages."""
    summary, *chapters = writer.words.headings()
    around, least = (_AROUND, 3) if is_whole else (_AROUND_LITTLE, 2)
    room = max(least, round((pages - around) * _ON_A_PAGE))
    several = max(1, min(len(chapters), room * 2 // _LEAST_OF_TWO_CHAPTERS))
    chosen = [chapters[one * (len(chapters) - 1) // max(1, several - 1)] for one in range(several)]
    if is_whole:
        text = writer.summary(summary, min(8, pages // 8))
        yield _section(writer.words, "ES", "", summary.title, text)
    pointing = writer.words.said["see"]
    for position, heading in enumerate(chosen):
        number = str(position + 1)
        share = room * (position + 1) // several - room * position // several
        see = f" {pointing} [#table:1-A], [#figure:1-A], [#section:{several}]." if is_whole else ""
        text = writer.section(number, heading, share, see)
        if is_whole and position == 0:
            text += "\n\n[[image:p1]]"
        yield _section(writer.words, number, number, heading.title, text)


def _section(words: Words, key: str, number: str, title: str, text: str) -> SectionText:
    is_first = key == "1"
    return SectionText(
        key=key,
        number=number,
        title=title,
        text=text,
        is_summary=key == "ES",
        authors=words.authors if is_first or key == "ES" else words.authors[:1],
        revision="1",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        submitted_on=words.day(2),
        pictures=(picture(words),) if "[[image:p1]]" in text else (),
    )
