"""Marking guiding questions, and allowing findings in a text or taking that back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.models import Event, FindingDismissal, Profile, QuestionAnswer, Section
from profile_workflow.models.people import User
from profile_workflow.queries.guidance import (
    Judged,
    JudgedText,
    judged_draft,
    judged_revision,
    questions_of,
)
from profile_workflow.services.drafting import check_may_write, may_write
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.services.written import written
from profile_workflow.states import AUTHOR_ROLES, Outcome, ProfileState, Role

#: Longest reason or note, in characters.
MOST_CHARACTERS = 2_000
#: One entry in the history stands for all that a person marks within this time.
_ONE_ENTRY = timedelta(hours=1)
_MARK, _ALLOW, _TAKE_BACK = "mark_questions", "allow_finding", "take_back_allowance"
_JUDGES = (*AUTHOR_ROLES, Role.PROJECT_TEAM)


# Guiding questions


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a guiding question; without an outcome it is open, whatever is noted."""

    outcome: Outcome | None
    note: str = ""

    @property
    def digest(self) -> str:
        """By what a page tells what it showed."""
        content = f"{self.outcome or ''}\0{self.note}"
        return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:16]

    def loses(self, before: "Mark") -> bool:
        """Whether anything that was said before is gone if this takes its place."""
        is_other = before.outcome is not None and before.outcome != self.outcome
        return is_other or before.note not in self.note


@dataclass(slots=True)
class Marked:
    """What became of some marks.

    Attributes:
        changed: The keys of the questions that were marked.
        met: Key of a question → what somebody else said of it in the meantime; it still stands.
    """

    changed: list[str] = field(default_factory=list)
    met: dict[str, QuestionAnswer] = field(default_factory=dict)


def mark_of(answer: QuestionAnswer | None) -> Mark:
    """Return what is stored of a question."""
    if answer is None:
        return Mark(None)
    return Mark(Outcome(answer.outcome) if answer.outcome else None, answer.note)


@transaction.atomic
def mark_questions(
    section: Section,
    marks: Mapping[str, Mark],
    *,
    by: User,
    at: datetime,
    seen: Mapping[str, str] | None = None,
    typed_at: Mapping[str, datetime] | None = None,
) -> Marked:
    """Mark guiding questions of a section, and undo nobody else's mark unseen.

    Args:
        section: The section.
        marks: Key of a question → what is said of it; others stay as they are.
        by: Who marks.
        at: The moment.
        seen: Key of a question → digest of what the person saw of it. A mark that would erase
            anything else is not stored. Without it what is stored is taken as seen.
        typed_at: Key of a question → when it was marked, of marks that were kept on a device
            meanwhile. What the person said himself after that is not erased unseen either.

    Raises:
        NotAllowed, NotNow: If the person could not write the text now.
        InvalidInput: If there is no such question, or the reason is missing or too long.
    """
    profile, section = _locked(section, at)
    check_may_write(section, by=by)
    known = {one.key: one for group in questions_of(section, "en") for one in group.questions}
    marked = Marked()
    for key, given in marks.items():
        if key not in known:
            raise InvalidInput(_("There is no such question."))
        answer, mark = known[key].answer, Mark(given.outcome, _checked_note(given))
        before = mark_of(answer)
        is_seen = seen is None or seen.get(key) == before.digest
        is_new = answer is not None and _is_new(answer, by, (typed_at or {}).get(key))
        if answer is not None and is_new and not is_seen and mark.loses(before):
            marked.met[key] = answer
        elif mark != before:
            _store(section, key, mark, by=by, at=at)
            marked.changed.append(key)
    if marked.changed:
        _record_marking(profile, section, by=by, at=at)
    return marked


def _is_new(answer: QuestionAnswer, person: User, typed_at: datetime | None) -> bool:
    """Whether somebody does not know what was said of a question, unless his page showed it.

    What he said himself he knows, even if the answer to it never reached his page; but not yet
    when he typed a mark that has waited on another device since.
    """
    return answer.by_id != person.pk or (typed_at is not None and answer.at > typed_at)


def _checked_note(mark: Mark) -> str:
    note = mark.note.strip()
    if mark.outcome in (Outcome.NOT_APPLICABLE, Outcome.NOTHING_FOUND) and not note:
        raise InvalidInput(_("Say why it does not apply, or where you searched."))
    return written(note, most=MOST_CHARACTERS, may_be_empty=True)


