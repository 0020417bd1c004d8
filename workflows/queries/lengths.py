"""How many pages a text fills against those that the template gives it, by the latest PDF."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from profile_workflow.models import Profile, TemplateSection, User
from profile_workflow.proofreading import Length, Paper, length_of
from reports.builds import paper_of
from reports.models import Build
from workflows.queries.builds import kinds_for


@dataclass(frozen=True, slots=True)
class ProfileLength:
    """How long a profile is, and the PDF by which that is known."""

    chapters: Length
    summary: Length
    paper: Paper


def paper_for(profile: Profile, viewer: User) -> Paper:
    """Return what the latest PDF that a reader may open says of lengths: one query."""
    return paper_of(profile, kinds=kinds_for(profile, viewer))


def profile_length(profile: Profile, *, viewer: User) -> ProfileLength:
    """Return how long a profile is: its working text, or for who may not see that the submitted.

    Two queries.
    """
    kinds = kinds_for(profile, viewer)
    paper = paper_of(profile, kinds=kinds)
    text = F("draft__text") if Build.Kind.PREVIEW in kinds else F("revision__text")
    sections = profile.sections.select_related("template_section").annotate(shown_text=text)
    found = [
        (
            one,
            length_of(
                one.shown_text or "",
                key=one.key,
                budget=one.template_section.page_budget,
                paper=paper,
            ),
        )
        for one in sections
    ]
    summary = TemplateSection.Kind.SUMMARY
    template = profile.template
    return ProfileLength(
        chapters=_sum(
            (length for one, length in found if one.template_section.kind != summary),
            template.body_pages,
        ),
        summary=_sum(
            (length for one, length in found if one.template_section.kind == summary),
            template.summary_pages,
        ),
        paper=paper,
    )


def _sum(lengths: Iterable[Length], budget: int) -> Length:
    several = list(lengths)
    printed = [one.printed for one in several if one.printed is not None]
    return Length(
        words=sum(one.words for one in several),
        pages=sum(one.pages for one in several),
        budget=Decimal(budget),
        printed=sum(printed) if printed else None,
    )
