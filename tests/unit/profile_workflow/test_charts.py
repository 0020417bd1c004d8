"""Charts: lengths in proportion, no words on others or outside, and nothing by colour alone."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from profile_workflow.charts.canvas import WIDTH
from profile_workflow.charts.kinds import MOST_BARS, Unfit, draw, draw_chosen, why_not
from profile_workflow.charts.letters import cut, width_of, wrap
from profile_workflow.charts.line import spread
from profile_workflow.charts.rows import Datum
from profile_workflow.charts.scale import round_marks
from profile_workflow.states import ChartKind
from tests.drawings import SVG, bars_in, length_of, outside, overlapping, parsed, words_in

pytestmark = pytest.mark.unit

LONG = "Residents who were born abroad and have lived in the municipality for a year or longer " * 4
ARABIC = "السكان المولودون في الخارج"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def value(label, number, **more):
    number = None if number is None else Decimal(str(number))
    return Datum(label, number, unit=more.pop("unit", "persons"), available=number is not None,
                 **more)  # fmt: skip


def sexes(label, women, men, unit="persons"):
    women, men = (None if one is None else Decimal(str(one)) for one in (women, men))
    return Datum(label, unit=unit, women=women, men=men)


def over_years(**series):
    return [
        value(name, number, year=year)
        for name, numbers in series.items()
        for year, number in zip(range(2014, 2024), numbers, strict=False)
    ]


AGES = [sexes(f"{age}–{age + 4}", 900 - age, 950 - age) for age in range(0, 85, 5)]
ORIGINS = [sexes("Syria", 1200, 1400), sexes("Côte d’Ivoire", 2100, 1850), sexes("Others", 3, 2)]
PERMITS = over_years(Work=[500, 450], Study=[300, 500], Family=[100, 220])
#: What every kind has to stand, by kind.
SAMPLES = {
    ChartKind.BAR: [
        [value("Residents", 38000), value(LONG, 12000), value("Returnees", None)],
        [value("Net migration", -4200), value("Other", 12), value("None", 0)],
        [value("Only losses", -4200), value("More of them", "-12345678901234.5678")],
        [value(f"District {one} {LONG}", one * 37 % 101) for one in range(MOST_BARS)],
        [value("Residents", 5)],
        [value("A", 0), value("B", 0)],
        [value(ARABIC * 3, 99999999999999), value("x" * 200, "0.0001")],
    ],
    ChartKind.LINE: [
        over_years(Residents=[620, None, 630, 638], Foreign=[12, 13, 15, 14]),
        over_years(Residents=[620000, 621000, 622000]),
        over_years(**{f"{LONG}{one}": [one * 1000, one * 1001] for one in range(6)}),
        over_years(Balance=[-40, 20, -15, 0]),
        over_years(**{"لا شيء": [0, 0, 0], ARABIC: [0, None, 0]}),
        [value("Rate", one, year=1900 + one, unit="%") for one in range(100)],
        [value("Huge", one * 10**13, year=2000 + one) for one in range(3)],
    ],
    ChartKind.STACKED: [
        ORIGINS,
        PERMITS,
        [*ORIGINS, sexes("Libya", None, 900), sexes("Nobody", None, None)],
        [sexes("None", 0, 0), sexes(LONG, 99999999999999, "0.0001")],
        [value(f"{LONG} {part}", 5, year=year) for part in range(6) for year in (2014, 2024)],
    ],
    ChartKind.SHARE: [ORIGINS, PERMITS, [*ORIGINS, sexes("Libya", None, 900)], [sexes("No", 0, 0)]],
    ChartKind.PYRAMID: [
        AGES,
        [sexes(f"{one} years", one, None) for one in range(MOST_BARS)],
        [sexes("0–14 " + LONG, 99999999999999, 5), sexes("15+", "0.0001", None)],
        [sexes("0–14", 0, 0), sexes("15–64", 0, 0)],
    ],
}
EVERY = [(kind, number) for kind, several in SAMPLES.items() for number in range(len(several))]


def picture(kind, rows, language="en"):
    return draw(kind, rows, name="c", title="Title <x>", language=language).picture


def check(drawn):
    assert overlapping(words_in(drawn)) == []
    assert list(outside(drawn)) == []


# Words


@pytest.mark.parametrize("words", [LONG, ARABIC, "WMW@ 50%", "12,345.5 – 6", "ÉÀÇ œuvre", "iIl1|"])
def test_words_are_never_longer_than_they_were_thought(words):
    for part in (words, words[:7], words[5:20]):
        assert max(length_of(part, bold=bold) for bold in (True, False)) <= width_of(part) + 0.5


def test_long_labels_are_broken_and_cut():
    lines = wrap(LONG, 200)

    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert all(width_of(line) <= 200 for line in lines)
    assert wrap("short", 200) == ["short"]
    assert re.fullmatch(r"x+…", wrap("x" * 300, 200)[0])
    assert cut("short", 200) == "short"


# Every kind


@pytest.mark.repeats
@pytest.mark.parametrize(("kind", "number"), EVERY)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_no_words_stand_on_others_or_leave_the_drawing(kind, number, language):
    check(picture(kind, SAMPLES[kind][number], language))


@pytest.mark.repeats
@pytest.mark.parametrize("kind", ChartKind)
def test_it_fits_a_page_of_paper(kind):
    for rows in SAMPLES[kind]:
        height = float(parsed(picture(kind, rows)).get("viewBox").split()[3])
        # 162 mm wide; a page is 244 mm high, and the caption and the source need some of it.
        assert height / WIDTH * 162 < 220


@pytest.mark.parametrize("kind", ChartKind)
def test_it_has_title_and_description_and_no_style(kind):
    drawn = picture(kind, SAMPLES[kind][0])
    root = parsed(drawn)

    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Title <x>"
    assert root.get("aria-labelledby") == "c-title c-desc"
    for forbidden in ("style", "<script", 'class="c', "url(", "href"):
        assert forbidden not in drawn


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ChartKind.BAR, "Bar chart, persons. Residents: 38,000; "),
        (ChartKind.LINE, "Residents (2014: 620, 2015: not available, 2016: 630, 2017: 638); "),
        (ChartKind.STACKED, "Stacked bar chart, persons. Syria: Women 1,200, Men 1,400; "),
        (ChartKind.SHARE, "shares of the whole. Syria: Women 46.2%, Men 53.8%; "),
        (ChartKind.PYRAMID, "Population pyramid, persons. 0–4: Men 950, Women 900; "),
    ],
)
def test_the_description_says_what_is_seen(kind, said):
    root = parsed(picture(kind, SAMPLES[kind][0]))

    assert said in root.find(f"{SVG}desc").text


@pytest.mark.repeats
@pytest.mark.parametrize(("kind", "number"), EVERY)
def test_from_the_right_it_is_the_mirror_image(kind, number):
    """The words differ in length, and with them what lies between; the order does not."""
    left = bars_in(picture(kind, SAMPLES[kind][number]))
    right = bars_in(picture(kind, SAMPLES[kind][number], "ar"))

    assert [one.words for one in left] == [one.words for one in right]
    if kind is ChartKind.BAR and all(row.available for row in SAMPLES[kind][number]):
        for one, other in zip(left, right, strict=True):
            assert one.left == pytest.approx(WIDTH - other.right, abs=0.01)


# Proportions


def test_lengths_are_in_proportion_to_the_values():
    rows = [value("A", 10), value("B", 5), value("C", 0), value("D", -5)]
    lengths = [one.right - one.left for one in bars_in(picture(ChartKind.BAR, rows))]

    assert lengths == pytest.approx([lengths[0], lengths[0] / 2, 0, lengths[0] / 2], abs=0.01)


def test_what_is_negative_runs_the_other_way():
    gain, loss = bars_in(picture(ChartKind.BAR, [value("A", 10), value("B", -5)]))

    assert loss.right == pytest.approx(gain.left, abs=0.01)


def parts_by_row(drawn):
    rows = {}
    for one in bars_in(drawn)[2:]:
        rows.setdefault(one.top, []).append(one)
    return list(rows.values())


@pytest.mark.parametrize("kind", [ChartKind.STACKED, ChartKind.SHARE])
def test_parts_follow_one_another_and_make_up_the_whole(kind):
    rows = parts_by_row(picture(kind, ORIGINS))

    for women, men in rows:
        assert women.right == pytest.approx(men.left, abs=0.01)
    lengths = [men.right - women.left for women, men in rows]
    if kind is ChartKind.SHARE:
        assert lengths == pytest.approx([lengths[0]] * 3, abs=0.01)
    else:
        wanted = [2600, 3950, 5]
        assert lengths == pytest.approx([lengths[1] * one / 3950 for one in wanted], abs=0.01)


def test_a_share_of_what_is_not_known_is_not_drawn():
    drawn = picture(ChartKind.SHARE, [sexes("Syria", 10, 10), sexes("Libya", None, 900)])

    assert len(parts_by_row(drawn)) == 1
    assert "not available" in [one.words for one in words_in(drawn)]


def test_the_youngest_stand_at_the_bottom_however_the_table_is_ordered():
    for rows in (AGES, AGES[::-1]):
        ages = {one.words: one.top for one in words_in(picture(ChartKind.PYRAMID, rows))}
        assert ages["0–4"] > ages["40–44"] > ages["80–84"]


def test_a_value_that_is_not_known_is_a_gap_in_the_line():
    rows = over_years(Residents=[1, 2, None, 4, 5], Others=[1, 1, 1, 1, 1])
    lines = [one.get("points").split() for one in parsed(picture(ChartKind.LINE, rows)).iter(
        f"{SVG}polyline")]  # fmt: skip

    assert sorted(map(len, lines)) == [2, 2, 5]


def test_years_are_printed_without_grouping_and_the_last_one_always():
    words = [one.words for one in words_in(picture(ChartKind.LINE, SAMPLES[ChartKind.LINE][5]))]

    assert "1999" in words
    assert not {"1,999", "1 999"} & set(words)


def test_an_axis_that_does_not_begin_at_zero_says_so():
    def notes(*numbers):
        drawn = picture(ChartKind.LINE, over_years(Residents=numbers))
        return [one.words for one in words_in(drawn) if "zero" in one.words]

    assert notes(620000, 630000) == ["The axis of values does not begin at zero."]
    assert notes(1, 630000) == []


def test_nothing_is_told_by_colour_alone():
    stacked = picture(ChartKind.STACKED, PERMITS)
    # Solid and hatched parts follow one another, and a legend names them.
    assert stacked.count("<path") >= 2
    assert {"Work", "Study", "Family"} <= {one.words for one in words_in(stacked)}
    lines = parsed(picture(ChartKind.LINE, over_years(A=[1, 2], B=[2, 3], C=[3, 5])))
    dashes = [one.get("stroke-dasharray") for one in lines.iter(f"{SVG}polyline")]
    assert len(set(dashes)) == 3
    corners = {len(one.get("points").split()) for one in lines.iter(f"{SVG}polygon")}
    assert corners == {3, 4}
    assert list(lines.iter(f"{SVG}circle"))


def test_rows_of_the_same_name_are_told_apart_by_their_year():
    rows = [value("Residents", 1, year=2014, when="2014"), value("Residents", 2, when="1 May 2024")]
    words = [one.words for one in words_in(picture(ChartKind.BAR, rows))]

    assert {"Residents (2014)", "Residents (1 May 2024)"} <= set(words)


# What fits


@pytest.mark.parametrize(
    ("kind", "rows", "said"),
    [
        (ChartKind.BAR, [], "no figure with a value"),
        (ChartKind.BAR, [value("A", None)], "no figure with a value"),
        (ChartKind.BAR, [value(f"A{n}", n) for n in range(41)], "There are 41 rows"),
        (ChartKind.LINE, [value("A", 1, year=2014), value("B", 2, year=2024)], "in two years"),
        (ChartKind.LINE, [value("A", 1, year=2014), value("A", 2, year=2014)], "for 2014"),
        (ChartKind.LINE, over_years(**{f"A{n}": [1, 2] for n in range(7)}), "More than six"),
        (ChartKind.STACKED, [value("A", 1), value("B", 2)], "parts of a whole"),
        (ChartKind.SHARE, over_years(A=[1, -2], B=[1, 1]), "less than nothing"),
        (ChartKind.STACKED, over_years(**{f"A{n}": [1, 2] for n in range(7)}), "More than six"),
        (ChartKind.PYRAMID, ORIGINS, "two age groups"),
        (ChartKind.PYRAMID, [sexes("0–14", 1, -1), sexes("15+", 1, 1)], "less than nothing"),
    ],
)
def test_a_kind_that_does_not_fit_says_why(kind, rows, said):
    with pytest.raises(Unfit, match=said):
        picture(kind, rows)
    assert said in str(why_not(kind, rows))


def test_what_is_not_drawn_is_named():
    rows = [*AGES, sexes("Total", 9000, 9000), value("Share", 4, unit="%")]

    assert draw(ChartKind.PYRAMID, rows, name="c", title="T", language="en").left_out == (
        "Total",
        "Share",
    )


def test_a_chart_that_fits_no_more_gives_way_to_one_that_does():
    def drawn(chosen, rows):
        chart = draw_chosen(chosen, rows, name="c", title="T", language="en")
        return chart and chart.kind

    assert drawn("line", PERMITS) == ChartKind.LINE
    assert drawn("line", [value("A", 1)]) == ChartKind.BAR
    assert drawn("", ORIGINS) == ChartKind.STACKED
    assert drawn("bar", []) is None


# Whatever the numbers


NUMBERS = st.decimals(-(10**14), 10**14, places=4, allow_nan=False)
AMOUNTS = st.decimals(0, 10**14, places=4, allow_nan=False)
LABELS = st.text("abcdefgWMI éçاسشبمن0123456789-", min_size=1, max_size=120).filter(str.strip)
LANGUAGES = st.sampled_from(["en", "fr", "ar"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(LABELS, NUMBERS), min_size=1, max_size=MOST_BARS), LANGUAGES)
def test_any_numbers_can_be_bars(rows, language):
    check(picture(ChartKind.BAR, [value(*row) for row in rows], language))


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        LABELS.map(str.strip).filter(lambda one: not one.isdecimal()),
        st.lists(st.none() | NUMBERS, min_size=2, max_size=10),
        min_size=1,
        max_size=6,
    ),
    LANGUAGES,
)
def test_any_numbers_can_be_lines(series, language):
    rows = over_years(**series)
    if why_not(ChartKind.LINE, rows) is None:
        check(picture(ChartKind.LINE, rows, language))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(LABELS, AMOUNTS, AMOUNTS), min_size=1, max_size=MOST_BARS), LANGUAGES)
def test_any_amounts_can_be_stacked(rows, language):
    data = [sexes(*row) for row in rows]
    for kind in (ChartKind.STACKED, ChartKind.SHARE):
        drawn = picture(kind, data, language)
        check(drawn)
        for several in parts_by_row(drawn):
            assert all(
                min(abs(a.right - b.left), abs(b.right - a.left)) < 0.01
                for a, b in pairwise(several)
            )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS), min_size=2, max_size=20), LANGUAGES)
def test_any_amounts_can_be_a_pyramid(rows, language):
    data = [sexes(f"{5 * n}–{5 * n + 4}", *row) for n, row in enumerate(rows)]
    check(picture(ChartKind.PYRAMID, data, language))


@example(0.0, 5e-324, 2)
@example(5e-324, 5e-324, 2)
@given(st.floats(-1e15, 1e15), st.floats(-1e15, 1e15), st.integers(2, 8))
def test_marks_are_round_few_and_enclose_the_values(one, other, number):
    low, high = sorted((one, other))
    marks = round_marks(low, high, number)

    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack
    assert 2 <= len(marks) <= number + 3


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(15, 45)), min_size=1, max_size=6))
def test_boxes_are_spread_so_that_none_stands_on_another(boxes):
    wanted, heights = zip(*boxes, strict=True)
    tops = spread(wanted, heights, 0, 300)

    order = sorted(range(len(tops)), key=lambda one: tops[one])
    assert min(tops) >= -1e-6
    assert all(tops[a] + heights[a] <= tops[b] + 1e-6 for a, b in pairwise(order))
    assert tops[order[-1]] + heights[order[-1]] <= 300 + 1e-6
