"""Making a move on a page: one call of the engine, and its three refusals in words."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, NotComplete
from profile_workflow.forms.invitations import AnswerForm
from profile_workflow.forms.moves import MoveForm
from profile_workflow.forms.requests import RequestMoveForm
from profile_workflow.models import Profile, Section, TemplateCriterion, User
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.quality import suggested_return
from profile_workflow.services.judging import criteria_of
from profile_workflow.services.lifecycle import Offer
from profile_workflow.services.review_drafts import draft_of, save_draft
from profile_workflow.states import PROFILE_VERDICTS, SECTION_VERDICTS, CriterionScope
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine, turns
from workflows.models import Task


def make_move(form: MoveForm, document: engine.Document, *, by: User) -> Refusal | None:
    """Make the move that a form asks for; return why not, if it was refused.

    What the form lacks is marked beside its fields.
    """
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        engine.perform(document, form.move, by=by, at=timezone.now(), details=form.details)
    except NotComplete as error:
        rest = form.take_missing(error.missing)
        return Refusal(error.status, str(error) if rest else "", rest)
    except DomainError as error:
        return Refusal.of(error)
    return None


def make_own_move(
    form: AnswerForm | RequestMoveForm, document: engine.Document, *, by: User
) -> Refusal | None:
    """Make the move of one of several forms on a page; return why not, if it was refused."""
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        engine.perform(document, form.makes, by=by, at=timezone.now(), details=form.details)
    except NotComplete as error:
        rest = form.take_missing(error.missing)
        return Refusal(error.status, str(error) if rest else "", rest)
    except DomainError as error:
        return refused(form, error, beside="due_on" if "due_on" in form.fields else None)
    return None


def task_offers(task: Task, user: User) -> list[Offer]:
    """Return the moves of a task that a person may make now, in the order of the flow.

    An answer can be changed after its task, as long as the round is open.
    """
    if not task.is_open and task.signoff_id is None:
        return []
    moves = task.flow_task.moves
    offers = [offer for offer in engine.offers(task.document, user) if offer.move in moves]
    return sorted(offers, key=lambda offer: moves.index(offer.move))


def task_form(
    task: Task, offers: Sequence[Offer], data: QueryDict | None = None, *, by: User | None = None
) -> MoveForm:
    """Return the form with which one of the moves of a task is made.

    Whoever judges finds in it what he has typed before, if ``by`` says who he is.
    """
    is_qa = task.flow_task.name == "qa"
    criteria = criteria_asked(task.document, offers)
    initial: dict[str, Any] | None = suggested_return(task.profile) if is_qa else None
    if task.flow_task.name in JUDGING and offers and by is not None:
        initial = drafted(task.document, by)
    return MoveForm(
        data,
        offers=offers,
        moves=task.flow_task.moves,
        sections=sections_of(task.profile),
        attribution=task.profile.attribution,
        criteria=criteria,
        drafts=task.flow_task.name in JUDGING,
        initial=initial,
    )


#: Steps of the flow whose forms keep what was typed for whoever types it.
JUDGING = ("review", "close_round")


def criteria_asked(document: engine.Document, offers: Sequence[Offer]) -> list[TemplateCriterion]:
    """Return the criteria that the template asks of whoever makes one of the offered moves."""
    moves = {one.move for one in offers}
    if isinstance(document, Section) and moves.intersection(SECTION_VERDICTS):
        return criteria_of(document.profile, CriterionScope.SECTION)
    if isinstance(document, Profile) and moves.intersection(PROFILE_VERDICTS):
        return criteria_of(document, CriterionScope.PROFILE)
    return []


def drafted(document: engine.Document, by: User) -> dict[str, Any]:
    """Return what somebody has typed of a decision and not sent, by the fields of its form."""
    assert isinstance(document, Section | Profile)
    draft = draft_of(document, by)
    if draft is None:
        return {"draft_version": 0}
    found: dict[str, Any] = {"draft_version": draft.version, "reason": draft.reason}
    if draft.move:
        found["move"] = draft.move
    for key, said in draft.answers.items():
        rating = said["rating"]
        found[f"rating_{key}"] = "" if rating is None else str(rating)
        found[f"words_{key}"] = said["text"]
    return found


def keep_draft(form: MoveForm, document: engine.Document, *, by: User) -> Refusal | None:
    """Keep what was typed of a decision, for whoever types it alone; return why not."""
    assert isinstance(document, Section | Profile)
    form.is_valid()
    typed = form.cleaned_data
    # What cannot be stored must not take the place of what was saved before.
    lost = [name for name in form.errors if name in form.fields and name not in typed]
    unread = next((name for name in lost if name in form.drafted and form[name].value()), None)
    if unread is not None:
        return Refusal(HTTP_UNPROCESSABLE, str(form.errors[unread][0]))
    try:
        save_draft(
            document,
            form.assessment,
            move=typed.get("move", ""),
            reason=typed.get("reason", ""),
            base=typed.get("draft_version") or 0,
            by=by,
            at=timezone.now(),
        )
    except DomainError as error:
        return Refusal.of(error)
    return None


def done_message(task: Task, chosen: str = "") -> str:
    """Say that a task has been done, and what was chosen where there was a choice."""
    label = turns.label(task)
    subject = f"{label} – {task.section}" if task.section else label
    done = _("Done: %(task)s.") % {"task": subject}
    if not chosen:
        return done
    return done + " " + _("You chose: %(move)s.") % {"move": chosen}
