"""What somebody does through his personal link, on a walk or on the tour."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from profile_workflow.models import AnsweringLink, Profile, SigningCode, SignOff
from profile_workflow.services import links, section_answers, signing
from profile_workflow.services.links import Standing
from profile_workflow.services.signing import Signing
from profile_workflow.states import LinkPurpose, SectionView, Signature, SignOffState
from tests import factories
from workflows import engine


def open_links(profile: Profile, *, at: datetime) -> list[AnsweringLink]:
    """Return the links of a profile that open something."""
    found = AnsweringLink.objects.filter(signoff__round__profile=profile, ended_at=None)
    tokens = [links.token_of(one) for one in found.order_by("pk")]
    live = [one for one in map(links.find, filter(None, tokens)) if one is not None]
    return [one for one in live if links.standing(one, at=at) is Standing.OPEN]


def prepare(link: AnsweringLink, chance: Random, *, at: datetime) -> Callable[[], object]:
    """Save an answer by chance; return the step that sends it."""
    if link.purpose == LinkPurpose.SIGNOFF:
        return sign(link, _signing(link.signoff, chance), at=at)
    for one in factories.sections(link.signoff.round.profile):
        view = chance.choice(list(SectionView))
        section_answers.save_answer(link, one, view=view, text=f"Because of {at}.", at=at)
    return lambda: engine.send_answer(link, at=at)


def _signing(signoff: SignOff, chance: Random) -> Signing:
    # A reservation is made once: its words are changed by no move.
    held = signoff.state == SignOffState.RESERVATION
    move = chance.choice([one for one in Signature if not (held and one == Signature.RESERVE)])
    keys = [one.key for one in factories.sections(signoff.round.profile)]
    return Signing(move, "Because.", chance.sample(keys, 1), "Amal Ben Salah", "Deputy mayor")


def sign(link: AnsweringLink, given: Signing, *, at: datetime) -> Callable[[], object]:
    """Save a signature and ask for its code; return the step that sends it."""
    signing.save_answer(link, given, at=at)
    newest = signing.newest_code(link)
    engine.ask_for_code(link, seen=newest.pk if newest else None, at=at)
    found = signing.to_send(SigningCode.objects.latest("pk").pk, at=at)
    assert found is not None
    return lambda: engine.sign_by_link(link, found[1], at=at)
