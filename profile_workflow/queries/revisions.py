"""Submitted texts of a section: which of them a person has judged."""

from django.db.models import Q

from profile_workflow.models import Revision, Section, User


def last_seen(section: Section, person: User) -> Revision | None:
    """Return the newest text of a section that a person has decided on or commented on.

    Nobody's reading is watched: only what he did tells what he saw. A comment on the present text
    says that he is still looking at it, so only a decision makes that the last seen one.
    """
    judged = Q(decisions__by=person) | (
        Q(comments__author=person) & ~Q(pk=section.revision_id or 0)
    )
    return section.revisions.filter(judged).order_by("-number").first()
