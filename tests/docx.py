"""Word files as other programs write them: by hand, from the XML of their text."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{_R}" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: Styles as a French Word names them: ids of its own, names as everywhere.
STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{one}"><w:name w:val="{name}"/>'
    f"<w:pPr>{level}</w:pPr></w:style>"
    for one, name, level in (
        ("Titre1", "heading 1", '<w:outlineLvl w:val="0"/>'),
        ("Titre2", "heading 2", '<w:outlineLvl w:val="1"/>'),
        ("Titre3", "heading 3", '<w:outlineLvl w:val="2"/>'),
        ("Titre4", "heading 4", '<w:outlineLvl w:val="3"/>'),
        ("Titre", "Title", ""),
        ("Citation", "Quote", ""),
        ("Lgende", "caption", ""),
        ("TM1", "toc 1", ""),
        ("Paragraphedeliste", "List Paragraph", ""),
    )
)
NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}">'
    + "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/></w:lvl>'
        for level in range(3)
    )
    + f'</w:abstractNum><w:num w:numId="{number + 1}"><w:abstractNumId w:val="{number}"/></w:num>'
    for number, kind in enumerate(("bullet", "decimal"))
)


def p(text="", style="", *, list_id=0, level=0, raw=""):
    """Return a paragraph; ``raw`` is XML of runs instead of words."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if list_id:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    inner = raw or (r(text) if text else "")
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def r(text, looks=""):
    """Return a run of words."""
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def tbl(*rows):
    """Return a table; each cell is its words, or XML of paragraphs."""
    lines = "".join(
        "<w:tr>"
        + "".join(f"<w:tc>{one if one.startswith('<') else p(one)}</w:tc>" for one in row)
        + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{lines}</w:tbl>"


def drawn(reference="", alt="", inside=""):
    """Return a run with a drawing: the picture that a reference leads to, or what is inside."""
    blip = f'<a:blip r:embed="{reference}"/>' if reference else ""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1" descr="{alt}"/>'
        f"<a:graphic><a:graphicData>{blip}{inside}</a:graphicData></a:graphic></wp:inline>"
        "</w:drawing></w:r>"
    )


def docx(body="", *, links="", main=MAIN, document=None, media=None, **parts):
    """Return a file; ``parts`` are further parts by name, with ``__`` for a slash.

    ``media`` are pictures by the names of the references to them.
    """
    pictures = media or {}
    links += "".join(
        f'<Relationship Id="{name}" Type="{_R}/image" Target="media/{name}.bin"/>'
        for name in pictures
    )
    related = "".join(
        f'<Relationship Id="x{name}" Type="{_R}/{name}" Target="{name}.xml"/>'
        for name in ("styles", "numbering", "footnotes", "endnotes", "comments")
        if name in parts or name in ("styles", "numbering")
    )
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{related}{links}</Relationships>",
        "word/document.xml": document
        or f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_SPACES}>{STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_SPACES}>{NUMBERING}</w:numbering>",
    }
    files |= {f"word/media/{name}.bin": content for name, content in pictures.items()}
    for name, content in parts.items():
        files[f"word/{name}.xml"] = f"<w:{name} {_SPACES}>{content}</w:{name}>"
    return zipped(files)


def zipped(files):
    """Return a ZIP of files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    content.seek(0)
    return content


def link(name, target):
    """Return a reference to an address outside."""
    return (
        f'<Relationship Id="{name}" Type="{_R}/hyperlink" Target="{target}" TargetMode="External"/>'
    )
