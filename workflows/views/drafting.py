"""Writing the text of a section: saving, seeing how it reads, submitting, joining two versions."""

import re
from datetime import datetime
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow import markup
from profile_workflow.errors import DomainError, InvalidInput, StaleEdit
from profile_workflow.forms.drafting import ActionForm, DraftForm
from profile_workflow.forms.guidance import QuestionsForm, WantedFindingForm, WantedPlaceForm
from profile_workflow.merging import merge
from profile_workflow.models import Draft, Section, User
from profile_workflow.proofreading import Paper, length_of
from profile_workflow.queries import drafting as beside
from profile_workflow.queries.history import last_reason, move_label
from profile_workflow.queries.notes import notes_of
from profile_workflow.queries.profiles import authors_remarks, open_remarks
from profile_workflow.queries.requests import answers_for
from profile_workflow.services import drafting, joining
from profile_workflow.services.joining import Saved
from profile_workflow.services.log import document_name
from profile_workflow.states import Occasion
from profile_workflow.web import guidance
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import rendered_text
from profile_workflow.web.refusing import HTTP_CONFLICT, HTTP_UNPROCESSABLE, Refusal, other_writer
from profile_workflow.web.sessions import keep_signed_in
from workflows import engine
from workflows.models import Task
from workflows.queries.lengths import paper_for
from workflows.views.ordering import SHOWS_PDF

