"""The pages of help: one for each role in each language, and the words of the field."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from profile_workflow.states import Role

FOLDER = Path(__file__).resolve().parent.parent / "guides"


@dataclass(frozen=True, slots=True)
class Guide:
    """What somebody in a role has to know.

    Attributes:
        role: The role.
        summary: What the role is for, in one sentence.
        waits: What waits for this person, and when.
        how: What to do, in this order.
        then: What happens afterwards.
        seen: Who sees what this person writes.
    """

    role: Role
    summary: str
    waits: Sequence[str]
    how: Sequence[str]
    then: Sequence[str]
    seen: Sequence[str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the field, and what is meant by it here."""

    term: str
    meaning: str


def guides(language: str = "") -> Sequence[Guide]:
    """Return the guide of every role, in the language of the page unless another is named."""
    read = _read(language or _language_in_force())["roles"]
    return [Guide(role=role, **read[role]) for role in Role]


def glossary(language: str = "") -> Sequence[Word]:
    """Return the words of the field, in the language of the page unless another is named."""
    return [Word(*pair) for pair in _read(language or _language_in_force())["glossary"]]


def _language_in_force() -> str:
    code = (get_language() or settings.LANGUAGE_CODE)[:2]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@cache
def _read(language: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return content
