"""Landing page, one section a page, checking, sending, the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, InvalidInput, NotComplete, StaleEntry
from profile_workflow.forms.by_link import LinkLanguageForm, SectionAnswerForm, SendForm
from profile_workflow.forms.marked import Difference
from profile_workflow.models import (
    AnsweringLink,
    Challenge,
    PaperAnswer,
    PriorityAnswer,
    Profile,
    Revision,
    Section,
    SectionAnswer,
    SigningAnswer,
)
from profile_workflow.queries.paper import paper_of, said_on_paper
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.queries.promises import promise_to
from profile_workflow.queries.validation import picture_asked_about
from profile_workflow.services import links, priority_answers, section_answers, signing
from profile_workflow.services.links import Standing
from profile_workflow.states import (
    AGREEING_SIGNOFF_STATES,
    LinkPurpose,
    SectionView,
    SignOffState,
)
from profile_workflow.views.pictures import secure, sent_file
from profile_workflow.web.reading import Addresses, reading_text
from profile_workflow.web.refusing import Refusal, refused
from workflows import engine
from workflows.queries.asked import Printed, printed
from workflows.views.by_link.opening import for_link_holder, lost, only_for, shut, token_of

READING_AND_SENDING = ["GET", "HEAD", "POST"]
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
        on_paper: What was entered from a form, in words.
    """

    number: int
    section: Section
    answer: SectionAnswer | None
    address: str
    on_paper: str = ""


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
        self.token = token_of(request)
        self.link = link
        self.signoff = link.signoff
        self.round = link.signoff.round
        self.profile: Profile = link.signoff.round.profile

    @cached_property
    def steps(self) -> list[Step]:
        """All sections, in their order: three queries."""
        answers = section_answers.answers_of(self.signoff)
        sections = sections_asked_about(self.round)
        return [
            Step(number, one, answers.get(one.key), self._address(one), self._on_paper(one))
            for number, one in enumerate(sections, start=1)
        ]

    @cached_property
    def paper(self) -> PaperAnswer | None:
        """What was entered from a form of the person, if it was: one query."""
        return None if self.signs else paper_of(self.signoff)

    def _on_paper(self, section: Section) -> str:
        said = said_on_paper(self.paper).get(section.key)
        return str(SectionView(said["view"]).label) if said else ""

    def _address(self, section: Section) -> str:
        section.profile = self.profile
        return reverse("link_section", args=[self.token, section.key])

    @property
    def signs(self) -> bool:
        """Whether the link is for signing: the sections are read, and answered as a whole."""
        return bool(self.link.purpose == LinkPurpose.SIGNOFF)

    @cached_property
    def signing(self) -> SigningAnswer | None:
        """What was saved by whoever signs: one query."""
        return signing.answer_of(self.signoff) if self.signs else None

    @property
    def is_replaced(self) -> bool:
        """Whether a signature that was sent is on record no more: an account answered since."""
        if self.signing is None or self.signing.waits_to_be_sent:
            return False
        return not signing.is_on_record(self.signing)

    @cached_property
    def challenges(self) -> list[Challenge]:
        """The challenges of which the round asks: one query if it does."""
        return priority_answers.challenges_asked_about(self.signoff)

    @cached_property
    def priorities(self) -> dict[int, PriorityAnswer]:
        """What was saved of them: one query if the round asks."""
        return priority_answers.answers_of(self.signoff)

    @property
    def ranked(self) -> list[tuple[Challenge, PriorityAnswer | None]]:
        """Each challenge with what was saved of it."""
        return [(one, self.priorities.get(one.pk)) for one in self.challenges]

    @cached_property
    def printed(self) -> Printed:
        """What there is of the text as a PDF: two queries at most."""
        return printed(self.round, language=get_language() or "")

    @property
    def is_sent(self) -> bool:
        """Whether the person has answered, in whatever way."""
        return self.signoff.state != SignOffState.ASKED

    @property
    def has_unsent(self) -> bool:
        """Whether something was saved since the answer was sent."""
        if self.signs:
            return self.signing is not None and self.signing.waits_to_be_sent
        saved = any(one.answer and one.answer.waits_to_be_sent for one in self.steps)
        return saved or any(one.waits_to_be_sent for one in self.priorities.values())

    @property
    def came_by_link(self) -> bool:
        """Whether an answer was sent through the link, so that a receipt was mailed."""
        if self.signs:
            return self.signing is not None and self.signing.sent_at is not None
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
        last = "link_priorities" if self.challenges else "link_check"
        check = reverse("link_sign" if self.signs else last, args=[self.token])
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

    def page(
        self, request: HttpRequest, template: str, *, refusal: Refusal | None, **more: Any
    ) -> HttpResponse:
        """Show a page that takes something, with why it was not taken."""
        status = refusal.status if refusal else None
        return render(request, template, self.context(refusal=refusal, **more), status=status)


