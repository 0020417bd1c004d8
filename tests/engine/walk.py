"""A random walk through the process: somebody does something that is offered, again and again."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from profile_workflow.errors import DomainError, NotAllowed, NotComplete, NotNow
from profile_workflow.models import Comment, DataItem, Section, SignOff, User
from profile_workflow.services import people
from profile_workflow.services.comments import COMMENTERS
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.log import document_name
from profile_workflow.services.people import Part
from profile_workflow.states import (
    WORKING_STATES,
    WRITING_STATES,
    CommentState,
    DataItemState,
    ProfileState,
    Role,
    SectionState,
)
from tests import factories
from tests.engine import by_link, rooms
from tests.engine.witness import (
    LIKELY,
    Witness,
    all_moves,
    attempt,
    differences,
    everything,
    failing_after,
)
from tests.factories import fresh, holders, section, sections
from workflows import deadlines, engine
from workflows.models import Task

S = ProfileState

#: Moves that lead a walk out of the process, or to another profile.
EXITS = {"cancel", "withdraw", "declare_update_due"}

FORWARD = {
    "begin_inception", "begin_drafting", "submit", "submit_draft", "accept",
    "recommend_acceptance", "submit_minor_revision", "submit_major_revision", "pass_as_first",
    "pass_qa",
    "submit_qa_revision", "submit_validation_revision", "approve", "conclude_consultation",
    "agree_priorities", "adopt_priorities", "publish", "publish_correction", "resume", "receive",
    "confirm", "verify",
}  # fmt: skip

#: How a walk chooses: how likely it is to do something else than a task, to go forward rather
#: than back, and to let days pass.
TEMPERS = {
    "diligent": {"aside": 0.2, "forward": 6, "days": 0.5},
    "quarrelsome": {"aside": 0.3, "forward": 1, "days": 1},
    "late": {"aside": 0.2, "forward": 3, "days": 12},
    "busy": {"aside": 0.7, "forward": 3, "days": 1},
}

#: The move by which a task leads towards publication, by the name of its node.
HOMEWARD = {
    "plan": "begin_inception", "incept": "begin_drafting", "draft": "submit", "review": "accept",
    "consult": "approve", "sign": "approve", "prioritise": "agree_priorities",
    "adopt": "adopt_priorities", "produce": "publish", "correct": "publish_correction",
}  # fmt: skip


class Walk(Witness):
    """Somebody does something, again and again; most moves are made to fail first."""

    def __init__(self, seed: int, temper: dict[str, float]) -> None:
        super().__init__()
        self.chance = Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self.temper = temper
        self.at: datetime = timezone.now()
        made = factories.make_programme()
        self.second = {
            role: factories.make_person(f"second_{role}")
            for role in (Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT)
        }
        parts = [*made.parts(), *(Part(user, role) for role, user in self.second.items())]
        self.profile = factories.make_profile(made, people=parts, at=self.at)
        if self.chance.random() < 0.5:
            factories.check_by_two(self.profile)
        if self.chance.random() < 0.5:
            self.invite_reviewers()
        self.users = [user for role in Role for user in holders(self.profile, role)]
        self.users += [made.outsider, made.superuser]

    def invite_reviewers(self) -> None:
        """Let one more person review all of it, and another one a section: each has a voice."""
        for named in ([], [section(self.profile, "2")]):
            invited = factories.invite(self.profile, sections=named)
            factories.move(invited, "accept_invitation", invited.person, at=self.at)

    # Making a step

    def act(self, step: Callable[[], Any], *, event: tuple[str, str] | None = None) -> None:
        """Make a step, mostly after it has failed somewhere on the way."""
        self.at += timedelta(hours=self.chance.randint(1, 8))

        def fail_first() -> None:
            if self.chance.random() < LIKELY:
                failed = attempt(step, self.chance.randint(1, 14))
                self.failures += failed
                if not failed:
                    return
            step()

        self.watch(fail_first, event=event)

    def move(self, document: Any, name: str, by: User, *, lacks: bool = False) -> None:
        """Make a move; what it lacks, the engine must refuse as not complete."""
        document, at = fresh(document), self.at
        keys = [one.key for one in sections(self.profile)]
        named = [
            section(self.profile, key)
            for key in self.chance.sample(keys, self.chance.randint(1, len(keys)))
        ]
        said = Details(reason="Why.", sections=named, answer="Because.")

        def step() -> None:
            engine.perform(document, name, by=by, at=at, details=said)

        if lacks:
            self.refused(step, NotComplete)
        else:
            self.act(step, event=(document_name(document), name))

    def refused(self, step: Callable[[], Any], *errors: type[DomainError]) -> None:
        """Try what must be refused, and leave everything as it was."""
        before = everything()
        with pytest.raises(errors):
            step()
        assert differences(before, everything()) == []

    # Choosing a step

    def go(self, steps: int) -> None:
        """Do this and that, then nothing but what leads to publication."""
        for _ in range(steps):
            self.something()
        self.go_home()

    def something(self) -> None:
        if self.state == S.ON_HOLD and self.chance.random() < LIKELY:
            self.move(self.profile, "resume", self.holder(Role.PROJECT_TEAM))
        elif self.chance.random() < self.temper["aside"]:
            weights = [3, 2, 2, 2, 2, self.temper["days"], 1, 2, 1, 2, 2, 2]
            (aside,) = self.chance.choices(self.asides(), weights)
            aside()
        else:
            self.do_a_task()

    def asides(self) -> list[Callable[[], None]]:
        return [
            self.make_an_offered_move, self.write, self.comment, self.hand_over, self.figure,
            self.let_days_pass, self.hold, self.trespass, self.come_late, self.answer_by_link,
            self.hold_a_workshop, self.enter_a_form,
        ]  # fmt: skip

    @property
    def state(self) -> str:
        return fresh(self.profile).state

    def holder(self, role: Role) -> User:
        return self.chance.choice(holders(self.profile, role))

    def tasks(self) -> list[Task]:
        found = Task.objects.open().filter(profile=self.profile)
        return list(found.select_related("section", "signoff__person", "owner").order_by("pk"))

    def do_a_task(self) -> None:
        """Somebody does what he has to, one way or another."""
        tasks = self.tasks()
        if not tasks or self.state == S.ON_HOLD:
            self.make_an_offered_move()
            return
        task = self.chance.choice(tasks)
        doer = task.owner or self.holder(Role(task.role))
        self.prepare(task)
        offers = [
            one
            for one in engine.offers(fresh(task.document), doer)
            if one.move in task.flow_task.moves
        ]
        self.take_one_of(task.document, doer, offers)

    def take_one_of(self, document: Any, doer: User, offers: list[Any]) -> None:
        offers = [one for one in offers if one.move not in EXITS]
        if not offers:
            return
        weights = [self.temper["forward"] if one.move in FORWARD else 1 for one in offers]
        (offer,) = self.chance.choices(offers, weights)
        self.move(document, offer.move, doer, lacks=bool(offer.missing))

    def documents(self) -> list[Any]:
        return [
            self.profile, *sections(self.profile),
            *SignOff.objects.filter(round__profile=self.profile).order_by("pk"),
            *Comment.objects.filter(section__profile=self.profile).order_by("pk"),
            *DataItem.objects.filter(table__profile=self.profile).order_by("pk"),
        ]  # fmt: skip

    def make_an_offered_move(self) -> None:
        """Somebody makes any move that he is offered for any document."""
        document = fresh(self.chance.choice(self.documents()))
        doer = self.chance.choice(self.users)
        self.take_one_of(document, doer, engine.offers(document, doer))

    def trespass(self) -> None:
        """Somebody tries a move that he is not offered."""
        document = fresh(self.chance.choice(self.documents()))
        doer = self.chance.choice(self.users)
        offered = {one.move for one in engine.offers(document, doer)}
        moves = [one for one in sorted(all_moves()) if one.startswith(f"{document.document_type}.")]
        name = self.chance.choice(moves).partition(".")[2]
        if name not in offered:
            said = Details(reason="Why.", sections=sections(self.profile)[:1])
            self.refused(
                lambda: engine.perform(document, name, by=doer, at=self.at, details=said),
                NotAllowed,
                NotNow,
            )

    def write(self) -> None:
        open_ones = sections(self.profile, *factories.EDITABLE)
        if open_ones and self.state in WRITING_STATES:
            one = self.chance.choice(open_ones)
            text = f"Written at {self.at}, {self.chance.random()}."
            self.watch(lambda: factories.write(one, text, at=self.at))

    def comment(self) -> None:
        one = self.chance.choice(sections(self.profile))
        commenters = [
            user for role in COMMENTERS.get(self.state, ()) for user in holders(self.profile, role)
        ]
        if commenters:
            by = self.chance.choice(commenters)
            self.act(lambda: factories.comment_on(one, by, at=self.at))

    def figure(self) -> None:
        if DataItem.objects.filter(table__profile=self.profile).count() < 3:
            factories.give_figure(self.chance.choice(sections(self.profile)))

    def hand_over(self) -> None:
        tasks = [one for one in self.tasks() if one.signoff_id is None]
        if not tasks:
            return
        task, at = self.chance.choice(tasks), self.at
        team = self.holder(Role.PROJECT_TEAM)
        takers = engine.takers(task, by=team)
        if task.owner is not None and self.chance.random() < 0.5:
            by = task.owner
            self.act(lambda: engine.release(task, by=by, at=at))
        elif takers:
            to = self.chance.choice(takers)
            if task.owner is None:
                self.act(lambda: engine.claim(task, by=to, at=at))
            else:
                self.act(lambda: engine.delegate(task, to=to, by=team, at=at))

    def hold(self) -> None:
        if self.state in WORKING_STATES:
            self.move(self.profile, "hold", self.holder(Role.PROJECT_TEAM))

    def come_late(self) -> None:
        """One more stakeholder is asked, where somebody is being asked."""
        if self.state == S.CONSULTATION and any(one.signoff_id for one in self.tasks()):
            team, at = self.holder(Role.PROJECT_TEAM), self.at
            part = Part(factories.make_person("late"), Role.STAKEHOLDER, "academia")
            (late,) = people.assign(self.profile, [part], by=team, at=at)
            self.act(lambda: engine.add_stakeholder(late, by=team, at=at))

    def answer_by_link(self) -> None:
        """Somebody who is asked says by his personal link what he thinks."""
        links = by_link.open_links(fresh(self.profile), at=self.at)
        if links:
            link = self.chance.choice(links)
            self.act(by_link.prepare(link, self.chance, at=self.at))

    def hold_a_workshop(self) -> None:
        """A workshop is written down, or more of what one has said."""
        self.take(rooms.workshop)

    def enter_a_form(self) -> None:
        """Somebody of the team enters what a person has written on paper."""
        self.take(rooms.form)

    def take(self, found: Callable[..., Callable[[], Any] | None]) -> None:
        profile, team = fresh(self.profile), self.holder(Role.PROJECT_TEAM)
        profile.moment = self.at
        step = found(profile, self.chance, team=team, at=self.at)
        if step is not None:
            self.act(step)

    def let_days_pass(self) -> None:
        """Days go by; reminders are sent, and who is late is reported or counted."""
        self.at += timedelta(days=self.chance.randint(1, 12))

        def sweep() -> None:
            with failing_after(self.chance.randint(1, 30)):
                deadlines.sweep(at=self.at)
            deadlines.sweep(at=self.at)

        self.watch(sweep)

    # The way to publication

    def go_home(self) -> None:
        """Do one task after the other as it leads to publication."""
        if self.state == S.ON_HOLD:
            self.move(self.profile, "resume", self.holder(Role.PROJECT_TEAM))
        for _ in range(300):
            if self.state == S.PUBLISHED:
                return
            self.finish(self.tasks()[0])
        pytest.fail(f"the walk went astray in the state {self.state}")

    def finish(self, task: Task) -> None:
        self.prepare(task)
        name = self.homeward(task)
        document = fresh(task.document)
        self.move(document, name, self.able(document, name))

    def able(self, document: Any, name: str) -> User:
        """Return somebody to whom a move is offered."""
        for user in self.likely(document):
            if any(one.move == name for one in engine.offers(document, user)):
                return user
        pytest.fail(f"nobody can make the move {name} of {document}")

    def likely(self, document: Any) -> Iterator[User]:
        """Everybody, first those whose task it is."""
        yield from (one.owner for one in self.tasks() if one.owner and one.document == document)
        yield from self.users
        yield from holders(self.profile, Role.STAKEHOLDER)

    def homeward(self, task: Task) -> str:
        node = task.flow_task.name
        if node == "submit":
            return SUBMISSIONS[self.state, fresh(self.profile).revision_severity]
        if node == "qa":
            profile = fresh(self.profile)
            waits = profile.is_checked_by_two() and not profile.is_passed_once()
            return "pass_as_first" if waits else "pass_qa"
        if node == "close_round":
            return self.conclusion_of_review()
        if node == "conclude":
            return self.conclusion_of_consultation()
        return HOMEWARD[node]

    def conclusion_of_review(self) -> str:
        returned = sections(self.profile, SectionState.CHANGES_REQUESTED)
        if not returned:
            return "recommend_acceptance"
        much = self.profile.decisions.filter(
            review_round__closed_at=None,
            withdrawn_at=None,
            move__in=("request_major_changes", "decline"),
            section__in=returned,
        )
        return "request_major_revision" if much.exists() else "request_minor_revision"

    def conclusion_of_consultation(self) -> str:
        profile = fresh(self.profile)
        offers = engine.offers(profile, self.able(profile, "conclude_consultation"))
        offer = next(one for one in offers if one.move == "conclude_consultation")
        lacks = {one.code for one in offer.missing}
        return "extend_consultation" if "quorum" in lacks else "conclude_consultation"

    def prepare(self, task: Task) -> None:
        """Put in place what the task needs besides the move, as its people would."""
        node = task.flow_task.name
        if node == "incept":
            factories.give_territory(self.profile)
        elif node == "draft":
            text = f"Written at {self.at}, {self.chance.random()}."
            self.watch(lambda: factories.write(task.section, text, at=self.at))
            self.answer_comments(task.section)
        elif node in ("submit", "qa", "conclude"):
            self.answer_comments(*sections(self.profile))
            self.settle_figures()
            factories.answer_objections(self.profile, at=self.at)
        elif node in ("prioritise", "adopt"):
            factories.answer_objections(self.profile, at=self.at)
            factories.give_priority(self.profile)
        elif node in ("produce", "correct"):
            factories.give_erratum(self.profile)
            factories.prepare_publication(self.profile)

    def answer_comments(self, *about: Section) -> None:
        for one in Comment.objects.filter(section__in=about, state=CommentState.OPEN):
            self.move(one, "accept", holders(self.profile, Role.LOCAL_EXPERT)[0])

    def settle_figures(self) -> None:
        expert = holders(self.profile, Role.LOCAL_EXPERT)[0]
        for one in DataItem.objects.filter(table__profile=self.profile):
            while (step := SETTLING.get(fresh(one).state)) is not None:
                self.move(one, step, expert)


#: What ends the state of a figure that is not settled.
SETTLING = {
    DataItemState.REQUESTED: "receive",
    DataItemState.RECEIVED: "confirm",
    DataItemState.IN_CONFLICT: "reconcile",
    DataItemState.STALE: "request_again",
}

#: What submits the text, by state and by the revision asked for in the last round.
SUBMISSIONS = {
    (state, severity): move
    for severity in ("", "minor", "major")
    for state, move in {
        S.DRAFTING: "submit_draft",
        S.REVISION_EXPERT: f"submit_{severity}_revision",
        S.REVISION_QA: "submit_qa_revision",
        S.REVISION_VALIDATION: "submit_validation_revision",
    }.items()
}
