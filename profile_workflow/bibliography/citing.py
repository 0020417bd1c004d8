"""Renaming a source in the citations of a text."""

import re

from profile_workflow.markup import cited_keys

_CITATION = re.compile(r"\[@[^\]\[]{1,2000}\]")


def recited(text: str, old: str, new: str) -> str:
    """Return a text that cites ``new`` wherever it cited ``old``; the rest is left as it is.

    Raises:
        ValueError: If the text would still cite the old one.
    """
    if old not in text or old not in cited_keys(text):
        return text
    named = re.compile(rf"(?<=@){re.escape(old)}(?![\w-])")

    def renamed(citation: "re.Match[str]") -> str:
        if not named.search(citation[0]):
            return citation[0]
        parts = named.sub(new, citation[0])[1:-1].split(";")
        once = dict.fromkeys(part.strip() for part in parts)
        return f"[{'; '.join(once)}]"

    changed = _CITATION.sub(renamed, text)
    if old in cited_keys(changed):
        raise ValueError(old)
    return changed
