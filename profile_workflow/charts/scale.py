"""From values to lengths: round marks on an axis, and where a value stands between its ends."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of values and the stretch that it is drawn on; ``low`` is below ``high``."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value stands."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * share


def with_zero(values: Iterable[float]) -> tuple[float, float]:
    """Return the lowest and the highest of the values and zero, which are never the same."""
    several = [0.0, *values]
    low, high = min(several), max(several)
    return (low, high) if low < high else (0.0, 1.0)


#: A value below it is zero in a drawing.
_LEAST = 1e-290


def round_marks(low: float, high: float, number: int = 5) -> list[float]:
    """Return about so many round values at equal distances that enclose two values.

    Source of the choice of steps: Heckbert, Nice numbers for graph labels, Graphics Gems (1990).
    """
    # What differs by less than this is the same in a drawing, and has no logarithm worth a mark.
    if high - low <= 1e-9 * max(abs(low), abs(high), _LEAST):
        high = low + (abs(low) if abs(low) > _LEAST else 1.0)
    rough = (high - low) / number
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(one for one in _ROUND if one >= rough / power - 1e-9)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [one * step for one in range(first, max(last, first + 1) + 1)]
