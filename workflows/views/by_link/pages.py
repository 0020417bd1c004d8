"""Landing page, one section a page, checking, sending, the receipt."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, InvalidInput, NotComplete
from profile_workflow.forms.by_link import LinkLanguageForm, SectionAnswerForm
from profile_workflow.models import AnsweringLink, Profile, Revision, Section, SectionAnswer
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.queries.promises import promise_to
from profile_workflow.queries.validation import picture_asked_about
from profile_workflow.services import links, section_answers
from profile_workflow.services.links import Standing
from profile_workflow.states import AGREEING_SIGNOFF_STATES, SectionView, SignOffState
from profile_workflow.views.pictures import secure, sent_file
from profile_workflow.web.reading import Addresses, reading_text
from profile_workflow.web.refusing import Refusal, refused
from workflows import engine
from workflows.views.by_link.opening import for_link_holder, language_of, lost, shut

_READING_AND_SENDING = ["GET", "HEAD", "POST"]
#: Words that people read in a minute, and minutes for each decision.
_WORDS_A_MINUTE = 200
_MINUTES_A_DECISION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One section on the way.

    Attributes:
        number: Its place, beginning with 1.
        answer: What was saved for it.
        address: Its page.
    """

    number: int
    section: Section
    answer: SectionAnswer | None
    address: str


class AddressesByLink(Addresses):
    """Where what a text refers to is found by whoever has a link."""

    def __init__(self, profile: Profile, token: str) -> None:
        super().__init__(profile)
        self._token = token

    def section(self, key: str) -> str:
        """Return the address of a section."""
        return reverse("link_section", args=[self._token, key])

    def picture(self, sha256: str) -> str:
        """Return the address of the file of a picture."""
        return reverse("link_picture", args=[self._token, sha256])


class Way:
    """The sections that somebody is asked about, with what he has said of each."""

    def __init__(self, request: HttpRequest, link: AnsweringLink) -> None:
        match = request.resolver_match
        self.token: str = match.kwargs["token"] if match else ""
        self.link = link
        self.signoff = link.signoff
        self.round = link.signoff.round
        self.profile: Profile = link.signoff.round.profile

    @cached_property
    def steps(self) -> list[Step]:
        """All sections, in their order: two queries."""
        answers = section_answers.answers_of(self.signoff)
        sections = sections_asked_about(self.round)
        return [
            Step(number, one, answers.get(one.key), self._address(one))
            for number, one in enumerate(sections, start=1)
        ]

    def _address(self, section: Section) -> str:
        section.profile = self.profile
        return reverse("link_section", args=[self.token, section.key])

    @property
    def is_sent(self) -> bool:
        """Whether the person has answered, in whatever way."""
        return self.signoff.state != SignOffState.ASKED

    @property
    def has_unsent(self) -> bool:
        """Whether something was saved since the answer was sent."""
        return any(one.answer and one.answer.waits_to_be_sent for one in self.steps)

    @property
    def came_by_link(self) -> bool:
        """Whether an answer was sent through the link, so that a receipt was mailed."""
        return any(one.answer and one.answer.sent_view for one in self.steps)

    @property
    def next_step(self) -> Step | None:
        """The first section that has no answer yet."""
        return next((one for one in self.steps if one.answer is None), None)

    @property
    def objections(self) -> list[Step]:
        """The sections to which the person objects."""
        views = ((one, one.answer.view if one.answer else "") for one in self.steps)
        return [one for one, view in views if view == SectionView.OBJECTS]

    def step(self, key: str) -> Step | None:
        """Return the step of a section; None if nobody asks about it."""
        return next((one for one in self.steps if one.section.key == key), None)

    def after(self, step: Step) -> str:
        """Return where to go after a step: to the next section, or to check the answers."""
        following = self.steps[step.number : step.number + 1]
        check = reverse("link_check", args=[self.token])
        return following[0].address if following else check

    def context(self, **more: Any) -> dict[str, Any]:
        """Return what every page shows."""
        return {
            "way": self,
            "token": self.token,
            "profile": self.profile,
            "asked_round": self.round,
            "signoff": self.signoff,
            "attribution": promise_to(self.signoff),
            "at": timezone.now(),
            **more,
        }


@for_link_holder
@require_safe
def landing(request: HttpRequest, link: AnsweringLink) -> HttpResponse:
    """Say who asks what, until when, how long it takes, and how the answer will be shown."""
    way = Way(request, link)
    context = way.context(
        minutes=_minutes(way),
        language_form=LinkLanguageForm(initial={"language": language_of(request, link)}),
    )
    return render(request, "workflows/by_link/landing.html", context)


def _minutes(way: Way) -> int:
    asked = [one["revision"] for one in way.round.version.content.values()]
    texts = Revision.objects.filter(pk__in=asked).values_list("text", flat=True)
    words = sum(len(text.split()) for text in texts)
    return words // _WORDS_A_MINUTE + _MINUTES_A_DECISION * len(asked)


