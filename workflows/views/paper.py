"""Forms on paper: printing them for the people of a consultation, and entering what they say."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.errors import DomainError, MadeAlready, NotAllowed
from profile_workflow.forms.paper import (
    NumberForm,
    PaperForm,
    PaperLanguageForm,
    language_links,
)
from profile_workflow.models import Challenge, Profile, Section, SignOff, User, ValidationRound
from profile_workflow.queries import paper as queries
from profile_workflow.queries.links import link_to_keep
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.queries.promises import promise_to, rule_of
from profile_workflow.queries.rounds import answers_as_seen
from profile_workflow.services import links, priority_answers
from profile_workflow.services import paper as service
from profile_workflow.services.section_answers import answers_of
from profile_workflow.states import PriorityLabel, SectionView
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from reports.qr import qr_code
from workflows import engine
from workflows.letters import address

#: Lines to write on, beside each section.
_LINES = range(4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is printed.

    Attributes:
        sections: What is asked about.
        challenges: What is to be ranked; empty if the round does not ask.
        promise: What becomes of the name of whoever answers, in words.
        number: The number of the form; empty where it belongs to nobody.
        name: For whom it is; only on the sheet that is kept.
        link: QR code of the personal link; only where its owner prints the form himself.
        entry: QR code of the page on which the form is entered, which asks to sign in.
    """

    round: ValidationRound
    sections: list[Section]
    challenges: list[Challenge]
    promise: str
    number: str = ""
    name: str = ""
    link: SafeString | str = ""
    entry: SafeString | str = ""

    @property
    def views(self) -> list[str]:
        """What can be ticked beside a section."""
        return [str(one.label) for one in SectionView]

    @property
    def labels(self) -> list[str]:
        """What can be ticked beside a challenge."""
        return [*(str(one.label) for one in PriorityLabel), _("No opinion")]

    @property
    def lines(self) -> range:
        """The lines to write on beside a section."""
        return _LINES


def sheet_of(signoff: SignOff, *, link: str = "") -> Sheet:
    """Return the form of somebody who is asked, in the language in force.

    Under the Chatham House Rule it has neither number nor name, nor a code that leads to him.

    Args:
        signoff: What he is asked for.
        link: Address of his personal link, if he prints the form himself.
    """
    opened = signoff.round
    sections = sections_asked_about(opened)
    challenges = priority_answers.challenges_asked_about(signoff)
    if opened.is_secret:
        return Sheet(opened, sections, challenges, promise_to(signoff))
    entry = address("paper_enter", opened.profile.slug, str(signoff.pk))
    return Sheet(
        opened,
        sections,
        challenges,
        promise_to(signoff),
        number=queries.number_of(signoff),
        name=signoff.person.full_name if signoff.person else "",
        link=qr_code(link, title=_("QR code of your personal link")) if link else "",
        entry=qr_code(entry, title=_("QR code of the page for entering this form")),
    )


def _kept(request: HttpRequest, slug: str) -> tuple[Profile, User]:
    """Return a profile to whoever enters answers from paper.

    Raises:
        PermissionDenied: If somebody else asks.
    """
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if not links.may_keep(profile, viewer):
        raise PermissionDenied(_("The project team or the focal point enters answers from paper."))
    return profile, viewer


@require_safe
def paper(request: HttpRequest, slug: str) -> HttpResponse:
    """Show whose forms can be printed and entered; find one by its number."""
    profile, viewer = _kept(request, slug)
    form = NumberForm(request.GET if "number" in request.GET else None)
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        signoff = queries.signoff_of_form(profile, number)
        if signoff is not None:
            query = urlencode({"number": number})
            return redirect(f"{reverse('paper_enter', args=[slug, signoff.pk])}?{query}")
        form.add_error("number", _("This form belongs to no consultation that is open."))
    context = {
        "profile": profile,
        "found": queries.paper_of_round(profile, viewer=viewer),
        "form": form,
        "languages": language_links(),
        "at": timezone.now(),
    }
    return render(request, "workflows/paper.html", context)


