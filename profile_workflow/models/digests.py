"""Hashes by which decisions are bound to the text they judge."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def text_digest(
    text: str, *, nothing_found: bool, searched: str, pictures: Mapping[str, Any] | None = None
) -> str:
    """Return the SHA-256 (hex) by which a decision is bound to what was decided on.

    Args:
        text: The text.
        nothing_found: Whether it says that nothing was found.
        searched: Where.
        pictures: Key → what is frozen of each picture that the text places; part of what was
            decided on only if there are any.
    """
    content: dict[str, Any] = {"nothing_found": nothing_found, "searched": searched, "text": text}
    if pictures:
        content["pictures"] = pictures
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def sections_digest(hashes: dict[str, str]) -> str:
    """Return the SHA-256 (hex) of a whole profile, from section key → revision hash."""
    canonical = json.dumps(hashes, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
