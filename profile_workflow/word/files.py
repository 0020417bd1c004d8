"""The parts of a Word file beside its text, and the ZIP around them: the same bytes each time."""

import io
import zipfile
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from profile_workflow.word import elements, names
from profile_workflow.word.elements import LANGUAGES, add
from profile_workflow.word.package import NAMESPACES
from profile_workflow.word.writing import ListStart, WordDocument, Written, write

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument"
_RELATIONS = NAMESPACES["r"]
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: A ZIP knows no earlier day; the day of making is nobody's business.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_BULLET_SIGNS = ("•", "–", "▪")
_INDENT, _HANGING = 425, 340
_LEVELS = 9
#: Part of the file → its kind, and how the text refers to it.
_PARTS = {
    "styles": "wordprocessingml.styles+xml",
    "numbering": "wordprocessingml.numbering+xml",
    "footnotes": "wordprocessingml.footnotes+xml",
    "settings": "wordprocessingml.settings+xml",
}


def make_docx(document: WordDocument) -> bytes:
    """Return a file for Word. It names nobody: neither an author nor the day it was made."""
    written = write(document)
    text = elements.element("w:document")
    text.append(written.body)
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _outer_links(),
        "docProps/core.xml": _core(document),
        "docProps/custom.xml": _custom(document),
        "word/document.xml": _xml(text),
        "word/_rels/document.xml.rels": _inner_links(written),
        "word/_rels/footnotes.xml.rels": _links(_outside(written.note_links)),
        "word/styles.xml": _styles(document.language),
        "word/numbering.xml": _xml(_numbering(written.lists)),
        "word/footnotes.xml": _xml(_footnotes(written.footnotes)),
        "word/settings.xml": _xml(_settings(document.language)),
    }
    named = _files(written)
    parts |= {f"word/{named[name]}": one.content for one, name in written.images.items()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _NO_DAY), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _files(written: Written) -> dict[str, str]:
    """Return the name of the reference to each picture → the name of its file."""
    several = enumerate(written.images.items(), 1)
    return {name: f"media/picture{number}.{one.kind}" for number, (one, name) in several}


def _xml(root: Any) -> bytes:
    etree.cleanup_namespaces(root, keep_ns_prefixes=["w", "r"])
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _content_types() -> bytes:
    rows = [("/word/document.xml", f"{_TYPES}.wordprocessingml.document.main+xml")]
    rows += [(f"/word/{name}.xml", f"{_TYPES}.{kind}") for name, kind in _PARTS.items()]
    rows += [
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ("/docProps/custom.xml", f"{_TYPES}.custom-properties+xml"),
    ]
    overrides = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in rows
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    ).encode()


def _links(rows: list[tuple[str, str, str, str]]) -> bytes:
    written = "".join(
        f'<Relationship Id="{name}" Type="{kind}" Target="{escape(target, {chr(34): "&quot;"})}"'
        f"{mode}/>"
        for name, kind, target, mode in rows
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{written}</Relationships>'.encode()
    )


def _outer_links() -> bytes:
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    return _links(
        [
            ("rId1", f"{_RELATIONS}/officeDocument", "word/document.xml", ""),
            ("rId2", core, "docProps/core.xml", ""),
            ("rId3", f"{_RELATIONS}/custom-properties", "docProps/custom.xml", ""),
        ]
    )


def _inner_links(written: Written) -> bytes:
    rows = [
        (f"rId{number}", f"{_RELATIONS}/{name}", f"{name}.xml", "")
        for number, name in enumerate(_PARTS, 1)
    ]
    rows += [(name, f"{_RELATIONS}/image", file, "") for name, file in _files(written).items()]
    return _links([*rows, *_outside(written.links)])


def _outside(links: dict[str, str]) -> list[tuple[str, str, str, str]]:
    mode = ' TargetMode="External"'
    return [(name, f"{_RELATIONS}/hyperlink", address, mode) for address, name in links.items()]


def _core(document: WordDocument) -> bytes:
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(elements.writable(document.title))}</dc:title>"
        f"<dc:language>{escape(_language(document.language))}</dc:language></cp:coreProperties>"
    ).encode()


def _custom(document: WordDocument) -> bytes:
    of_types = "http://schemas.openxmlformats.org/officeDocument/2006"
    return (
        f'{_HEAD}<Properties xmlns="{of_types}/custom-properties" '
        f'xmlns:vt="{of_types}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{names.ORIGIN}">'
        f"<vt:lpwstr>{escape(document.origin)}</vt:lpwstr></property></Properties>"
    ).encode()


def _language(language: str) -> str:
    return LANGUAGES.get(language, language)


def _latin(language: str) -> str:
    """Return in which language words in Latin letters are spelled."""
    return LANGUAGES["en"] if language == "ar" else _language(language)


def _styles(language: str) -> bytes:
    template = files(__package__).joinpath("template/styles.xml").read_text(encoding="utf-8")
    return template.replace(LANGUAGES["en"], _latin(language)).encode()


def _settings(language: str) -> Any:
    root = elements.element("w:settings")
    notes = add(root, "w:footnotePr")
    for number in (-1, 0):
        add(notes, "w:footnote", id=number)
    compatible = add(root, "w:compat")
    word = "http://schemas.microsoft.com/office/word"
    add(compatible, "w:compatSetting", name="compatibilityMode", uri=word, val="15")
    add(root, "w:themeFontLang", val=_latin(language), bidi=LANGUAGES["ar"])
    return root


def _footnotes(notes: list[Any]) -> Any:
    root = elements.element("w:footnotes")
    for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
        line = add(root, "w:footnote", type=kind, id=number)
        add(add(add(line, "w:p"), "w:r"), f"w:{kind}")
    root.extend(notes)
    return root


def _numbering(lists: list[ListStart]) -> Any:
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
