"""Word files on a page: how a profile is put into one, and what one would change."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from profile_workflow import markup
from profile_workflow.bibliography import formatting
from profile_workflow.bibliography.record import reference_of
from profile_workflow.charts.kinds import draw_chosen
from profile_workflow.charts.painting import can_paint, paint
from profile_workflow.models import (
    DataTable,
    PictureFile,
    Profile,
    Section,
    Source,
    User,
    WordReading,
)
from profile_workflow.pictures.shown import Shown, lacking
from profile_workflow.queries.evidence import (
    charted,
    pictures_by_key,
    sources_by_key,
    tables_by_key,
)
from profile_workflow.queries.word import placed_by
from profile_workflow.services.drafting import may_write
from profile_workflow.services.word import text_for
from profile_workflow.web.reading import figure_in_words, origin_of
from profile_workflow.web.redline import Redline, redline
from profile_workflow.word.chapters import LIKE, MARK, NUMBER, TITLE, WHOLE, Chapter
from profile_workflow.word.document import (
    WordDocument,
    WordImage,
    WordPicture,
    WordSection,
    WordTable,
)
from profile_workflow.word.files import make_docx

# To Word


def docx_of(profile: Profile, sections: Sequence[Section], *, viewer: User, working: bool) -> bytes:
    """Return sections as a Word file in the language of the profile: six queries at most.

    Args:
        profile: The profile.
        sections: Its sections with their texts.
        viewer: Who asks; the working text is for those only who could write it.
        working: Whether the working text is wanted instead of the submitted one.
    """
    shown = [_shown(one, is_working=working and may_write(one, by=viewer)) for one in sections]
    whole = [markup.mentions(one.text) for one in shown]
    placed = _placed(profile, shown)
    cited = {key for one in whole for key in one.sources}
    cited |= {one.source for several in placed for one in several.values() if one.source}
    sources = sources_by_key(profile, cited)
    tables = tables_by_key(profile, {key for one in whole for key in one.tables})
    texts = [one.text for one in shown]
    with translation.override(profile.language):
        document = WordDocument(
            title=str(profile),
            introduction=[_introduction()],
            language=profile.language,
            origin=profile.slug,
            sections=[
                WordSection(
                    key=section.key,
                    heading=str(section),
                    text=one.text,
                    revision=section.revision.number if section.revision else 0,
                    version=one.version,
                    remark=one.remark(section),
                    sources=[str(sources[key]) for key in said.sources if key in sources],
                    pictures=drawn,
                )
                for section, one, said, drawn in zip(
                    sections, shown, whole, _pictures(profile, placed, sources), strict=True
                )
            ],
            tables={
                key: _table(table, is_chart=any(f"[[figure:{key}]]" in text for text in texts))
                for key, table in tables.items()
            },
            words_for_sources=_("Sources cited"),
            words_for_tables=_(
                "This table is printed from the register; changes made to it here do not come back."
            ),
            words_for_pictures=_(
                "This picture is printed from the register; changes made to it here do not come "
                "back."
            ),
        )
        return make_docx(document)


def _introduction() -> str:
    return _(
        "Keep the headings of the sections as they are, so that the text finds its way back. "
        "Citations stand as [@key, p. 4]; lines in grey are printed from the registers."
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """The text of a section that goes into a file, and its version if it is the working text."""

    text: str = ""
    version: int = 0
    is_working: bool = False
    pictures: Mapping[str, Shown] = field(default_factory=dict)

    def remark(self, section: Section) -> str:
        """Say which text this is."""
        if self.is_working:
            return _("Working text, version %(number)s") % {"number": self.version}
        if section.revision is None:
            return _("No text has been submitted yet.")
        said = _("Revision %(number)s") % {"number": section.revision.number}
        if section.revision.nothing_found:
            found = _("Nothing was found."), _("Searched:"), section.revision.searched
            said = f"{said}. {' '.join(found)}"
        return said


def _shown(section: Section, *, is_working: bool) -> _Shown:
    if is_working:
        return _Shown(section.draft.text, section.draft.version, is_working=True)
    revision = section.revision
    return _Shown(revision.text, pictures=revision.shown_pictures) if revision else _Shown()


def _placed(profile: Profile, shown: Sequence[_Shown]) -> list[Mapping[str, Shown]]:
    """Return the pictures of each text: those submitted with it, or those of the register."""
    keys = [markup.placed_pictures(one.text) if one.is_working else [] for one in shown]
    register = pictures_by_key(profile, {key for several in keys for key in several})
    return [
        {**one.pictures, **{key: register[key] for key in several if key in register}}
        for one, several in zip(shown, keys, strict=True)
    ]


def _pictures(
    profile: Profile, placed: Sequence[Mapping[str, Shown]], sources: Mapping[str, Source]
) -> list[dict[str, WordPicture]]:
    """Return the pictures of each text with their files: one query if there are any."""
    wanted = {one.sha256 for several in placed for one in several.values()}
    files = {one.sha256: one for one in profile.picture_files.filter(sha256__in=wanted)}
    citations = {key: _cited(source, profile.language) for key, source in sources.items()}
    return [
        {key: _picture(one, files[one.sha256], citations) for key, one in several.items()}
        for several in placed
    ]


def _picture(shown: Shown, file: PictureFile, citations: Mapping[str, str]) -> WordPicture:
    with file.full.open("rb") as content:
        image = WordImage(content.read(), shown.kind, shown.width, shown.height, shown.alt)
    origin = origin_of(shown, citations)
    return WordPicture(image, shown.caption, f"{_('Source:')} {origin}" if origin else "")


def _chart(table: DataTable) -> WordImage | None:
    """Return the chart of a table as the page shows it; None if no kind fits its figures."""
    chart = draw_chosen(
        table.chart,
        charted(table),
        name="chart",
        title=table.title,
        language=table.profile.language,
    )
    if chart is None or not can_paint():
        return None
    painted = paint(chart.picture)
    return WordImage(painted.content, "png", painted.width, painted.height, painted.says)


def _table(table: DataTable, *, is_chart: bool) -> WordTable:
    rows = [
        (
            one.label,
            figure_in_words(one),
            one.period or str(one.year or ""),
            str(one.territory or ""),
            _cited(one.source, table.profile.language) if one.source else "",
        )
        for one in table.items.all()
    ]
    head = (_("Indicator"), _("Value"), _("Year"), _("Territory"), _("Source"))
    return WordTable(table.title, head, rows, table.note, _chart(table) if is_chart else None)


def _cited(source: Source, language: str) -> str:
    return formatting.citation(reference_of(source), language)


# From Word


def chapters_of(sections: Iterable[Section]) -> list[Chapter]:
    """Return the sections as they are looked for in a file: with their titles in any language."""
    return [
        Chapter(
            one.key,
            one.number,
            [one.template_section.title_in(language) for language in ("en", "fr", "ar")],
        )
        for one in sections
    ]


#: Code of how a section was found → the words for it.
HOW_FOUND: Mapping[str, "str | Promise"] = {
    MARK: gettext_lazy("by the mark that our own files carry"),
    NUMBER: gettext_lazy("by its number"),
    TITLE: gettext_lazy("by its title"),
    LIKE: gettext_lazy("by a title that is like it; please check"),
    WHOLE: gettext_lazy("the whole file, as you said"),
}

_LEFT_OUT: Mapping[str, "str | Promise"] = {
    "picture": gettext_lazy("A picture – add it by hand, with its source and a description:"),
    "picture_refused": gettext_lazy("A picture that cannot be taken:"),
    "chart": gettext_lazy(
        "A chart of Word – enter its figures as a data table, which is drawn here:"
    ),
    "drawing": gettext_lazy("A drawing of Word – save it as a picture (PNG), then add that:"),
    "text_box": gettext_lazy("A text box – type its words into the text:"),
    "formula": gettext_lazy("A formula – write it in words:"),
    "hidden": gettext_lazy("Hidden text:"),
    "link": gettext_lazy("A link that does not lead to a web page; its words are kept:"),
    "title": gettext_lazy("The title of the document, which the profile has already:"),
    "table_too_large": gettext_lazy("A table is too large; only this much of it is printed:"),
}
_COUNTED: Mapping[str, Promise] = {
    "comments": ngettext_lazy(
        "%(number)s comment of Word: comments are made here",
        "%(number)s comments of Word: comments are made here",
        "number",
    ),
    "insertions": ngettext_lazy(
        "%(number)s tracked insertion was taken as accepted",
        "%(number)s tracked insertions were taken as accepted",
        "number",
    ),
    "deletions": ngettext_lazy(
        "%(number)s tracked deletion was taken as accepted; its words are left out",
        "%(number)s tracked deletions were taken as accepted; their words are left out",
        "number",
    ),
    "object": ngettext_lazy(
        "%(number)s embedded object, e.g. a spreadsheet: copy its table into the text",
        "%(number)s embedded objects, e.g. spreadsheets: copy their tables into the text",
        "number",
    ),
    "merged": ngettext_lazy(
        "%(number)s merged cell was split, since tables have none here",
        "%(number)s merged cells were split, since tables have none here",
        "number",
    ),
    "list_in_table": ngettext_lazy(
        "%(number)s item of a list in a table became plain words",
        "%(number)s items of lists in tables became plain words",
        "number",
    ),
    "table_in_table": ngettext_lazy(
        "%(number)s table within a table became plain words",
        "%(number)s tables within tables became plain words",
        "number",
    ),
}


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """What does not come along: a sentence, and the words that it is about."""

    sentence: str
    words: str = ""


def left_out_lines(part: Mapping[str, object]) -> list[LeftOutLine]:
    """Return what was left out of a part, in words."""
    lines = []
    for one in part["left_out"]:  # type: ignore[attr-defined]
        code, detail = one["code"], one["detail"]
        if code in _COUNTED:
            lines.append(LeftOutLine(str(_COUNTED[code] % {"number": int(detail)})))
        else:
            lines.append(LeftOutLine(str(_LEFT_OUT[code]), detail))
    return lines


@dataclass(frozen=True, slots=True)
class IncomingPicture:
    """A picture that the text of a file places.

    Attributes:
        key: By what the text places it.
        sha256: SHA-256 (hex) of its file.
        is_new: Whether it is not in the profile yet.
        caption, alt, credit: What the file says of it.
        lacks: What has to be said of it before the text is submitted, in words.
    """

    key: str
    sha256: str
    is_new: bool
    caption: str
    alt: str
    credit: str
    lacks: Sequence[str]

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return a picture of a reading; what is said of one that is there is its own affair."""
        said = {name: kept[name] for name in ("caption", "alt", "credit")}
        missing = lacking(caption=said["caption"], alt=said["alt"], origin=said["credit"])
        lacks = missing if kept["is_new"] else ()
        return cls(kept["key"], kept["sha256"], kept["is_new"], **said, lacks=lacks)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A section to which something goes, beside its working text.

    Attributes:
        section: The section.
        words: Length of the text in the file.
        words_now: Length of the working text.
        found: What would change, paragraph by paragraph.
        left_out: What does not come along.
        pictures: The pictures that the file brings.
        is_behind: Whether the working text was saved again after the file had been made from it.
        may_write: Whether the reader could write it now.
    """

    section: Section
    words: int
    words_now: int
    found: Redline
    left_out: Sequence[LeftOutLine]
    pictures: Sequence[IncomingPicture]
    is_behind: bool
    may_write: bool

    @property
    def has_gaps(self) -> bool:
        """Whether something has to be said of its pictures before the text is submitted."""
        return any(one.lacks for one in self.pictures)

    @property
    def is_same(self) -> bool:
        """Whether the file would change nothing."""
        return not self.found.too_long and not self.found.changes

    @property
    def is_open(self) -> bool:
        """Whether it can be chosen."""
        return self.may_write and not self.is_same


def incoming(reading: WordReading, sections: Iterable[Section], *, viewer: User) -> list[Incoming]:
    """Return what would go to each section: one query for any number of them."""
    goals = [one for one in sections if text_for(reading, one.key)]
    texts = {one.key: text_for(reading, one.key) for one in goals}
    cited = {key for one in goals for key in markup.cited_keys(texts[one.key])}
    cited |= {key for one in goals for key in markup.cited_keys(one.draft.text)}
    known = sources_by_key(reading.profile, cited)
    language = reading.profile.language
    citations = {key: _cited(source, language) for key, source in known.items()}
    return [_incoming(reading, one, texts[one.key], citations, viewer) for one in goals]


def _incoming(
    reading: WordReading, section: Section, text: str, citations: Mapping[str, str], viewer: User
) -> Incoming:
    parts = [part for part in reading.parts if part["key"] == section.key]
    old, new = _html(section.draft.text, citations), _html(text, citations)
    made_from = [part["version"] for part in parts if part["version"]]
    return Incoming(
        section=section,
        words=markup.word_count(text),
        words_now=markup.word_count(section.draft.text),
        found=redline(old, new),
        left_out=[line for part in parts for line in left_out_lines(part)],
        pictures=[IncomingPicture.read(one) for one in placed_by(parts)],
        is_behind=any(version < section.draft.version for version in made_from),
        may_write=may_write(section, by=viewer),
    )


def _html(text: str, citations: Mapping[str, str]) -> str:
    """Render a text to be compared; what it places is the same thing on both sides."""

    def placed(key: str, block: str) -> str:
        return f'<p id="{html.escape(block)}">{html.escape(key)}</p>'

    exhibits = markup.Exhibits(table=placed, figure=placed, image=placed)
    return markup.render(text, citations=citations, exhibits=exhibits).html
