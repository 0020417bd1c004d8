"""Colours that can be read, and the map of a network: land, cities, names that do not collide."""

import re

import pytest
from django.core.exceptions import ValidationError

from profile_workflow.charts.land.coasts import rings
from profile_workflow.charts.land.network import Colours, Place, network_map
from profile_workflow.colours import BLACK, WHITE, Colour, validate_colour, validate_ground

pytestmark = pytest.mark.unit

TONES = Colours(sea="#000001", land="#000002", city="#000003", here="#000004", ink="#000005")
SFAX = Place("Sfax <1>", 10.76, 34.74)
TUNIS, LISBON = Place("Tunis", 10.18, 36.8), Place("Lisbon", -9.14, 38.72)


def test_contrast_is_that_of_wcag():
    assert WHITE.contrast(BLACK) == pytest.approx(21)
    assert Colour.read("#767676").contrast(WHITE) == pytest.approx(4.54, abs=0.01)
    assert str(Colour.read("#12aBff")) == "#12abff"
    for tone in ("#c8963e", "#ffff00", "#808080"):
        for ground in (WHITE, BLACK, Colour.read("#123f4a"), Colour.read("#777777")):
            assert Colour.read(tone).readable_on(ground).contrast(ground) >= 4.4


def test_what_is_no_colour_or_cannot_carry_white_words_is_refused():
    validate_ground("#123f4a")
    validate_colour("#c8963e")
    for words in ("red", "#12345", "#123456;}", "#12345g", ""):
        with pytest.raises(ValidationError):
            validate_colour(words)
    with pytest.raises(ValidationError, match=r"its contrast is 2\.\d"):
        validate_ground("#c8963e")


def drawn(places, here=SFAX, size=(600, 300)):
    return network_map(places, here, size=size, colours=TONES, words="Words & <more>")


def test_a_map_shows_land_and_the_cities_inside_it():
    picture = drawn([TUNIS, LISBON])

    assert "<title>Words &amp; &lt;more&gt;</title>" in picture
    assert all(name in picture for name in ("Sfax &lt;1&gt;", "Tunis", "Lisbon"))
    spots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture)
    places = {(float(x), float(y)) for x, y in spots}
    assert len(places) == 3
    assert all(0 < x < 600 and 0 < y < 300 for x, y in places)
    # No border is drawn: land is one shape without an edge.
    assert "stroke" not in re.search(r"<path [^>]*>", picture)[0]
    assert picture.count("<path") == 1


def test_a_name_that_would_cover_another_one_is_left_out_but_never_that_of_the_city():
    crowd = [Place(f"Town {number}", 10.76 + number / 50, 34.74) for number in range(12)]
    picture = drawn(crowd)

    assert "Sfax" in picture
    assert picture.count("<text") < len(crowd)


def test_land_is_where_land_is():
    def inside(east, north):
        return sum(_crosses(ring, east, north) for ring in rings()) % 2 == 1

    for land in ((2.35, 48.86), (35.93, 31.95), (15.0, 0.0), (-60.0, -10.0), (135.0, -25.0)):
        assert inside(*land), land
    for sea in ((18.0, 35.0), (-30.0, 40.0), (5.0, 40.0), (-140.0, 0.0)):
        assert not inside(*sea), sea


def _crosses(ring, east, north):
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > north) != (y2 > north):
            crossings += east < (x2 - x1) * (north - y1) / (y2 - y1) + x1
    return crossings % 2
