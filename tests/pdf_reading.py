"""Reading a PDF back: what it says by its structure, where its links lead, what it is set in."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from itertools import zip_longest
from typing import Any, BinaryIO

import pikepdf

from reports.context.plain import Material
from reports.pdf.job import Job

#: Content of a page that is no part of the text: running heads, page numbers, the watermark.
ARTIFACT = -1
#: How the names of the fonts that are shipped with the project begin.
OURS = ("Noto-Sans", "Source-Serif-4", "Vazirmatn")
_ARABIC = re.compile("[\u0600-\u06ff]")


def compact(words: str) -> str:
    """Leave letters and digits only: what a line break, a hyphen or a ligature cannot change."""
    plain = unicodedata.normalize("NFKC", words).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"[\u064b-\u0652\u0640]", "", plain))


# Letters of a page


class Font:
    """A font of a page: how its codes are read, and whether the file carries it."""

    def __init__(self, font: pikepdf.Object) -> None:
        table = font.ToUnicode.read_bytes().decode("latin-1") if "/ToUnicode" in font else ""
        self.letters = {code: _as_drawn(letters) for code, letters in _letters(table)}
        self.name = str(font.BaseFont).removeprefix("/")
        described = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", {})
        self.is_embedded = any(f"/FontFile{one}" in described for one in ("", "2", "3"))

    def read(self, codes: bytes) -> str:
        pairs = (codes[at] << 8 | codes[at + 1] for at in range(0, len(codes) - 1, 2))
        return "".join(self.letters.get(code, "\ufffd") for code in pairs)


def _letters(table: str) -> Iterator[tuple[int, str]]:
    """Read a table from codes to letters (``ToUnicode``): single ones, and rows of them."""
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, letters in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            yield int(code, 16), _utf16(letters)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, letters in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for number, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                yield code, chr(int(letters, 16) + number)


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-16-be")


def _as_drawn(letters: str) -> str:
    """Return the letters of one sign from left to right, as all signs of a line stand."""
    return letters[::-1] if re.search("[\u0600-\u06ff]", letters) else letters


def texts_of(page: pikepdf.Page, known: dict[Any, Font]) -> dict[int, str]:
    """Return the text of a page by the number of its piece of structure (``MCID``)."""
    fonts = {}
    for name, one in page.resources.get("/Font", {}).items():
        fonts[name] = known[one.objgen] = known.get(one.objgen) or Font(one)
    found: defaultdict[int, list[str]] = defaultdict(list)
    pieces: list[int] = []
    font: Font | None = None
    for operands, operator in pikepdf.parse_content_stream(page, "BDC BMC EMC Tf Tj TJ"):
        match str(operator):
            case "BDC" | "BMC":
                pieces.append(_piece(operands, pieces))
            case "EMC":
                pieces.pop()
            case "Tf":
                font = fonts[str(operands[0])]
            case _ if font:
                shown = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(one) for one in shown if isinstance(one, pikepdf.String))
                piece = pieces[-1] if pieces else ARTIFACT
                found[piece].append(font.read(codes) + (" " if piece == ARTIFACT else ""))
    return {piece: "".join(parts) for piece, parts in found.items()}


def _piece(operands: Sequence[Any], around: Sequence[int]) -> int:
    """Return the number that a mark of content has, or that of the mark around it."""
    if len(operands) > 1 and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
        return int(operands[1].MCID)
    return ARTIFACT if str(operands[0]) == "/Artifact" or not around else around[-1]


# The structure


@dataclass
class Element:
    """A piece of the structure: ``H1``, ``P``, ``TD`` …, with the page on which it begins."""

    kind: str
    page: int = ARTIFACT
    parts: list["Element | str"] = field(default_factory=list)
    #: Number of the link that it is, if it is one.
    link: tuple[int, int] | None = None

    @cached_property
    def text(self) -> str:
        return "".join(one if isinstance(one, str) else f"{one.text} " for one in self.parts)

    def walk(self) -> Iterator["Element"]:
        yield self
        for one in self.parts:
            if isinstance(one, Element):
                yield from one.walk()

    def all(self, *kinds: str) -> list["Element"]:
        """Return the pieces of some kinds; what is inside of one that was found, is part of it."""
        if self.kind in kinds:
            return [self]
        inner = [one for one in self.parts if isinstance(one, Element)]
        return [found for one in inner for found in one.all(*kinds)]


@dataclass(frozen=True)
class Link:
    """Where a place of a page leads: the name of its target, and the page on which that is."""

    page: int
    target: str
    leads_to: int | None


@dataclass(frozen=True)
class Bookmark:
    """An entry of the outline."""

    title: str
    level: int
    leads_to: int | None


class Reading:
    """A PDF that was read: its structure, bookmarks, links, labels and fonts."""

    def __init__(self, file: BinaryIO) -> None:
        with pikepdf.open(file) as pdf:
            self._pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
            self._targets = _named_targets(pdf)
            self._links: dict[tuple[int, int], Link] = {}
            fonts: dict[Any, Font] = {}
            self.texts = [texts_of(page, fonts) for page in pdf.pages]
            self.fonts = list(fonts.values())
            self.labels = [page.label for page in pdf.pages] if "/PageLabels" in pdf.Root else []
            for number, page in enumerate(pdf.pages):
                self._read_links(page, number)
            self.bookmarks = list(self._bookmarks(pdf))
            roots = _several(pdf.Root.StructTreeRoot.K)
            self.document = Element("Document", 0, [self._element(one, 0) for one in roots])

    @property
    def links(self) -> list[Link]:
        return list(self._links.values())

    def link(self, element: Element) -> list[Link]:
        """Return the links that a piece of the structure holds."""
        return [self._links[one.link] for one in element.walk() if one.link in self._links]

    def _page_of(self, target: Any) -> int | None:
        """Return the page to which a destination leads, which may be a name."""
        if isinstance(target, (pikepdf.String, pikepdf.Name)):
            target = self._targets.get(str(target))
        if isinstance(target, pikepdf.Dictionary):
            target = target.get("/D")
        if not isinstance(target, pikepdf.Array):
            return None
        return self._pages.get(target[0].objgen)

    def _read_links(self, page: pikepdf.Page, number: int) -> None:
        for one in page.get("/Annots", []):
            if one.get("/Subtype") == "/Link" and "/Dest" in one:
                target = one.Dest
                name = str(target) if not isinstance(target, pikepdf.Array) else ""
                self._links[one.objgen] = Link(number, name, self._page_of(target))

    def _bookmarks(self, pdf: pikepdf.Pdf) -> Iterator[Bookmark]:
        def below(parent: pikepdf.Object, level: int) -> Iterator[Bookmark]:
            one = parent.get("/First")
            while one is not None:
                yield Bookmark(str(one.Title), level, self._page_of(one.get("/Dest")))
                yield from below(one, level + 1)
                one = one.get("/Next")

        if "/Outlines" in pdf.Root:
            yield from below(pdf.Root.Outlines, 1)

    def _element(self, node: pikepdf.Object, page: int) -> Element:
        """Read a piece of the structure with all that it holds."""
        page = self._pages[node.Pg.objgen] if "/Pg" in node else page
        made = Element(str(node.S).removeprefix("/"), page)
        for one in _several(node.get("/K", [])):
            if isinstance(one, int):
                made.parts.append(self.texts[page].get(one, ""))
            elif one.get("/Type") == "/OBJR":
                made.link = one.Obj.objgen
            elif one.get("/Type") == "/MCR":
                where = self._pages[one.Pg.objgen] if "/Pg" in one else page
                made.parts.append(self.texts[where].get(int(one.MCID), ""))
            else:
                made.parts.append(self._element(one, page))
        inner = [one.page for one in made.parts if isinstance(one, Element)]
        if "/Pg" not in node and inner:
            made.page = inner[0]
        return made

    # What is looked at

    @property
    def body(self) -> int:
        """The page that bears the number 1."""
        return self.labels.index("1") if "1" in self.labels else 0

    @cached_property
    def headings(self) -> list[Element]:
        return self.document.all("H1", "H2", "H3", "H4", "H5", "H6")

    def chapter(self, title: str) -> str:
        """Return the text from a heading of the first level to the next one; letters only."""
        found, here = [], False
        for one in _blocks(self.document):
            if one.kind == "H1":
                here = compact(one.text) == compact(title)
            if here:
                found.append(one.text)
        return compact("".join(found))

    @cached_property
    def tables(self) -> list[list[str]]:
        """The cells of each table; letters only."""
        return [
            [compact(cell.text) for cell in one.all("TH", "TD")]
            for one in self.document.all("Table")
        ]

    @cached_property
    def contents(self) -> list[Element]:
        """The lines of the contents, and of the lists of tables and figures."""
        lines = self.document.all("LI")
        return [one for one in lines if one.page < self.body and self.link(one)]


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (pikepdf.Array, list)) else [given]


def _blocks(element: Element) -> Iterator[Element]:
    """Yield the headings, and between them the largest pieces that hold no heading."""
    for one in element.parts:
        if not isinstance(one, Element):
            continue
        if one.kind != "H1" and one.all("H1"):
            yield from _blocks(one)
        else:
            yield one


def _named_targets(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    if "/Names" not in pdf.Root or "/Dests" not in pdf.Root.Names:
        return {}
    return {str(name): one for name, one in pikepdf.NameTree(pdf.Root.Names.Dests).items()}


# What is to be read


@dataclass(frozen=True)
class Chapter:
    """A chapter as its authors wrote it, in the dialect of the product."""

    title: str
    source: str

    def pieces(self) -> list[str]:
        """Return every stretch of plain words between two marks; letters only."""
        lines = [line for line in self.source.splitlines() if not _PLACED.match(line)]
        marked = re.split(_MARKS, "\n".join(lines), flags=re.MULTILINE)
        return [piece for piece in map(compact, marked) if len(piece) > 2]

    def headings(self) -> list[str]:
        return [compact(one) for one in re.findall(r"^###? +(.*)$", self.source, re.MULTILINE)]


#: A line that shows something from elsewhere, or opens or ends a box or a table.
_PLACED = re.compile(r"^(\[\[.*\]\]|\|?[\s:|-]+\|?)$")
#: What stands between two stretches of plain words: marks, references, ends of paragraphs.
_MARKS = (
    r"\[@[^\]]*\]|\[#[^\]]*\]|\]\([^)]*\)|\^\[|[\[\]|*_`]+|\n\s*\n|^:::\w*|^#+|^>|^\s*(?:-|\d+\.)\s"
    r"|^Table(?:au)?:|^Source:|\n"
)


@dataclass(frozen=True)
class Told:
    """What a PDF has to say: its chapters, and the tables of the HTML that it was made from."""

    chapters: Sequence[Chapter]
    html: str

    def tables(self) -> list[list[str]]:
        """Return the cells of each table; letters only."""
        bare = re.sub(r'<(span|aside)[^>]*class="note".*?</\1>', "", self.html, flags=re.DOTALL)
        return [
            [
                compact(unescape(re.sub(r"<[^>]+>", "", cell)))
                for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", one, re.DOTALL)
            ]
            for one in re.findall(r"<table.*?</table>", bare, re.DOTALL)
        ]


def told(material: Material, job: Job) -> Told:
    """Return what is to be read in the PDF of a report."""
    chapters = [Chapter(f"{one.number} {one.title}", one.text) for one in material.sections]
    return Told(chapters, job.front + "".join(part.html for part in job.parts))


# What may be wrong


def lost_words(reading: Reading, wanted: Told) -> list[str]:
    """Return the pieces of the chapters that cannot be read in them, and chapters without words."""
    lost = []
    for one in wanted.chapters:
        there, pieces = reading.chapter(one.title), one.pieces()
        # What has two directions stands as drawn; its Arabic words are asked for by themselves.
        latin = [piece for piece in pieces if not _ARABIC.search(piece)]
        lost += [f"{one.title}: {piece}" for piece in latin if piece not in there]
        lost += [] if there else [f"{one.title}: no words"]
    return lost


def lost_arabic(reading: Reading, wanted: Told) -> list[str]:
    """Return the Arabic words of the chapters that cannot be read; signs stand as drawn."""
    there = compact(reading.document.text[::-1])
    words = re.findall("[\u0621-\u0652]{3,}", " ".join(one.source for one in wanted.chapters))
    return sorted({one for one in words if compact(one) not in there})


def lost_headings(reading: Reading, wanted: Told) -> list[str]:
    """Return the headings of chapters and subsections that are missing or out of their order."""
    there = iter([compact(one.text) for one in reading.headings])
    lost = []
    for one in wanted.chapters:
        for words in (compact(one.title), *one.headings()):
            found = any(heading.endswith(words) for heading in there)
            lost += [] if found else [words]
    return lost


def lost_cells(reading: Reading, wanted: Told) -> list[str]:
    """Return where the cells of the tables differ; tables and cells are compared in their order."""
    expected = wanted.tables()
    if len(expected) != len(reading.tables):
        return [f"{len(reading.tables)} tables, not {len(expected)}"]
    return [
        f"table {number}: {one} is not {other}"
        for number, (there, cells) in enumerate(zip(reading.tables, expected, strict=True), 1)
        for one, other in zip_longest(there, cells)
        if one is None or other is None or _in_any_order(one) != _in_any_order(other)
    ]


def _in_any_order(cell: str) -> str:
    """Return a cell, its letters sorted where it has two directions: these stand as drawn."""
    return "".join(sorted(cell)) if _ARABIC.search(cell) else cell


def wrong_contents(reading: Reading) -> list[str]:
    """Return what is wrong with the contents.

    Each chapter and subsection has a line, in their order, that says on which page its heading
    stands, and leads there.
    """
    wrong: list[str] = []
    lines = iter(reading.contents)
    numbered = [one for one in reading.headings if one.kind == "H1" and one.page >= reading.body]
    subsections = [one for one in reading.headings if one.kind == "H2" and one.text[:1].isdigit()]
    for heading in sorted([*numbered, *subsections], key=reading.headings.index):
        words = compact(heading.text)
        line = next((one for one in lines if compact(one.text).startswith(words)), None)
        if line is None:
            return [*wrong, f"{words}: no line"]
        if compact(line.text) != f"{words}{reading.labels[heading.page]}":
            wrong.append(f"{words}: says {compact(line.text).removeprefix(words)}")
        if {one.leads_to for one in reading.link(line)} != {heading.page}:
            wrong.append(f"{words}: leads elsewhere")
    return wrong


def wrong_lists(reading: Reading) -> list[str]:
    """Return the lines of the front whose number is not that of the page to which they lead."""
    wrong = []
    for line in reading.contents:
        pages = {one.leads_to for one in reading.link(line)}
        ends = [f"{reading.labels[page]}" for page in pages if page is not None]
        if len(pages) != 1 or not ends or not compact(line.text).endswith(ends[0]):
            wrong.append(f"{line.text.strip()}: leads to {ends}")
    return wrong


def wrong_bookmarks(reading: Reading) -> list[str]:
    """Return where the outline differs from the headings of the first two levels, in order."""
    headings = [one for one in reading.headings if one.kind in ("H1", "H2")]
    expected = [(compact(one.text), int(one.kind[1]), one.page) for one in headings]
    there = [(compact(one.title), one.level, one.leads_to) for one in reading.bookmarks]
    return [f"{one} is not {other}" for one, other in zip_longest(there, expected) if one != other]


def wrong_numbers(reading: Reading) -> list[str]:
    """Return what is wrong with the numbers of pages: i, ii … in front, then 1, 2 …; printed."""
    front = reading.body
    expected = [_roman(number) for number in range(1, front + 1)]
    expected += [str(number) for number in range(1, len(reading.texts) - front + 1)]
    if not front or reading.labels != expected:
        return [f"labels {reading.labels}"]
    return [
        f"page {label} does not say so"
        for label, pieces in zip(reading.labels[1:], reading.texts[1:], strict=True)
        if label not in pieces.get(ARTIFACT, "").split()
    ]


def _roman(number: int) -> str:
    signs = {10: "x", 9: "ix", 5: "v", 4: "iv", 1: "i"}
    found = ""
    for value, sign in signs.items():
        found += sign * (number // value)
        number %= value
    return found


def wrong_fonts(reading: Reading) -> list[str]:
    """Return the fonts that the file does not carry, or not cut down, or that are not ours."""
    wrong = [one.name for one in reading.fonts if not one.is_embedded or not one.letters]
    wrong += [one.name for one in reading.fonts if not re.match(r"[A-Z]{6}\+", one.name)]
    wrong += [one.name for one in reading.fonts if not one.name[7:].startswith(OURS)]
    return wrong if reading.fonts else ["no font"]


def dead_links(reading: Reading) -> list[Link]:
    """Return the links inside the document that lead nowhere."""
    return [one for one in reading.links if one.leads_to is None]


def problems(reading: Reading, wanted: Told) -> dict[str, list[Any]]:
    """Return all that is wrong with a report in a language that is written from left to right."""
    found: dict[str, list[Any]] = {
        "words": [*lost_words(reading, wanted), *lost_arabic(reading, wanted)],
        "headings": lost_headings(reading, wanted),
        "cells": lost_cells(reading, wanted),
        "contents": wrong_contents(reading),
        "lists": wrong_lists(reading),
        "bookmarks": wrong_bookmarks(reading),
        "numbers": wrong_numbers(reading),
        "fonts": wrong_fonts(reading),
        "links": dead_links(reading),
    }
    return {kind: wrong for kind, wrong in found.items() if wrong}
