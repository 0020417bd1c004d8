"""Reading the content of the demonstration from its files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
FIXTURES = Path(__file__).parents[2] / "profile_workflow" / "fixtures"


@cache
def data(name: str) -> Any:
    """Return the parsed content of a JSON file below ``content/``."""
    return json.loads((CONTENT / name).read_text(encoding="utf-8"))


@cache
def fixture(name: str) -> Any:
    """Return the parsed content of a JSON file of reference data."""
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


@cache
def text(name: str) -> str:
    """Return a text below ``content/``."""
    return (CONTENT / name).read_text(encoding="utf-8")


def phrases(language: str) -> dict[str, str]:
    """Return what every short profile says in the same words, in the language of its text."""
    found: dict[str, str] = data("phrases.json")[language]
    return found


def city_content(slug: str) -> dict[str, Any]:
    """Return what is known of a city: language, facts, short section texts, acronyms."""
    found: dict[str, Any] = next(one for one in data("cities.json") if one["slug"] == slug)
    return found
