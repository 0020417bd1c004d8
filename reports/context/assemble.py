"""From material to report: texts become HTML, figures get numbers, sources a bibliography."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from profile_workflow import markup
from profile_workflow.bibliography import formatting
from profile_workflow.models.digests import sections_digest
from reports.context.approvals import Text, approvals_of, with_standing
from reports.context.exhibits import Exhibitor, data_file
from reports.context.plain import (
    Authorship,
    Chapter,
    Cover,
    Imprint,
    Material,
    Report,
    SectionText,
)
from reports.context.practices import practices_of, titled_boxes
from reports.context.references import Targets, has_references
from reports.labels import Labels, direction, labels

_BLOCK_ORDER = ("funding", "disclaimer", "designations", "rights")


def assemble(material: Material, *, medium: markup.Medium = markup.Medium.PRINT) -> Report:
    """Make a report of its material.

    Args:
        material: Everything that was read; nothing else is consulted.
        medium: For paper, or for the web edition: the same text, tables and figures.

    Returns:
        The report. The same material gives the same report.
    """
    words = labels(material.language)
    cited = _cited(material)
    sources = [source for source in material.sources if source.key in cited]
    citations = formatting.citations(sources, material.language)
    targets = Targets(words)
    if has_references(material.sections):
        # What stands further behind has its number only when all before it was read.
        first = _exhibitor(material, citations, medium)
        for section in material.sections:
            _chapter(section, material, first, [], targets)
        targets.complete((*first.listed_tables, *first.listed_figures))
    exhibitor = _exhibitor(material, citations, medium)
    problems: list[tuple[str, markup.Problem]] = []
    chapters = tuple(
        _chapter(section, material, exhibitor, problems, targets) for section in material.sections
    )
    hashes = {section.key: section.sha256 for section in material.sections if section.sha256}
    digest = sections_digest(hashes)
    judged = Text(
        hashes, {one.key: f"{one.number} {one.title}".strip() for one in material.sections}
    )
    return Report(
        slug=material.slug,
        language=material.language,
        direction=direction(material.language),
        title=f"{material.title}, {words.edition % {'year': material.edition}}",
        authors=authors(material.sections) or (material.programme,),
        keywords=material.keywords,
        moment=material.moment,
        cover=_cover(material),
        imprint=_imprint(material, digest),
        acronyms=tuple(_used_acronyms(material)),
        chapters=chapters,
        tables=tuple(exhibitor.listed_tables),
        figures=tuple(exhibitor.listed_figures),
        challenges=material.challenges,
        priorities=material.priorities,
        bibliography=formatting.bibliography(sources, material.language),
        citations=tuple(citations.items()),
        record=with_standing(material.record, judged),
        data_files=tuple(data_file(table) for table in material.tables),
        digest=digest,
        watermark=not material.is_public,
        problems=tuple(problems),
        approvals=approvals_of(material.record, judged),
        verify_at=f"{material.verify_at}{digest}/" if material.verify_at else "",
        data_tables=material.tables,
        references=tuple(sources),
        brand=material.brand,
        practices=tuple(practices_of(chapters)),
        drawings=tuple(sorted(exhibitor.drawings.items())),
        boxes=tuple(titled_boxes(chapters)),
    )


def _exhibitor(
    material: Material, citations: Mapping[str, str], medium: markup.Medium
) -> Exhibitor:
    return Exhibitor(
        medium=medium,
        language=material.language,
        data_tables={table.key: table for table in material.tables},
        citations=citations,
    )


def _used_acronyms(material: Material) -> Iterator[tuple[str, str]]:
    """Yield those acronyms of the list that anything else in the report uses."""
    words = "\n".join(_words_in(replace(material, acronyms=())))
    for short, long in material.acronyms:
        if _is_used(short, words):
            yield short, long


#: Arabic joins "and", "for" and the article to a word, so only letters of its own script bound it.
_LATIN = r"A-Za-zÀ-ɏ0-9_"


def _is_used(short: str, words: str) -> bool:
    edge = _LATIN if short.isascii() else r"\w"
    return bool(re.search(rf"(?<![{edge}]){re.escape(short)}s?(?![{edge}])", words))


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _words_in(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _words_in(one)


def _cited(material: Material) -> set[str]:
    """Keys of all sources named in the texts, the data tables, pictures and challenges."""
    keys = {row.source for table in material.tables for row in table.rows}
    for section in material.sections:
        keys.update(markup.cited_keys(section.text))
        keys.update(markup.cited_keys(section.searched))
        keys.update(picture.source for picture in section.pictures)
    for challenge in material.challenges:
        keys.update(challenge.sources)
    return keys


def _chapter(
    section: SectionText,
    material: Material,
    exhibitor: Exhibitor,
    problems: list[tuple[str, markup.Problem]],
    targets: Targets,
) -> Chapter:
    anchor = f"section-{section.key.lower()}"
    words = labels(material.language)
    pictures = {picture.key: picture for picture in section.pictures}
    rendered = markup.render(
        section.text,
        citations=exhibitor.citations,
        exhibits=markup.Exhibits(
            exhibitor.table,
            exhibitor.figure,
            exhibitor.label,
            targets.find,
            lambda key, block: exhibitor.image(pictures.get(key), block),
        ),
        id_prefix=f"s{section.key.lower()}-",
        chapter=section.number,
        medium=exhibitor.medium,
        direction=direction(material.language),
    )
    targets.note(section, anchor, rendered)
    problems.extend((section.title, problem) for problem in rendered.problems)
    html = rendered.html or _without_text(section, material)
    requests = _requests(material) if section.key == _methodology(material) else ""
    unplaced = []
    for table in material.tables:
        if table.section == section.key and table.key not in exhibitor.placed:
            place = f"table-{table.key.lower()}"
            targets.note_exhibit("table", table.key, place)
            unplaced.append(exhibitor.table(table.key, place) or "")
    return Chapter(
        key=section.key,
        anchor=anchor,
        number=section.number,
        title=section.title or words.no_text,
        text=section.text,
        # All of it comes from our renderer and our templates.
        html=mark_safe(html + "".join(unplaced) + requests),  # noqa: S308
        headings=tuple(rendered.headings),
        is_summary=section.is_summary,
        revision=section.revision,
        sha256=section.sha256,
        submitted_on=section.submitted_on,
    )


def _methodology(material: Material) -> str:
    """Return the key of the section with the methodology: the first chapter."""
    return next((one.key for one in material.sections if not one.is_summary), "")


def _requests(material: Material) -> str:
    """Return the table of the data requests; empty if nothing was asked for."""
    if not material.requests:
        return ""
    words = labels(material.language)
    context = {
        "labels": words,
        "requests": material.requests,
        "as_of": words.as_of % {"date": material.requests_as_of},
    }
    return render_to_string("reports/_requests.html", context)


def _without_text(section: SectionText, material: Material) -> SafeString:
    context = {"section": section, "labels": labels(material.language)}
    return render_to_string("reports/_no_text.html", context)


def authors(sections: Sequence[SectionText]) -> tuple[str, ...]:
    """Return the authors of all sections, each once, in the order of the chapters."""
    return tuple(dict.fromkeys(name for section in sections for name in section.authors))


def _cover(material: Material) -> Cover:
    words = labels(material.language)
    kicker, separator, title = material.title.partition(":")
    return Cover(
        programme=material.programme,
        kicker=kicker.strip() if separator else words.kind,
        title=title.strip() if separator else material.title,
        edition=words.edition % {"year": material.edition},
        version=words.version % {"version": material.version},
        funding=dict(material.blocks).get("funding", ""),
    )


def _imprint(material: Material, digest: str) -> Imprint:
    words = labels(material.language)
    blocks = dict(material.blocks)
    years = [row.year for table in material.tables for row in table.rows if row.year]
    return Imprint(
        blocks=tuple(
            (markup.first_strong_direction(blocks[kind]), blocks[kind])
            for kind in _BLOCK_ORDER
            if blocks.get(kind)
        ),
        citation=_suggested_citation(material),
        authorship=_authorship(material),
        version=words.version % {"version": material.version},
        frozen_on=material.frozen_on,
        validated_on=material.validated_on,
        data_year=str(max(years)) if years else "",
        digest=digest,
        erratum=material.erratum,
    )


def _suggested_citation(material: Material) -> str:
    words = labels(material.language)
    comma = words.comma
    people = comma.join(authors(material.sections)) or material.programme
    version = words.version % {"version": material.version}
    edition = words.edition % {"year": material.edition}
    return (
        f"{people} ({material.year}). {material.title}. "
        f"{edition}{comma}{version}. {material.programme}."
    )


def _authorship(material: Material) -> tuple[Authorship, ...]:
    """Group the chapters by who wrote them."""
    words = labels(material.language)
    written: dict[tuple[str, ...], list[SectionText]] = defaultdict(list)
    for section in material.sections:
        if section.authors:
            written[section.authors].append(section)
    return tuple(
        Authorship(words.comma.join(people), _names_of(sections, words))
        for people, sections in written.items()
    )


def _names_of(sections: Sequence[SectionText], words: Labels) -> str:
    """Return "Executive summary, Chapters 1–3, 5"."""
    titles = [section.title for section in sections if not section.number]
    chapters = [section.number for section in sections if section.number]
    if len(chapters) == 1:
        titles.append(words.chapter % {"number": chapters[0]})
    elif chapters:
        titles.append(words.chapters % {"numbers": words.comma.join(in_runs(chapters))})
    return words.comma.join(titles)


def in_runs(numbers: Sequence[str]) -> list[str]:
    """Return numbers of chapters as they are listed: from three in a row on, the first and last."""
    runs: list[list[str]] = []
    for number in numbers:
        follows = runs and runs[-1][-1].isdecimal() and str(int(runs[-1][-1]) + 1) == number
        if follows:
            runs[-1].append(number)
        else:
            runs.append([number])
    short = ([f"{run[0]}\N{EN DASH}{run[-1]}"] if len(run) > 2 else run for run in runs)
    return [words for run in short for words in run]
