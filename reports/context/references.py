"""Where the references of the report lead, and under which number: known after a first reading."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from profile_workflow import markup
from profile_workflow.markup import Reference, Target
from reports.context.plain import ListedExhibit, SectionText
from reports.labels import Labels


@dataclass(slots=True)
class Targets:
    """The printed tables, figures and sections.

    Attributes:
        labels: Words in the language of the report.
        is_complete: Whether everything was read once; before that nothing is known to be missing.
    """

    labels: Labels
    is_complete: bool = False
    _sections: dict[str, tuple[Target, markup.Outline]] = field(default_factory=dict)
    _exhibits: dict[tuple[str, str], str] = field(default_factory=dict)
    _listed: dict[str, str] = field(default_factory=dict)

    def note(self, section: SectionText, anchor: str, rendered: markup.Rendered) -> None:
        """Note a chapter with its headings and what it places."""
        words = self.labels.numbered_section % {"number": section.number} if section.number else ""
        own = Target(words or section.title, f"#{anchor}")
        exhibits = (*rendered.tables, *rendered.figures)
        self._sections[section.key] = own, markup.Outline(tuple(rendered.headings), exhibits)
        for one in exhibits:
            self.note_exhibit(one.kind, one.key, one.id)

    def note_exhibit(self, kind: str, key: str, anchor: str) -> None:
        """Note where a table or figure is printed; the first place counts."""
        self._exhibits.setdefault((kind, key), anchor)

    def complete(self, listed: Iterable[ListedExhibit]) -> None:
        """Take the numbers under which tables and figures are printed: all are known now."""
        self._listed = {one.anchor: one.label for one in listed}
        self.is_complete = True

    def find(self, reference: Reference) -> Target | None:
        """Return where a reference leads, or None if that is nowhere."""
        if not self.is_complete:
            return Target(str(reference))
        if reference.kind == "section":
            return self._section(reference)
        anchor = self._anchor(reference)
        label = self._listed.get(anchor)
        return Target(label, f"#{anchor}") if label else None

    def _anchor(self, reference: Reference) -> str:
        if not reference.words:
            kinds = ("figure", "image") if reference.kind == "figure" else (reference.kind,)
            found = (self._exhibits.get((kind, reference.key)) for kind in kinds)
            return next(filter(None, found), "")
        section = self._sections.get(reference.key)
        table = section[1].typed_table(reference.words) if section else None
        return table.id if table else ""

    def _section(self, reference: Reference) -> Target | None:
        found = self._sections.get(reference.key)
        if found is None or not reference.words:
            return found and found[0]
        heading = found[1].heading(reference.words)
        if heading is None:
            return None
        number = heading.number and self.labels.numbered_section % {"number": heading.number}
        return Target(number or heading.text, f"#{heading.id}")


def has_references(sections: Sequence[SectionText]) -> bool:
    """Whether any text points to something elsewhere."""
    return any(markup.references(section.text) for section in sections)
