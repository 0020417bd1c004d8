"""Submitted texts of a section: which of them a person has judged, or knows."""

from django.db.models import Q

from profile_workflow.models import Revision, Section, User


def last_seen(section: Section, person: User) -> Revision | None:
    """Return the newest text of a section that a person has decided on or commented on.

    Nobody's reading is watched: only what he did tells what he saw. A comment on the present text
    says that he is still looking at it, so only a decision makes that the last seen one.
    """
    return _newest(section, _judged(section, person))


def last_known(section: Section, person: User) -> Revision | None:
    """Return the newest text of a section that a person has judged, or submitted before this one.

    So who compares texts sees what others have changed since.
    """
    submitted = Q(author=person) & ~Q(pk=section.revision_id or 0)
    return _newest(section, _judged(section, person) | submitted)


def _judged(section: Section, person: User) -> Q:
    former = ~Q(pk=section.revision_id or 0)
    return Q(decisions__by=person) | (Q(comments__author=person) & former)


def _newest(section: Section, which: Q) -> Revision | None:
    return section.revisions.filter(which).order_by("-number").first()
