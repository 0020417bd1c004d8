"""A server and a file that nothing may ever ask for, and every way in which a document could."""

import http.server
import io
import socketserver
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf

#: What the server answers, and what stands in the file.
SECRET = b"CANARY-8f1d-never-to-be-seen"
#: Schemes to which a link may lead.
LINKED = {"http", "https", "mailto"}
#: Actions that a document has no business with.
FORBIDDEN_ACTIONS = {
    "/Launch", "/JavaScript", "/ImportData", "/SubmitForm", "/GoToR", "/GoToE", "/Rendition",
    "/Movie", "/Sound", "/Hide",
}  # fmt: skip


@dataclass
class Canary:
    """An address and a file; ``hits`` are the paths that somebody has asked for."""

    address: str
    file: Path
    hits: list[str] = field(default_factory=list)

    def vectors(self) -> list[str]:
        """Return HTML and text, each of which names the address or the file in another way."""
        return [
            one.replace("WEB", self.address).replace("FILE", self.file.as_uri()) for one in _VECTORS
        ]


#: Each asks for a path of its own, so that it can be seen which one got through.
_VECTORS = (
    '<img src="WEB/img" alt="x">',
    '<img src="FILE" alt="x">',
    '<img srcset="WEB/srcset 2x" src="x.png" alt="x">',
    '<picture><source srcset="WEB/source"><img src="WEB/picture" alt="x"></picture>',
    '<link rel="stylesheet" href="WEB/css">',
    '<link rel="attachment" href="FILE" title="x">',
    '<link rel="attachment" href="WEB/attached">',
    '<link rel="icon" href="WEB/icon">',
    '<a rel="attachment" href="FILE">file</a>',
    '<a rel="attachment" href="WEB/download">file</a>',
    '<a href="javascript:fetch(\'WEB/js\')">go</a> <a href="FILE">file</a>',
    "<style>@import url(WEB/import);</style>",
    (
        "<style>@font-face{font-family:canary;src:url(WEB/font)} .c{font-family:canary}</style>"
        '<p class="c">in that font</p>'
    ),
    '<p style="background:url(WEB/bg)">background</p>',
    "<style>.d::before{content:url(WEB/content)}</style><p class='d'>content</p>",
    "<style>.e{list-style-image:url(WEB/bullet)}</style><ul><li class='e'>item</li></ul>",
    "<style>@page{background:url(WEB/page)} p{border-image-source:url(WEB/border)}</style>",
    '<p style="mask-image:url(WEB/mask);cursor:url(WEB/cursor);filter:url(WEB/filter#a)">mask</p>',
    '<object data="WEB/object">x</object><embed src="WEB/embed">',
    '<object data="FILE" type="application/pdf">x</object>',
    '<iframe src="WEB/iframe"></iframe><iframe src="FILE"></iframe>',
    '<base href="WEB/base/"><img src="relative" alt="x">',
    '<meta http-equiv="refresh" content="0;url=WEB/refresh">',
    '<video src="WEB/video" poster="WEB/poster"></video><audio src="WEB/audio"></audio>',
    '<script src="WEB/script"></script>',
    (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="WEB/svg-image"'
        ' width="9" height="9"/></svg>'
    ),
    (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 9 9"><image xlink:href="WEB/xlink" width="9" height="9"/>'
        '<use xlink:href="WEB/use#a"/><use href="FILE#a"/></svg>'
    ),
    (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><style>@import url(WEB/svg-css);'
        "</style><rect width='9' height='9' fill='url(WEB/svg-fill#a)'/></svg>"
    ),
    (
        "<img alt='x' src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
        "<image href='WEB/data-svg'/><image href='FILE'/></svg>\">"
    ),
    '<!DOCTYPE x [<!ENTITY x SYSTEM "FILE"><!ENTITY y SYSTEM "WEB/entity">]><p>&x;&y;</p>',
    "![x](WEB/markdown) ![x](FILE)",
    "[go](WEB/link) [go](FILE) [go](javascript:x) <WEB/auto>",
    "[[image:WEB/placed]] [[figure:FILE]]",
    "=WEBSERVICE(&quot;WEB/formula&quot;)",
)


@contextmanager
def canary(folder: Path) -> Iterator[Canary]:
    """Listen on the loopback until the end; every request is noted and answered."""
    secret = folder / "secret.txt"
    secret.write_bytes(SECRET)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.hits.append(urlsplit(self.path).path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(SECRET)

        def log_message(self, *_: object) -> None:
            pass

    socketserver.TCPServer.allow_reuse_address = True
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Canary(f"http://127.0.0.1:{listening.server_port}", secret)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield found
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def streams(content: bytes) -> bytes:
    """Return all streams of a PDF, decoded as far as possible, and the file itself."""
    found = [content]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                try:
                    found.append(item.read_bytes())
                except (pikepdf.PdfError, zlib.error):
                    found.append(item.read_raw_bytes())
    return b"\n".join(found)


def dangers(content: bytes, files: set[str]) -> list[str]:
    """Return what a PDF must not have: the secret, actions, links of other schemes, other files."""
    found = ["the secret"] if SECRET in streams(content) else []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found += [f"file {name}" for name in sorted(set(pdf.attachments) - files)]
        for one in pdf.objects:
            if not isinstance(one, pikepdf.Dictionary):
                continue
            if str(one.get("/S", "")) in FORBIDDEN_ACTIONS:
                found.append(f"action {one.S}")
            if one.get("/Subtype") == "/FileAttachment":
                found.append("attached to a page")
            for action in (one, one.get("/A")):
                if isinstance(action, pikepdf.Dictionary) and "/URI" in action:
                    address = str(action.URI)
                    if urlsplit(address).scheme not in LINKED:
                        found.append(f"link to {address[:60]}")
    return found
