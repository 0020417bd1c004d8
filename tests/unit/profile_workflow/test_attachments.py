"""Files that people send along: kinds by content, names without danger, pictures drawn anew."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from profile_workflow.attachments import MOST_BYTES, Kind, clean_name, read_attachment
from profile_workflow.errors import InvalidInput
from tests.pictures import many_scans

pytestmark = pytest.mark.unit

GPS = 0x8825


def archive(*names: str, first: bytes = b"") -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        if first:
            made.writestr("mimetype", first)
        for name in names:
            made.writestr(name, "x")
    return out.getvalue()


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (40, 20), *, gps: bool = False, **options: bool
) -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    if gps:
        exif[GPS] = {1: "N", 2: (34.0, 44.0, 0.0)}
        exif[0x0112] = 6
    Image.new("RGB", size, "red").save(out, kind, exif=exif, **options)
    return out.getvalue()


WORD = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", Kind.PDF),
        (WORD, Kind.DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), Kind.XLSX),
        (archive("[Content_Types].xml", "ppt/presentation.xml"), Kind.PPTX),
        (archive("content.xml", first=b"application/vnd.oasis.opendocument.text"), Kind.ODT),
        (
            archive("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"),
            Kind.ODS,
        ),
        ("année ; total\n2024 ; 12 400\n".encode(), Kind.TEXT),
        ("سنة;مجموع\n".encode("cp1256"), Kind.TEXT),
        (picture(), Kind.JPEG),
        (picture("PNG"), Kind.JPEG),
        (picture("WEBP"), Kind.JPEG),
    ],
)
def test_the_kind_is_that_of_the_content_whatever_the_name(content, kind):
    found = read_attachment("harmless.exe", content)
    assert found.kind == kind
    assert found.name == f"harmless.{kind.value}"


def test_a_table_as_text_is_known_by_its_name():
    assert read_attachment("Budget.CSV", b"a;b\n1;2\n").kind == Kind.CSV


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"\xef\xbb\xbf  <svg onload=alert(1)>",
        b"#!/bin/sh\nrm -rf /\n",
        b"<?php echo 1;",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"Rar!\x1a\x07\x00",
        archive("anything.txt"),
        archive("word/document.xml"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        archive("Basic/Standard/x.xml", first=b"application/vnd.oasis.opendocument.text"),
        WORD[:40],
        picture()[:60],
        b"\xff\xd8\xff<script>",
        b"x" * (MOST_BYTES + 1),
    ],
    ids=range(17),
)
def test_what_could_run_or_is_broken_is_not_taken(content):
    with pytest.raises(InvalidInput):
        read_attachment("report.pdf", content)


def test_a_photograph_loses_where_it_was_taken_and_what_was_hidden_in_it():
    sent = picture(gps=True) + b"<script>alert(1)</script>"
    kept = read_attachment("IMG_1.jpg", sent).content
    assert b"<script>" in sent
    assert b"<script>" not in kept
    with Image.open(BytesIO(kept)) as found:
        assert dict(found.getexif()) == {}
        assert found.size == (20, 40)  # turned upright, as the camera had noted


@pytest.mark.parametrize("how", [{"kind": "PNG"}, {"progressive": True}])
def test_a_picture_with_too_many_points_is_refused_before_they_are_drawn(how):
    with pytest.raises(InvalidInput, match="pixels"):
        read_attachment("bomb.png", picture(size=(6400, 4000), **how))


def test_a_large_photograph_of_a_telephone_is_drawn_smaller():
    kept = read_attachment("IMG_2.jpg", picture(size=(6400, 6000))).content
    with Image.open(BytesIO(kept)) as found:
        assert found.size == (3000, 2813)


def test_a_photograph_that_is_drawn_again_and_again_is_refused():
    with pytest.raises(InvalidInput, match="damaged"):
        read_attachment("IMG_3.jpg", many_scans())


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\Budget 2024.pdf", "Budget 2024.pdf"),
        ("ميزانية 2024.xlsx", "ميزانية 2024.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf"),
        ('x";filename="y.exe', "x__filename__y.pdf"),
        ("report\u202efdp.exe", "report_fdp.pdf"),
        ("....", "file.pdf"),
        ("", "file.pdf"),
    ],
)
def test_a_name_keeps_its_words_only(name, clean):
    assert clean_name(name, Kind.PDF) == clean


@given(st.text(max_size=300))
def test_no_name_holds_a_path_a_control_sign_or_another_ending(name):
    clean = clean_name(name, Kind.PDF)
    assert clean.endswith(".pdf")
    assert len(clean) <= 84
    assert not set(clean[:-4]) & set('/\\.:*?"<>|\r\n\0\u202e')
