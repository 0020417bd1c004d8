"""A profile's story: acts of its people, one after the other, each at its own moment."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from profile_workflow.models import (
    Acronym,
    Comment,
    Profile,
    Section,
    SignOff,
    Territory,
    WorkingDefinition,
)
from profile_workflow.models.people import User
from profile_workflow.queries.quality import checklist
from profile_workflow.services import comments, drafting, evidence, quality, requests
from profile_workflow.services.contents import fingerprint
from profile_workflow.services.invitations import Wish
from profile_workflow.services.judging import Assessment, criteria_of
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.priorities import set_priorities
from profile_workflow.services.profiles import Nomination
from profile_workflow.states import (
    EDITABLE_SECTION_STATES,
    PROFILE_VERDICTS,
    SECTION_VERDICTS,
    CommentKind,
    CommentState,
    CriterionScope,
    Declining,
    Role,
    SectionState,
    SignOffState,
    Verdict,
)
from workflows import engine
from workflows.demo.library import data, phrases
from workflows.demo.people import Cast
from workflows.models import Task

#: Office hours of the story, in UTC.
_MORNING, _EVENING = 8, 17
#: What reviewers judge, and with which moves; the strictest comes last.
_JUDGING = (
    (CriterionScope.SECTION, SECTION_VERDICTS),
    (CriterionScope.PROFILE, PROFILE_VERDICTS),
)
#: Ratings below this one are explained.
_GOOD = 3

#: How an entry of the register is added, and by which field it is told from others.
_REGISTERED: dict[type[Any], tuple[Callable[..., Any], str]] = {
    Territory: (evidence.add_territory, "code"),
    WorkingDefinition: (evidence.add_definition, "code"),
    Acronym: (evidence.add_acronym, "short"),
}


class Story:
    """Moves one profile as its people would, through services and engine only.

    ``now`` is the moment of the story; every act takes some of it.
    """

    def __init__(self, cast: Cast, *, begins: datetime, slug: str = "") -> None:
        """Begin a story, or go on with that of the profile ``slug``."""
        self.cast = cast
        self.now = begins
        self._slug = slug

    # What the story is about

    @property
    def profile(self) -> Profile:
        """The profile as it is now."""
        return Profile.objects.select_related("city", "programme").get(slug=self._slug)

    def section(self, key: str) -> Section:
        """A section as it is now."""
        found = Section.objects.select_related("profile", "template_section", "draft")
        return found.get(profile__slug=self._slug, key=key)

    def sections(self, *states: SectionState) -> list[Section]:
        """The sections in the states (none: all), in their order."""
        found = Section.objects.select_related("profile", "template_section", "draft")
        found = found.filter(profile__slug=self._slug).order_by("position")
        return list(found.filter(state__in=states) if states else found)

    def task_of(self, key: str) -> Task:
        """The open task of a section."""
        return Task.objects.open().get(section=self.section(key))

    def later(self, **span: float) -> None:
        """Let time pass; people sleep, so what would fall into the night waits for the morning."""
        self.now += timedelta(**span)
        if self.now.hour >= _EVENING or self.now.hour < _MORNING:
            days = 1 if self.now.hour >= _EVENING else 0
            self.now = self.now.replace(hour=_MORNING, minute=10) + timedelta(days=days)

    def act(self, document: Any, move: str, by: User | None, **details: Any) -> None:
        """Let a person make a move; whoever judges answers what the template asks of him."""
        details = {"assessment": self._assessed(document, move), **details}
        engine.perform(document, move, by=by, at=self.now, details=Details(**details))
        self.later(minutes=17)

    def _assessed(self, document: Any, move: str) -> Assessment:
        """Return what is answered to the criteria of a judgement: better, the milder it is."""
        found = {}
        for scope, verdicts in _JUDGING:
            if move in verdicts and document.document_type == scope:
                said = phrases(self.profile.language)["assessed"]
                for number, one in enumerate(criteria_of(self.profile, scope)):
                    rating = max(1, 4 - verdicts.index(move) - number % 2)
                    found[one.key] = (rating, said if one.asks_words and rating < _GOOD else "")
        return found

    # Acts that occur again and again

    def nominate(
        self,
        *,
        edition: int,
        language: str,
        title: str,
        previous: Profile | None = None,
        is_answered: bool = True,
    ) -> None:
        """Let the project team nominate the city, and the international expert accept."""
        nomination = Nomination(
            city=self.cast.city,
            edition=edition,
            template=self.cast.template,
            language=language,
            title=title,
            people=self.cast.parts,
            due_on=(self.now + timedelta(weeks=45)).date(),
        )
        if previous is None:
            made = engine.nominate(nomination, by=self.cast.team, at=self.now)
        else:
            made = engine.nominate_next_edition(
                previous, nomination, by=self.cast.team, at=self.now
            )
        self._slug = made.slug
        if is_answered:
            self.later(hours=3)
            invitation = self.profile.invitations.get()
            self.act(invitation, "accept_invitation", self.cast.reviewer)

    def be_declined(self, *, said: str) -> None:
        """Invite another international expert to two sections, who suggests a third one."""
        declining, suggested = self.cast.other_reviewers[:2]
        wish = Wish(sections=[self.section("4"), self.section("8")])
        whom = engine.Invitee.of(declining)
        invited = engine.invite(self.profile, whom, wish, by=self.cast.team, at=self.now)
        self.later(days=3)
        self.act(
            invited,
            "decline_invitation",
            declining,
            declining=Declining.NOT_NOW,
            answer=said,
            suggested=(suggested.full_name, suggested.email),
        )

    def ask_for_a_second_opinion(self) -> User:
        """Invite one more international expert to the same sections, who accepts; return him."""
        until = (self.now + timedelta(weeks=4)).date()
        wish = Wish(sections=[self.section("4"), self.section("8")], review_until=until)
        whom = engine.Invitee.of(self.cast.other_reviewers[2])
        made = engine.invite(self.profile, whom, wish, by=self.cast.team, at=self.now)
        self.later(days=1)
        self.act(made, "accept_invitation", made.person)
        return made.person

    def prepare(self, territory: dict[str, Any], definition: dict[str, Any]) -> None:
        """Let inception begin: which territory is the city, who counts as a migrant."""
        self.act(self.profile, "begin_inception", self.cast.team)
        self.later(weeks=2)
        self.register(Territory, is_city=True, **territory)
        self.register(WorkingDefinition, **definition)

    def register(
        self, model: type[Territory | WorkingDefinition | Acronym], /, **fields: Any
    ) -> None:
        """Let the local expert register something, or change what the edition before had of it."""
        add, name = _REGISTERED[model]
        profile, expert = self.profile, self.cast.expert
        rows = model.objects.filter(profile=profile, **{name: fields[name]})
        present = rows.select_related("profile").first()
        if present is None:
            add(profile, by=expert, at=self.now, **fields)
            return
        base = fingerprint(present)
        evidence.change_entry(present, fields, base=base, by=expert, at=self.now)

    def write(self, key: str, text: str) -> None:
        """Let the local expert save the text of a section."""
        section = self.section(key)
        drafting.save_draft(
            section,
            drafting.DraftText(text),
            base_version=section.draft.version,
            by=self.cast.expert,
            at=self.now,
        )

    def admit_nothing_found(self, key: str, searched: str) -> None:
        """Let the local expert record that nothing was found, and where it was searched."""
        section = self.section(key)
        drafting.save_draft(
            section,
            drafting.DraftText(nothing_found=True, searched=searched),
            base_version=section.draft.version,
            by=self.cast.expert,
            at=self.now,
        )

    def append(self, key: str, text: str) -> None:
        """Let the local expert add to the text of a section."""
        if text:
            self.write(key, f"{self.section(key).draft.text.rstrip()}\n\n{text}\n")

    def submit_sections(self, keys: Iterable[str] = ()) -> None:
        """Let the authors submit the sections in their hands, or only those named."""
        wanted = set(keys)
        for section in self.sections(*EDITABLE_SECTION_STATES):
            if not wanted or section.key in wanted:
                self.act(section, "submit", section.author or self.cast.expert)

    def accept_sections(self, but: Iterable[str] = ()) -> None:
        """Let the international expert accept what is under review, except the sections named."""
        left = set(but)
        for section in self.sections(SectionState.UNDER_REVIEW):
            if section.key not in left:
                waiting = Task.objects.open().filter(section=section).select_related("owner")
                for task in waiting.order_by("pk"):
                    self.act(section, "accept", task.owner or self.cast.reviewer)

    def conclude(self, move: str, reason: str = "") -> None:
        """Let each international expert of the round recommend the same for the whole."""
        waiting = Task.objects.open().filter(profile=self.profile).select_related("owner")
        for task in waiting.order_by("pk"):
            self.act(self.profile, move, task.owner or self.cast.reviewer, reason=reason)

    def remark(self, key: str, kind: str, text: str, by: User) -> Comment:
        """Let a person comment on a section."""
        made = comments.add_comment(
            self.section(key), kind=CommentKind(kind), text=text, by=by, at=self.now
        )
        self.later(minutes=9)
        return made

    def answer(self, comment: Comment, move: str, response: str) -> None:
        """Let the local expert answer a comment."""
        details = {"answer": response} if move == "accept" else {"reason": response}
        self.act(comment, move, self.cast.expert, **details)

    def close_comments(self) -> None:
        """Let the commenters close what was answered."""
        answered = Comment.objects.filter(section__profile__slug=self._slug).exclude(
            state__in=[CommentState.OPEN, CommentState.VERIFIED, CommentState.CLOSED_BY_DEADLINE]
        )
        for comment in answered.select_related("section__profile", "author").order_by("pk"):
            self.act(comment, "verify", comment.author)

    def ask_for_input(self, number: int) -> None:
        """Let the local expert ask the city for something, and have it answered if it can be.

        What is said stands in ``requests.json``, in the language of the profile.
        """
        given = data("requests.json")[self.profile.language[:2]][number]
        is_focal = given["role"] == Role.FOCAL_POINT
        person = self.cast.focal_point if is_focal else self.cast.stakeholders[0].user
        wish = requests.Wish(
            person=person,
            subject=given["subject"],
            text=given["text"],
            due_on=requests.first_day(self.profile, self.now),
            section=self.section(given["section"]),
        )
        made = engine.ask(self.profile, wish, by=self.cast.expert, at=self.now)
        if "answer" in given:
            self.later(days=4)
            self.act(made, "give_answer", person, answer=given["answer"])
            self.act(made, "accept_answer", self.cast.expert)
        elif "absence" in given:
            self.later(days=4)
            self.act(made, "say_unavailable", person, reason=given["absence"])
            self.act(made, "record_absence", self.cast.expert, reason=given["printed"])

    def asked(self) -> list[SignOff]:
        """The sign-offs that wait for an answer."""
        waiting = SignOff.objects.filter(
            round__profile__slug=self._slug,
            round__closed_at__isnull=True,
            state=SignOffState.ASKED,
        )
        return list(waiting.select_related("round__profile", "person").order_by("pk"))

    def agree_all(self, but: Sequence[SignOff] = ()) -> None:
        """Let everybody who is asked approve, except those named."""
        left = {one.pk for one in but}
        for signoff in self.asked():
            if signoff.pk not in left:
                self.act(signoff, "approve", signoff.person)

    # The straight way, stage by stage, as the shorter profiles go it

    def draft_all(self, texts: dict[str, str]) -> None:
        """Write and submit every section; one without text is recorded as nothing found."""
        for section in self.sections():
            if texts.get(section.key):
                self.write(section.key, texts[section.key])
            else:
                self.admit_nothing_found(section.key, phrases(self.profile.language)["searched"])
            self.later(days=2)
        self.submit_sections()
        self.later(days=2)

    def review_all(self) -> None:
        """Submit for expert review and have everything accepted."""
        self.act(self.profile, "submit_draft", self.cast.expert)
        self.later(weeks=2)
        self.accept_sections()
        self.conclude("recommend_acceptance")
        self.later(days=5)

    def answer_checks(self, most: int | None = None) -> None:
        """Let the project team answer the checks of the template, or the first ones."""
        for checked in checklist(self.profile)[:most]:
            if checked.answer is None:
                who_when: dict[str, Any] = {"by": self.cast.team, "at": self.now}
                quality.answer_check(self.profile, checked.question, Verdict.YES, **who_when)

    def assure_quality(self) -> None:
        """Let the project team go through the checklist and pass quality assurance."""
        self.answer_checks()
        self.act(self.profile, "pass_qa", self.cast.team)

    def validate_all(self) -> None:
        """Pass quality assurance, have everybody agree, and the authority sign."""
        self.assure_quality()
        self.later(weeks=2)
        self.agree_all()
        self.act(self.profile, "conclude_consultation", self.cast.focal_point)
        self.later(weeks=1)
        self.agree_all()
        self.later(weeks=1)

    def set_priorities(self, priorities: list[dict[str, Any]]) -> None:
        """Write the priorities down and agree on them."""
        set_priorities(self.profile, priorities, by=self.cast.focal_point, at=self.now)
        self.act(self.profile, "agree_priorities", self.cast.focal_point)
        self.later(days=6)

    def adopt(self) -> None:
        """Have the authority adopt the priorities."""
        self.act(self.profile, "adopt_priorities", self.cast.authority)
        self.later(weeks=2)
