"""From report to web edition: a page for each chapter and what follows, linked to each other."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html.parser import HTMLParser

from django.template.loader import render_to_string

from profile_workflow.bibliography.record import one_line
from reports.builds.corrections import in_print
from reports.builds.pages import annexes_of
from reports.context import Material, Report
from reports.context.plain import Chapter, ListedExhibit
from reports.editions import Changes, Edition, Entry, Part
from reports.labels import Labels, labels

#: Longest abstract, in characters; it ends with a sentence if that leaves half of it.
MOST_ABSTRACT = 600
#: Behind a sentence, in any of the languages; a point between figures or initials is none.
_END_OF_SENTENCE = re.compile(r"(?<=[^\W\d_]{2}[.!?\u061f])(?= )|(?<=[)\]»”][.!?\u061f])(?= )")
_ID = re.compile(r'\bid="([^"]+)"')
_INNER_LINK = re.compile(r'\bhref="#([^"]+)"')
_PICTURE = re.compile(r'<img src="cmp:([0-9a-f]{64})"')
_TITLE = re.compile(r"<h1\b.*?</h1>", re.DOTALL)
_HEADING = re.compile(r"<(/?)h([34])\b")
_SECTION = re.compile(r"\A\s*<section\b[^>]*>|</section>\s*\Z")


def edition_from(
    material: Material, report: Report, *, pictures: Mapping[str, str], changes: Changes | None
) -> Edition:
    """Make the web edition of a report that was assembled for the web.

    Args:
        material: What was read of the profile.
        report: The report made of it.
        pictures: SHA-256 of each picture → name of its file.
        changes: What changed since the version before, of a correction.
    """
    words = labels(report.language)
    parts = _linked([*_chapters(report), *_endings(report, words)], pictures)
    places = {anchor: one.key for one in parts for anchor in _ID.findall(one.html)}
    return Edition(
        slug=report.slug,
        language=report.language,
        direction=report.direction,
        title=material.title,
        programme=material.programme,
        city=material.city,
        year=material.edition,
        version=material.version,
        digest=report.digest,
        authors=report.authors,
        keywords=report.keywords,
        abstract=_abstract(report.chapters),
        cited_as=report.imprint.citation,
        imprint=report.imprint.blocks,
        erratum=report.imprint.erratum,
        validated_on=report.imprint.validated_on,
        data_year=report.imprint.data_year,
        parts=tuple(parts),
        tables=tuple(_listed(report.tables, places)),
        figures=tuple(_listed(report.figures, places)),
        boxes=tuple(_listed(report.boxes, places)),
        files=tuple((one.name, one.title) for one in report.data_files),
        changes=changes,
    )


def erratum_of(report: Report, edition: Edition) -> str:
    """Return what a correction prints of itself, as it stands beside the parts of its edition.

    Returns:
        Safe HTML without a title, linked as the parts are; empty if the edition corrects nothing.
    """
    if not edition.erratum and edition.changes is None:
        return ""
    words = labels(report.language)
    correction = in_print(edition.changes, words) if edition.changes else None
    found = {"report": report, "labels": words, "correction": correction}
    html = _untitled(render_to_string("reports/_erratum.html", found))
    page = Part("erratum", "", words.erratum, html.replace(' data-page=""', ""))
    *_parts, linked = _linked([*edition.parts, page], {})
    return linked.html


def _chapters(report: Report) -> Iterator[Part]:
    for one in report.chapters:
        entries = tuple(
            Entry(f"{heading.number} {heading.text}".strip(), one.anchor, heading.id)
            for heading in one.headings
            if heading.number or one.is_summary
        )
        # The title of the part stands on the page itself, and its subsections follow that.
        html = _HEADING.sub(lambda found: f"<{found[1]}h{int(found[2]) - 1}", one.html)
        yield Part(one.anchor, one.number, one.title, html, entries)


def _endings(report: Report, words: Labels) -> Iterator[Part]:
    for one in annexes_of(report, words):
        yield Part(one.anchor, one.label, one.title, _untitled(one.html))
    if report.acronyms:
        html = render_to_string("reports/web/acronyms.html", {"report": report})
        yield Part("acronyms", "", words.acronyms, html)


def _untitled(html: str) -> str:
    """Return a section of its own without its title, which stands on the page."""
    return _SECTION.sub("", _TITLE.sub("", html, count=1))


def _linked(parts: Sequence[Part], pictures: Mapping[str, str]) -> list[Part]:
    """Let what is on another page be found there; a chapter is its page."""
    places = {anchor: one.key for one in parts for anchor in _ID.findall(one.html)}
    keys = {one.key for one in parts}

    def of(part: Part) -> Part:
        def link(found: re.Match[str]) -> str:
            anchor = found[1]
            if anchor in keys:
                return f'href="../{anchor}/"'
            place = places.get(anchor, part.key)
            return found[0] if place == part.key else f'href="../{place}/#{anchor}"'

        def shown(found: re.Match[str]) -> str:
            return f'<img src="../files/{pictures.get(found[1], "")}"'

        html = _PICTURE.sub(shown, _INNER_LINK.sub(link, part.html))
        return Part(part.key, part.number, part.title, html, part.entries)

    return [of(one) for one in parts]


def _listed(exhibits: Iterable[ListedExhibit], places: Mapping[str, str]) -> Iterator[Entry]:
    for one in exhibits:
        if one.anchor in places:
            yield Entry(f"{one.label} {one.title}".strip(), places[one.anchor], one.anchor)


class _Paragraphs(HTMLParser):
    """Gathers the words of the paragraphs of a text, without boxes, notes, tables and sources."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_in = False
        self._left_out = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and not self._left_out and ("class", "source") not in attrs:
            self._is_in = True
            self.found.append("")
        if tag in ("aside", "sup", "figure", "table"):
            self._left_out += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._is_in = False
        if tag in ("aside", "sup", "figure", "table"):
            self._left_out -= 1

    def handle_data(self, data: str) -> None:
        if self._is_in and not self._left_out:
            self.found[-1] += data


def _abstract(chapters: Sequence[Chapter]) -> str:
    """Return the beginning of the summary, or of the first chapter, in plain words."""
    first = next((one for one in chapters if one.is_summary), chapters[0] if chapters else None)
    if first is None:
        return ""
    reader = _Paragraphs()
    reader.feed(first.html)
    text = one_line(" ".join(reader.found))
    if len(text) <= MOST_ABSTRACT:
        return text
    return shortened(text)


def shortened(text: str) -> str:
    """Return the beginning of a text in whole sentences, or in whole words if they are too long."""
    beginning = text[:MOST_ABSTRACT]
    ends = [found.start() for found in _END_OF_SENTENCE.finditer(beginning)]
    if ends and ends[-1] >= MOST_ABSTRACT // 2:
        return beginning[: ends[-1]]
    return beginning.rpartition(" ")[0] + "…"
