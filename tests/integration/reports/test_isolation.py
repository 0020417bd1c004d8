"""Hostile documents: nothing is fetched, limits hold, and the next job passes."""

import http.server
import io
import os
import signal
import subprocess
import threading
import zlib
from collections.abc import Iterator

import pikepdf
import pytest
import weasyprint

from reports.errors import BuildFailed
from reports.pdf.isolation import Limits, build
from reports.pdf.press import PRESS
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf, pytest.mark.slow, pytest.mark.repeats]

CANARY = b"CANARY-8f1d"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    hits: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(CANARY)

        def log_message(self, *_):
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", hits
    listening.shutdown()
    listening.server_close()
    thread.join()


def copies():
    """Return the process ids of all copies that the warm process has made and that still live."""
    found = subprocess.run(
        ["pgrep", "--pgroup", str(PRESS.pid), "-r", "R,S,D"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [int(line) for line in found.stdout.split() if int(line) != PRESS.pid]


@pytest.fixture
def hostile(server, tmp_path):
    address = server[0]
    secret = tmp_path / "secret.txt"
    secret.write_bytes(CANARY)
    return (
        f'<link rel="stylesheet" href="{address}/css"><img src="{address}/img" alt="x">'
        f'<link rel="attachment" href="file://{secret}"><a rel="attachment" href="file://{secret}">'
        f'x</a><p style="background:url({address}/bg)">x</p><object data="{address}/o"></object>'
        f"<style>@import url({address}/import);@font-face{{font-family:x;src:url({address}/f)}}"
        f"p{{font-family:x}}</style><img src='file://{secret}' alt='x'>"
        f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{address}/svg"/></svg>'
    )


def _streams(content: bytes) -> bytes:
    """All streams of a file, decoded as far as possible, and the file itself."""
    found = [content]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                try:
                    found.append(item.read_bytes())
                except (pikepdf.PdfError, zlib.error):
                    found.append(item.read_raw_bytes())
    return b"\n".join(found)


def test_nothing_is_fetched(server, hostile):
    file = build(plain_job(hostile), limits=LIMITS)

    assert server[1] == []
    assert CANARY not in _streams(file.content)


def test_the_trap_works(server, hostile):
    """The fetcher that WeasyPrint uses by default falls into it."""
    leaking = weasyprint.HTML(string=f"<html lang=en><body>{hostile}</body></html>").write_pdf()

    assert server[1]
    assert CANARY in _streams(leaking)


@pytest.mark.parametrize(
    "bomb",
    [
        "<table><tr><td colspan='65534'>x</td></tr>" + "<tr><td>x</td></tr>" * 50 + "</table>",
        "<div>" * 3000 + "x" + "</div>" * 3000,
        "<table>" + "<tr><td>x</td><td>y</td></tr>" * 100_000 + "</table>",
    ],
    ids=["colspan", "nesting", "rows"],
)
def test_a_bomb_ends_within_its_limits_with_a_sentence(bomb):
    limits = Limits(memory_bytes=1024**3, cpu_seconds=3, wall_seconds=4)

    with pytest.raises(BuildFailed) as failure:
        build(plain_job(bomb), limits=limits)

    assert str(failure.value)
    assert failure.value.code in ("too_long", "too_big", "crashed")


def test_the_job_after_a_bomb_passes():
    tight = Limits(memory_bytes=1024**3, cpu_seconds=5, wall_seconds=0.2)
    with pytest.raises(BuildFailed, match=r"within 0\.2 seconds"):
        build(plain_job("<p>x</p>" * 3000), limits=tight)

    assert build(plain_job("<p>x</p>"), limits=LIMITS).pages == 2


def test_memory_is_bounded():
    with pytest.raises(BuildFailed) as failure:
        build(
            plain_job("<p>x</p>"),
            limits=Limits(memory_bytes=80 * 1024**2, cpu_seconds=20, wall_seconds=30),
        )

    assert failure.value.code in ("too_big", "crashed")


def test_a_character_without_a_glyph_is_named_with_its_place():
    with pytest.raises(BuildFailed) as failure:
        build(plain_job("<p>fine</p>", "<p>a \u25cf b</p>"), limits=LIMITS)

    assert failure.value.code == "missing_glyph"
    assert "\u25cf" in str(failure.value)
    assert "U+25CF" in str(failure.value)
    assert "Part 2" in str(failure.value)


def test_a_killed_process_is_not_a_slow_one():
    """Whoever kills it, by hand or for want of memory: the text is not to blame."""
    killed: list[int] = []

    def kill(_progress):
        killed.extend(copies())
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    rows = "<table>" + "<tr><td>x</td><td>y</td></tr>" * 20_000 + "</table>"
    with pytest.raises(BuildFailed, match="stopped from outside") as failure:
        build(plain_job(rows), limits=LIMITS, listener=kill)
    assert (failure.value.code, len(killed)) == ("killed", 1)


def test_the_process_tells_how_far_it_is():
    told = []
    chapter = "<h1>Title</h1>" + "<p>Some words of a chapter.</p>" * 400
    build(plain_job(*[chapter] * 4), limits=LIMITS, listener=told.append)
    layout = [one for one in told if one.stage == "layout" and one.page]
    assert layout
    assert [one.page for one in layout] == sorted(one.page for one in layout)
    assert {one.chapters for one in layout} == {4}
    assert all(one.title == f"Part {one.chapter}" for one in layout)


def test_what_took_too_long_says_where_it_was():
    chapter = "<h1>Title</h1>" + "<p>Some words of a chapter.</p>" * 6000
    limits = Limits(memory_bytes=2 * 1024**3, cpu_seconds=3, wall_seconds=170)
    with pytest.raises(BuildFailed, match=r"It was at “Part [12]”") as failure:
        build(plain_job(chapter, chapter), limits=limits)
    assert failure.value.code == "too_long"


def test_a_listener_that_fails_leaves_no_process_behind():
    def fail(_progress):
        raise LookupError

    rows = "<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>"
    with pytest.raises(LookupError):
        build(plain_job(rows), limits=LIMITS, listener=fail)
    assert copies() == []


def test_a_long_job_that_is_begun_slowly_is_read_to_its_end():
    """More than a pipe holds, and longer than the time between two looks."""
    told = []
    text = "<p>Some words of a chapter, quite a few of them.</p>" * 2_500
    assert len(text) > 100_000
    made = build(plain_job(f"<h1>A</h1>{text}"), limits=LIMITS, listener=told.append)
    assert made.body_pages > 10
    assert told[-1].stage
