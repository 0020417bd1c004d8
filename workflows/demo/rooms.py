"""What is said in rooms and on paper: a workshop with its record, and forms that were entered."""

from collections.abc import Mapping, Sequence

from profile_workflow.models import SignOff
from profile_workflow.services import workshops
from profile_workflow.services.paper import Paper
from profile_workflow.services.workshops import Facts
from profile_workflow.states import (
    Attribution,
    SectionView,
    StakeholderCategory,
    WorkshopMode,
    WorkshopQuorum,
    WorkshopSaying,
    WorkshopSex,
)
from workflows import engine
from workflows.demo.story import Story

_WOMEN, _MEN, _UNSAID = WorkshopSex.WOMEN, WorkshopSex.MEN, WorkshopSex.UNSAID
#: Who came, without names; together as many as are counted in all.
_CAME: Mapping[tuple[str, str], int] = {
    (StakeholderCategory.PUBLIC_SERVICE, _WOMEN): 5,
    (StakeholderCategory.PUBLIC_SERVICE, _MEN): 4,
    (StakeholderCategory.CIVIL_SOCIETY, _WOMEN): 6,
    (StakeholderCategory.CIVIL_SOCIETY, _MEN): 5,
    (StakeholderCategory.MIGRANT_LED, _WOMEN): 3,
    (StakeholderCategory.MIGRANT_LED, _MEN): 2,
    ("", _UNSAID): 3,
}


def hold_workshop(
    story: Story, *, objected: str, why: str, remark: str, agreed: str, for_priorities: bool = False
) -> None:
    """Write down a workshop about the text that is consulted about.

    Args:
        story: The story of a profile in consultation.
        objected: Key of the section to which the room objects; it confirms the others.
        why: The objection.
        remark: What else was said, of the text as a whole.
        agreed: What the room agreed on.
        for_priorities: Whether priorities were set in the same meeting.
    """
    team, at = story.cast.team, story.now
    version = story.profile.versions.order_by("-number")[0]
    made = workshops.record_workshop(
        story.profile,
        Facts(
            held_on=at.date(),
            mode=WorkshopMode.HYBRID,
            attribution=Attribution(story.profile.attribution),
            venue=str(story.cast.city.name),
            for_validation=True,
            for_priorities=for_priorities,
            participants=sum(_CAME.values()),
            counts=_CAME,
            quorum=WorkshopQuorum.REACHED,
            confirmed=[one.key for one in story.sections() if one.key != objected],
            documents=[{"title": f"v{version.number}", "sha256": version.digest}],
            agreed=agreed,
        ),
        by=team,
        at=at,
    )
    section = story.section(objected)
    said = (WorkshopSaying.OBJECTION, why, section), (WorkshopSaying.REMARK, remark, None)
    for kind, words, about in said:
        workshops.add_remark(made, kind, words, section=about, by=team, at=at)
    story.later(hours=2)


def hand_in_forms(story: Story, signoffs: Sequence[SignOff]) -> None:
    """Enter the forms of some who agree with every section, as they were handed in."""
    for one in signoffs:
        said = {section.key: (SectionView.AGREES, "") for section in story.sections()}
        paper = Paper(story.now.date(), said)
        engine.enter_paper(one, paper, by=story.cast.team, at=story.now)
        story.later(minutes=11)
