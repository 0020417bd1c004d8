"""Documents that cost too much: limits hold, say what and where, and the next job passes."""

import os
import signal
import subprocess

import pytest

from reports.errors import BuildFailed
from reports.pdf.isolation import Limits, build
from reports.pdf.press import PRESS
from tests.integration.reports.conftest import LIMITS, plain_job

pytestmark = [pytest.mark.pdf, pytest.mark.slow, pytest.mark.repeats]

_USES = ("".join(f'<use href="#g{below}"/>' for _time in range(10)) for below in range(8))
USE = "".join(f'<g id="g{number}">{uses}</g>' for number, uses in enumerate(_USES, 1))
STYLE = ".note{float:footnote} h1{break-before:page}"
NOTE = 'x<span class="note">n</span> '
#: What takes minutes or gigabytes if it is let; each is written far beyond what a text may hold.
BOMBS = {
    "colspan": "<table><tr><td colspan='65534'>x</td></tr>" + "<tr><td>x</td></tr>" * 50
    + "</table>",
    "divs": "<div>" * 3000 + "x" + "</div>" * 3000,
    "rows": "<table>" + "<tr><td>x</td><td>y</td></tr>" * 100_000 + "</table>",
    "drawing": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    f'<rect id="g0" width="1" height="1"/>{USE}<use href="#g8"/></svg>',
    "lists": "<ul><li>" * 1500 + "x" + "</li></ul>" * 1500,
    "notes": f"<p>{NOTE * 100_000}</p>",
    "one word": f"<p>{'x' * 3_000_000}</p>",
    "marks upon marks": f"<p>a{chr(0x301) * 2_000_000}</p>",
    "a paragraph": f"<p>{'word ' * 1_000_000}</p>",
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_ends_within_its_limits_and_says_where(bomb):
    limits = Limits(memory_bytes=1024**3, cpu_seconds=2, wall_seconds=30)
    job = plain_job("<h1>A</h1>", f"<h1>B</h1>{BOMBS[bomb]}", styles=(STYLE,))

    with pytest.raises(BuildFailed, match=r"(It was at|longest chapter is) “Part 2”") as failure:
        build(job, limits=limits)

    assert failure.value.code in ("too_long", "too_big", "too_deep")


def copies():
    """Return the process ids of all copies that the warm process has made and that still live."""
    found = subprocess.run(
        ["pgrep", "--pgroup", str(PRESS.pid), "-r", "R,S,D"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return [int(line) for line in found.stdout.split() if int(line) != PRESS.pid]


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
    before, killed = set(copies()), list[int]()

    def kill(_progress):
        killed.extend(set(copies()) - before)
        for pid in killed:
            os.kill(pid, signal.SIGKILL)

    rows = "<table>" + "<tr><td>x</td><td>y</td></tr>" * 20_000 + "</table>"
    with pytest.raises(BuildFailed, match="stopped from outside") as failure:
        build(plain_job(rows), limits=LIMITS, listener=kill)
    assert (failure.value.code, len(killed)) == ("killed", 1)


def test_the_process_tells_how_far_it_is():
    told = []
    chapter = "<h1>Title</h1>" + "<p>Some words of a chapter.</p>" * 1_000
    build(plain_job(*[chapter] * 4), limits=LIMITS, listener=told.append)
    layout = [one for one in told if one.stage == "layout" and one.page]
    assert layout
    assert [one.page for one in layout] == sorted(one.page for one in layout)
    assert {one.chapters for one in layout} == {4}
    assert all(one.title == f"Part {one.chapter}" for one in layout)


def test_a_listener_that_fails_leaves_no_process_behind():
    def fail(_progress):
        raise LookupError

    rows = "<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>"
    before = copies()
    with pytest.raises(LookupError):
        build(plain_job(rows), limits=LIMITS, listener=fail)
    assert set(copies()) <= set(before)


def test_a_long_job_that_is_begun_slowly_is_read_to_its_end():
    """More than a pipe holds, and longer than the time between two looks."""
    told = []
    text = "<p>Some words of a chapter, quite a few of them.</p>" * 2_500
    assert len(text) > 100_000
    made = build(plain_job(f"<h1>A</h1>{text}"), limits=LIMITS, listener=told.append)
    assert made.body_pages > 10
    assert told[-1].stage
