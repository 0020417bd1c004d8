"""Streams of the PDF are compressed so that no reader mistakes their last byte."""

import zlib
from itertools import count
from types import SimpleNamespace

import pydyf
import pytest

from reports.pdf import metadata

LINE_ENDS = (b"\r", b"\n")


def _content_whose_checksum_ends_a_line() -> bytes:
    """Return bytes that, compressed as they are, end with CR or LF."""
    for number in count():
        content = f"content {number}".encode()
        if zlib.compress(content, 9)[-1:] in LINE_ENDS:
            return content
    raise AssertionError


@pytest.mark.parametrize("extra", [{}, {"Length1": 100}, {"Subtype": "/Image"}])
def test_a_stream_that_would_end_a_line_gets_a_blank(extra):
    content = _content_whose_checksum_ends_a_line()
    stream = pydyf.Stream([content], extra=dict(extra), compress=True)

    metadata.compress_streams(SimpleNamespace(objects=[stream]))

    [packed] = stream.stream
    assert packed[-1:] not in LINE_ENDS
    assert zlib.decompress(packed) == content + b" "
    assert stream.extra.get("Length1") == (101 if "Length1" in extra else None)


def test_another_stream_keeps_its_content():
    stream = pydyf.Stream([b"q", b"Q"], compress=True)

    metadata.compress_streams(SimpleNamespace(objects=[stream]))

    assert zlib.decompress(stream.stream[0]) == b"q\nQ"