@require_safe
def paper_form(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """Print the form of somebody, in his language or another; it holds no personal link."""
    profile, viewer = _kept(request, slug)
    signoff = _signoff_or_404(profile, signoff_id, viewer)
    if not signoff.round.takes_answers:
        raise Http404
    person = signoff.person.language if signoff.person else ""
    with translation.override(PaperLanguageForm(request.GET).chosen or person):
        return _printed(request, profile, sheet_of(signoff))


@require_safe
def paper_room(request: HttpRequest, slug: str) -> HttpResponse:
    """Print an empty form for the room, which belongs to nobody."""
    profile, _viewer = _kept(request, slug)
    opened = queries.open_consultation(profile)
    if opened is None:
        raise Http404
    opened.profile = profile
    asked = SignOff(round=opened)
    with translation.override(PaperLanguageForm(request.GET).chosen or profile.language):
        sheet = Sheet(
            opened,
            sections_asked_about(opened),
            priority_answers.challenges_asked_about(asked),
            rule_of(opened),
        )
        return _printed(request, profile, sheet)


def _printed(request: HttpRequest, profile: Profile, sheet: Sheet) -> HttpResponse:
    context = {"profile": profile, "sheet": sheet, "at": timezone.now()}
    response = render(request, "workflows/paper_form.html", context)
    response["Content-Language"] = translation.get_language() or ""
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def paper_enter(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """Ask what the form of somebody says; by POST enter it. Once entered, show both answers."""
    profile, viewer, at = *_kept(request, slug), timezone.now()
    signoff = _signoff_or_404(profile, signoff_id, viewer)
    entered = queries.paper_of(signoff)
    closed = service.refusal_to_enter(signoff, profile, viewer, at=at)
    if isinstance(closed, NotAllowed):
        raise PermissionDenied(str(closed))
    refusal = Refusal.of(closed) if closed else None
    sections = sections_asked_about(signoff.round)
    form = PaperForm(
        request.POST if request.method == "POST" else None,
        sections=sections,
        challenges=priority_answers.challenges_asked_about(signoff),
        initial={"number": _number_shown(request, signoff)},
    )
    if closed is None and form.is_bound and form.is_valid() and _is_his(form, profile, signoff):
        try:
            made = engine.enter_paper(signoff, form.paper, by=viewer, at=at)
        except MadeAlready as error:
            messages.warning(request, str(error))
            return redirect("paper_enter", slug, signoff.pk)
        except DomainError as error:
            refusal = refused(form, error)
        else:
            messages.success(request, _told(made.counts))
            return redirect("paper", slug=slug)
    (answer,) = answers_as_seen([signoff], profile, viewer=viewer)
    context = {
        "profile": profile,
        "answer": answer,
        "signoff": signoff,
        "paper": entered,
        "rows": _both(sections, signoff, queries.said_on_paper(entered)) if entered else [],
        "form": form if not entered and (closed is None or form.is_bound) else None,
        "refusal": None if entered and not form.is_bound else refusal,
        "has_begun": service.has_begun(signoff),
    }
    status = refusal.status if refusal and form.is_bound else None
    if status is None and form.is_bound:
        status = HTTP_UNPROCESSABLE
    return render(request, "workflows/paper_enter.html", context, status=status)


def _number_shown(request: HttpRequest, signoff: SignOff) -> str:
    """Return the number that was looked for, or that of the present form."""
    typed = NumberForm(request.GET)
    return typed.cleaned_data["number"] if typed.is_valid() else queries.number_of(signoff)


def _is_his(form: PaperForm, profile: Profile, signoff: SignOff) -> bool:
    """Whether the number on the form is that of the person; the field is marked if not."""
    found = queries.signoff_of_form(profile, form.cleaned_data["number"])
    if found is not None and found.pk == signoff.pk:
        return True
    form.add_error("number", _("This is the number of another form. Look the form up by it."))
    return False


def _told(counts: bool) -> str:
    if counts:
        return _("The form has been entered, and counts as the answer. Its writer is told by mail.")
    return _(
        "The form has been entered, but does not count by itself: its writer has begun to answer, "
        "or the form leaves sections empty. He is told by mail."
    )


def _both(
    sections: list[Section], signoff: SignOff, said: queries.Said
) -> list[tuple[Section, str, str, str, str]]:
    """Return each section with what the form says of it, and what the person says now."""
    own = answers_of(signoff)
    rows = []
    for one in sections:
        on_paper, now = said.get(one.key), own.get(one.key)
        rows.append(
            (
                one,
                str(SectionView(on_paper["view"]).label) if on_paper else "",
                on_paper["text"] if on_paper else "",
                now.get_sent_view_display() if now and now.sent_view else "",
                now.sent_text if now else "",
            )
        )
    return rows


def _signoff_or_404(profile: Profile, signoff_id: int, viewer: User) -> SignOff:
    """Return whose form is meant; under the Chatham House Rule nobody has one.

    Raises:
        Http404: If there is no such form for this reader.
    """
    try:
        signoff = link_to_keep(profile, signoff_id, viewer=viewer)
    except SignOff.DoesNotExist:
        raise Http404 from None
    if signoff.round.is_secret:
        raise Http404
    return signoff
