"""A tour of the whole process: every move of every machine, with every loop back, at least once.

Whoever takes the tour decides what it means to make a step: to count its queries, or to let it
fail after each write.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from profile_workflow.calendars import day_of
from profile_workflow.models import Assignment, Comment, Profile, Programme, User
from profile_workflow.services import people, section_answers, workshops
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.paper import Paper
from profile_workflow.services.people import Part
from profile_workflow.services.signing import Signing
from profile_workflow.states import (
    ProfileState,
    Role,
    SectionState,
    SectionView,
    Signature,
    WorkshopSaying,
)
from tests import factories
from tests.engine.by_link import sign
from tests.factories import asked, fresh, holder, section
from tests.links import link_of
from workflows import deadlines, engine
from workflows.models import Task

#: Takes the name of a step and what makes it.
Do = Callable[[str, Callable[[], Any]], None]

TEAM, EXPERT, CO_AUTHOR = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR
REVIEWER, FOCAL_POINT = Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT
AUTHORITY, STAKEHOLDER = Role.CITY_AUTHORITY, Role.STAKEHOLDER


class Tour:
    """One profile, taken from nomination to its next edition."""

    def __init__(self, do: Do, *, sections: int = 3) -> None:
        self.do = do
        self.made = factories.make_programme(sections=sections, cities=3)
        self.at: datetime = timezone.now()
        self.profile: Profile

    def who(self, role: Role) -> User:
        return holder(self.profile, role)

    def sections(self, *states: SectionState) -> Any:
        return factories.sections(self.profile, *states)

    def move(
        self, document: Any, name: str, by: User | None, *, so: str = "", **details: Any
    ) -> None:
        """Make one move as a step, some minutes after the one before.

        ``so`` sets the step apart from others of the same move.
        """
        self.at += timedelta(minutes=5)
        document, at = fresh(document), self.at
        said = {"reason": "Why.", "sections": [section(self.profile, "1")], **details}
        self.do(
            f"{document.document_type}.{name}" + (f", {so}" if so else ""),
            lambda: engine.perform(document, name, by=by, at=at, details=Details(**said)),
        )

    def step(self, name: str, role: Role, **details: Any) -> None:
        """Make one move of the profile."""
        self.move(self.profile, name, self.who(role), **details)

    def take(self) -> Profile:
        """Take the whole tour; return the profile at its end."""
        self.start()
        self.figures()
        self.draft()
        self.review()
        self.quality_assurance()
        self.consultation()
        self.sign_off()
        self.priorities()
        self.publication()
        self.several_judge()
        self.cancelling()
        return fresh(self.profile)

    # The stages

    def start(self) -> None:
        wanted, team = factories.nomination(self.made), self.made.team
        self.do("nominate", lambda: engine.nominate(wanted, by=team, at=self.at))
        self.profile = Profile.objects.get(city=self.made.cities[0])
        self.step("begin_inception", TEAM)
        factories.give_territory(self.profile)
        self.step("begin_drafting", EXPERT)

    def figures(self) -> None:
        lives = (
            "receive dispute reconcile expire request_again receive confirm",
            "receive publish_as_range",
            "mark_unavailable",
        )
        for life in lives:
            item = factories.give_figure(section(self.profile, "1"))
            for name in life.split():
                self.move(item, name, self.who(EXPERT))

    def write(self) -> None:
        for one in self.sections(*factories.EDITABLE):
            at = self.at
            factories.write(one, f"Text of {one.key} at {at}.", at=at)
            self.move(one, "submit", self.who(EXPERT))

    def take_back(self) -> None:
        one, at = section(self.profile, "1"), self.at
        expert = self.who(EXPERT)
        self.do("section.take_back", lambda: engine.take_back(one, by=expert, at=at, reason="Why."))

    def draft(self) -> None:
        expert, co_author, at = self.who(EXPERT), self.who(CO_AUTHOR), self.at
        task = Task.objects.open().get(profile=self.profile, section__key="2")
        self.do("delegate", lambda: engine.delegate(task, to=co_author, by=expert, at=at))
        self.do("release", lambda: engine.release(task, by=co_author, at=at))
        self.do("claim", lambda: engine.claim(task, by=expert, at=at))
        first = section(self.profile, "1")
        factories.write(first, "Text.")
        self.move(first, "submit", expert)
        self.take_back()
        self.write()
        self.take_back()
        self.step("hold", TEAM)
        self.step("resume", TEAM)
        self.write()
        self.step("submit_draft", EXPERT)

    def comments(self) -> None:
        expert, reviewer = self.who(EXPERT), self.who(REVIEWER)
        for life in ("accept verify", "accept_partly reopen decline", "defer"):
            comment = factories.comment_on(section(self.profile, "1"), reviewer, at=self.at)
            for name in life.split():
                by = reviewer if name in ("verify", "reopen") else expert
                self.move(comment, name, by)
        self.move(comment, "close_by_deadline", None)

    def judge(self, **returned: str) -> None:
        for one in self.sections(SectionState.UNDER_REVIEW):
            self.move(one, returned.get(f"s{one.key}", "accept"), self.who(REVIEWER))

    def review(self) -> None:
        self.comments()
        self.judge(s1="request_minor_changes", s2="request_major_changes")
        self.step("request_major_revision", REVIEWER)
        self.write()
        self.step("submit_major_revision", EXPERT)
        self.judge(s1="request_minor_changes")
        self.step("request_minor_revision", REVIEWER)
        self.write()
        self.step("submit_minor_revision", EXPERT)

    def quality_assurance(self) -> None:
        self.step("return_to_review", TEAM)
        self.judge()
        self.step("recommend_acceptance", REVIEWER)
        self.step("return_for_revision", TEAM)
        self.write()
        self.step("submit_qa_revision", EXPERT)
        self.two_check()

    def two_check(self) -> None:
        """Two people check the quality; once the second one is let go."""
        second = factories.check_by_two(self.profile)
        self.step("pass_as_first", TEAM)
        self.step("take_pass_back", TEAM)
        self.step("pass_as_first", TEAM)
        self.move(self.profile, "pass_qa", second, so="by the second one")
        self.one_checks()

    def one_checks(self) -> None:
        """From now on one person checks the quality, and is all of the project team."""
        programme = self.profile.programme_id
        Programme.objects.filter(pk=programme).update(checked_by_two=False)
        team = Assignment.objects.filter(role=TEAM, programme=programme)
        team.exclude(user=self.made.team).delete()

    def consultation(self) -> None:
        first, second = factories.holders(self.profile, STAKEHOLDER)
        mine = {one.person_id: one for one in asked(self.profile)}
        for name in ("reserve", "object_to", "approve"):
            self.move(mine[first.pk], name, first)
        self.move(mine[second.pk], "waive", self.who(TEAM))
        self.add_stakeholder()
        self.answer_by_link()
        self.answer_on_paper()
        self.hold_a_workshop()
        self.approve_all()
        self.step("extend_consultation", FOCAL_POINT)
        self.step("revise_after_consultation", FOCAL_POINT)
        self.write()
        self.step("call_second_workshop", EXPERT)
        self.let_time_pass("lapse_tacitly", reminded=True)
        self.step("conclude_consultation", FOCAL_POINT)

    def add_stakeholder(self) -> None:
        team, at = self.who(TEAM), self.at
        part = Part(factories.make_person("late"), STAKEHOLDER, "academia")
        (late,) = people.assign(self.profile, [part], by=team, at=at)
        self.do("add_stakeholder", lambda: engine.add_stakeholder(late, by=team, at=at))

    def answer_by_link(self) -> None:
        """Somebody has a comment on one section by his link, which is answered, and agrees."""
        link, at = link_of(asked(self.profile)[-1]), self.at
        for place, one in enumerate(self.sections()):
            view = SectionView.AGREES if place else SectionView.COMMENTS
            section_answers.save_answer(link, one, view=view, text="Why?", at=at)
        self.do("send by link", lambda: engine.send_answer(link, at=at))
        comment = Comment.objects.get(author=link.signoff.person)
        self.move(comment, "accept", self.who(EXPERT), so="by link")

    def answer_on_paper(self) -> None:
        """The form of the focal point is entered: a comment on one section, which is answered."""
        mine = {one.person_id: one for one in asked(self.profile)}
        signoff, at = mine[self.who(FOCAL_POINT).pk], self.at
        said = {one.key: (SectionView.AGREES, "") for one in self.sections()}
        said[next(iter(said))] = (SectionView.COMMENTS, "Why?")
        paper, team = Paper(day_of(at, self.profile.city), said), self.who(TEAM)
        self.do("enter paper", lambda: engine.enter_paper(signoff, paper, by=team, at=at))
        comment = Comment.objects.get(author=signoff.person)
        self.move(comment, "accept", self.who(EXPERT), so="on paper")

    def hold_a_workshop(self) -> None:
        """A workshop is written down with an objection, which is answered."""
        at, team, expert = self.at, self.who(TEAM), self.who(EXPERT)
        self.do("record workshop", lambda: factories.record_workshop(self.profile, at=at))
        held = self.profile.workshops.get()
        said = (WorkshopSaying.OBJECTION, "The harbour is missing.")
        self.do("add remark", lambda: workshops.add_remark(held, *said, by=team, at=at))
        remark = held.remarks.get()
        self.do(
            "answer remark",
            lambda: workshops.answer_remark(remark, "We have looked at it.", by=expert, at=at),
        )

    def sign_by_link(self) -> None:
        """Who signs for the city does so by his link, with a code."""
        (signature,) = asked(self.profile)
        given = Signing(Signature.APPROVE, "", [], "Amal Ben Salah", "Deputy mayor")
        self.do("sign by link", sign(link_of(signature), given, at=self.at))

    def approve_all(self) -> None:
        for one in asked(self.profile):
            self.move(one, "approve", one.person)

    def let_time_pass(self, name: str, *, reminded: bool) -> None:
        """Let the answers of all who are asked lapse, one step each."""
        closes_at = self.profile.validation_rounds.get(closed_at=None).closes_at
        if reminded:
            deadlines.sweep(at=closes_at - timedelta(days=1))
        self.at = closes_at + timedelta(minutes=1)
        for task in Task.objects.open().filter(profile=self.profile, signoff__isnull=False):
            self.do(f"sign_off.{name}", self._lapse(task))

    def _lapse(self, task: Task) -> Callable[[], Any]:
        at = self.at
        return lambda: engine.lapse(task, at=at)

    def sign_off(self) -> None:
        self.let_time_pass("lapse", reminded=False)
        (signature,) = asked(self.profile)
        self.move(signature, "object_to", signature.person)
        factories.answer_objections(self.profile, at=self.at)
        self.write()
        self.step("submit_new_evidence", EXPERT)
        self.judge()
        self.step("recommend_acceptance", REVIEWER)
        self.validate()

    def validate(self) -> None:
        self.step("pass_qa", TEAM)
        self.approve_all()
        self.step("conclude_consultation", FOCAL_POINT)
        self.sign_by_link()

    def priorities(self) -> None:
        self.step("dispute_finding", FOCAL_POINT)
        self.write()
        self.step("submit_validation_revision", EXPERT)
        self.validate()
        factories.give_priority(self.profile)
        self.step("agree_priorities", FOCAL_POINT)
        self.step("return_priorities", AUTHORITY)
        self.adopt()
        self.step("report_defect", TEAM)
        factories.check_by_two(self.profile)
        self.step("pass_as_first", TEAM)
        self.step("waive_second_pass", TEAM)
        self.one_checks()
        self.step("conclude_consultation", FOCAL_POINT, so="all signed before")
        self.adopt()

    def adopt(self) -> None:
        self.step("agree_priorities", FOCAL_POINT)
        self.step("adopt_priorities", AUTHORITY)

    def publication(self) -> None:
        factories.prepare_publication(self.profile)
        self.step("publish", TEAM)
        self.step("open_correction", TEAM)
        self.write()
        factories.give_erratum(self.profile)
        factories.prepare_publication(self.profile)
        self.step("publish_correction", TEAM)
        self.step("declare_update_due", TEAM)
        self.next_edition()

    def next_edition(self) -> None:
        old, wanted, team = (
            fresh(self.profile),
            factories.next_edition(self.profile),
            self.who(TEAM),
        )
        self.do(
            "nominate, next edition",
            lambda: engine.nominate_next_edition(old, wanted, by=team, at=self.at),
        )
        self.profile = Profile.objects.get(previous_edition=old)
        factories.bring_to(self.profile, ProfileState.PRODUCTION, at=self.at)
        factories.prepare_publication(self.profile)
        self.step("publish", TEAM, so="superseding")
        self.profile = old
        self.step("withdraw", TEAM)

    def several_judge(self) -> None:
        """Three judge a section of another profile and differ; two of them leave on the way."""
        stayed, team = self.profile, self.made.team
        self.profile = factories.make_profile(self.made, city=self.made.cities[2], at=self.at)
        kind, milder, sterner = (self.invited() for _number in range(3))
        factories.bring_to(self.profile, ProfileState.EXPERT_REVIEW, at=self.at)
        one, *others = self.sections(SectionState.UNDER_REVIEW)
        self.move(one, "accept", kind, so="as one of several")
        self.move(one, "request_minor_changes", milder, so="as one of several")
        for settled in ("settle_minor", "settle_accept"):
            self.move(one, "decline", sterner)
            self.move(one, settled, team)
            self.move(one, "take_back_decision", sterner)
        self.leave(sterner)
        for other in others:
            self.move(other, "accept", self.made[REVIEWER], so="while several judge")
        self.move(self.profile, "recommend_declining", milder)
        if others:
            reviewer = self.made[REVIEWER]
            self.move(self.profile, "request_major_revision", reviewer, so="as one of several")
        self.leave(kind)
        self.profile = stayed

    def invited(self) -> User:
        """Return somebody who was invited to review the first section, and has accepted."""
        named = [section(self.profile, "1")]
        invited = factories.invite(self.profile, sections=named, at=self.at)
        factories.move(invited, "accept_invitation", invited.person, at=self.at)
        return invited.person

    def leave(self, person: User) -> None:
        """End the part of a reviewer for whom a round waits."""
        team, at = self.made.team, self.at
        part = self.profile.assignments.get(user=person)
        self.do(
            "end part", lambda: engine.end_part(part, by=team, at=at, reason="Silent for weeks.")
        )

    def cancelling(self) -> None:
        stayed = self.profile
        self.profile = factories.make_profile(self.made, city=self.made.cities[1], at=self.at)
        factories.bring_to(self.profile, ProfileState.CONSULTATION, at=self.at)
        self.step("hold", TEAM)
        self.step("cancel", TEAM)
        self.profile = stayed
