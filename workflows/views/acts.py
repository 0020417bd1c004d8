"""What a person should see before a grave act: what it does, its checks, the file it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile, SignOff, User
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.promises import promise_to, rule_of
from profile_workflow.queries.rounds import Answer, answered_before, changed_keys, standing
from profile_workflow.services.lifecycle import Offer
from profile_workflow.web.checks import FOR_MOVE, checks_before
from reports.models import Build
from reports.publications import ready_builds
from workflows.models import Task

_MAIL = _("Everybody with a part in the profile is told by mail.")

#: ``<document>.<move>`` → what it does and how it is undone. A move that the next ordinary move
#: takes back is not named here.
DOES: Mapping[str, tuple["str | Promise", ...]] = {
    "profile.publish": (
        _(
            "The file named below is published for everybody, with its web edition and its data. "
            "None of it can be changed."
        ),
        _("A mistake found later is mended by a correction with a printed erratum."),
        _("The edition before, if there is one, is marked as superseded."),
        _MAIL,
    ),
    "profile.publish_correction": (
        _("The file named below is published with its erratum under a new version number."),
        _("The version before stays readable and is marked; neither can be changed."),
        _MAIL,
    ),
    "profile.hold": (
        _(
            "All work stops: nobody can write, review or answer, and no deadline runs. "
            "Everybody is told the reason. “Resume” undoes it."
        ),
    ),
    "profile.resume": (
        _(
            "Work goes on in the state in which it stopped, and every open deadline moves by "
            "as long as the hold lasted. Everybody is told. “Put on hold” stops it again."
        ),
    ),
    "profile.cancel": (
        _(
            "The profile ends: all open tasks are withdrawn and open rounds closed; texts and "
            "history stay. Everybody is told the reason. This cannot be undone; for this city "
            "another edition can be started."
        ),
        _(
            "If it has been published, everybody who checks a published file or its text is told "
            "that it was withdrawn, and this reason: name nobody in it."
        ),
    ),
    "profile.withdraw": (
        _(
            "The published text is no longer public: its pages, files and data are not given out "
            "any more, and searching does not find it. This cannot be undone; for this city "
            "another edition can be started."
        ),
        _(
            "At its address everybody reads that it was withdrawn, when, and this reason: name "
            "nobody in it. Everybody who takes part is told."
        ),
    ),
    "profile.open_correction": (
        _(
            "The sections named are opened again for their authors; the published text stays "
            "public until the correction is published as its next version. Once begun, a "
            "correction is ended by publishing it."
        ),
    ),
    "profile.declare_update_due": (
        _(
            "The profile stays published with the note that an update is due, and the next "
            "edition can be started with its text. This cannot be taken back; the profile "
            "ends when the next edition is published."
        ),
    ),
    "profile.extend_consultation": (
        _(
            "This round closes and a new one opens with the full time; those who have already "
            "agreed to this text are not asked again, unless the Chatham House Rule applies: then "
            "nobody knows who they are. It cannot be taken back, but be concluded early."
        ),
    ),
    "profile.report_defect": (
        _(
            "The profile goes back from production to quality assurance. It comes forward "
            "again when quality assurance is passed and the city has validated what was "
            "changed."
        ),
    ),
    "section.take_back": (
        _(
            "The section is yours to write in again, as long as the text has not been "
            "submitted as a whole. Submit it again to undo it."
        ),
    ),
    "section.accept": (
        _(
            "You can take your decision back on the page of the round as long as the round runs. "
            "If others judge the section too, the strictest decision holds."
        ),
    ),
    "section.take_back_decision": (
        _(
            "The section waits for your decision again; the one you made stays on record as taken "
            "back. Whoever has concluded the review concludes it anew."
        ),
    ),
    "section.settle_accept": (
        _("The section is accepted, as a reviewer decided; the decision of each stays on record."),
    ),
    "section.settle_minor": (
        _("Minor changes are enough, as a reviewer decided; the decision of each stays on record."),
    ),
    "sign_off.waive": (
        _(
            "The person is not asked any more and cannot answer; the quorum is counted without "
            "this answer, and the record prints that it was waived. This cannot be undone."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move does, in sentences; it is named where several are offered."""

    label: str
    sentences: tuple["str | Promise", ...]


def effects_of(document: Any, offers: Sequence[Offer]) -> list[Effect]:
    """Return what those of the offered moves do that are not taken back by the next one."""
    known = ((one, DOES.get(f"{document.document_type}.{one.move}")) for one in offers)
    several = len(offers) > 1
    return [Effect(one.label if several else "", told) for one, told in known if told]


def final_context(profile: Profile, offers: Sequence[Offer]) -> dict[str, Any]:
    """Return the checks and the file that a page shows before text is published.

    The checks are those that the engine makes when the first of the moves is tried.
    """
    moves = [one.move for one in offers]
    checked = next((move for move in moves if f"profile.{move}" in FOR_MOVE), None)
    publishes = any(move in ("publish", "publish_correction") for move in moves)
    return {
        "checks": checks_before(f"profile.{checked}", profile) if checked else [],
        "publishes": publishes,
        "files": ready_builds(profile) if publishes else [],
        "in_the_making": _in_the_making(profile) if publishes else [],
    }


def _in_the_making(profile: Profile) -> list[str]:
    """Return the languages whose file for publication was asked for and is not there yet."""
    unfinished = (Build.State.QUEUED, Build.State.RUNNING)
    found = profile.builds.filter(kind=Build.Kind.PUBLICATION, state__in=unfinished)
    return list(found.order_by("pk").values_list("language", flat=True))


def asked_context(task: Task, viewer: User) -> dict[str, Any]:
    """Return what a person who was asked for an answer needs to give it, or finds afterwards."""
    assert task.signoff is not None
    signoff: SignOff = task.signoff
    version = signoff.round.version
    found = task.profile.builds.filter(
        kind__in=(Build.Kind.CONSULTATION, Build.Kind.PUBLICATION),
        state=Build.State.DONE,
        text_digest=version.digest,
    )
    is_theirs = signoff.person_id == viewer.pk or task.profile.stands_in(viewer, signoff.person_id)
    before = answered_before(signoff) if is_theirs else None
    hashes = {key: one["sha256"] for key, one in version.content.items()}
    return {
        "answered_before": before,
        "changed": changed_keys(before.round.version, hashes) if before else set(),
        "asked_round": signoff.round,
        "version": version,
        "signoff": signoff,
        # Once answers have no names, that of this row is somebody's, not whose task it was.
        "receipt": (
            _receipt(signoff, task.profile, viewer)
            if signoff.answered_at and signoff.person_id is not None
            else None
        ),
        "attribution": _attribution(signoff, viewer),
        "to_read": [one for one in sections_of(task.profile) if one.key in version.content],
        "files": list({one.language: one for one in found.order_by("finished_at")}.values()),
    }


def _attribution(signoff: SignOff, viewer: User) -> str:
    return promise_to(signoff) if signoff.person_id == viewer.pk else rule_of(signoff.round)


def _receipt(signoff: SignOff, profile: Profile, viewer: User) -> Answer | None:
    answers = standing(signoff.round, profile, viewer=viewer).answers
    return next((one for one in answers if one.signoff.pk == signoff.pk), None)
