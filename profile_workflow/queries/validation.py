"""Who is asked to validate a profile, and where the answers stand."""

from django.db.models import QuerySet
from django.utils.translation import ngettext

from profile_workflow.models import (
    UNDER_SEAL,
    Assignment,
    PaperAnswer,
    PictureFile,
    Profile,
    Revision,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.states import (
    AGREEING_SIGNOFF_STATES,
    GIVEN_SIGNOFF_STATES,
    Attribution,
    LinkEnd,
    ProfileState,
    Role,
    SectionView,
    SignOffState,
    ValidationKind,
)

#: Who is asked in which kind of round.
ASKED_ROLES: dict[str, tuple[Role, ...]] = {
    ValidationKind.CONSULTATION: (Role.FOCAL_POINT, Role.STAKEHOLDER),
    ValidationKind.SIGNOFF: (Role.CITY_AUTHORITY,),
}


_COUNTED = "_counted"


def standing_answers(profile: Profile, kind: str, digest: str) -> dict[int, SignOff]:
    """Return person id → latest sign-off given for exactly this text in rounds of ``kind``.

    Answers without a person are left out.
    """
    answers = SignOff.objects.filter(
        round__profile=profile, round__kind=kind, digest=digest, person__isnull=False
    )
    return {answer.person_id or 0: answer for answer in answers.order_by("pk")}


def counting_answers(opened: ValidationRound, *related: str) -> list[SignOff]:
    """Return what counts in a round: the last answer of each person to its text, up to this round.

    In a secret round everybody is asked, and only what is answered in it counts: nobody knows
    whose earlier answer it replaces. One query, with ``related`` fetched too.
    """
    found = SignOff.objects.filter(round__profile=opened.profile_id, round__kind=opened.kind)
    found = found.filter(digest=opened.version.digest, round__number__lte=opened.number)
    found = found.select_related(*related).order_by("pk")
    if opened.is_secret:
        return list(found.filter(round=opened))
    return list({one.person_id: one for one in found.filter(person__isnull=False)}.values())


def people_who_said(profile: Profile) -> list[int]:
    """Return the ids of those who are told what became of the consultation that was concluded.

    Those whose answer counted; all who are asked where nobody knows whose an answer is. The answers
    are those by which the quorum was judged, if it was; else two queries.
    """
    counted = profile.__dict__.pop(_COUNTED, None)
    if counted is None:
        rounds = profile.validation_rounds.filter(kind=ValidationKind.CONSULTATION)
        opened = rounds.select_related("version").order_by("-pk").first()
        counted = (opened, counting_answers(opened)) if opened else None
    if counted is None:
        return []
    opened, answers = counted
    if opened.is_secret:
        return [one.user_id for one in people_to_ask(profile, ValidationKind.CONSULTATION)]
    return [one.person_id for one in answers if one.state in GIVEN_SIGNOFF_STATES]


def keep_counted(profile: Profile, opened: ValidationRound, answers: list[SignOff]) -> None:
    """Keep what counts in the round that is about to be closed, for ``people_who_said``."""
    profile.__dict__[_COUNTED] = (opened, answers)


def parts_to_ask(profile: Profile, kind: str) -> AssignmentQuerySet:
    """Return the parts whose holders are asked in rounds of ``kind``, those given first first.

    A substitute is not asked himself: he answers for whom he stands in for.
    """
    own = Assignment.objects.filter(profile=profile, stands_in_for__isnull=True)
    asked = own.active(profile.day).in_roles(ASKED_ROLES[kind])
    return asked.select_related("user").order_by("pk")


def people_to_ask(profile: Profile, kind: str) -> list[Assignment]:
    """Return one assignment for each person who is asked in rounds of ``kind``."""
    return list({one.user_id: one for one in parts_asked(profile, kind)}.values())


def parts_asked(profile: Profile, kind: str) -> list[Assignment]:
    """Return what ``parts_to_ask`` finds; kept with the instance, as the roles of people are."""
    kept: dict[str, list[Assignment]] = profile.__dict__.setdefault("_asked", {})
    if kind not in kept:
        kept[kind] = list(parts_to_ask(profile, kind))
    return kept[kind]


def round_under_seal(profile: Profile) -> ValidationRound | None:
    """Return the round whose answers nobody may see yet, if there is one: one query."""
    sealed = profile.validation_rounds.filter(is_secret=True, unsealed_at__isnull=True)
    found: ValidationRound | None = sealed.filter(closed_at__isnull=True).first()
    return found


def is_under_seal(profile: Profile, role: str) -> bool:
    """Whether somebody in a role may put nothing on record now but by his sealed answer.

    One query for a profile that is consulted about, kept with the instance; none for any other.
    """
    if role not in ASKED_ROLES[ValidationKind.CONSULTATION]:
        return False
    if profile.state != ProfileState.CONSULTATION:
        return False
    kept = profile.__dict__
    if "_under_seal" not in kept:
        kept["_under_seal"] = round_under_seal(profile) is not None
    return bool(kept["_under_seal"])


def open_objections(profile: Profile) -> tuple[list[Section], str]:
    """Return the sections named by the objections of the open round, and the reasons given.

    The reasons are one a paragraph, without names; under the Chatham House Rule their number
    only, since words can give a person away. One query.
    """
    named = SignOff.sections.through.objects.filter(
        signoff__round__profile=profile,
        signoff__round__closed_at__isnull=True,
        signoff__state=SignOffState.OBJECTED,
    ).select_related("section__template_section", "signoff__round")
    rows = list(named.order_by("section__position", "signoff_id"))
    sections = {row.section_id: row.section for row in rows}
    signoffs = {row.signoff_id: row.signoff for row in rows}
    return list(sections.values()), _in_words([signoffs[key] for key in sorted(signoffs)])


def unanswered_objections(profile: Profile) -> "QuerySet[SignOff, SignOff]":
    """Return the objections, of all rounds, that nobody has answered in writing yet.

    Of those under seal nobody may know.
    """
    objected: QuerySet[SignOff, SignOff] = SignOff.objects.filter(
        round__profile=profile, state=SignOffState.OBJECTED, response=""
    ).exclude(UNDER_SEAL)
    return objected


def silence_is_agreement(signoff: SignOff) -> bool:
    """Whether it may be taken as agreement that somebody who was reminded has sent no answer.

    Only where the round announced it, and not of somebody who was not silent: he has saved an
    objection or a comment and only failed to send it, or has handed it in on paper. Nor of somebody
    whose personal link was revoked, so that the reminder brought him none, or who has no part in
    the profile any more.
    """
    is_due = signoff.round.tacit_approval_is_due
    return is_due and not _has_unsent_words(signoff) and not _was_shut_out(signoff)


def _was_shut_out(signoff: SignOff) -> bool:
    opened = signoff.round
    if not parts_to_ask(opened.profile, opened.kind).filter(user=signoff.person_id).exists():
        return True
    newest = signoff.links.order_by("-pk").first()
    return newest is not None and newest.end == LinkEnd.REVOKED


def _has_unsent_words(signoff: SignOff) -> bool:
    saved = signoff.section_answers.all()
    if any(one.waits_to_be_sent and one.view != SectionView.AGREES for one in saved):
        return True
    # A form that was kept beside what he has saved says it all the same, if about the same text.
    forms = PaperAnswer.objects.filter(
        signoff__person=signoff.person_id, signoff__digest=signoff.digest
    )
    views = (one["view"] for said in forms.values_list("said", flat=True) for one in said.values())
    return any(view != SectionView.AGREES for view in views)


def may_read(answer: SignOff, profile: Profile, *, viewer: User) -> bool:
    """Whether a person may read the words of an answer: not under the Chatham House Rule.

    Who gave it always may, and the project team once it is not sealed any more.
    """
    if answer.person_id == viewer.pk:
        return True
    is_free = answer.round.attribution != Attribution.CHATHAM_HOUSE
    return is_free or (not answer.round.is_sealed and may_see_names(viewer, profile))


def _in_words(objections: list[SignOff]) -> str:
    if any(one.round.attribution == Attribution.CHATHAM_HOUSE for one in objections):
        count = len(objections)
        return ngettext("%(count)s objection.", "%(count)s objections.", count) % {"count": count}
    return "\n\n".join(one.statement for one in objections)


def picture_asked_about(opened: ValidationRound, sha256: str) -> PictureFile | None:
    """Return the file of a picture, if the version that a round is about shows it."""
    asked = [one["revision"] for one in opened.version.content.values()]
    shown = Revision.objects.filter(pk__in=asked).values_list("pictures", flat=True)
    hashes = {one["sha256"] for pictures in shown for one in pictures.values()}
    if sha256 not in hashes:
        return None
    file: PictureFile | None = opened.profile.picture_files.filter(sha256=sha256).first()
    return file


def signatures(profile: Profile) -> tuple[set[int], list[User]]:
    """Return the ids of who has agreed to exactly the present text, and who still has to."""
    standing = standing_answers(profile, ValidationKind.SIGNOFF, profile.text_digest())
    agreed = {
        person for person, answer in standing.items() if answer.state in AGREEING_SIGNOFF_STATES
    }
    asked = people_to_ask(profile, ValidationKind.SIGNOFF)
    return agreed, [one.user for one in asked if one.user_id not in agreed]
