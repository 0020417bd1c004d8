"""Consultations under the Chatham House Rule, answered and ended."""

from datetime import timedelta

from django.utils import timezone

from profile_workflow.models import Profile
from profile_workflow.services import section_answers
from profile_workflow.states import Attribution, ProfileState, SectionView
from tests import factories
from tests.links import link_of
from workflows import deadlines, engine


def consulted(made) -> Profile:
    """A consultation under the Chatham House Rule: the focal point and two stakeholders."""
    profile = factories.make_profile(made, attribution=Attribution.CHATHAM_HOUSE)
    return factories.bring_to(profile, ProfileState.CONSULTATION)


def say(signoff, *views, text="Words"):
    """Answer every section through the personal link, and send it."""
    sections = factories.sections(signoff.round.profile)
    for section, view in zip(sections, views, strict=True):
        words = "" if view == SectionView.AGREES else f"{text} on {section.key}."
        section_answers.save_answer(
            link_of(signoff), section, view=view, text=words, at=timezone.now()
        )
    engine.send_answer(link_of(signoff), at=timezone.now())


def end(profile) -> None:
    """Let the last day of the round pass."""
    closes_at = profile.validation_rounds.get(closed_at=None).closes_at
    deadlines.sweep(at=closes_at + timedelta(minutes=1))