@for_link_holder
@require_safe
def landing(request: HttpRequest, link: AnsweringLink) -> HttpResponse:
    """Say who asks what, until when, how long it takes, and how the answer will be shown."""
    way = Way(request, link)
    context = way.context(minutes=_minutes(way), language_form=LinkLanguageForm())
    name = "sign_landing" if way.signs else "landing"
    return render(request, f"workflows/by_link/{name}.html", context)


def _minutes(way: Way) -> int:
    asked = [one["revision"] for one in way.round.version.content.values()]
    texts = Revision.objects.filter(pk__in=asked).values_list("text", flat=True)
    words = sum(len(text.split()) for text in texts)
    return words // _WORDS_A_MINUTE + _MINUTES_A_DECISION * len(asked)


@for_link_holder
@require_http_methods(READING_AND_SENDING)
def section(request: HttpRequest, link: AnsweringLink, key: str) -> HttpResponseBase:
    """Show a section and take what the person thinks of it; saved by itself."""
    way = Way(request, link)
    step = way.step(key)
    if step is None:
        return lost(request, way.token, "no_section", HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        form = None if way.signs else _form_of(step)
        return _section_page(request, way, step, form, None)
    if way.signs:
        return lost(request, way.token, "no_page", HTTPStatus.NOT_FOUND)
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
            base=form.mark,
        )
    except StaleEntry as error:
        return _both_answers(request, way, step, form, error)
    except InvalidInput as error:
        return _section_page(request, way, step, form, refused(form, error, beside="text"))
    except DomainError as error:
        shut_now = shut_meanwhile(request, way)
        return shut_now or _section_page(request, way, step, form, Refusal.of(error))
    return redirect(way.after(step))


def _form_of(step: Step) -> SectionAnswerForm:
    kept = step.answer
    return SectionAnswerForm(initial=_said(kept) if kept else None)


def _said(kept: SectionAnswer) -> dict[str, str]:
    return {"view": kept.view, "text": kept.text, "base": section_answers.mark_of(kept)}


def _both_answers(
    request: HttpRequest, way: Way, step: Step, form: SectionAnswerForm, error: StaleEntry
) -> HttpResponse:
    """Show what was sent beside what is saved, and let it be sent again knowingly."""
    assert isinstance(error.current, SectionAnswer)
    saved = _said(error.current)
    form.renew(saved["base"])
    return _section_page(request, way, step, form, Refusal.of(error), form.differences(saved))


def _section_page(
    request: HttpRequest,
    way: Way,
    step: Step,
    form: SectionAnswerForm | None,
    refusal: Refusal | None,
    conflict: Sequence[Difference] = (),
) -> HttpResponse:
    asked = way.round.version.content[step.section.key]
    revision = Revision.objects.get(pk=asked["revision"])
    text = reading_text(step.section, revision, addresses=AddressesByLink(way.profile, way.token))
    return way.page(
        request,
        "workflows/by_link/section.html",
        step=step,
        form=form,
        refusal=refusal,
        conflict=conflict,
        said=revision,
        text=text,
        minutes=max(1, text.words // _WORDS_A_MINUTE),
        before=way.steps[step.number - 2] if step.number > 1 else None,
        following=way.after(step),
    )


@for_link_holder
@only_for(LinkPurpose.CONSULTATION)
@require_http_methods(READING_AND_SENDING)
def check(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Show all answers once more; by POST send them."""
    way = Way(request, link)
    if request.method != "POST":
        return _check_page(request, way, None)
    at = timezone.now()
    try:
        engine.send_answer(link, at=at, base=SendForm(request.POST).seen)
    except NotComplete as error:
        return _check_page(request, way, Refusal.of(error))
    except DomainError as error:
        return _refused_to_send(request, way, Refusal.of(error))
    return redirect("link_receipt", way.token)


def _refused_to_send(request: HttpRequest, way: Way, refusal: Refusal) -> HttpResponseBase:
    return shut_meanwhile(request, way) or _check_page(request, way, refusal)


def shut_meanwhile(request: HttpRequest, way: Way) -> HttpResponseBase | None:
    """Say what any page says of a link that was ended while something was sent; None if not."""
    now = links.find(way.token)
    standing = links.standing(now, at=timezone.now()) if now else Standing.REVOKED
    return None if standing is Standing.OPEN else shut(request, way.link, standing)


def _check_page(request: HttpRequest, way: Way, refusal: Refusal | None) -> HttpResponse:
    answers = [one.answer for one in way.steps if one.answer]
    seen = section_answers.mark_of_all(answers, way.priorities.values())
    form = SendForm(initial={"base": seen})
    template = "workflows/by_link/check.html"
    return way.page(request, template, form=form, refusal=refusal, summary=_summary(way))


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
        mailed_to=masked_address(way.signoff.person.email if way.signoff.person else ""),
    )
    return render(request, "workflows/by_link/receipt.html", context)


def masked_address(address: str) -> str:
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
