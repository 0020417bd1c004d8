"""What is said in a workshop or on paper, on a walk."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from profile_workflow.calendars import day_of
from profile_workflow.models import Profile, SignOff, User
from profile_workflow.queries.paper import open_consultation
from profile_workflow.services import workshops
from profile_workflow.services.paper import Paper, refusal_to_enter
from profile_workflow.states import ProfileState, SectionView, WorkshopSaying
from tests import factories
from workflows import engine

STAGES = (ProfileState.CONSULTATION, ProfileState.PRIORITY_SETTING)


def workshop(
    profile: Profile, chance: Random, *, team: User, at: datetime
) -> Callable[[], object] | None:
    """Return a step: a workshop is written down, or one more thing that the last one said."""
    open_ones = profile.workshops.filter(closed_at=None)
    if profile.state not in STAGES:
        return None
    found = open_ones.order_by("-pk").first()
    if found is None or chance.random() < 0.3:
        return lambda: factories.record_workshop(profile, at=at)
    kind = chance.choice(list(WorkshopSaying))
    return lambda: workshops.add_remark(found, kind, f"Said at {at}.", by=team, at=at)


def form(
    profile: Profile, chance: Random, *, team: User, at: datetime
) -> Callable[[], object] | None:
    """Return a step: the form of somebody who is asked is entered; None if nobody has one."""
    opened = open_consultation(profile)
    asked = SignOff.objects.filter(round=opened, paper=None) if opened else ()
    able = []
    for one in asked:
        one.round.profile = profile
        if refusal_to_enter(one, profile, team, at=at) is None:
            able.append(one)
    if not able:
        return None
    views = list(SectionView)
    said = {one.key: (chance.choice(views), "On paper.") for one in factories.sections(profile)}
    if chance.random() < 0.3:
        said.popitem()
    signoff = chance.choice(able)
    filled = Paper(day_of(at, profile.city), said)
    return lambda: engine.enter_paper(signoff, filled, by=team, at=at)
