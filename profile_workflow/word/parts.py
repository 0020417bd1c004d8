"""The parts that every Word file has beside its text, and the ZIP around them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from profile_workflow.word import elements
from profile_workflow.word.elements import LANGUAGES, add
from profile_workflow.word.package import NAMESPACES
from profile_workflow.word.writing import ListStart, Written

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = "application/vnd.openxmlformats-officedocument"
RELATIONS = NAMESPACES["r"]
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: A ZIP knows no earlier day; the day of making is nobody's business.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_BULLET_SIGNS = ("•", "–", "▪")
_INDENT, _HANGING = 425, 340
_LEVELS = 9
#: Part of the file → its kind, and how the text refers to it.
PARTS = {
    "styles": "wordprocessingml.styles+xml",
    "numbering": "wordprocessingml.numbering+xml",
    "footnotes": "wordprocessingml.footnotes+xml",
    "settings": "wordprocessingml.settings+xml",
}


#: A reference of a part: its name, its kind, where it leads, ``TargetMode`` if that is outside.
Relation = tuple[str, str, str, str]


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return the parts of a file, by name, as one file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DAY), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def base_parts(written: Written, language: str) -> dict[str, bytes]:
    """Return the parts that are made alike for every file: its text, notes, lists and pictures."""
    text = elements.element("w:document")
    text.append(written.body)
    named = files_of(written)
    return {
        "word/document.xml": as_xml(text),
        "word/_rels/footnotes.xml.rels": relations(outside(written.note_links)),
        "word/numbering.xml": as_xml(numbering(written.lists)),
        "word/footnotes.xml": as_xml(footnotes(written.footnotes)),
        "word/settings.xml": as_xml(settings(language)),
        **{f"word/{named[name]}": one.content for one, name in written.images.items()},
    }


def files_of(written: Written) -> dict[str, str]:
    """Return the name of the reference to each picture → the name of its file."""
    several = enumerate(written.images.items(), 1)
    return {name: f"media/picture{number}.{one.kind}" for number, (one, name) in several}


def as_xml(root: Any) -> bytes:
    """Return a part as it is kept."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["w", "r"])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def content_types(further: Mapping[str, str]) -> bytes:
    """Return what the parts of a file are: those of every file, and further ones by their name."""
    rows = [("/word/document.xml", f"{TYPES}.wordprocessingml.document.main+xml")]
    rows += [(f"/word/{name}.xml", f"{TYPES}.{kind}") for name, kind in PARTS.items()]
    rows.append(
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")
    )
    rows += further.items()
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in rows
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    ).encode()


def relations(rows: Sequence[Relation]) -> bytes:
    """Return references of a part: name, kind, target, and whether it is outside."""
    written = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{escape(target, {chr(34): "&quot;"})}"'
        f"{mode}/>"
        for name, kind, target, mode in rows
    )
    return (
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{written}</Relationships>'.encode()
    )


def inner_links(written: Written, further: Sequence[Relation] = ()) -> bytes:
    """Return where the references of the text lead."""
    rows = [
        (f"rId{number}", f"{RELATIONS}/{name}", f"{name}.xml", "")
        for number, name in enumerate(PARTS, 1)
    ]
    rows += [(name, f"{RELATIONS}/image", file, "") for name, file in files_of(written).items()]
    return relations([*rows, *outside(written.links), *further])


def outside(links: Mapping[str, str]) -> list[Relation]:
    """Return the references to addresses outside, which a reader follows, never the program."""
    mode = ' TargetMode="External"'
    return [(name, f"{RELATIONS}/hyperlink", address, mode) for address, name in links.items()]


def language_tag(language: str) -> str:
    """Return how Word names a language."""
    return LANGUAGES.get(language, language)


def _latin(language: str) -> str:
    """Return in which language words in Latin letters are spelled."""
    return LANGUAGES["en"] if language == "ar" else language_tag(language)


def styles(language: str) -> bytes:
    """Return the styles that every file has."""
    template = files(__package__).joinpath("template/styles.xml").read_text(encoding="utf-8")
    return template.replace(LANGUAGES["en"], _latin(language)).encode()


def settings(language: str) -> Any:
    """Return the settings of a file."""
    root = elements.element("w:settings")
    notes = add(root, "w:footnotePr")
    for number in (-1, 0):
        add(notes, "w:footnote", id=number)
    compatible = add(root, "w:compat")
    word = "http://schemas.microsoft.com/office/word"
    add(compatible, "w:compatSetting", name="compatibilityMode", uri=word, val="15")
    add(root, "w:themeFontLang", val=_latin(language), bidi=LANGUAGES["ar"])
    return root


def footnotes(notes: list[Any]) -> Any:
    """Return the part with the footnotes."""
    root = elements.element("w:footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        line = add(root, "w:footnote", type=kind, id=number)
        add(add(add(line, "w:p"), "w:r"), f"w:{kind}")
    root.extend(notes)
    return root


def numbering(lists: list[ListStart]) -> Any:
    """Return the part with the lists."""
    root = elements.element("w:numbering")
    for kind in range(3):
        abstract = add(root, "w:abstractNum", abstractNumId=kind)
        add(abstract, "w:multiLevelType", val="multilevel")
        for level in range(_LEVELS):
            _level(abstract, kind, level)
    for number, one in enumerate(lists, 1):
        numbered = add(root, "w:num", numId=number)
        add(numbered, "w:abstractNumId", val=one.kind)
        override = add(numbered, "w:lvlOverride", ilvl=one.level)
        add(override, "w:startOverride", val=one.start)
    return root


def _level(abstract: Any, kind: int, level: int) -> None:
    signs = (_BULLET_SIGNS[level % len(_BULLET_SIGNS)], f"%{level + 1}.", "")
    found = add(abstract, "w:lvl", ilvl=level)
    add(found, "w:start", val=1)
    add(found, "w:numFmt", val=("bullet", "decimal", "none")[kind])
    add(found, "w:lvlText", val=signs[kind])
    add(found, "w:lvlJc", val="left")
    indent = add(add(found, "w:pPr"), "w:ind", left=_INDENT * (level + 1))
    if signs[kind]:
        indent.set(f"{{{NAMESPACES['w']}}}hanging", str(_HANGING))
