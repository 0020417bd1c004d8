"""Where the references of a text lead: a section, a heading, a data table, a chart, a picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from profile_workflow import markup
from profile_workflow.markup import Reference
from profile_workflow.models import Profile, Section


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reference leads.

    Attributes:
        section: The section in which it stands.
        block: Address of the block on the page of the section; empty for the section itself.
        number: The number that it has on that page; empty if it has none there.
    """

    section: Section
    block: str
    number: str


class Places:
    """What the texts of a profile can point to: two queries for any number of texts."""

    def __init__(self, profile: Profile) -> None:
        related = ("template_section", "revision", "draft")
        found = profile.sections.select_related(*related).order_by("position")
        self._sections = {one.key: one for one in found}
        self._tables = dict(profile.data_tables.values_list("key", "section__key"))

    def find(self, reference: Reference, *, key: str, text: str) -> Place | None:
        """Return where a reference leads, or None if that is nowhere.

        Args:
            reference: What is pointed to.
            key: Code of the section that points there.
            text: The text of that section. Of the others the submitted text counts, and the working
                text for what is not submitted yet.
        """
        if reference.words or reference.kind == "section":
            return self._within(reference, key, text)
        return self._exhibit(reference, key, text)

    def _within(self, reference: Reference, key: str, text: str) -> Place | None:
        section = self._sections.get(reference.key)
        if section is None:
            return None
        if not reference.words:
            return Place(section, "", section.number)
        texts = [text] if section.key == key else self._texts(section)
        found = (_named(reference, section, one) for one in texts)
        return next((one for one in found if one is not None), None)

    def _exhibit(self, reference: Reference, key: str, text: str) -> Place | None:
        if reference.key not in self._tables:
            is_picture = reference.kind == "figure"
            return self._placed("image", reference.key, key, text) if is_picture else None
        placed = self._placed(reference.kind, reference.key, key, text)
        if placed is not None:
            return placed
        # A table that no text places is printed at the end of its section; a chart is not.
        home = self._sections[self._tables[reference.key]]
        return Place(home, "", reference.key) if reference.kind == "table" else None

    def _placed(self, kind: str, wanted: str, key: str, text: str) -> Place | None:
        """Return the first place of a data table, its chart or a picture in the texts."""
        for section, one in self._all_texts(key, text):
            said = markup.mentions(one)
            if wanted in (*said.tables, *said.pictures):
                placed = markup.outline(one, section.number).exhibit(kind, wanted)
                if placed is not None:
                    return Place(section, placed.id, wanted)
        return None

    def _all_texts(self, key: str, text: str) -> Iterator[tuple[Section, str]]:
        if key in self._sections:
            yield self._sections[key], text
        for section in self._sections.values():
            if section.key != key:
                for one in self._texts(section):
                    yield section, one

    @staticmethod
    def _texts(section: Section) -> list[str]:
        kept = (section.revision, getattr(section, "draft", None))
        return [one.text for one in kept if one is not None]


def _named(reference: Reference, section: Section, text: str) -> Place | None:
    """Return the heading, or the typed table, of these words."""
    outline = markup.outline(text, section.number)
    if reference.kind == "table":
        table = outline.typed_table(reference.words)
        return Place(section, table.id, "") if table else None
    heading = outline.heading(reference.words)
    return Place(section, heading.id, heading.number) if heading else None


def dangling(places: Places, key: str, text: str) -> list[Reference]:
    """Return the references of a text that lead nowhere.

    Args:
        places: What the profile has.
        key: Code of the section of the text.
        text: The text.
    """
    wanted = markup.references(text)
    return [one for one in wanted if places.find(one, key=key, text=text) is None]