def _store(section: Section, key: str, mark: Mark, *, by: User, at: datetime) -> None:
    if mark == Mark(None):
        QuestionAnswer.objects.filter(section=section, question=key).delete()
        return
    QuestionAnswer.objects.update_or_create(
        section=section,
        question=key,
        defaults={"outcome": mark.outcome or "", "note": mark.note, "by": by, "at": at},
    )


def _record_marking(profile: Profile, section: Section, *, by: User, at: datetime) -> None:
    last = Event.objects.filter(profile=profile, document=_document(section)).order_by("-seq")
    event = last.first()
    is_recent = event is not None and (event.move, event.actor) == (_MARK, by.pseudonym)
    if event is None or not is_recent or at - event.at > _ONE_ENTRY:
        _record(profile, section, _MARK, "", by=by, at=at)


# Findings


def refusal_to_judge(section: Section, by: User) -> DomainError | None:
    """Return why a person may not allow findings in the text of a section now, or None if he may.

    The author may while he writes, the project team while it assures the quality.
    """
    if may_write(section, by=by):
        return None
    roles = section.profile.roles_of(by)
    if not roles.intersection(_JUDGES):
        return NotAllowed(_("Authors and the project team decide on findings."))
    in_qa = section.profile.state == ProfileState.PROJECT_QA
    if in_qa and Role.PROJECT_TEAM in roles:
        return None
    return NotNow(
        _("Findings are decided on while the section is written, and in quality assurance.")
    )


def judged_text(section: Section, by: User) -> JudgedText:
    """Return the findings in the text that a person works on: the draft, or what was submitted."""
    if may_write(section, by=by):
        return judged_draft(section, section.draft.text)
    return judged_revision(section)


@transaction.atomic
def allow_finding(
    section: Section, digest: str, *, reason: str, by: User, at: datetime
) -> FindingDismissal:
    """Allow a finding in the text of a section, as long as its sentence stays as it is.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
        InvalidInput: If there is no reason, or a very long one.
        StaleEntry: If the text has changed, or somebody has allowed it in the meantime.
    """
    profile, section = _locked(section, at)
    _check_may_judge(section, by)
    reason = written(reason, most=MOST_CHARACTERS, may_be_empty=True)
    if not reason:
        raise InvalidInput(_("Say why it may stand; reviewers read it."))
    judged = _found(section, digest, by)
    if judged.dismissal is not None:
        raise StaleEntry(_("Somebody has allowed this in the meantime."), current=judged.dismissal)
    made: FindingDismissal = FindingDismissal.objects.create(
        section=section,
        digest=digest,
        rule=judged.finding.rule.code,
        found=judged.finding.found[:200],
        reason=reason,
        by=by,
        at=at,
    )
    _record(profile, section, _ALLOW, reason, by=by, at=at)
    return made


@transaction.atomic
def take_back_allowance(section: Section, digest: str, *, by: User, at: datetime) -> None:
    """Take back that a finding was allowed; it has to be looked at again.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_judge``.
        StaleEntry: If it is not allowed any more.
    """
    profile, section = _locked(section, at)
    _check_may_judge(section, by)
    standing = FindingDismissal.objects.filter(
        section=section, digest=digest, taken_back_at__isnull=True
    )
    if not standing.update(taken_back_by=by, taken_back_at=at):
        raise StaleEntry(_("This is not allowed any more."))
    _record(profile, section, _TAKE_BACK, "", by=by, at=at)


def _check_may_judge(section: Section, by: User) -> None:
    raise_if(refusal_to_judge(section, by))


def _found(section: Section, digest: str, by: User) -> Judged:
    for one in judged_text(section, by).findings:
        if one.finding.digest == digest:
            return one
    raise StaleEntry(_("The text has changed; this finding is gone."))


# Storing and recording


def _locked(section: Section, at: datetime) -> tuple[Profile, Section]:
    """Return profile and section as they are under the lock of every move."""
    profile = locked(section.profile_id, at)
    related = ("template_section", "draft", "revision")
    section = Section.objects.select_related(*related).get(pk=section.pk)
    section.profile = profile
    return profile, section


def _document(section: Section) -> str:
    return f"guidance:{section.key}"


def _record(
    profile: Profile, section: Section, move: str, reason: str, *, by: User, at: datetime
) -> None:
    role = next((one for one in _JUDGES if one in profile.roles_of(by)), None)
    entry = Entry(_document(section), move, from_state="", to_state="", reason=reason)
    record(profile, [entry], actor=Actor(by, role), at=at)
