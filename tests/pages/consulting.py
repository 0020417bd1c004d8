"""What the pages of a consultation are opened with: objections, workshops, personal links."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from profile_workflow.models import (
    AnsweringLink,
    Profile,
    SignOff,
    ValidationRound,
    WorkshopRemark,
)
from profile_workflow.queries.validation import unanswered_objections
from profile_workflow.services import section_answers, signing
from profile_workflow.states import ProfileState, Role, SectionView, Signature, SignOffState
from reports.models import Build
from tests import factories
from tests.links import link_of, token_for
from tests.pages.world import World
from workflows import engine


def objected(world: World) -> Profile:
    """A profile in consultation: one agrees, one objects."""
    profile = world.profile_in(ProfileState.CONSULTATION, "objected")
    if not unanswered_objections(profile).exists():
        first = factories.asked(profile)[0]
        named = [factories.section(profile, "1")]
        factories.move(first, "object_to", first.person, reason="Not so.", sections=named)
    return profile


def objection(world: World) -> Sequence[Any]:
    profile = objected(world)
    return [profile.slug, unanswered_objections(profile)[0].pk]


def held(world: World) -> Sequence[Any]:
    """A workshop of that consultation, which objected to the first section."""
    profile = objected(world)
    workshop = profile.workshops.order_by("pk").first() or factories.give_workshop(profile)
    return [profile.slug, workshop.pk]


def said_in_the_room(world: World) -> Sequence[Any]:
    slug_of, workshop = held(world)
    remark = WorkshopRemark.objects.filter(workshop=workshop).order_by("pk").first()
    return [slug_of, workshop, remark.pk]


def signoff_by_link(world: World) -> SignOff:
    """What somebody is asked for who has said something of the first section, through his link."""
    profile = world.profile_in(ProfileState.CONSULTATION, "links")
    asked = SignOff.objects.filter(round__profile=profile, state=SignOffState.ASKED)
    signoff = asked.filter(role=Role.STAKEHOLDER).order_by("pk")[0]
    if not signoff.section_answers.exists():
        say(signoff, "1", SectionView.COMMENTS, "Say more of housing.")
        # His pages offer the text as a PDF; those of whoever signs say that it is being made.
        of_now = {"kind": Build.Kind.CONSULTATION, "text_digest": profile.text_digest()}
        factories.give_build(
            profile, None, state=Build.State.DONE, material_digest="1" * 64, **of_now
        )
    return signoff


def say(signoff: SignOff, key: str, view: SectionView, text: str = "") -> None:
    """Save what somebody thinks of a section through his link."""
    section, at = factories.section(signoff.round.profile, key), timezone.now()
    section_answers.save_answer(link_of(signoff), section, view=view, text=text, at=at)


def by_link(world: World) -> Sequence[Any]:
    return [token_for(signoff_by_link(world))]


def section_by_link(world: World) -> Sequence[Any]:
    return [*by_link(world), "1"]


def sent_by_link(world: World) -> Sequence[Any]:
    """The link of another person, who has said what he thinks of all sections, and sent it."""
    profile = signoff_by_link(world).round.profile
    signoff = SignOff.objects.filter(round__profile=profile, role=Role.FOCAL_POINT).get()
    if not signoff.section_answers.exists():
        for one in factories.sections(profile):
            say(signoff, one.key, SectionView.AGREES)
        say(signoff, "2", SectionView.OBJECTS, "The figure is older than the last census.")
        engine.send_answer(link_of(signoff), at=timezone.now())
    return [token_for(signoff)]


def link_that_signs(world: World) -> AnsweringLink:
    """The link of an authority who has prepared a reservation, and has been mailed a code."""
    profile = world.profile_in(ProfileState.SIGNOFF, "links")
    link = link_of(SignOff.objects.get(round__profile=profile, role=Role.CITY_AUTHORITY))
    if signing.answer_of(link.signoff) is None:
        prepare_signature(link)
        engine.ask_for_code(link, seen=None, at=timezone.now())
    return link


def prepare_signature(link: AnsweringLink) -> None:
    """Save what an authority means to answer."""
    words, names = "The budget is not yet adopted.", ("آمال بن صالح", "Deputy mayor")
    given = signing.Signing(Signature.RESERVE, words, [], *names)
    signing.save_answer(link, given, at=timezone.now())


def to_rank(world: World) -> Sequence[Any]:
    """A link of a consultation that asks for priorities."""
    profile = world.profile_in(ProfileState.CONSULTATION, "priorities")
    if not profile.challenges.exists():
        ValidationRound.objects.filter(profile=profile).update(asks_priorities=True)
        factories.give_priority(profile)
    signoff = SignOff.objects.filter(round__profile=profile, role=Role.STAKEHOLDER).first()
    return [token_for(signoff)]


def to_sign(world: World) -> Sequence[Any]:
    return [token_for(link_that_signs(world).signoff)]


def link_to_revoke(world: World) -> Sequence[Any]:
    signoff = signoff_by_link(world)
    return [signoff.round.profile.slug, signoff.pk]


def kept_links(world: World) -> Sequence[Any]:
    return [signoff_by_link(world).round.profile.slug]
