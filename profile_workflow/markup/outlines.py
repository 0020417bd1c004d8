"""What of a text can be pointed to from elsewhere."""

from dataclasses import dataclass
from functools import lru_cache

from profile_workflow.markup.rendering import render, without_typed_number
from profile_workflow.markup.terms import Exhibit, Exhibits, Heading


@dataclass(frozen=True, slots=True)
class Outline:
    """What of a text can be pointed to, with the addresses that it has on its page for reading."""

    headings: tuple[Heading, ...]
    exhibits: tuple[Exhibit, ...]

    def heading(self, words: str) -> Heading | None:
        """Return the first heading of these words, capital letters and blanks apart."""
        wanted = folded(words)
        return next((one for one in self.headings if folded(one.text) == wanted), None)

    def exhibit(self, kind: str, key: str) -> Exhibit | None:
        """Return the first place of a data table, or of its chart."""
        return next((one for one in self.exhibits if (one.kind, one.key) == (kind, key)), None)

    def typed_table(self, caption: str) -> Exhibit | None:
        """Return the first table typed with this caption, capital letters and blanks apart."""
        wanted = folded(caption)
        typed = (one for one in self.exhibits if not one.key)
        return next((one for one in typed if folded(one.caption) == wanted), None)


def folded(words: str) -> str:
    """Return words as references compare them: capital letters, blanks and numbers apart."""
    return " ".join(without_typed_number(words.strip()).split()).casefold()


@lru_cache(maxsize=256)
def outline(text: str, chapter: str = "") -> Outline:
    """Return what of a text can be pointed to; the same text is read only once."""
    drawn = Exhibits(
        table=lambda _key, _id: "", figure=lambda _key, _id: "", image=lambda _key, _id: ""
    )
    found = render(text, citations={}, exhibits=drawn, chapter=chapter)
    return Outline(tuple(found.headings), (*found.tables, *found.figures))
