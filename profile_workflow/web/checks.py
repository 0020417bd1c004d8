"""Checks by name, each with what it found: of a text that is judged, and before a grave act."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from django.template.defaultfilters import floatformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import markup, requirements
from profile_workflow.errors import Missing
from profile_workflow.models import Profile, Section, Waiver
from profile_workflow.proofreading import Paper, length_of
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.quality import waivers_of
from profile_workflow.states import Advice

#: Requirement → what is checked. A requirement that is not named here is shown under "Others".
NAMES: Mapping[str, "str | Promise"] = {
    "section_unfinished": gettext_lazy("Every section is finished"),
    "comment_open": gettext_lazy("Every comment is answered"),
    "figure_unsettled": gettext_lazy("Every figure is confirmed, given as a range, or missing"),
    "figure_unsourced": gettext_lazy("Every figure has source, year, territory and definition"),
    "citation_unknown": gettext_lazy("Every cited source is in the bibliography"),
    "table_unknown": gettext_lazy("Every table that the text places exists"),
    "picture_unknown": gettext_lazy("Every picture that the text places exists"),
    "picture_incomplete": gettext_lazy(
        "Every picture in the text has a caption, a description and a source"
    ),
    "reference_unknown": gettext_lazy("Every table, figure and section that is referred to exists"),
    "acronym_unexplained": gettext_lazy("Every acronym is explained"),
    "wording_blocked": gettext_lazy("No wording that a profile must not use"),
    "number_undefined": gettext_lazy("Every figure says who is counted"),
    "personal_data": gettext_lazy("Nothing tells of one person, unless it was allowed"),
    "no_stakeholder": gettext_lazy("The City Stakeholder Group has members"),
    "check_open": gettext_lazy("Every check that a person makes is answered"),
    "check_failed": gettext_lazy("No check that a person makes is answered “no”"),
    "text_changed": gettext_lazy("The text is the one that was signed off"),
    "no_pdf": gettext_lazy("The PDF of this text has been made"),
    "no_erratum": gettext_lazy("The printed erratum is written"),
}
#: Move → its checks, in the order in which they are shown.
FOR_MOVE: Mapping[str, tuple[str, ...]] = {
    "profile.pass_qa": (
        "section_unfinished",
        "comment_open",
        "citation_unknown",
        "table_unknown",
        "picture_unknown",
        "picture_incomplete",
        "reference_unknown",
        "figure_unsourced",
        "figure_unsettled",
        "acronym_unexplained",
        "wording_blocked",
        "number_undefined",
        "personal_data",
        "no_stakeholder",
        "check_open",
        "check_failed",
    ),
    "profile.publish": ("text_changed", "no_pdf"),
    "profile.publish_correction": ("section_unfinished", "no_erratum", "no_pdf"),
}


def anchor_of(code: str, section: str) -> str:
    """Return where an advice on a section stands on the page of quality assurance."""
    return f"advice-{code}-{section}"


@dataclass(frozen=True, slots=True)
class Advised:
    """What one check advises on one section, and why that does not matter, if somebody said so.

    Attributes:
        waiver: The last one, for whatever text it was.
    """

    code: Advice
    section: Section
    found: tuple[Missing, ...]
    waiver: Waiver | None

    @property
    def is_waived(self) -> bool:
        """Whether it was waived for the text as it is now."""
        assert self.section.revision is not None
        return self.waiver is not None and self.waiver.digest == self.section.revision.sha256

    @property
    def anchor(self) -> str:
        """Where it stands on the page of quality assurance."""
        return anchor_of(self.code, self.section.key)


@dataclass(frozen=True, slots=True)
class Check:
    """One check with what it found; nothing found is passed.

    Attributes:
        stops: Whether the move is refused as long as something is found.
        sections: What it advises, section by section, if it stops nothing.
    """

    code: str
    label: str
    found: tuple[Missing, ...]
    stops: bool
    sections: tuple[Advised, ...] = ()

    @property
    def has_passed(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    @property
    def is_waived(self) -> bool:
        """Whether all that was found was waived."""
        return bool(self.sections) and all(one.is_waived for one in self.sections)


def checks_before(move: str, profile: Profile) -> list[Check]:
    """Return the checks that a move of the profile makes, by name: those the engine makes."""
    found: dict[str, list[Missing]] = {code: [] for code in FOR_MOVE[move]}
    for one in requirements.missing_for(move, profile):
        found.setdefault(one.code, []).append(one)
    return [
        Check(code, str(NAMES.get(code, _("Others"))), tuple(several), stops=True)
        for code, several in found.items()
    ]


def advice_on(profile: Profile, paper: Paper) -> list[Check]:
    """Return the checks of the submitted text that advise, but stop nothing: two queries.

    Args:
        profile: Whose text.
        paper: The PDF by which it is told how many pages a text fills.
    """
    sections = [one for one in sections_of(profile) if one.revision is not None]
    waivers = waivers_of(profile)
    looks: Mapping[Advice, _Look] = {
        Advice.EMPTY: _empty,
        Advice.OVER_BUDGET: partial(_over_budget, paper=paper),
        Advice.PROBLEM: _readable,
    }
    return [_advice(code, look, sections, waivers) for code, look in looks.items()]


def _advice(
    code: Advice,
    look: "_Look",
    sections: Iterable[Section],
    waivers: Mapping[tuple[str, str], Waiver],
) -> Check:
    looked = [(one, tuple(look(one))) for one in sections]
    advised = [
        Advised(code, section, found, waivers.get((section.key, code)))
        for section, found in looked
        if found
    ]
    several = tuple(one for each in advised for one in each.found)
    return Check(code, str(code.label), several, stops=False, sections=tuple(advised))


def _text(section: Section) -> str:
    assert section.revision is not None
    return str(section.revision.text)


def _empty(section: Section) -> Iterable[Missing]:
    assert section.revision is not None
    if not _text(section).strip() and not section.revision.nothing_found:
        yield Missing(
            Advice.EMPTY, _("“%(section)s” is empty.") % {"section": section}, section.key
        )


def _over_budget(section: Section, paper: Paper) -> Iterable[Missing]:
    budget = section.template_section.page_budget
    length = length_of(_text(section), key=section.key, budget=budget, paper=paper)
    if budget and length.is_over:
        said = _("“%(section)s” fills about %(pages)s of %(most)s pages.")
        pages, most = (floatformat(one, -1) for one in (length.shown_pages, budget))
        values = {"section": section, "pages": pages, "most": most}
        yield Missing(Advice.OVER_BUDGET, said % values, section.key)


def _readable(section: Section) -> Iterable[Missing]:
    for problem in markup.parse(_text(section)).problems:
        said = _("Something in “%(section)s” will not print as it was written (%(problem)s).")
        values = {"section": section, "problem": f"{problem.code}: {problem.detail}"}
        yield Missing(Advice.PROBLEM, said % values, section.key)


_Look = Callable[[Section], Iterable[Missing]]
