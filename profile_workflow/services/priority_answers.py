"""What somebody who is consulted says of the challenges: saved at its step, sent with the rest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from profile_workflow.errors import NotNow
from profile_workflow.models import AnsweringLink, Challenge, PriorityAnswer, Profile, SignOff
from profile_workflow.services import links, section_answers
from profile_workflow.states import PriorityLabel

#: So many at least must have said something of a challenge before their numbers are told: fewer
#: could be told apart.
LEAST_TOLD = 3


def challenges_asked_about(signoff: SignOff) -> list[Challenge]:
    """Return the challenges of which a round asks: those of submitted text; none if it does not."""
    opened = signoff.round
    if not opened.asks_priorities:
        return []
    found = opened.profile.challenges.select_related("section__template_section")
    unseen = found.exclude(section__isnull=False, section__revision__isnull=True)
    return list(unseen.order_by("code"))


def answers_of(signoff: SignOff) -> dict[int, PriorityAnswer]:
    """Return challenge id → answer: one query, none if the round does not ask."""
    if not signoff.round.asks_priorities:
        return {}
    found = signoff.priority_answers.select_related("challenge").order_by("challenge__code")
    return {one.challenge_id: one for one in found}


def mark_of(answers: Mapping[int, PriorityAnswer]) -> str:
    """Return what tells whether the labels are still those that somebody has looked at."""
    given = [one for one in answers.values() if one.label]
    return section_answers.mark_of_all([], given) if given else ""


@transaction.atomic
def save_answers(
    link: AnsweringLink,
    labels: Mapping[int, PriorityLabel | None],
    *,
    at: datetime,
    base: str | None = None,
) -> None:
    """Keep what somebody thinks of the challenges until he sends his answer; the last word counts.

    To say the same twice is no conflict.

    Args:
        link: The link through which he answers.
        labels: Challenge id → how firmly it should be met; None for no opinion.
        at: When.
        base: ``mark_of`` what was saved when the page was opened; None for whatever it is.

    Raises:
        NotNow: If the link takes no answers, or a challenge is none of those asked about.
        StaleEntry: If other labels were saved since ``base``, e.g. in another tab.
    """
    link = links.locked_with_profile(link, at=at)
    section_answers.check_purpose(link)
    asked = {one.pk for one in challenges_asked_about(link.signoff)}
    if not set(labels) <= asked:
        raise NotNow(_("This challenge is not what you are asked about."))
    links.note_use(link, at=at)
    known = answers_of(link.signoff)
    new = [
        PriorityAnswer(signoff=link.signoff, challenge_id=key, label=label, saved_at=at)
        for key, label in labels.items()
        if key not in known and label is not None
    ]
    changed = [
        known[key]
        for key, label in labels.items()
        if key in known and known[key].label != (label or "")
    ]
    if new or changed:
        section_answers.check_seen(base, mark_of(known), current=known)
    for one in changed:
        one.label, one.saved_at, one.sent_at = labels[one.challenge_id] or "", at, None
    PriorityAnswer.objects.bulk_create(new)
    PriorityAnswer.objects.bulk_update(changed, ["label", "saved_at", "sent_at"])


def carry_over(asked: Sequence[SignOff], profile: Profile) -> None:
    """Give people who are asked again about the same text what they had said, as unsent."""
    now = {(one.person_id, one.digest): one for one in asked}
    earlier = PriorityAnswer.objects.filter(
        signoff__round__profile=profile,
        signoff__person__in=[one.person_id for one in asked],
        signoff__digest__in={one.digest for one in asked},
    ).exclude(signoff__in=asked)
    last = {
        (one.signoff.person_id, one.challenge_id): one
        for one in earlier.select_related("signoff").order_by("signoff_id")
    }
    for one in last.values():
        one.signoff = now[one.signoff.person_id, one.signoff.digest]
        one.pk, one.sent_at, one.sent_label = None, None, ""
    PriorityAnswer.objects.bulk_create(last.values())


def waiting(signoff: SignOff) -> list[PriorityAnswer]:
    """Return what was saved, or changed, since the answer was sent last."""
    return [one for one in answers_of(signoff).values() if one.waits_to_be_sent]


def note_sent(answers: Sequence[PriorityAnswer], *, at: datetime) -> None:
    """Remember that some answers were sent."""
    for one in answers:
        one.sent_at, one.sent_label = at, one.label
    PriorityAnswer.objects.bulk_update(answers, ["sent_at", "sent_label"])


def told(profile: Profile) -> list[tuple[Challenge, list[tuple[str, int]]]]:
    """Return each challenge with its labels in words and how many chose them; two queries.

    Of everybody the last answer that was sent counts, and none of who took it back with it. Nothing
    is told of a challenge until ``LEAST_TOLD`` people have said something of it, or more if the
    rounds name no smaller group; and never who: numbers are for whoever writes the priorities down.
    Of answers under seal nothing is told; of those parted from names only the last round counts, in
    which everybody was asked again.
    """
    ever_sent = Q(sent_at__isnull=False) | ~Q(sent_label="")
    sent = PriorityAnswer.objects.filter(ever_sent, signoff__round__profile=profile)
    open_to_all = sent.exclude(
        signoff__round__is_secret=True, signoff__round__unsealed_at__isnull=True
    )
    rows = list(open_to_all.select_related("signoff__round", "challenge").order_by("signoff_id"))
    nameless = {one.signoff.round.number for one in rows if one.signoff.person_id is None}
    if nameless:
        rows = [one for one in rows if one.signoff.round.number >= max(nameless)]
    last = {(one.signoff.person_id or -one.signoff_id, one.challenge_id): one for one in rows}
    last = {key: one for key, one in last.items() if one.sent_label}
    least = max((LEAST_TOLD, *(one.signoff.round.smallest_group for one in last.values())))
    challenges = {one.challenge_id: one.challenge for one in last.values()}
    chosen = [(one.challenge_id, one.sent_label) for one in last.values()]
    said = Counter(challenge for challenge, _label in chosen)
    return [
        (one, [(str(label.label), chosen.count((key, label))) for label in PriorityLabel])
        for key, one in sorted(challenges.items(), key=lambda item: item[1].code)
        if said[key] >= least
    ]
