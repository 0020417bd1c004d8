"""Answering the checks of quality assurance, and waiving what the software only advises."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.models import CheckAnswer, Profile, Section, TemplateCheck, Waiver
from profile_workflow.models.people import User
from profile_workflow.queries.quality import Checked, checklist
from profile_workflow.services.contents import fingerprint, fingerprint_of_text
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.states import Advice, ProfileState, Verdict

#: Whoever may take this decision makes the checks that it rests on; the first of two goes on.
_DECISION = "profile.return_for_revision"


def refusal_to_judge(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not answer checks or waive advice now, or None if he may."""
    refusal = rules.refusal(_DECISION, by, profile)
    if refusal is not None:
        return NotAllowed(refusal)
    if profile.state != ProfileState.PROJECT_QA:
        return NotNow(
            _("The checks are made in quality assurance; this is in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    return None


def mark_of(checked: Checked) -> str:
    """Return the SHA-256 (hex) of a check as it was looked at: its text and its answer."""
    given = fingerprint(checked.given) if checked.given else ""
    return fingerprint_of_text(f"{checked.digest} {given}")


@transaction.atomic
def answer_check(
    profile: Profile,
    question: TemplateCheck,
    verdict: Verdict,
    note: str = "",
    *,
    base: str | None = None,
    by: User,
    at: datetime,
) -> CheckAnswer:
    """Answer one check for the text as it is now; the answer before is replaced.

    Args:
        profile: The profile.
        question: A check of its template.
        verdict: The answer.
        note: Why; needed for all but “yes”.
        base: ``mark_of`` the check when it was looked at; None for whatever it is.
        by: Who answers.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
        StaleEntry: If the text or the answer has changed since ``base``.
        InvalidInput: If the check is not one of the template, or says not why.
    """
    profile = _locked(profile.pk, by, at)
    checked = next((one for one in checklist(profile) if one.question == question), None)
    if checked is None or not checked.digest:
        raise InvalidInput(_("There is no text for this check."))
    if base is not None and base != mark_of(checked):
        raise StaleEntry(
            _("The answer or the text has changed in the meantime. Nothing was overwritten."),
            current=checked,
        )
    note = note.strip()
    if verdict != Verdict.YES and not note:
        raise InvalidInput(_("Say why: the note is needed for “no” and “not applicable”."))
    return _store(profile, checked, verdict, note, by=by, at=at)


def _store(
    profile: Profile, checked: Checked, verdict: Verdict, note: str, *, by: User, at: datetime
) -> CheckAnswer:
    answer, _created = CheckAnswer.objects.update_or_create(
        profile=profile,
        question=checked.question,
        defaults={
            "verdict": verdict,
            "note": note,
            "digest": checked.digest,
            "by": by,
            "at": at,
        },
    )
    before = checked.given.verdict if checked.given else ""
    entry = Entry(
        f"check:{checked.question.key}", "answer_check", before, verdict, checked.digest, note
    )
    record(profile, [entry], actor=_actor(profile, by), at=at)
    return answer


@transaction.atomic
def waive(
    section: Section,
    code: Advice,
    reason: str,
    *,
    base: str | None = None,
    by: User,
    at: datetime,
) -> Waiver:
    """Record why an advice does not matter in the submitted text of a section.

    What refuses the decision itself cannot be waived.

    Args:
        section: The section.
        code: The advice.
        reason: Why it does not matter.
        base: SHA-256 of the text that was looked at; None for whatever it is.
        by: Who says so.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
        StaleEntry: If the text is not ``base``, or somebody has waived it for this text already.
        InvalidInput: If there is no text, or no reason.
    """
    profile = _locked(section.profile_id, by, at)
    fresh = Section.objects.select_related("revision", "template_section").get(pk=section.pk)
    if fresh.revision is None or not reason.strip():
        raise InvalidInput(_("Say why this does not matter here."))
    digest = fresh.revision.sha256
    if base is not None and base != digest:
        raise StaleEntry(
            _("The text has changed in the meantime: look again whether the advice still stands."),
            current=fresh,
        )
    present = fresh.waivers.select_related("by").filter(code=code).first()
    if present is not None and present.digest == digest:
        raise StaleEntry(
            _("%(person)s has waived this already.") % {"person": present.by.full_name},
            current=present,
        )
    text = reason.strip()
    kept, _created = Waiver.objects.update_or_create(
        section=fresh,
        code=code,
        defaults={"digest": digest, "reason": text, "by": by, "at": at},
    )
    _record_waiver(profile, kept, "waive_advice", reason=text, by=by, at=at)
    return kept


@transaction.atomic
def take_waiver_back(waiver: Waiver, *, by: User, at: datetime) -> None:
    """Let an advice stand again that was waived.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
        StaleEntry: If it was taken back already.
    """
    profile = _locked(waiver.section.profile_id, by, at)
    present = Waiver.objects.select_related("section").filter(pk=waiver.pk).first()
    if present is None:
        raise StaleEntry(_("Somebody has taken this back already."))
    _record_waiver(profile, present, "take_waiver_back", by=by, at=at)
    present.delete()


def _record_waiver(
    profile: Profile, waiver: Waiver, move: str, *, reason: str = "", by: User, at: datetime
) -> None:
    name = f"check:{waiver.section.key}:{waiver.code}"
    entry = Entry(name, move, "", "", waiver.digest, reason)
    record(profile, [entry], actor=_actor(profile, by), at=at)


def _locked(profile_id: int, by: User, at: datetime) -> Profile:
    """Return the profile, locked, if the person may judge it now.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
    """
    profile = locked(profile_id, at)
    raise_if(refusal_to_judge(profile, by))
    return profile


def _actor(profile: Profile, by: User) -> Actor:
    return Actor(by, rules.acting_role(_DECISION, by, profile))
