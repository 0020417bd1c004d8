"""Bars: lengths in proportion, words escaped, and the picture mirrored for Arabic."""

import re
from xml.etree import ElementTree

from reports.charts.bar import Bar, BarChart, bar_chart, wrap

SVG = "{http://www.w3.org/2000/svg}"


def draw(direction="ltr", **values):
    bars = [Bar("First", 10, "10"), Bar("A <label> & more", 5, "5"), Bar("None", 0, "0")]
    chart = BarChart("f1", "Title <x>", "Description", values.get("bars", bars), direction)
    return ElementTree.fromstring(bar_chart(chart))  # noqa: S314 - our own output


def test_lengths_are_in_proportion_to_the_values():
    widths = [float(rect.get("width")) for rect in draw().iter(f"{SVG}rect")]

    assert widths[1] == widths[0] / 2
    assert widths[2] == 0


def test_it_has_title_and_description_and_no_style():
    picture = draw()

    assert picture.get("role") == "img"
    assert picture.find(f"{SVG}title").text == "Title <x>"
    assert picture.find(f"{SVG}desc").text == "Description"
    assert picture.get("aria-labelledby") == "f1-title f1-desc"
    assert "style" not in ElementTree.tostring(picture).decode()


def test_from_the_right_it_is_the_mirror_image():
    left, right = draw(), draw("rtl")

    for one, other in zip(left.iter(f"{SVG}rect"), right.iter(f"{SVG}rect"), strict=True):
        width = float(one.get("width"))
        assert float(other.get("x")) + width == 640 - float(one.get("x"))
    anchors = {text.get("text-anchor") for text in right.iter(f"{SVG}text")}
    assert anchors == {"start", "end"}


def test_an_empty_chart_is_a_picture_too():
    assert list(draw(bars=[]).iter(f"{SVG}rect")) == []


def test_long_labels_are_broken_and_cut():
    lines = wrap("word " * 100, 200)

    assert len(lines) == 4
    assert lines[-1].endswith("\u2026")
    assert wrap("short", 200) == ["short"]
    assert re.fullmatch(r"x+", wrap("x" * 300, 200)[0])
