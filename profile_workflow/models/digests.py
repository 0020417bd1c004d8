"""Hashes by which decisions are bound to the text they judge."""

import hashlib
import json


def text_digest(text: str, *, nothing_found: bool, searched: str) -> str:
    """Return the SHA-256 (hex) by which a decision is bound to what was decided on."""
    content = {"nothing_found": nothing_found, "searched": searched, "text": text}
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def sections_digest(hashes: dict[str, str]) -> str:
    """Return the SHA-256 (hex) of a whole profile, from section key → revision hash."""
    canonical = json.dumps(hashes, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
