"""A text of the dialect as a file for Word: its parts, and that it names nobody."""

from xml.sax.saxutils import escape

from profile_workflow.word import elements, names, parts
from profile_workflow.word.document import WordDocument
from profile_workflow.word.parts import HEAD, PACKAGE, RELATIONS, TYPES, Relation
from profile_workflow.word.writing import write

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_CUSTOM = {"/docProps/custom.xml": f"{TYPES}.custom-properties+xml"}
_OUTER: tuple[Relation, ...] = (
    ("rId1", f"{RELATIONS}/officeDocument", "word/document.xml", ""),
    ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", ""),
    ("rId3", f"{RELATIONS}/custom-properties", "docProps/custom.xml", ""),
)


def make_docx(document: WordDocument) -> bytes:
    """Return a file for Word. It names nobody: neither an author nor the day it was made."""
    written = write(document)
    return parts.zipped(
        {
            "[Content_Types].xml": parts.content_types(_CUSTOM),
            "_rels/.rels": parts.relations(_OUTER),
            "docProps/core.xml": _core(document),
            "docProps/custom.xml": _custom(document),
            "word/_rels/document.xml.rels": parts.inner_links(written),
            "word/styles.xml": parts.styles(document.language),
            **parts.base_parts(written, document.language),
        }
    )


def _core(document: WordDocument) -> bytes:
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(elements.writable(document.title))}</dc:title>"
        f"<dc:language>{escape(parts.language_tag(document.language))}</dc:language></cp:coreProperties>"
    ).encode()


def _custom(document: WordDocument) -> bytes:
    of_types = "http://schemas.openxmlformats.org/officeDocument/2006"
    return (
        f'{HEAD}<Properties xmlns="{of_types}/custom-properties" '
        f'xmlns:vt="{of_types}/docPropsVTypes">'
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2" name="{names.ORIGIN}">'
        f"<vt:lpwstr>{escape(document.origin)}</vt:lpwstr></property></Properties>"
    ).encode()
