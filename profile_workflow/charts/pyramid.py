"""A population by age and sex: men on one side, women on the other, the youngest at the bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from profile_workflow.charts.bar import density
from profile_workflow.charts.canvas import FILLS, INK, MIDDLE, RULE, WIDTH, Canvas, Named
from profile_workflow.charts.letters import LINE, cut, width_of

_BESIDE = 5
_MOST_WORDS = 120
_MOST_AGES = 150


@dataclass(frozen=True, slots=True)
class Side:
    """One sex in one age group: its number, none if it is not known, and what is printed."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """An age group with both sides."""

    label: str
    men: Side
    women: Side


def pyramid(named: Named, groups: Sequence[AgeGroup], *, men: str, women: str) -> SafeString:
    """Draw a pyramid.

    Args:
        named: What is said of the picture.
        groups: From the youngest to the oldest.
        men: What the side of the men is called.
        women: What the side of the women is called.
    """
    canvas, close = Canvas(named.direction), density(max(len(groups), 11))
    sides = [side for group in groups for side in (group.men, group.women)]
    longest = max((side.value or 0 for side in sides), default=0) or 1
    beside = min(max((width_of(side.text) for side in sides), default=0), _MOST_WORDS) + _BESIDE
    ages = min(max((width_of(group.label) for group in groups), default=0), _MOST_AGES) + 16
    inner = (WIDTH - ages) / 2
    room = inner - beside
    canvas.words(cut(men, inner), inner, LINE, "end", bold=True)
    canvas.words(cut(women, inner), WIDTH - inner, LINE, "start", bold=True)
    top, height = LINE + 9.0, close.bar + close.padding
    for number, group in enumerate(reversed(groups)):
        middle = top + height * number + close.bar / 2
        canvas.words(cut(group.label, _MOST_AGES), WIDTH / 2, middle + MIDDLE, "middle")
        for side, sign, fill in ((group.men, -1, FILLS[0]), (group.women, 1, FILLS[1])):
            length = room * (side.value or 0) / longest
            axis = WIDTH / 2 + sign * ages / 2
            if side.value is not None:
                start = axis - length if sign < 0 else axis
                canvas.bar(start, middle - close.bar / 2, length, close.bar, fill)
            canvas.words(
                cut(side.text, _MOST_WORDS),
                axis + sign * (length + _BESIDE),
                middle + MIDDLE,
                "end" if sign < 0 else "start",
                ink=RULE if side.value is None else INK,
            )
    bottom = top + height * len(groups)
    for axis in (inner, WIDTH - inner):
        canvas.line((axis, top - 3), (axis, bottom - 1), stroke=RULE)
    return canvas.svg(named, bottom + 4)
