"""What the file says about itself: both conformances, page labels, and the same bytes each time."""

import zlib
from typing import Any
from xml.sax.saxutils import escape

import pydyf
import weasyprint
from weasyprint.document import Document

VARIANT = "pdf/a-3a"

_XMP = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq>{authors}</rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt>
</dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer><pdf:Keywords>{keywords}</pdf:Keywords></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>
<rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates, which part of ISO 14289 standard is followed
</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>
</pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""

_OF_PYDYF = ("/ObjStm", "/XRef")
_LINE_ENDS = (b"\r\nendstream", b"\n\nendstream")


def xmp(metadata: Any) -> bytes:
    """Return the metadata packet that claims PDF/A-3a and PDF/UA-1 together.

    WeasyPrint writes one variant only. PDF/A allows the other's property if the packet brings its
    schema along.
    """
    return _XMP.format(
        title=escape(metadata.title or ""),
        authors="".join(f"<rdf:li>{escape(name)}</rdf:li>" for name in metadata.authors),
        description=escape(metadata.description or ""),
        keywords=escape(", ".join(metadata.keywords)),
        language=escape(metadata.lang or "en"),
        moment=escape(metadata.created or ""),
        producer=f"WeasyPrint {weasyprint.VERSION}",
    ).encode()


def claim_both_conformances(document: Document) -> None:
    """Make a document write ``xmp``, uncompressed so that any tool can read it."""
    metadata = document.metadata
    include = metadata.include_in_pdf

    def include_uncompressed(
        pdf: Any, variant: str, version: int, conformance: str, compress: object
    ) -> None:
        del compress
        include(pdf, variant, version, conformance, compress=False)

    metadata.generate_rdf_metadata = lambda *_: xmp(metadata)
    metadata.include_in_pdf = include_uncompressed


def label_pages(pdf: Any, front_pages: int) -> None:
    """Number the front matter i, ii, iii and the body 1, 2, 3, as printed."""
    numbers = [front_pages, pydyf.Dictionary({"S": "/D"})]
    if front_pages:
        numbers = [0, pydyf.Dictionary({"S": "/r"}), *numbers]
    pdf.catalog["PageLabels"] = pydyf.Dictionary({"Nums": pydyf.Array(numbers)})


def read_from_the_right(pdf: Any) -> None:
    """Tell readers that show two pages side by side which one comes first."""
    pdf.catalog["ViewerPreferences"]["Direction"] = "/R2L"


def compress_streams(pdf: Any) -> None:
    """Compress the streams ourselves, none ending in CR or LF.

    With a file identifier pydyf would deflate twice, and a strict reader takes a last byte CR for
    the line end before ``endstream``. The last byte belongs to a sum of all bytes of the content
    (Adler-32, RFC 1950), so a blank more at its end changes it; a zero would not.
    """
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and item.compress and "Filter" not in item.extra:
            _compress(item)


def end_no_stream_of_pydyf_with_a_line_end() -> None:
    """Do the same for the streams that pydyf makes while it writes. Call once in a process.

    The packed objects get a blank at their end. The list of where objects are has no place for
    one; it is left as it is, and its last byte is then 0.
    """
    original = pydyf.Stream.data.fget

    def data(self: Any) -> bytes:
        written: bytes = original(self)
        while self.extra.get("Type") in _OF_PYDYF and written.endswith(_LINE_ENDS):
            if self.extra["Type"] == "/ObjStm":
                self.stream.append(b" ")
            else:
                self.compress = False
            written = original(self)
        return written

    pydyf.Stream.data = property(data)


def _compress(stream: Any) -> None:
    to_bytes = pydyf._to_bytes  # noqa: SLF001 - the only place that knows how pydyf writes a part
    raw: bytes = b"\n".join(to_bytes(part) for part in stream.stream)
    is_font = "Length1" in stream.extra
    packed = zlib.compress(raw, 9)
    while packed[-1:] in (b"\r", b"\n"):
        raw += b" "
        if is_font:
            stream.extra["Length1"] += 1
        packed = zlib.compress(raw, 9)
    stream.stream, stream.compress = [packed], False
    stream.extra["Filter"] = "/FlateDecode"
