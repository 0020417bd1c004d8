"""Documents of the report looked into: what is wrong with a file for Word, or with an e-book."""

import io
import posixpath
import re
import zipfile
from collections import Counter

from lxml import etree

from profile_workflow.word.package import NAMESPACES, tag

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ADDRESSES = ("https://", "http://", "mailto:")
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
_OPS = "{http://www.idpf.org/2007/ops}"
_ARABIC = re.compile("[\u0600-\u06ff]")
#: Order in which Word insists on what an element holds (ISO 29500-1), as far as we write it.
ORDER = {
    "pPr": ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "numPr", "pBdr", "shd", "tabs",
            "bidi", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl"],
    "rPr": ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "sz", "szCs", "u", "vertAlign",
            "rtl", "lang"],
    "tblPr": ["tblStyle", "bidiVisual", "tblW", "tblInd", "tblBorders", "tblCellMar", "tblLook",
              "tblCaption"],
    "tcPr": ["tcW", "gridSpan", "shd"],
    "tc": ["tcPr", "p", "tbl"],
    "style": ["name", "basedOn", "next", "qFormat", "pPr", "rPr", "tblPr", "tcPr", "tblStylePr"],
    "sectPr": ["headerReference", "footerReference", "pgSz", "pgMar", "titlePg", "bidi"],
}  # fmt: skip


def files_in(content):
    """Return the files of a ZIP by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files):
    """Return files as a ZIP again, for who plants a fault."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


# Word


def word_faults(content, *, is_rtl=False):
    """Return what is wrong with a file for Word, in words; nothing if all is well."""
    files = files_in(content)
    found = []
    roots = {}
    for name, data in files.items():
        if name.endswith((".xml", ".rels")):
            try:
                roots[name] = etree.fromstring(data)
            except etree.XMLSyntaxError as error:
                found.append(f"{name} is no XML: {error}")
    found += _relation_faults(files, roots)
    found += [f"{name}: {fault}" for name, root in roots.items() for fault in _order_faults(root)]
    body = roots["word/document.xml"]
    styles = {one.get(tag("w:styleId")) for one in roots["word/styles.xml"]}
    found += [*_name_faults(body, styles), *_form_faults(body)]
    found += _note_faults(body, roots["word/footnotes.xml"])
    return [*found, *_direction_faults(body, is_rtl=is_rtl)]


def _name_faults(body, styles):
    for kind in ("pStyle", "rStyle", "tblStyle"):
        used = {one.get(tag("w:val")) for one in body.iter(tag(f"w:{kind}"))}
        yield from (f"the style {name} is not there" for name in sorted(used - styles))
    marks = Counter(one.get(tag("w:name")) for one in body.iter(tag("w:bookmarkStart")))
    yield from (f"the bookmark {name} is there twice" for name, n in marks.items() if n > 1)
    called = {one.get(tag("w:anchor")) for one in body.iter(tag("w:hyperlink"))} - {None}
    for name in sorted(called - set(marks)):
        yield f"a link leads to {name}, which is nowhere"


def _form_faults(body):
    if not all(one.get("descr") for one in body.iter(tag("wp:docPr"))):
        yield "a picture says nothing"
    for one in body.iter(tag("w:tbl")):
        if one[-1].tag != tag("w:tr") or not one.findall(f"{tag('w:tr')}/{tag('w:tc')}"):
            yield "a table without cells"
    if any(one[-1].tag != tag("w:p") for one in body.iter(tag("w:tc"))):
        yield "a cell does not end with a paragraph"


def _relation_faults(files, roots):
    for name, root in roots.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for one in root.iter(_RELATION):
            target, kind = one.get("Target"), one.get("Type").rpartition("/")[2]
            if one.get("TargetMode") != "External":
                if posixpath.join(folder, target) not in files:
                    yield f"{target} is not in the file"
            elif kind != "hyperlink" or not target.startswith(_ADDRESSES):
                yield f"{kind} is fetched from {target}"


def _order_faults(root):
    for one in root.iter():
        kind = etree.QName(one).localname
        if kind not in ORDER:
            continue
        inner = [etree.QName(each).localname for each in one]
        strange = set(inner) - set(ORDER[kind])
        if strange:
            yield f"{kind} holds {sorted(strange)}"
        elif kind == "tc":
            if inner[0] != "tcPr":
                yield "tc does not begin with tcPr"
        elif inner != sorted(inner, key=ORDER[kind].index):
            yield f"{kind} holds {inner}"


def _note_faults(body, notes):
    called = [one.get(tag("w:id")) for one in body.iter(tag("w:footnoteReference"))]
    written = [one.get(tag("w:id")) for one in notes if one.get(tag("w:type")) is None]
    if called != written:
        yield f"notes {called} are called, {written} are written"


