"""A report as a file for Word: its text, and the parts that make it look like a publication."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from profile_workflow.word import elements, parts
from profile_workflow.word.elements import add, paragraph, run, words
from profile_workflow.word.package import tag
from profile_workflow.word.parts import HEAD, PACKAGE, RELATIONS, TYPES, Relation
from reports.documents.blocks import body_of
from reports.pdf.job import Job

#: Colours of the common styles → tone of the programme.
_COMMON = {"0B4F6C": "brand", "E4EDF2": "tint", "9DB2BF": "rule"}
_TONE = re.compile(r"var\(--([a-z-]+)\)")
#: Fonts of the report → what a machine that lacks them has instead.
_FONTS = {"Noto Sans": ("Segoe UI", "swiss"), "Vazirmatn": ("Arial", "swiss")}
#: What stands on every page: its part, its kind, on which pages.
_AROUND = (
    ("header1", "header", "default"),
    ("header2", "header", "first"),
    ("footer1", "footer", "default"),
    ("footer2", "footer", "first"),
)
_FURTHER = {
    "/docProps/app.xml": f"{TYPES}.extended-properties+xml",
    "/word/fontTable.xml": f"{TYPES}.wordprocessingml.fontTable+xml",
    **{f"/word/{name}.xml": f"{TYPES}.wordprocessingml.{kind}+xml" for name, kind, _ in _AROUND},
}
_OUTER: tuple[Relation, ...] = (
    ("rId1", f"{RELATIONS}/officeDocument", "word/document.xml", ""),
    ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", ""),
    ("rId3", f"{RELATIONS}/extended-properties", "docProps/app.xml", ""),
)


def docx_of(job: Job, tones: Mapping[str, str]) -> bytes:
    """Return a report as a file for Word; the same bytes for the same job.

    Args:
        job: What is printed, with its pictures; its styles are those of paper and not used.
        tones: Name of each colour of the programme → colour as ``#rrggbb``.

    Raises:
        KeyError: If a drawing holds a shape that cannot be painted.
    """
    written = body_of(job)
    written.body.append(_page(is_rtl=job.direction == "rtl"))
    inner: list[Relation] = [
        (f"rIdAround{number}", f"{RELATIONS}/{kind}", f"{name}.xml", "")
        for number, (name, kind, _where) in enumerate(_AROUND, 1)
    ]
    inner.append(("rIdFonts", f"{RELATIONS}/fontTable", "fontTable.xml", ""))
    return parts.zipped(
        {
            "[Content_Types].xml": parts.content_types(_FURTHER),
            "_rels/.rels": parts.relations(_OUTER),
            "docProps/core.xml": _core(job),
            "docProps/app.xml": _app(),
            "word/_rels/document.xml.rels": parts.inner_links(written, inner),
            "word/styles.xml": _styles(job.language, tones),
            "word/fontTable.xml": _fonts(),
            **{f"word/{name}.xml": parts.as_xml(one) for name, one in _around(job).items()},
            **parts.base_parts(written, job.language),
        }
    )


def _page(*, is_rtl: bool) -> Any:
    """Return the page: A4, with heads and feet, of which the first page has its own."""
    page = elements.element("w:sectPr")
    for number, (_name, kind, where) in enumerate(_AROUND, 1):
        add(page, f"w:{kind}Reference", type=where).set(tag("r:id"), f"rIdAround{number}")
    add(page, "w:pgSz", w=11906, h=16838)
    margins = {"top": 1474, "right": 1303, "bottom": 1417, "left": 1303}
    add(page, "w:pgMar", **margins, header=680, footer=680, gutter=0)
    add(page, "w:titlePg")
    if is_rtl:
        add(page, "w:bidi")
    return page


# Heads and feet


def _around(job: Job) -> dict[str, Any]:
    is_rtl = job.direction == "rtl"
    made = {name: elements.element("w:hdr" if kind == "header" else "w:ftr")
            for name, kind, _where in _AROUND}  # fmt: skip
    for name in ("header1", "header2"):
        if job.watermark:
            words(paragraph(made[name], "PWWatermark", is_rtl=is_rtl), job.watermark, is_rtl=is_rtl)
    words(paragraph(made["header1"], "Header", is_rtl=is_rtl), job.title, is_rtl=is_rtl)
    foot = paragraph(made["footer1"], "Footer", is_rtl=is_rtl)
    words(foot, job.footer, is_rtl=is_rtl)
    add(run(foot), "w:tab")
    words(add(foot, "w:fldSimple", instr=" PAGE "), "1", is_rtl=False, bold=True)
    for name in ("header2", "footer2"):
        if not len(made[name]):
            paragraph(made[name], "Header", is_rtl=is_rtl)
    return made


# Looks


def _styles(language: str, tones: Mapping[str, str]) -> bytes:
    common = parts.styles(language).decode()
    for colour, name in _COMMON.items():
        common = common.replace(f'"{colour}"', f'"var(--{name})"')
    own = f"{_own_styles()}</w:styles>"
    whole = common.replace("</w:styles>", own)
    return _TONE.sub(lambda found: tones[found[1]].lstrip("#").upper(), whole).encode()


@cache
def _own_styles() -> str:
    return files(__package__).joinpath("template/styles.xml").read_text(encoding="utf-8")


def _fonts() -> bytes:
    root = elements.element("w:fonts")
    for name, (instead, family) in _FONTS.items():
        font = add(root, "w:font", name=name)
        add(font, "w:altName", val=instead)
        add(font, "w:family", val=family)
        add(font, "w:pitch", val="variable")
    return parts.as_xml(root)


# What the file says of itself


def _core(job: Job) -> bytes:
    moment = datetime.fromisoformat(job.moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    said: Sequence[tuple[str, str]] = (
        ("dc:title", job.title),
        ("dc:subject", job.description),
        ("dc:creator", "; ".join(job.authors)),
        ("cp:keywords", "; ".join(job.keywords)),
        ("dc:description", job.watermark),
        ("dc:language", parts.language_tag(job.language)),
    )
    written = "".join(f"<{name}>{_safe(value)}</{name}>" for name, value in said if value)
    days = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{written}{days}'
        "</cp:coreProperties>"
    ).encode()


def _app() -> bytes:
    of_types = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return (
        f'{HEAD}<Properties xmlns="{of_types}"><Application>Profile Workflow</Application>'
        "</Properties>"
    ).encode()


def _safe(text: str) -> str:
    return escape(elements.writable(text))
