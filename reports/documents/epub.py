"""A report as an e-book (EPUB 3.3): the pages of its web edition, made to be carried away."""

import base64
import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from profile_workflow.word.elements import writable
from reports.documents.cover import Line, painted_cover
from reports.documents.xhtml import ids_in, page_of, xhtml_of
from reports.editions import Edition, Entry
from reports.labels import Labels

EPUB = "application/epub+zip"
_FONTS = Path(__file__).resolve().parent.parent / "static" / "reports" / "fonts"
_FONT_FILES = {"400": "Vazirmatn-Regular.ttf", "700": "Vazirmatn-Bold.ttf"}
_NO_DAY = (1980, 1, 1, 0, 0, 0)
#: Kinds of parts in the words of EPUB, by the key of the part.
_KINDS = {"bibliography": "bibliography", "acronyms": "glossary"}
#: Name of the page on which a correction says what it changed.
_ERRATUM = "erratum"
_CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<container version="1.0" '
    'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>\n"
)
#: What a reader who does not see, or not well, can count on. Source: Schema.org, EPUB 3.3.
_ACCESSIBLE = (
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "displayTransformability"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
)


@dataclass(frozen=True, slots=True)
class Book:
    """All that an e-book is made of.

    Attributes:
        edition: The web edition: its parts, and what stands before them.
        words: The words that are printed, in its language.
        lines: The lines on its cover.
        map: The map on its cover as SVG; empty if there is none.
        moment: ISO 8601 moment of its text.
        tones: Name of each colour of the programme → colour.
        warning: What stands above each page of what may not be cited; empty otherwise.
        erratum: What a correction says of itself: safe HTML, linked as the parts of the edition
            are; empty of anything else.
        pictures: Name of the file of each picture → content and type.
    """

    edition: Edition
    words: Labels
    lines: Sequence[Line]
    map: str
    moment: str
    tones: Mapping[str, str]
    warning: str = ""
    erratum: str = ""
    pictures: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Title with the year of the edition."""
        return f"{self.edition.title}, {self.words.edition % {'year': self.edition.year}}"

    def to_json(self) -> str:
        """Return the book as JSON, with its pictures in base 64."""
        pictures = {
            name: (base64.b64encode(content).decode(), kind)
            for name, (content, kind) in self.pictures.items()
        }
        return json.dumps(
            {
                "edition": self.edition.to_json(),
                "words": asdict(self.words),
                "lines": self.lines,
                "map": self.map,
                "moment": self.moment,
                "tones": dict(self.tones),
                "warning": self.warning,
                "erratum": self.erratum,
                "pictures": pictures,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a book back."""
        values: dict[str, Any] = json.loads(text)
        values["edition"] = Edition.from_json(values["edition"])
        values["words"] = Labels(**values["words"])
        values["pictures"] = {
            name: (base64.b64decode(content), kind)
            for name, (content, kind) in values["pictures"].items()
        }
        return cls(**values)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything in it; pictures are named by theirs."""
        said = [self.edition.to_json(), self.lines, self.map, self.moment, dict(self.tones)]
        told = json.dumps([*said, self.warning, self.erratum], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    kind: str
    content: bytes
    properties: str = ""
    is_read: bool = False

    @property
    def id(self) -> str:
        return f"f-{self.name.replace('/', '-').replace('.', '-')}"


def epub_of(book: Book) -> bytes:
    """Return a report as an e-book (EPUB 3); the same bytes for the same book.

    Raises:
        KeyError: If the map on its cover holds a shape that cannot be painted.
    """
    several = list(_files(book))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, data: bytes, how: int = zipfile.ZIP_DEFLATED) -> None:
            archive.writestr(zipfile.ZipInfo(name, _NO_DAY), data, how)

        put("mimetype", EPUB.encode(), zipfile.ZIP_STORED)
        put("META-INF/container.xml", _CONTAINER.encode())
        put("EPUB/package.opf", _package(book, several).encode())
        for one in several:
            put(f"EPUB/{one.name}", one.content)
    return content.getvalue()


def _files(book: Book) -> Iterator[_File]:
    edition = book.edition
    yield _page(book, "cover", book.name, _cover(book), kind="cover")
    yield _page(book, "imprint", book.words.about, _imprint(book), kind="imprint")
    known = {one.key for one in edition.parts}
    known |= {f"{one.key}#{name}" for one in edition.parts for name in ids_in(one.html)}
    if book.erratum:
        told = f"<h1>{_safe(book.words.erratum)}</h1>{xhtml_of(book.erratum, _ERRATUM, known, ())}"
        yield _page(book, _ERRATUM, book.words.erratum, told, kind="errata")
    yield _page(book, "nav", book.words.contents, _nav(book), kind="frontmatter", more="nav")
    for one in edition.parts:
        body = f"<h1>{_safe(one.name)}</h1>"
        body += xhtml_of(one.html, one.key, known, book.pictures)
        default = "chapter" if one.key.startswith("section-") else "appendix"
        more = "svg" if "<svg" in one.html else ""
        yield _page(book, one.key, one.name, body, kind=_KINDS.get(one.key, default), more=more)
    yield _File("style.css", "text/css", _style(book).encode())
    cover = painted_cover(
        book.lines, picture=book.map, tones=book.tones, is_rtl=edition.direction == "rtl"
    )
    yield _File("cover.png", "image/png", cover, "cover-image")
    for name, (content, kind) in sorted(book.pictures.items()):
        yield _File(f"pictures/{name}", kind, content)
    if edition.direction == "rtl":
        for name in _FONT_FILES.values():
            yield _File(f"fonts/{name}", "font/ttf", (_FONTS / name).read_bytes())


def _page(book: Book, name: str, title: str, body: str, *, kind: str, more: str = "") -> _File:
    written = page_of(
        title, body, language=book.edition.language, direction=book.edition.direction, kind=kind,
        warning=book.warning,
    )  # fmt: skip
    return _File(f"{name}.xhtml", "application/xhtml+xml", written.encode(), more, is_read=True)


def _safe(text: str) -> str:
    return escape(writable(text))


# What stands before the chapters


def _cover(book: Book) -> str:
    said = " · ".join((book.edition.programme, book.name))
    return f'<p class="cover"><img src="cover.png" alt="{_safe(said)}"/></p>'


def _imprint(book: Book) -> str:
    edition, words = book.edition, book.words
    facts = (
        (words.suggested_citation, edition.cited_as),
        (words.validated_on, edition.validated_on),
        (words.data_year, edition.data_year),
        (words.digest, edition.digest),
    )
    rows = "".join(
        f'<tr><th scope="row"><strong>{_safe(name)}</strong></th>'
        f'<td dir="auto">{_safe(value)}</td></tr>'
        for name, value in facts
        if value
    )
    texts = "".join(
        f'<p dir="{direction or "auto"}">{_safe(text)}</p>' for direction, text in edition.imprint
    )
    return (
        f"<h1>{_safe(words.about)}</h1><p>{_safe(edition.programme)}</p>"
        f"<p>{_safe(book.name)} · {_safe(words.version % {'version': edition.version})}</p>"
        f"<p>{_safe(words.comma.join(edition.authors))}</p>{texts}<table>{rows}</table>"
    )


def _nav(book: Book) -> str:
    edition, words = book.edition, book.words
    chapters = "".join(
        f'<li><a href="{one.key}.xhtml">{_safe(one.name)}</a>{_entries(one.entries)}</li>'
        for one in edition.parts
    )
    about = f'<li><a href="imprint.xhtml">{_safe(words.about)}</a></li>'
    if book.erratum:
        about += f'<li><a href="{_ERRATUM}.xhtml">{_safe(words.erratum)}</a></li>'
    first = edition.parts[0].key if edition.parts else "imprint"
    marks = (
        ("cover", "cover", book.name),
        ("toc", "nav", words.contents),
        ("bodymatter", first, edition.title),
    )
    landmarks = "".join(
        f'<li><a epub:type="{kind}" href="{page}.xhtml">{_safe(name)}</a></li>'
        for kind, page, name in marks
    )
    return (
        f'<nav epub:type="toc" role="doc-toc" id="toc"><h1>{_safe(words.contents)}</h1><ol>'
        f"{about}{chapters}</ol></nav>"
        f"{_listed('lot', words.list_of_tables, edition.tables)}"
        f"{_listed('loi', words.list_of_figures, edition.figures)}"
        f"{_listed('', words.list_of_boxes, edition.boxes)}"
        f'<nav epub:type="landmarks" id="landmarks" hidden="hidden"><ol>{landmarks}</ol></nav>'
    )


def _entries(entries: Sequence[Entry]) -> str:
    lines = "".join(
        f'<li><a href="{one.part}.xhtml#{_safe(one.anchor)}">{_safe(one.name)}</a></li>'
        for one in entries
    )
    return f"<ol>{lines}</ol>" if lines else ""


def _listed(kind: str, title: str, entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    inner = f"<h2>{_safe(title)}</h2>{_entries(entries)}"
    # EPUB has no name for a list of boxes, and asks one of each ``nav``.
    if not kind:
        return f'<section class="listed">{inner}</section>'
    return f'<nav epub:type="{kind}" id="{kind}">{inner}</nav>'


def _style(book: Book) -> str:
    sheet = files(__package__).joinpath("epub.css").read_text(encoding="utf-8")
    for name in ("brand", "accent"):
        sheet = sheet.replace(f"var-{name}", book.tones[name])
    if book.edition.direction == "rtl":
        sheet += "".join(
            f'@font-face {{ font-family: "Vazirmatn"; font-weight: {weight}; '
            f'src: url("fonts/{name}"); }}\n'
            for weight, name in _FONT_FILES.items()
        )
    return sheet


# What the book says of itself


def _package(book: Book, several: Sequence[_File]) -> str:
    edition = book.edition
    rtl = ' page-progression-direction="rtl"' if edition.direction == "rtl" else ""
    items = "".join(
        f'<item id="{one.id}" href="{one.name}" media-type="{one.kind}"'
        f"{f' properties={chr(34)}{one.properties}{chr(34)}' if one.properties else ''}/>\n"
        for one in several
    )
    spine = "".join(f'<itemref idref="{one.id}"/>\n' for one in several if one.is_read)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" '
        f'version="3.0" unique-identifier="id" xml:lang="{edition.language}" '
        f'dir="{edition.direction}" prefix="schema: http://schema.org/">\n'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\n{"".join(_said(book))}'
        f"</metadata>\n<manifest>\n{items}</manifest>\n<spine{rtl}>\n{spine}</spine>\n</package>\n"
    )


def _said(book: Book) -> Iterator[str]:
    edition = book.edition
    unique = f"{edition.slug}/{edition.version}/{edition.language}/{edition.digest}/{book.warning}"
    moment = datetime.fromisoformat(book.moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield f'<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, unique)}'
    yield "</dc:identifier>\n"
    said = [
        ("title", book.name),
        *(("creator", name) for name in edition.authors),
        ("publisher", edition.programme),
        ("language", edition.language),
        *(("subject", word) for word in edition.keywords),
        ("description", edition.abstract),
        ("rights", book.warning),
        ("date", moment[:10]),
    ]
    yield from (f"<dc:{name}>{_safe(value)}</dc:{name}>\n" for name, value in said if value)
    yield f'<meta property="dcterms:modified">{moment}</meta>\n'
    accessible = (*_ACCESSIBLE, ("accessibilitySummary", book.words.accessible))
    for name, value in accessible:
        yield f'<meta property="schema:{name}">{_safe(value)}</meta>\n'