#: What the guiding questions beside the text send.
_IS_MARK = re.compile("q-")
_IS_NOTE = re.compile("q-.*-note")
#: Buttons by which one vouches for all of a text, so that nothing is joined to it unseen.
_SEEN_WHOLE = {"settle", "submit"}


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update(SHOWS_PDF)  # type: ignore[arg-type]
def section_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the text for writing; by POST save it, show how it reads, or submit it."""
    section, user = _section(request, slug, key), signed_in(request)
    form = DraftForm(request.POST) if request.method == "POST" else None
    try:
        drafting.note_editing(section, by=user, at=timezone.now())
    except DomainError as error:
        return _closed(request, section, Refusal.of(error), form)
    if form is None:
        return _page(request, section, _form(beside.draft_of(section), writer=user))
    if not form.is_valid():
        refusal, questions = Refusal(HTTP_UNPROCESSABLE), _questions(request, section)
        return _page(request, section, form, refusal, questions=questions)
    action = ActionForm(request.POST)
    if action.wanted == "preview" or action.picked is not None:
        questions = _questions(request, section)
        preview = action.wanted == "preview"
        return _page(
            request, section, form, preview=preview, picked=action.picked, questions=questions
        )
    if form.is_of_another(user):
        typed = request.POST.copy()
        typed["writer"] = str(user.pk)
        refusal = Refusal(HTTP_CONFLICT, other_writer(user))
        questions = _questions(request, section)
        return _page(request, section, DraftForm(typed), refusal, questions=questions)
    return _save(request, section, form, action.wanted)


def _section(request: HttpRequest, slug: str, key: str) -> Section:
    profile = profile_or_404(request, slug)
    section = section_or_404(profile, key)
    section.profile = profile
    return section


def _questions(request: HttpRequest, section: Section) -> QuestionsForm:
    """Return the guiding questions with what was marked on the page."""
    return QuestionsForm(request.POST, groups=guidance.asked(section))


def _save(request: HttpRequest, section: Section, form: DraftForm, action: str) -> HttpResponse:
    user, at = signed_in(request), timezone.now()
    questions = _questions(request, section)
    try:
        saved = _keep(section, form, action, by=user, at=at)
        are_marked = questions.save(section, by=user, at=at)
    except StaleEdit:
        return _conflict(request, section, form)
    except InvalidInput as error:
        form.add_error("text", str(error))
        return _page(request, section, form, Refusal(error.status), questions=questions)
    except DomainError as error:
        return _closed(request, section, Refusal.of(error), form)
    if not are_marked:
        again = _form(beside.draft_of(section), writer=user)
        return _page(request, section, again, Refusal(HTTP_UNPROCESSABLE), questions=questions)
    if action == "submit":
        return _submit(request, section, user)
    messages.success(request, _said(saved, by=user, at=at))
    if finding := WantedFindingForm(request.POST).wanted:
        page = reverse("section_guidance", args=[section.profile.slug, section.key])
        return redirect(f"{page}#finding-{finding[:12]}")
    return redirect("section_edit", slug=section.profile.slug, key=section.key)


def _keep(section: Section, form: DraftForm, action: str, *, by: User, at: datetime) -> Saved:
    """Save what came with a form; take the writing over if that was asked for."""
    if action == "take":
        drafting.take_over(section, by=by, at=at)
    version = form.cleaned_data["base_version"]
    if action in _SEEN_WHOLE:
        occasion = Occasion.JOINED if action == "settle" else Occasion.WRITING
        new = drafting.save_draft(
            section, form.draft, base_version=version, by=by, at=at, occasion=occasion
        )
        return Saved(new, form.draft)
    return joining.save_or_join(
        section,
        form.draft,
        base=form.base,
        base_version=version,
        aside=form.cleaned_data["aside"],
        by=by,
        at=at,
    )


def _submit(request: HttpRequest, section: Section, user: User) -> HttpResponse:
    """Submit the text that has just been saved; it stays saved if that is refused."""
    try:
        engine.perform(section, "submit", by=user, at=timezone.now())
    except DomainError as error:
        refusal = Refusal.of(error)
    else:
        subject = f"{move_label('section', 'submit')} – {section}"
        messages.success(request, _("Done: %(task)s.") % {"task": subject})
        return redirect("tasks")
    return _page(request, section, _form(beside.draft_of(section), writer=user), refusal)


@require_POST
def section_save(request: HttpRequest, slug: str, key: str) -> JsonResponse:
    """Save the text while it is being written; answer in the words that the page shows."""
    section, user, at = _section(request, slug, key), signed_in(request), timezone.now()
    form = DraftForm(request.POST)
    if not form.is_valid():
        problems = " ".join(str(message) for found in form.errors.values() for message in found)
        return JsonResponse({"message": problems}, status=HTTP_UNPROCESSABLE)
    if form.is_of_another(user):
        told = {"message": other_writer(user), "other": True}
        return JsonResponse(told, status=HTTP_CONFLICT)
    wanted = ActionForm(request.POST).wanted
    # Whoever writes is not signed out in the middle of it.
    keep_signed_in(request.session, at)
    try:
        saved = _keep(section, form, "take" if wanted == "take" else "", by=user, at=at)
    except StaleEdit as error:
        told = {"stale": True, **_as_it_is(section), **_stale(request, section, error, at)}
        return JsonResponse(told, status=error.status)
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    return JsonResponse(
        {
            "version": saved.version,
            "message": _said(saved, by=user, at=at),
            "length": _length(section, saved.text.text, paper_for(section.profile, user)),
            "writing": _others(request, section, at),
            **({"joined": _joined(saved)} if saved.joined_with else {}),
        }
    )


def _joined(saved: Saved) -> dict[str, Any]:
    """Return what a page has to put into the text that it sent, and what it says then."""
    changes = [[one.start, one.end, one.new] for one in saved.changes]
    return {"changes": changes, "written": _content(saved.text)}


def _stale(
    request: HttpRequest, section: Section, error: StaleEdit, at: datetime
) -> dict[str, Any]:
    """Return why a text was not saved, and where it is kept instead, if it is."""
    if not isinstance(error, joining.Kept):
        return {"message": str(error)}
    time = {"time": _time(at)}
    return {
        "message": _both_changed(error, signed_in(request)),
        "kept": _("Kept beside the saved text at %(time)s.") % time if error.copy else "",
        "aside": error.copy.pk if error.copy else None,
        "writing": _others(request, section, at),
    }


def _both_changed(error: joining.Kept, user: User) -> str:
    if error.other is None or error.other == user:
        return _(
            "You changed the same paragraphs in another tab or on another device. This text is "
            "kept on the server beside the saved one; go on writing. “Save draft” shows both and "
            "joins them."
        )
    return _(
        "%(person)s changed the same paragraphs. Your text is kept on the server beside the saved "
        "one; go on writing. “Save draft” shows both and joins them."
    ) % {"person": error.other.full_name}


def _others(request: HttpRequest, section: Section, at: datetime) -> str:
    """Return who else writes, as the page shows it."""
    user = signed_in(request)
    somebody = beside.somebody_else(beside.draft_of(section), viewer=user, at=at)
    return render_to_string("workflows/_somebody.html", {"somebody": somebody}, request).strip()


def _as_it_is(section: Section) -> dict[str, Any]:
    """Return what is saved, by which a page knows its own text whose answer never reached it."""
    draft = beside.draft_of(section)
    return {"version": draft.version, "saved": _content(drafting.DraftText.of(draft))}


def _content(text: drafting.DraftText) -> dict[str, Any]:
    return {"text": text.text, "nothing": text.nothing_found, "searched": text.searched}


def _said(saved: Saved, *, by: User, at: datetime) -> str:
    """Say that a text was saved, and with whose text it was joined."""
    time = _time(at)
    if saved.joined_with is None:
        return _("Saved at %(time)s.") % {"time": time}
    if saved.joined_with == by:
        return _(
            "Joined with what you wrote in another tab or on another device; saved at %(time)s."
        ) % {"time": time}
    words = _("Joined with what %(person)s wrote; saved at %(time)s.")
    return words % {"person": saved.joined_with.full_name, "time": time}


def _time(at: datetime) -> str:
    return str(date_format(timezone.localtime(at), "H:i"))


def _length(section: Section, text: str, paper: Paper) -> str:
    """Return how long a text is, against the pages that the template gives it, as words."""
    budget = section.template_section.page_budget
    length = length_of(text, key=section.key, budget=budget, paper=paper)
    return render_to_string("workflows/_length.html", {"length": length}).strip()


def _page(
    request: HttpRequest,
    section: Section,
    form: DraftForm,
    refusal: Refusal | None = None,
    *,
    preview: bool = False,
    questions: QuestionsForm | None = None,
    picked: str | None = None,
) -> HttpResponse:
    user, at, profile = signed_in(request), timezone.now(), section.profile
    questions = questions or QuestionsForm(groups=guidance.asked(section))
    draft = beside.draft_of(section)
    text, paper = str(form["text"].value() or ""), paper_for(profile, user)
    offer = next((one for one in engine.offers(section, user) if one.move == "submit"), None)
    expected = offer.missing if offer else ()
    context = {
        "profile": profile,
        "section": section,
        "form": form,
        "draft": draft,
        "refusal": refusal,
        "missing": refusal.missing if refusal else (),
        "expected": expected,
        "offer": offer,
        "preview": rendered_text(section, text) if preview else None,
        "length": _length(section, text, paper),
        "paper": paper,
        "questions": questions,
        "wanted": WantedPlaceForm(request.GET).place_in(draft.text),
        "notes": notes_of(section, viewer=user),
        "guidance": guidance.beside_draft(section, draft.text, questions.groups),
        "material": beside.material_for(section, profile, text=text, picked=picked or ""),
        "picked": picked,
        "somebody": beside.somebody_else(draft, viewer=user, at=at),
        "remarks": open_remarks(profile, viewer=user, section=section),
        "among_authors": authors_remarks(section, viewer=user),
        "typed_tables": markup.typed_tables(draft.text),
        "answers": answers_for(section, viewer=user),
        "returned": last_reason(profile, document_name(section), viewer=user),
        "task": Task.objects.open().filter(section=section).first(),
        "at": at,
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/editor.html", context, status=status)


def _closed(
    request: HttpRequest, section: Section, refusal: Refusal, form: DraftForm | None
) -> HttpResponse:
    """Say why the text cannot be written now, and give back what was typed."""
    context = {
        "profile": section.profile,
        "section": section,
        "refusal": refusal,
        "typed": _typed(request, form) if form else [],
    }
    return render(request, "workflows/not_editable.html", context, status=refusal.status)


def _typed(request: HttpRequest, form: DraftForm) -> list[str]:
    """Return all the words that came with a form: the text first, the notes to questions last."""
    notes = [str(text) for name, text in request.POST.items() if _IS_NOTE.fullmatch(name)]
    words = [str(form[name].value() or "") for name in ("text", "searched")]
    return [one for one in (*words, *notes) if one.strip()]


def _conflict(request: HttpRequest, section: Section, form: DraftForm) -> HttpResponse:
    """Show both texts, what each changed, and the two joined; keep the one that was not saved."""
    joining.put_aside(section, form.draft, by=signed_in(request), at=timezone.now())
    given, theirs = form.cleaned_data, beside.draft_of(section)
    joined = merge(given["base_text"] or None, given["text"], theirs.text)
    mine, writer = form.draft, signed_in(request)
    context = {
        "profile": section.profile,
        "section": section,
        "theirs": theirs,
        "is_own": theirs.saved_by_id == writer.pk,
        "joined": joined,
        "mine": _form(theirs, mine, writer=writer),
        "merged": _form(theirs, _join(mine, theirs, joined.text), writer=writer, prefix="merged_"),
        "marks": [one for one in request.POST.items() if _IS_MARK.match(one[0])],
    }
    return render(request, "workflows/conflict.html", context, status=StaleEdit.status)


def _join(mine: drafting.DraftText, theirs: Draft, text: str) -> drafting.DraftText:
    searched = dict.fromkeys(one for one in (mine.searched, theirs.searched.strip()) if one)
    return drafting.DraftText(
        text=text,
        nothing_found=mine.nothing_found or theirs.nothing_found,
        searched="\n".join(searched),
    )


def _form(
    current: Draft,
    shown: Draft | drafting.DraftText | None = None,
    *,
    writer: User,
    prefix: str = "",
) -> DraftForm:
    """Return a form that saves in full knowledge of the current text, which it shows or another."""
    given = shown or current
    initial = {
        "text": given.text,
        "nothing_found": given.nothing_found,
        "searched": given.searched,
        "base_version": current.version,
        "base_text": current.text,
        "base_nothing": current.nothing_found,
        "base_searched": current.searched,
        "writer": writer.pk,
    }
    return DraftForm(initial=initial, auto_id=f"id_{prefix}%s")
