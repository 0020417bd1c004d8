"""Colours of a programme: read, compared by contrast, and made darker or lighter until they tell.

Contrast is that of WCAG 2.2: from 1 (the same) to 21 (black on white).
"""

import re
from typing import Self

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
#: What WCAG 2.2 asks of text (success criterion 1.4.3).
TEXT = 4.5
_STEP = 0.04


class Colour(tuple[int, int, int]):
    """Red, green and blue, each from 0 to 255."""

    __slots__ = ()

    @classmethod
    def read(cls, words: str) -> Self:
        """Read ``#rrggbb``.

        Raises:
            ValueError: If it is something else.
        """
        if not _HEX.fullmatch(words):
            raise ValueError(words)
        return cls(int(words[at : at + 2], 16) for at in (1, 3, 5))

    def __str__(self) -> str:
        return "#" + "".join(f"{part:02x}" for part in self)

    @property
    def luminance(self) -> float:
        """Relative luminance, from 0 (black) to 1 (white)."""
        linear = [
            part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
            for part in self
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(self, other: "Colour") -> float:
        """Return how well one can be told from the other, from 1 to 21."""
        low, high = sorted((self.luminance, other.luminance))
        return (high + 0.05) / (low + 0.05)

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """Return this colour with a share (0 to 1) of another one."""
        return Colour(round(a + (b - a) * share) for a, b in zip(self, other, strict=True))

    def readable_on(self, ground: "Colour", contrast: float = TEXT) -> "Colour":
        """Return the nearest tone of it that can be read on a ground."""
        target = BLACK if ground.luminance > 0.18 else WHITE
        share, tone = 0.0, self
        while tone.contrast(ground) < contrast and share < 1:
            share += _STEP
            tone = self.mixed(target, min(share, 1))
        return tone


BLACK, WHITE = Colour((0, 0, 0)), Colour((255, 255, 255))


def validate_colour(words: str) -> None:
    """Refuse what is no colour.

    Raises:
        ValidationError: If it is not ``#rrggbb``.
    """
    if not _HEX.fullmatch(words):
        raise ValidationError(_("Write a colour as # and six digits from 0 to f, e.g. #123f4a."))


def validate_ground(words: str) -> None:
    """Refuse a colour on which white words, or which on white paper, cannot be read.

    Raises:
        ValidationError: If its contrast with white is too small; the message says how small.
    """
    validate_colour(words)
    contrast = Colour.read(words).contrast(WHITE)
    if contrast < TEXT:
        raise ValidationError(
            _(
                "White words cannot be read on this colour: its contrast is %(contrast)s, and at "
                "least 4.5 is needed. Choose a darker one."
            ),
            params={"contrast": f"{contrast:.1f}"},
        )
