"""Invented material of any length, for measurements, proofs and trying out the layout.

A made-up city in six languages, with everything that a report can hold: text, notes, citations,
tables that break over pages, each kind of chart, boxes, practices, a picture, annexes and the
validation record. The same call gives the same material.
"""

from reports.context.brand import Brand, Named
from reports.context.plain import Material, PriorityEntry
from reports.context.synthetic.annexes import challenges, priorities, record, requests
from reports.context.synthetic.figures import picture, picture_file
from reports.context.synthetic.texts import Writer, sections_of
from reports.context.synthetic.words import Words, words_in

__all__ = ["synthetic_material", "synthetic_picture"]

#: A report of fewer pages has no summary and no annexes but bibliography and record.
_LEAST_OF_A_WHOLE = 12
#: A shorter report has one action sheet, so that some pages are left for its chapters.
_LEAST_OF_A_LONG_ONE = 40


def synthetic_material(*, pages: int, language: str = "en") -> Material:
    """Return material for a report of about ``pages`` printed pages, cover and annexes included.

    Args:
        pages: A report is at least about seven pages long; from twelve on it is a whole one.
        language: Spanish prints English text under its labels; the others have texts of their own.
    """
    words = words_in(language)
    writer = Writer(words)
    is_whole = pages >= _LEAST_OF_A_WHOLE
    sections = tuple(sections_of(writer, pages, is_whole=is_whole))
    return Material(
        slug="synthetic",
        language=language,
        title=words.title,
        programme=words.programme,
        city=words.city,
        edition="2026",
        year="2026",
        version="1.0",
        moment="2026-01-15T10:00:00+00:00",
        frozen_on=words.day(15),
        validated_on=words.day(28) if is_whole else "",
        is_public=True,
        sections=sections,
        tables=tuple(writer.tables),
        sources=tuple(words.source(number) for number in range(1, 41)),
        acronyms=words.acronyms,
        challenges=tuple(challenges(words)) if is_whole else (),
        priorities=_priorities(words, pages) if is_whole else (),
        blocks=tuple(words.blocks.items()),
        keywords=words.keywords,
        record=record(words, sections, is_whole=is_whole),
        requests=tuple(requests(words)) if is_whole else (),
        requests_as_of=words.day(15),
        verify_at="https://example.org/verify/",
        brand=_brand(words),
    )


def synthetic_picture(language: str = "en") -> tuple[str, bytes]:
    """Return the SHA-256 and the file of the picture that whole reports show; a PNG."""
    return picture(words_in(language)).sha256, picture_file()


def _priorities(words: Words, pages: int) -> tuple[PriorityEntry, ...]:
    found = tuple(priorities(words))
    return found if pages >= _LEAST_OF_A_LONG_ONE else found[:1]


def _brand(words: Words) -> Brand:
    return Brand(
        named=(Named("donor", words.partners[0]), Named("lead", words.publisher)),
        here=words.network[0],
        network=words.network[1:],
    )
