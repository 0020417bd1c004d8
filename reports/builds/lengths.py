"""How long each section is on paper: kept with a build, and read of the latest one."""

from collections.abc import Collection, Mapping

from profile_workflow.markup import word_count
from profile_workflow.models import Profile
from profile_workflow.proofreading import Measured, Paper, words_a_page
from reports.context import Report
from reports.models import Build


def lengths_of(report: Report, pages: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Return what a build keeps of the sections of a report.

    Args:
        report: What was printed.
        pages: Id of the title of a chapter → how many pages it fills.

    Returns:
        Key of the section → ``{"words", "pages"}``, for each that was measured.
    """
    return {
        chapter.key: {"words": word_count(chapter.text), "pages": round(pages[chapter.anchor], 2)}
        for chapter in report.chapters
        if chapter.anchor in pages
    }


def paper_of(profile: Profile, *, kinds: Collection[str]) -> Paper:
    """Return the lengths measured in the latest PDF of some kinds (``Build.Kind``): one query."""
    done = profile.builds.filter(state=Build.State.DONE, kind__in=kinds).exclude(lengths={})
    latest = done.order_by("-finished_at", "-pk").only("lengths", "pages", "finished_at").first()
    if latest is None:
        return Paper({}, words_a_page(()))
    sections = {key: Measured(**one) for key, one in latest.lengths.items()}
    return Paper(sections, words_a_page(sections.values()), latest.pages, latest.finished_at)
