"""Pictures as people send them, and as attackers do: made here, byte by byte."""

import io
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw, TiffImagePlugin

#: What must be in no file that we keep, whatever it came in.
PAYLOAD = b"<script>alert(document.domain)</script>"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def saved(image, kind="PNG", **options):
    """Return the file of an image."""
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def halves(width=400, height=300, mode="RGB"):
    """Return an image whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), (200, 0, 0))
    image.paste((0, 0, 200), (width // 2, 0, width, height))
    return image.convert(mode)


def plain_png(shade=90, width=400, height=300):
    """Return a small PNG; another shade is another picture."""
    return saved(Image.new("RGB", (width, height), (shade, 120, 160)))


def harbour(number=0):
    """Return a drawing of a boat at sea; another number is another picture."""
    image = Image.new("RGB", (640, 400), (206, 226, 236))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 250, 640, 400), fill=(46, 104, 133))
    draw.rectangle((0, 240, 220, 262), fill=(176, 158, 128))
    draw.ellipse((500, 40, 570, 110), fill=(240, 200, 110))
    place = 230 + number * 7 % 250
    draw.polygon(
        [(place, 250), (place + 130, 250), (place + 105, 290), (place + 25, 290)], "#7a2e2e"
    )
    draw.polygon([(place + 62, 245), (place + 62, 130), (place + 120, 235)], "#f4f1e8")
    draw.text((8, 384), str(number), "#f4f1e8")
    return saved(image)


def photograph(orientation=1, width=400, height=300, **options):
    """Return a JPEG as a telephone makes it: turned by a note, with the place of its taking."""
    exif = Image.Exif()
    exif[274] = orientation
    exif[271] = "Canary Telephones"
    exif[34853] = {
        1: "N",
        2: tuple(TiffImagePlugin.IFDRational(one) for one in (34, 44, 25)),
        29: "2026:01:02",
    }
    return saved(halves(width, height), "JPEG", exif=exif, comment=PAYLOAD, quality=95, **options)


def chunk(name, data):
    """Return a chunk of a PNG with its sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width, height, *chunks, rows=1):
    """Return a PNG that says it is so large, of one bit, and holds only some of its rows."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    row = b"\0" * (1 + (width + 7) // 8)
    return b"".join(
        [
            _SIGNATURE,
            head,
            *chunks,
            chunk(b"IDAT", zlib.compress(row * rows, 9)),
            chunk(b"IEND", b""),
        ]
    )


def with_words(name=b"tEXt"):
    """Return a PNG that carries a script among its words, and a compressed one besides."""
    words = PngWords()
    content = plain_png()
    return content[:33] + words.plain + words.squeezed + content[33:]


class PngWords:
    """Chunks with words."""

    plain = chunk(b"tEXt", b"Comment\0" + PAYLOAD)
    squeezed = chunk(b"zTXt", b"Title\0\0" + zlib.compress(PAYLOAD))

    @staticmethod
    def bomb():
        return chunk(b"zTXt", b"Bomb\0\0" + zlib.compress(b"a" * 80_000_000, 9))


def zipped():
    """Return an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("index.html", PAYLOAD)
    return content.getvalue()


def many_scans(number=500):
    """Return a JPEG that says again and again that a scan begins."""
    content = saved(halves(), "JPEG", progressive=True)
    return content[:-2] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * number + content[-2:]


def moving(kind):
    """Return a picture of several frames."""
    frames = [halves(), halves().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    return saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">' + PAYLOAD + b"</svg>"
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n(%pipe%id) (w) file\n"

#: Name → file, and a word of the sentence with which it is refused.
REFUSED = {
    "svg": (lambda: SVG, "not a picture"),
    "html": (lambda: b"<!doctype html>" + PAYLOAD, "not a picture"),
    "eps": (lambda: EPS, "not a picture"),
    "pdf": (lambda: b"%PDF-1.7\n" + PAYLOAD, "not a picture"),
    "gif": (lambda: saved(halves(mode="P"), "GIF"), "not a picture"),
    "tiff": (lambda: saved(halves(), "TIFF"), "not a picture"),
    "bmp": (lambda: saved(halves(), "BMP"), "not a picture"),
    "zip": (zipped, "not a picture"),
    "signature alone": (lambda: _SIGNATURE + PAYLOAD, "not a picture"),
    "truncated jpeg": (lambda: photograph()[:-900], "damaged"),
    "truncated png": (lambda: saved(Image.effect_noise((300, 300), 60))[:-4000], "damaged"),
    "truncated webp": (lambda: saved(halves(), "WEBP", quality=90)[:-200], "damaged"),
    "words that unpack": (lambda: png_of(300, 300, PngWords.bomb(), rows=300), "damaged"),
    "many scans": (many_scans, "damaged"),
    "9,000 by 9,000": (lambda: png_of(9000, 9000, rows=9000), "too many pixels"),
    "13,000 by 13,000": (lambda: png_of(13_000, 13_000), "too many pixels"),
    "30,000 by 30,000": (lambda: png_of(30_000, 30_000), "too many pixels"),
    "a long line": (lambda: png_of(20_000, 100), "too many pixels"),
    "a dot": (lambda: plain_png(width=1, height=1), "too small"),
    "moving webp": (lambda: moving("WEBP"), "moves"),
    "moving png": (lambda: moving("PNG"), "moves"),
    "too many bytes": (lambda: plain_png() + b"\0" * 15 * 1024 * 1024, "larger than 15 MB"),
}

#: Name → file that is a picture, and something else besides.
CLEANED = {
    "page at the end": lambda: photograph() + PAYLOAD,
    "archive at the end": lambda: plain_png() + zipped(),
    "words in a png": with_words,
    "comment in a jpeg": photograph,
    "script as colour profile": lambda: saved(halves(), "JPEG", icc_profile=PAYLOAD),
    "webp with metadata": lambda: saved(halves(), "WEBP", xmp=PAYLOAD, exif=Image.Exif()),
}
