"""The graph of the product's flow on stock viewflow nodes, as its manual would have it written.

A branch for each section and person is a node of its own; a decision after a task is a Switch;
what the software does is a Function. Ways back are drawn too, though the benchmark goes straight.
"""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from viewflow.this_object import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow
from viewflow.workflow.models import Process, Task

from benchmarks.baseline import documents
from benchmarks.baseline.models import PlainProfile
from benchmarks.flow.script import CONSULTED, SECTIONS, SIGNING
from profile_workflow.models import User
from profile_workflow.states import ProfileState as S


def _task(role: str) -> Any:
    def owner(activation: Activation) -> User:
        person: User = getattr(activation.process.seed, role)
        return person

    return flow.View(view=None).Assign(owner)


def _answer(number: int) -> Any:
    def owner(activation: Activation) -> User:
        profile: PlainProfile = activation.process.seed
        answer = profile.answers.select_related("person").filter(number=number).latest("pk")
        person: User = answer.person
        return person

    return flow.View(view=None).Assign(owner)


def _in(*states: str) -> Callable[[Activation], bool]:
    return lambda activation: activation.process.seed.state in states


def _does(work: Callable[..., None]) -> Any:
    return flow.Function(lambda activation: work(activation.process.seed, timezone.now()))


def _split(branch: str, number: int) -> Any:
    node = flow.Split()
    for one in range(1, number + 1):
        node = node.Next(getattr(this, f"{branch}_{one}"))
    return node


class StockFlow(Flow):
    """A profile, on stock nodes."""

    process_class = Process
    task_class = Task
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle(this.begin).Next(this.plan)
    plan = _task("team").Next(this.incept)
    incept = _task("expert").Next(this.open_drafts)

    open_drafts = _split("draft", SECTIONS)
    drafts_in = flow.Join().Next(this.after_drafts)
    after_drafts = flow.Switch().Case(this.correct, _in(S.CORRECTION)).Default(this.submit)
    submit = _task("expert").Next(this.after_submit)
    after_submit = (
        flow.Switch()
        .Case(this.open_round, _in(S.EXPERT_REVIEW))
        .Case(this.qa, _in(S.PROJECT_QA))
        .Default(this.ask_to_consult)
    )

    open_round = _does(documents.open_review).Next(this.open_reviews)
    open_reviews = _split("review", SECTIONS)
    reviews_in = flow.Join().Next(this.close_round)
    close_round = _task("reviewer").Next(this.after_round)
    after_round = flow.Switch().Case(this.qa, _in(S.PROJECT_QA)).Default(this.open_drafts)

    qa = _task("team").Next(this.after_qa)
    after_qa = (
        flow.Switch()
        .Case(this.ask_to_consult, _in(S.CONSULTATION))
        .Case(this.open_drafts, _in(S.REVISION_QA))
        .Default(this.open_round)
    )

    ask_to_consult = _does(documents.ask_to_consult).Next(this.open_consultation)
    open_consultation = _split("consult", CONSULTED)
    answers_in = flow.Join().Next(this.conclude)
    conclude = _task("focal_point").Next(this.after_consultation)
    after_consultation = (
        flow.Switch()
        .Case(this.ask_to_sign, _in(S.SIGNOFF))
        .Case(this.ask_to_consult, _in(S.CONSULTATION))
        .Default(this.open_drafts)
    )

    ask_to_sign = _does(documents.ask_to_sign).Next(this.open_signoff)
    open_signoff = _split("sign", SIGNING)
    signatures_in = flow.Join().Next(this.count_signatures)
    count_signatures = _does(documents.count_signatures).Next(this.after_signing)
    after_signing = (
        flow.Switch()
        .Case(this.prioritise, _in(S.PRIORITY_SETTING))
        .Case(this.open_drafts, _in(S.REVISION_VALIDATION))
        .Default(this.ask_to_sign)
    )

    prioritise = _task("focal_point").Next(this.after_priorities)
    after_priorities = (
        flow.Switch().Case(this.adopt, _in(S.PRIORITIES_ADOPTED)).Default(this.open_drafts)
    )
    adopt = _task("authority").Next(this.after_adoption)
    after_adoption = flow.Switch().Case(this.produce, _in(S.PRODUCTION)).Default(this.prioritise)
    produce = _task("team").Next(this.after_production)
    after_production = flow.Switch().Case(this.end, _in(S.PUBLISHED)).Default(this.qa)

    start_correction = flow.StartHandle(this.begin).Next(this.open_drafts)
    correct = _task("team").Next(this.end)
    end = flow.End()

    for _n in range(1, SECTIONS + 1):
        locals()[f"draft_{_n}"] = _task("expert").Next(this.drafts_in)
        locals()[f"review_{_n}"] = _task("reviewer").Next(this.reviews_in)
    for _n in range(1, CONSULTED + 1):
        locals()[f"consult_{_n}"] = _answer(_n).Next(this.answers_in)
    for _n in range(1, SIGNING + 1):
        locals()[f"sign_{_n}"] = _answer(_n).Next(this.signatures_in)

    def begin(self, activation: Activation, profile: PlainProfile) -> Process:
        """Tie the new process to its profile."""
        process: Process = activation.process
        process.seed = profile
        return process