def _direction_faults(body, *, is_rtl):
    page = body.find(f".//{tag('w:sectPr')}")
    if (page.find(tag("w:bidi")) is not None) != is_rtl:
        yield "the page runs the wrong way"
    for one in body.iter(tag("w:p")):
        runs = one.findall(f"{tag('w:r')}")
        text = "".join(one.itertext(tag("w:t"))).strip()
        if text and _ARABIC.match(text) and one.find(f"{tag('w:pPr')}/{tag('w:bidi')}") is None:
            yield f"a paragraph of Arabic runs from the left: {text[:30]}"
        for each in runs:
            words = "".join(each.itertext(tag("w:t")))
            turned = each.find(f"{tag('w:rPr')}/{tag('w:rtl')}") is not None
            if _ARABIC.search(words) and not turned:
                yield f"Arabic words are not marked as such: {words[:30]}"


def paragraphs_in(content, *styles):
    """Return the words of the paragraphs of some styles, in order."""
    root = etree.fromstring(files_in(content)["word/document.xml"])
    found = []
    for one in root.iter(tag("w:p")):
        style = one.find(f"{tag('w:pPr')}/{tag('w:pStyle')}")
        if style is not None and style.get(tag("w:val")) in styles:
            found.append(" ".join("".join(one.itertext(tag("w:t"))).split()))
    return found


def count_in(content, name, part="word/document.xml"):
    """Return how often an element stands in a part."""
    prefix, _colon, local = name.partition(":")
    root = etree.fromstring(files_in(content)[part])
    return sum(1 for _one in root.iter(f"{{{NAMESPACES[prefix]}}}{local}"))


# E-books


def book_faults(content, *, is_rtl=False):
    """Return what is wrong with an e-book, in words; nothing if all is well."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first = archive.infolist()[0]
    files = files_in(content)
    found = []
    if (first.filename, first.compress_type) != ("mimetype", zipfile.ZIP_STORED):
        found.append("the first file is not the kind of the file")
    package = etree.fromstring(files["EPUB/package.opf"])
    items = {one.get("href"): one for one in package.iter(f"{_OPF}item")}
    inside = {name.removeprefix("EPUB/") for name in files if name.startswith("EPUB/")}
    found += [f"{name} is named and not there" for name in sorted(items.keys() - inside)]
    found += [f"{n} is there and not named" for n in sorted(inside - items.keys())
              if n != "package.opf"]  # fmt: skip
    found += _package_faults(package, items, is_rtl=is_rtl)
    pages = {}
    for name in sorted(inside):
        if name.endswith(".xhtml"):
            try:
                pages[name] = etree.fromstring(files[f"EPUB/{name}"])
            except etree.XMLSyntaxError as error:
                found.append(f"{name} is no XML: {error}")
    ids = {name: [one.get("id") for one in page.iter() if one.get("id")]
           for name, page in pages.items()}  # fmt: skip
    found += [f"{name} has an id twice" for name, of in ids.items() if len(set(of)) < len(of)]
    for name, page in pages.items():
        found += [f"{name}: {fault}" for fault in _page_faults(name, page, ids, inside)]
    return found


def _package_faults(package, items, *, is_rtl):
    said = [one.get("property") for one in package.iter(f"{_OPF}meta")]
    for name in ("accessMode", "accessModeSufficient", "accessibilityFeature",
                 "accessibilityHazard", "accessibilitySummary"):  # fmt: skip
        if f"schema:{name}" not in said:
            yield f"{name} is not said"
    for name in ("identifier", "title", "language"):
        if not (package.findtext(f".//{_DC}{name}") or "").strip():
            yield f"{name} is not said"
    kinds = {one.get("properties") for one in items.values()}
    yield from (f"there is no {one}" for one in ("nav", "cover-image") if one not in kinds)
    spine = package.find(f"{_OPF}spine")
    if (spine.get("page-progression-direction") == "rtl") != is_rtl:
        yield "pages are turned the wrong way"


def _page_faults(name, page, ids, inside):
    for one in page.iter(f"{_XHTML}a"):
        address = one.get("href", "")
        target, _sign, anchor = address.partition("#")
        if address.startswith(_ADDRESSES):
            continue
        if (target or name) not in ids or (anchor and anchor not in ids[target or name]):
            yield f"a link leads to {address}, which is nowhere"
    for one in page.iter(f"{_XHTML}img"):
        if one.get("src") not in inside or not one.get("alt"):
            yield f"a picture is fetched from {one.get('src')}, or says nothing"
    for one in page.iter(f"{_XHTML}figure"):
        names = [etree.QName(each).localname for each in one]
        if "figcaption" in names[1:-1]:
            yield "a caption stands neither first nor last"
    yield from _running(page)


def _running(page):
    names = {etree.QName(one).localname for one in page.iter() if isinstance(one.tag, str)}
    if names & {"script", "iframe", "object", "embed"}:
        yield "something runs in it"
    if any(key.startswith("on") for one in page.iter() for key in one.attrib):
        yield "something runs in it"