@for_link_holder
@require_http_methods(_READING_AND_SENDING)
def section(request: HttpRequest, link: AnsweringLink, key: str) -> HttpResponseBase:
    """Show a section and take what the person thinks of it; saved by itself."""
    way = Way(request, link)
    step = way.step(key)
    if step is None:
        return lost(request, way.token, "no_section", HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        return _section_page(request, way, step, _form_of(step), None)
    form = SectionAnswerForm(request.POST)
    if not form.is_valid():
        return _section_page(request, way, step, form, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        section_answers.save_answer(
            link,
            step.section,
            view=form.chosen,
            text=form.cleaned_data["text"],
            at=timezone.now(),
        )
    except InvalidInput as error:
        return _section_page(request, way, step, form, refused(form, error, beside="text"))
    except DomainError as error:
        return _section_page(request, way, step, form, Refusal.of(error))
    return redirect(way.after(step))


def _form_of(step: Step) -> SectionAnswerForm:
    kept = step.answer
    return SectionAnswerForm(initial={"view": kept.view, "text": kept.text} if kept else None)


def _section_page(
    request: HttpRequest,
    way: Way,
    step: Step,
    form: SectionAnswerForm,
    refusal: Refusal | None,
) -> HttpResponse:
    asked = way.round.version.content[step.section.key]
    revision = Revision.objects.get(pk=asked["revision"])
    text = reading_text(step.section, revision, addresses=AddressesByLink(way.profile, way.token))
    context = way.context(
        step=step,
        form=form,
        refusal=refusal,
        said=revision,
        text=text,
        minutes=max(1, text.words // _WORDS_A_MINUTE),
        before=way.steps[step.number - 2] if step.number > 1 else None,
    )
    status = refusal.status if refusal else None
    return render(request, "workflows/by_link/section.html", context, status=status)


@for_link_holder
@require_http_methods(_READING_AND_SENDING)
def check(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Show all answers once more; by POST send them."""
    way = Way(request, link)
    if request.method != "POST":
        return _check_page(request, way, None)
    at = timezone.now()
    try:
        engine.send_answer(link, at=at)
    except NotComplete as error:
        return _check_page(request, way, Refusal.of(error))
    except DomainError as error:
        return _refused_to_send(request, way, Refusal.of(error))
    return redirect("link_receipt", way.token)


def _refused_to_send(request: HttpRequest, way: Way, refusal: Refusal) -> HttpResponseBase:
    """Say why nothing was sent; a link that was ended meanwhile says it as any page does."""
    now = links.find(way.token)
    standing = links.standing(now, at=timezone.now()) if now else Standing.REVOKED
    if standing is not Standing.OPEN:
        return shut(request, way.link, standing)
    return _check_page(request, way, refusal)


def _check_page(request: HttpRequest, way: Way, refusal: Refusal | None) -> HttpResponse:
    context = way.context(refusal=refusal, summary=_summary(way))
    status = refusal.status if refusal else None
    return render(request, "workflows/by_link/check.html", context, status=status)


def _summary(way: Way) -> str:
    """Say what the answers come to as a whole."""
    if way.next_step is not None:
        return ""
    number = len(way.objections)
    if not number:
        return _("On the whole: you agree.")
    words = ngettext(
        "On the whole: you object, to %(number)s section.",
        "On the whole: you object, to %(number)s sections.",
        number,
    )
    return words % {"number": number}


@for_link_holder
@require_safe
def receipt(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Show that the answer has arrived, for which text, and how it can be changed."""
    way = Way(request, link)
    if not way.is_sent:
        return redirect("link", way.token)
    context = way.context(
        agrees=way.signoff.state in AGREEING_SIGNOFF_STATES,
        mailed_to=_masked_address(way.signoff.person.email if way.signoff.person else ""),
    )
    return render(request, "workflows/by_link/receipt.html", context)


def _masked_address(address: str) -> str:
    """Return an address that its owner recognises and nobody else can write to."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}…@{host}"


@for_link_holder
@require_POST
def language(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Change the language of these pages."""
    form = LinkLanguageForm(request.POST)
    if form.is_valid():
        links.choose_language(link, form.cleaned_data["language"])
    return redirect("link", Way(request, link).token)


@for_link_holder
@require_safe
def picture(request: HttpRequest, link: AnsweringLink, sha256: str) -> HttpResponseBase:
    """Send the file of a picture that the text asked about shows."""
    found = picture_asked_about(link.signoff.round, sha256)
    if found is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    response = sent_file(found, "small")
    secure(response)
    return response


@for_link_holder
def nowhere(request: HttpRequest, link: AnsweringLink, rest: str) -> HttpResponseBase:
    """Answer as one of these pages where there is none, instead of leading to the accounts."""
    return lost(request, Way(request, link).token, "no_page", HTTPStatus.NOT_FOUND)
