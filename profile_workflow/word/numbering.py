"""The lists of a Word file: which one a paragraph belongs to, how deep, and under which number."""

from dataclasses import dataclass, field
from typing import Any

from profile_workflow.word.package import natural, tag

_NO_LIST = "0"
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a paragraph in a list.

    Attributes:
        level: How deep it is, from 0.
        series: The list.
        number: Its number; None for a bullet.
        continues: Whether it has neither, and goes on with the item before.
    """

    level: int
    series: str
    number: int | None = None
    continues: bool = False


@dataclass(slots=True)
class _Level:
    kind: str = "bullet"
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of a file; they are counted while the text is read from its start."""

    part: Any
    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    _starts: dict[str, dict[int, int]] = field(default_factory=dict)
    _of: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)
    _restarts: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.part is None:
            return
        for one in self.part.findall(tag("w:abstractNum")):
            levels = {_int(lvl, "w:ilvl"): _read(lvl) for lvl in one.findall(tag("w:lvl"))}
            self._levels[str(one.get(tag("w:abstractNumId")))] = levels
        for one in self.part.findall(tag("w:num")):
            name = str(one.get(tag("w:numId")))
            abstract = one.find(tag("w:abstractNumId"))
            self._of[name] = "" if abstract is None else str(abstract.get(tag("w:val")))
            self._override(name, one)

    def _override(self, name: str, one: Any) -> None:
        for override in one.findall(tag("w:lvlOverride")):
            level = _int(override, "w:ilvl")
            start = override.find(tag("w:startOverride"))
            if start is not None:
                self._starts.setdefault(name, {})[level] = _int(start, "w:val", 1)
            own = override.find(tag("w:lvl"))
            if own is not None:
                levels = dict(self._levels.get(self._of[name], {}))
                levels[level] = _read(own)
                # A list with a level of its own is counted by itself.
                self._of[name] = f"{self._of[name]}/{name}"
                self._levels[self._of[name]] = levels

    def place_of(self, properties: Any, of_style: tuple[str, int] | None) -> Place | None:
        """Return the place of a paragraph, and count it; None if it stands in no list.

        Args:
            properties: What the paragraph says of itself.
            of_style: List and level that its style says.
        """
        own = None if properties is None else properties.find(tag("w:numPr"))
        name, level = of_style or ("", 0)
        if own is not None:
            level = _child(own, "w:ilvl", level)
            name = str(_child(own, "w:numId", name))
        if name in ("", _NO_LIST) or name not in self._of:
            return None
        level = min(level, _DEEPEST)
        kind = self._levels.get(self._of[name], {}).get(level, _Level()).kind
        if kind == "none":
            return Place(level, name, continues=True)
        number = self._count(name, level)
        return Place(level, self._series(name, level), None if kind == "bullet" else number)

    def _series(self, name: str, level: int) -> str:
        """Return what tells a list from the one before: its form, and how often it began anew.

        Word gives every list an id of its own; LibreOffice gives one to its first item alone.
        """
        abstract = self._of[name]
        return f"{abstract}#{self._restarts.get((abstract, level), 0)}"

    def _count(self, name: str, level: int) -> int:
        abstract = self._of[name]
        counts = self._counts.setdefault(abstract, {})
        override = self._starts.get(name, {}).get(level)
        if override is not None and (name, level) not in self._begun:
            counts[level] = override - 1
            restarts = self._restarts.get((abstract, level), 0)
            self._restarts[abstract, level] = restarts + 1
        self._begun.add((name, level))
        start = self._levels.get(abstract, {}).get(level, _Level()).start
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return counts[level]


def _int(element: Any, name: str, otherwise: int = 0) -> int:
    return natural(str(element.get(tag(name), "")), otherwise)


def _child(element: Any, name: str, otherwise: Any) -> Any:
    found = element.find(tag(name))
    return otherwise if found is None else _typed(str(found.get(tag("w:val"), "")), otherwise)


def _typed(value: str, otherwise: Any) -> Any:
    if isinstance(otherwise, int):
        return natural(value, otherwise)
    return value


def _read(level: Any) -> _Level:
    kind = level.find(tag("w:numFmt"))
    start = level.find(tag("w:start"))
    return _Level(
        "bullet" if kind is None else str(kind.get(tag("w:val"), "bullet")),
        1 if start is None else _int(start, "w:val", 1),
    )
