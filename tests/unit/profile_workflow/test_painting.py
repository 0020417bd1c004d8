"""Charts as points: the same tones at the same places as in the drawing, and its words beside."""

import io
from decimal import Decimal

import pytest
from PIL import Image, ImageChops

from profile_workflow.charts.canvas import FILLS, WIDTH, Canvas, Named
from profile_workflow.charts.kinds import draw
from profile_workflow.charts.painting import can_paint, paint
from profile_workflow.charts.rows import Datum
from profile_workflow.states import ChartKind
from tests.drawings import bars_in, words_in

pytestmark = pytest.mark.unit

FINE = 2
LINES = [
    Datum(name, Decimal(value), unit="persons", year=year)
    for name, values in (("Nationals", (10, 30, 20)), ("من الخارج", (5, 8, 30)))
    for year, value in zip((2000, 2010, 2020), values, strict=True)
]
AGES = [
    Datum(f"{age}–{age + 14}", Decimal(9), unit="persons", women=Decimal(5), men=Decimal(4))
    for age in (0, 15, 30)
]
ROWS = {ChartKind.PYRAMID: AGES}


def painted(picture):
    found = paint(picture)
    image = Image.open(io.BytesIO(found.content)).convert("RGB")
    assert image.size == (found.width, found.height)
    return found, image


def drawn(kind, language="en"):
    return draw(kind, ROWS.get(kind, LINES), name="x", title="People", language=language)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_is_painted_where_it_is_drawn(kind, language):
    picture = drawn(kind, language).picture
    found, image = painted(picture)
    height = float(picture.partition('viewBox="0 0 ')[2].partition('"')[0].split()[1])
    assert found.width == WIDTH * FINE
    assert abs(found.height - height * FINE) <= 1
    assert found.says.startswith("People. ")
    assert "2020: 30" in found.says or kind != ChartKind.LINE
    bars = [one for one in bars_in(picture) if one.right - one.left > 8]
    assert bars or kind == ChartKind.LINE
    for one in bars:
        # Beside its edge, where no word stands; a hatched bar has its tone between the lines.
        row = round((one.top + 2) * FINE)
        tones = {image.getpixel((x, row)) for x in range(int(one.left * FINE), int(one.right * 2))}
        wanted = tuple(int(one.words[at : at + 2], 16) for at in (1, 3, 5))
        assert any(max(map(abs, map(int.__sub__, tone, wanted))) < 8 for tone in tones)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_each_line_of_words_leaves_ink_where_it_stands(kind):
    picture = drawn(kind).picture
    _found, image = painted(picture)
    for one in words_in(picture):
        box = tuple(round(side * FINE) for side in (one.left, one.top, one.right, one.bottom))
        there = image.crop(box)
        assert there.getextrema() != tuple((low, low) for low, _high in there.getextrema())


def test_dashes_leave_gaps():
    def length_of_ink(dashes):
        canvas = Canvas()
        canvas.path([(10, 10), (300, 10), (300, 40)], stroke="#000000", dashes=dashes)
        _found, image = painted(canvas.svg(Named("x", "", ""), 50))
        return sum(image.getpixel((x, 20))[0] < 100 for x in range(image.width))

    whole, dashed = length_of_ink(""), length_of_ink("6 2 1")
    assert whole >= 290 * FINE
    # Six drawn, two left out, one drawn, then the other way round.
    assert 0.4 * whole < dashed < 0.7 * whole


@pytest.mark.skipif(not can_paint(), reason="Pillow has found no FriBiDi")
def test_arabic_letters_join_and_run_from_the_right():
    def ink(words):
        canvas = Canvas()
        canvas.words(words, 20, 30)
        return painted(canvas.svg(Named("x", "", ""), 50))[1]

    assert ImageChops.difference(ink("سكان"), ink("ناكس")).getbbox()
    # Letters that a sign of no width keeps apart stand wider than those that join.
    joined, apart = (ImageChops.invert(ink(one)).getbbox() for one in ("ببب", "ب\u200cب\u200cب"))
    assert joined[2] < apart[2]


def test_a_shape_that_is_not_known_is_an_error():
    picture = str(drawn(ChartKind.BAR).picture).replace("<rect", "<ellipse", 1)
    with pytest.raises(KeyError, match="ellipse"):
        paint(picture)


def test_a_hatched_bar_is_told_from_a_plain_one():
    canvas = Canvas()
    canvas.bar(0, 0, 100, 40, FILLS[0])
    canvas.bar(0, 50, 100, 40, FILLS[1])
    _found, image = painted(canvas.svg(Named("x", "", ""), 100))
    plain, hatched = (image.crop((10, top, 190, top + 60)).getcolors() for top in (10, 110))
    assert len(plain) == 1 < len(hatched)


def test_a_path_is_filled_or_drawn_as_it_says():
    shapes = (
        '<rect width="40" height="40" fill="#ffffff"/>'
        '<path d="M4 4L16 4L16 16L4 16ZM24 4L36 4L36 16L24 16Z" fill="#ff0000"/>'
        '<path stroke="#0000ff" d="M4 24.5h4m4 0h4"/>'
        '<circle cx="30" cy="30" r="5" fill="none" stroke="#008000" stroke-width="2"/>'
    )
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">{shapes}</svg>'
    _found, image = painted(svg)
    red, blue, green, white = (255, 0, 0), (0, 0, 255), (0, 128, 0), (255, 255, 255)
    inked = {(10, 10): red, (30, 10): red, (20, 10): white, (6, 24.5): blue, (10, 24.5): white,
             (14, 24.5): blue, (30, 30): white, (30, 25.5): green}  # fmt: skip
    for (x, y), tone in inked.items():
        assert image.getpixel((round(x * 2), round(y * 2 - 0.5))) == tone, (x, y)
    with pytest.raises(KeyError, match="C"):
        paint(svg.replace("h4m", "C4"))
