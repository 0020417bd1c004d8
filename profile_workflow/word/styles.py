"""What the styles of a Word file say: headings, lists, and how words look."""

import re
from dataclasses import dataclass
from typing import Any

from profile_workflow.word.package import natural, tag

_HEADING = re.compile(r"heading ([1-9])")
#: Outline level of body text.
_BODY = 9
_OFF = ("0", "false", "off")
#: Styles that build on others are followed so far.
_MOST_STEPS = 12


def is_on(properties: Any, name: str) -> bool:
    """Return whether a switch such as ``w:b`` is set."""
    found = None if properties is None else properties.find(tag(name))
    return found is not None and str(found.get(tag("w:val"), "1")) not in _OFF


def _is_given(properties: Any, name: str) -> bool:
    return properties is not None and properties.find(tag(name)) is not None


@dataclass(frozen=True, slots=True)
class ParagraphStyle:
    """What the style of a paragraph says.

    Attributes:
        name: Its name as Word keeps it in every language, in lower case.
        level: Level of the heading that it is, from 1.
        number: The list that it belongs to: id and level.
    """

    name: str = ""
    level: int | None = None
    number: tuple[str, int] | None = None


class Styles:
    """The styles of a file."""

    def __init__(self, part: Any) -> None:
        found = () if part is None else part.findall(tag("w:style"))
        self._by_id = {str(one.get(tag("w:styleId"), "")): one for one in found}

    def of_paragraph(self, properties: Any) -> ParagraphStyle:
        """Return what the style of a paragraph says, and the paragraph itself about its level."""
        chain = self._chain(_value(properties, "w:pStyle"))
        name = _name(chain[0]) if chain else ""
        own = [properties] if properties is not None else []
        said = [*own, *(one.find(tag("w:pPr")) for one in chain)]
        names = [_name(one) for one in chain]
        return ParagraphStyle(name, _level(said, names), _number(said[len(own) :]))

    def looks_of_run(self, properties: Any) -> tuple[bool, bool]:
        """Return whether words are bold, and whether they are italic."""
        chain = self._chain(_value(properties, "w:rStyle"))
        said = [properties, *(one.find(tag("w:rPr")) for one in chain)]
        # Words of Arabic have switches of their own.
        suffix = "Cs" if is_on(properties, "w:rtl") else ""
        return _look(said, f"w:b{suffix}"), _look(said, f"w:i{suffix}")

    def _chain(self, style_id: str) -> list[Any]:
        """Return a style and those that it builds on."""
        found: list[Any] = []
        while style_id in self._by_id and len(found) < _MOST_STEPS:
            found.append(self._by_id[style_id])
            style_id = _value(found[-1], "w:basedOn")
        return found


def _look(said: list[Any], name: str) -> bool:
    return next((is_on(one, name) for one in said if _is_given(one, name)), False)


def _value(element: Any, name: str) -> str:
    found = None if element is None else element.find(tag(name))
    return "" if found is None else str(found.get(tag("w:val"), ""))


def _name(style: Any) -> str:
    return _value(style, "w:name").strip().lower()


def _level(said: list[Any], names: list[str]) -> int | None:
    outline = next((found for one in said if (found := _value(one, "w:outlineLvl"))), "")
    level = natural(outline, -1)
    if level >= 0:
        return level + 1 if level < _BODY else None
    named = (_HEADING.fullmatch(name) for name in names)
    return next((int(one[1]) for one in named if one), None)


def _number(said: list[Any]) -> tuple[str, int] | None:
    for one in said:
        numbered = None if one is None else one.find(tag("w:numPr"))
        if numbered is not None:
            return _value(numbered, "w:numId"), natural(_value(numbered, "w:ilvl"), 0)
    return None
