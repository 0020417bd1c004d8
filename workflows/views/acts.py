"""What a person should see before a grave act: what it does, its checks, the file it is about."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile, SignOff, User
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.rounds import Answer, standing
from profile_workflow.web.checks import FOR_MOVE, checks_before
from reports.models import Build
from reports.publications import ready_builds
from workflows.letters import ATTRIBUTION_RULES
from workflows.models import Task

_MAIL = _("Everybody with a part in the profile is told by mail.")

#: Move of a profile → what it does, one sentence each. A move that can be taken back by the next
#: ordinary move is not named here.
DOES: Mapping[str, tuple["str | Promise", ...]] = {
    "publish": (
        _("The file named below is published and can neither be changed nor taken back."),
        _("A mistake found later is mended by a correction with a printed erratum."),
        _("The edition before, if there is one, is marked as superseded."),
        _MAIL,
    ),
    "publish_correction": (
        _("The file named below is published with its erratum under a new version number."),
        _("The version before stays readable; neither can be changed or taken back."),
        _MAIL,
    ),
    "open_correction": (
        _("The sections that you name are opened for writing again; the others stay locked."),
        _("The published version stays public until the correction is published."),
    ),
    "report_defect": (
        _("The profile goes back to quality assurance; it is not published for now."),
    ),
    "hold": (
        _("Nothing moves and no deadline runs until the profile is resumed."),
        _("Every open deadline moves by as long as the hold lasts."),
        _MAIL,
    ),
    "resume": (
        _("Work goes on where it stopped; every deadline has moved by as long as the hold lasted."),
        _MAIL,
    ),
    "cancel": (
        _("Every open task and round is withdrawn. This cannot be undone."),
        _("Nothing is deleted: texts, comments and history can still be read."),
        _MAIL,
    ),
    "declare_update_due": (
        _("The published version stays public; a new edition can be started from its text."),
    ),
}


def act_context(profile: Profile, moves: tuple[str, ...]) -> dict[str, Any]:
    """Return what a page shows before any of some moves of a profile.

    The checks are those that the engine makes when the first of them is tried.
    """
    checked = next((move for move in moves if f"profile.{move}" in FOR_MOVE), None)
    publishes = any(move in ("publish", "publish_correction") for move in moves)
    return {
        "does": [sentence for move in moves[:1] for sentence in DOES.get(move, ())],
        "checks": checks_before(f"profile.{checked}", profile) if checked else [],
        "publishes": publishes,
        "files": ready_builds(profile) if publishes else [],
    }


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
    return {
        "asked_round": signoff.round,
        "version": version,
        "signoff": signoff,
        "receipt": _receipt(signoff, task.profile, viewer) if signoff.answered_at else None,
        "attribution": ATTRIBUTION_RULES[signoff.round.attribution],
        "to_read": [one for one in sections_of(task.profile) if one.key in version.content],
        "files": list({one.language: one for one in found.order_by("finished_at")}.values()),
    }


def _receipt(signoff: SignOff, profile: Profile, viewer: User) -> Answer | None:
    answers = standing(signoff.round, profile, viewer=viewer).answers
    return next((one for one in answers if one.signoff.pk == signoff.pk), None)
