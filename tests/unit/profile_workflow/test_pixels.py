"""Taking pictures: only pixels come in, whatever is sent, and a refusal says what to do."""

import io
import resource

import pytest
from django.utils import translation
from PIL import Image

from profile_workflow.errors import InvalidInput
from profile_workflow.pictures import pixels
from profile_workflow.pictures.pixels import read_picture
from tests.pictures import (
    CLEANED,
    PAYLOAD,
    REFUSED,
    halves,
    harbour,
    photograph,
    plain_png,
    png_of,
    saved,
)

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def taken(content):
    return read_picture(io.BytesIO(content))


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def is_red(colour):
    return colour[0] > 150 and colour[2] < 60


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_refused_with_what_to_do(name):
    make, said = REFUSED[name]
    with pytest.raises(InvalidInput, match=said):
        taken(make())


def test_a_bomb_is_refused_before_it_is_unpacked():
    content = png_of(9000, 9000, rows=9000)
    assert len(content) < 20_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InvalidInput):
        taken(content)
    # Unpacked in colours it would take 240 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("name", CLEANED)
def test_nothing_but_pixels_comes_in(name):
    content = CLEANED[name]()
    # Compressed words are not to be found as they are.
    planted = PAYLOAD in content or b"index.html" in content
    assert planted
    found = taken(content)
    for kept in (found.full, found.small):
        image = opened(kept)
        assert PAYLOAD not in kept
        assert b"index.html" not in kept
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
        assert image.mode == "RGB"
        assert kept.endswith((b"\xff\xd9", b"IEND\xaeB`\x82"))


def test_where_a_photograph_was_taken_is_gone():
    content = photograph()
    assert opened(content).getexif().get_ifd(34853)
    assert b"Canary" in content
    found = taken(content)
    assert not opened(found.full).getexif().get_ifd(34853)
    assert b"Canary" not in found.full + found.small


@pytest.mark.parametrize(
    ("orientation", "size", "red", "blue"),
    [
        (1, (400, 300), (10, 150), (390, 150)),
        (3, (400, 300), (390, 150), (10, 150)),
        (6, (300, 400), (150, 10), (150, 390)),
        (8, (300, 400), (150, 390), (150, 10)),
    ],
)
def test_a_photograph_stands_upright(orientation, size, red, blue):
    found = taken(photograph(orientation))
    image = opened(found.full)
    assert (found.width, found.height) == image.size == size
    assert is_red(image.getpixel(red))
    assert not is_red(image.getpixel(blue))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_colour_becomes_the_one_of_the_page(mode):
    deep = Image.new("I;16", (400, 300), 40_000)
    image = deep if mode == "I;16" else halves(mode=mode)
    found = taken(saved(image, "JPEG" if mode == "CMYK" else "PNG"))
    drawn = opened(found.full)
    assert (drawn.mode, drawn.size) == ("RGB", (400, 300))
    if mode in ("P", "RGB", "RGBA", "CMYK"):
        assert is_red(drawn.getpixel((10, 10)))
    if mode == "I;16":
        assert drawn.getpixel((10, 10)) == (156, 156, 156)


def test_what_is_seen_through_stands_on_white():
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    assert opened(taken(saved(image)).full).getpixel((5, 5)) == (255, 255, 255)
    palette = Image.new("P", (300, 300), 0)
    assert opened(taken(saved(palette, transparency=0)).full).getpixel((5, 5)) == (255, 255, 255)


def test_it_is_no_larger_than_paper_needs():
    found = taken(saved(halves(4000, 3000), "JPEG"))
    assert (found.width, found.height) == opened(found.full).size == (2000, 1500)
    assert opened(found.small).size == (800, 600)
    small = taken(plain_png())
    assert small.small == small.full


def test_a_drawing_keeps_each_pixel_and_a_photograph_is_kept_small():
    assert taken(plain_png()).kind == "png"
    assert taken(photograph()).kind == "jpeg"
    noise = Image.merge("RGB", [Image.effect_noise((1500, 1500), 100)] * 3)
    heavy = taken(saved(noise))
    assert heavy.kind == "jpeg"
    assert len(taken(saved(halves(), "WEBP")).full) < pixels.MOST_LOSSLESS


def test_a_photograph_with_further_ones_behind_it_is_taken():
    content = saved(halves(), "MPO", save_all=True, append_images=[halves(200, 100)])
    assert opened(content).format == "MPO"
    found = taken(content)
    assert (found.kind, found.width) == ("jpeg", 400)


def test_the_same_picture_has_the_same_hash():
    assert taken(photograph()).sha256 == taken(photograph() + b"more").sha256
    assert taken(plain_png(90)).sha256 != taken(plain_png(91)).sha256
    # The boat comes round again; its number tells it from the one before.
    assert taken(harbour(2)).sha256 != taken(harbour(252)).sha256
