"""Every document of a profile wherever it can stand, and which moves are then possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from profile_workflow.models import DataItem, Priority, Profile
from profile_workflow.states import (
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    Role,
    SectionState,
    SignOffState,
)
from tests import factories
from tests.engine.expectations import EXPERT, INPUT_REQUEST, INVITATION, REVIEWER, TEAM, S
from tests.factories import bring_to, move
from workflows import deadlines


@dataclass(frozen=True)
class Situation:
    """A document somewhere on its way, and the moves that its maker is then entitled to.

    ``possible`` succeed when he says what they ask for; ``incomplete`` are refused with a list of
    what is missing. Everything else has to wait for another moment.
    """

    name: str
    kind: str
    state: str
    make: Callable[[], Any]
    possible: frozenset[str] = frozenset()
    incomplete: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind}-{self.name}"


def at(
    name: str,
    kind: str,
    state: str,
    make: Callable[[], Any],
    *,
    possible: str = "",
    incomplete: str = "",
) -> Situation:
    return Situation(
        name, kind, state, make, frozenset(possible.split()), frozenset(incomplete.split())
    )


# How each situation comes about


def a_profile(state: ProfileState, *then: Callable[[Profile], Any], **wishes: Any) -> Profile:
    profile = bring_to(factories.make_profile(**wishes), state)
    for step in then:
        step(profile)
    return factories.fresh(profile)


def judge_first(name: str, *, rest: str = "") -> Callable[[Profile], None]:
    def judge(profile: Profile) -> None:
        reviewer = factories.holder(profile, REVIEWER)
        first, *others = factories.sections(profile, SectionState.UNDER_REVIEW)
        move(first, name, reviewer, reason="Why.")
        for one in others if rest else ():
            move(one, rest, reviewer)

    return judge


def differ(profile: Profile) -> None:
    """Three judge section 1, as each who was invited has a voice, and one returns it for much."""
    first = factories.section(profile, "1")
    move(first, "accept", factories.holder(profile, REVIEWER))
    verdicts = ("request_minor_changes", "request_major_changes")
    for invited, verdict in zip(profile.invitations.order_by("pk"), verdicts, strict=True):
        move(first, verdict, invited.person, reason="Why.")


def invite_two(profile: Profile) -> None:
    for _one in range(2):
        invited = factories.invite(profile)
        move(invited, "accept_invitation", invited.person)


def ask_revision(name: str) -> Callable[[Profile], None]:
    def ask(profile: Profile) -> None:
        move(profile, name, factories.holder(profile, REVIEWER), reason="Why.")

    return ask


def add_figure(profile: Profile) -> None:
    factories.give_figure(factories.section(profile, "1"))


def add_comment(profile: Profile) -> None:
    stakeholder = factories.holder(profile, Role.STAKEHOLDER)
    factories.comment_on(factories.section(profile, "1"), stakeholder)


def approve_one(profile: Profile) -> None:
    first = factories.asked(profile)[0]
    move(first, "approve", first.person)


def object_one(profile: Profile) -> None:
    first = factories.asked(profile)[0]
    named = [factories.section(profile, "1")]
    move(first, "object_to", first.person, reason="Wrong.", sections=named)


def without_priority(profile: Profile) -> None:
    Priority.objects.filter(profile=profile).delete()


def by_two(profile: Profile) -> None:
    factories.check_by_two(profile)


def pass_once(profile: Profile) -> None:
    move(profile, "pass_as_first", factories.check_by_two(profile))


def nobody_named() -> Profile:
    return factories.make_profile(people=())


def validated() -> Profile:
    """A state that exists only within a move; nobody ever meets it, so it is put there by force."""
    profile = a_profile(S.PRIORITY_SETTING)
    Profile.objects.filter(pk=profile.pk).update(state=S.VALIDATED)
    return factories.fresh(profile)


def ready_correction(profile: Profile) -> None:
    factories.submit_sections(profile)
    factories.give_erratum(profile)
    factories.prepare_publication(profile)


revised = (judge_first("request_minor_changes", rest="accept"),)
MINOR = (*revised, ask_revision("request_minor_revision"))
MAJOR = (
    judge_first("request_major_changes", rest="accept"),
    ask_revision("request_major_revision"),
)
PROFILES = [
    at("planned", "profile", S.PLANNED, lambda: a_profile(S.PLANNED),
       possible="begin_inception hold cancel"),
    at("planned without people", "profile", S.PLANNED, nobody_named,
       possible="hold cancel", incomplete="begin_inception"),
    at("inception", "profile", S.INCEPTION, lambda: a_profile(S.INCEPTION),
       possible="hold", incomplete="begin_drafting"),
    at("inception, all known", "profile", S.INCEPTION,
       lambda: a_profile(S.INCEPTION, factories.give_territory),
       possible="hold begin_drafting"),
    at("drafting", "profile", S.DRAFTING, lambda: a_profile(S.DRAFTING),
       possible="hold", incomplete="submit_draft"),
    at("drafting, all in", "profile", S.DRAFTING,
       lambda: a_profile(S.DRAFTING, factories.submit_sections),
       possible="hold submit_draft"),
    at("review", "profile", S.EXPERT_REVIEW, lambda: a_profile(S.EXPERT_REVIEW),
       possible="hold",
       incomplete="recommend_acceptance request_minor_revision request_major_revision "
                  "recommend_declining"),
    at("review, all accepted", "profile", S.EXPERT_REVIEW,
       lambda: a_profile(S.EXPERT_REVIEW, factories.accept_sections),
       possible="hold recommend_acceptance",
       incomplete="request_minor_revision request_major_revision recommend_declining"),
    at("review, one returned", "profile", S.EXPERT_REVIEW,
       lambda: a_profile(S.EXPERT_REVIEW, *revised),
       possible="hold request_minor_revision request_major_revision recommend_declining",
       incomplete="recommend_acceptance"),
    at("review, one returned for much", "profile", S.EXPERT_REVIEW,
       lambda: a_profile(S.EXPERT_REVIEW, MAJOR[0]),
       possible="hold request_major_revision recommend_declining",
       incomplete="recommend_acceptance request_minor_revision"),
    at("review, one returned, others out", "profile", S.EXPERT_REVIEW,
       lambda: a_profile(S.EXPERT_REVIEW, judge_first("request_minor_changes")),
       possible="hold", incomplete="recommend_acceptance"),
    at("minor revision", "profile", S.REVISION_EXPERT,
       lambda: a_profile(S.EXPERT_REVIEW, *MINOR),
       possible="hold", incomplete="submit_minor_revision"),
    at("minor revision, all in", "profile", S.REVISION_EXPERT,
       lambda: a_profile(S.EXPERT_REVIEW, *MINOR, factories.submit_sections),
       possible="hold submit_minor_revision"),
    at("major revision", "profile", S.REVISION_EXPERT,
       lambda: a_profile(S.EXPERT_REVIEW, *MAJOR),
       possible="hold", incomplete="submit_major_revision"),
    at("major revision, all in", "profile", S.REVISION_EXPERT,
       lambda: a_profile(S.EXPERT_REVIEW, *MAJOR, factories.submit_sections),
       possible="hold submit_major_revision"),
    at("qa", "profile", S.PROJECT_QA, lambda: a_profile(S.PROJECT_QA),
       possible="hold pass_qa return_for_revision return_to_review"),
    at("qa, a figure open", "profile", S.PROJECT_QA, lambda: a_profile(S.PROJECT_QA, add_figure),
       possible="hold return_for_revision return_to_review", incomplete="pass_qa"),
    at("qa by two", "profile", S.PROJECT_QA, lambda: a_profile(S.PROJECT_QA, by_two),
       possible="hold pass_as_first return_for_revision return_to_review"),
    at("qa by two, a figure open", "profile", S.PROJECT_QA,
       lambda: a_profile(S.PROJECT_QA, add_figure, by_two),
       possible="hold return_for_revision return_to_review", incomplete="pass_as_first"),
    at("qa by two, passed once", "profile", S.PROJECT_QA,
       lambda: a_profile(S.PROJECT_QA, pass_once),
       possible="hold pass_qa waive_second_pass take_pass_back return_for_revision "
                "return_to_review"),
    at("qa by two, passed once, then a figure opened", "profile", S.PROJECT_QA,
       lambda: a_profile(S.PROJECT_QA, pass_once, add_figure),
       possible="hold take_pass_back return_for_revision return_to_review",
       incomplete="pass_qa waive_second_pass"),
    at("qa revision", "profile", S.REVISION_QA, lambda: a_profile(S.REVISION_QA),
       possible="hold", incomplete="submit_qa_revision"),
    at("qa revision, all in", "profile", S.REVISION_QA,
       lambda: a_profile(S.REVISION_QA, factories.submit_sections),
       possible="hold submit_qa_revision"),
    at("consultation", "profile", S.CONSULTATION, lambda: a_profile(S.CONSULTATION),
       possible="hold", incomplete="conclude_consultation"),
    at("consultation, quorum reached", "profile", S.CONSULTATION,
       lambda: a_profile(S.CONSULTATION, approve_one, quorum=30),
       possible="hold"),
    at("consultation, all in", "profile", S.CONSULTATION,
       lambda: a_profile(S.CONSULTATION, factories.approve_all),
       possible="hold conclude_consultation extend_consultation revise_after_consultation"),
    at("consultation, a comment open", "profile", S.CONSULTATION,
       lambda: a_profile(S.CONSULTATION, add_comment, factories.approve_all),
       possible="hold extend_consultation revise_after_consultation",
       incomplete="conclude_consultation"),
    at("consultation, an objection", "profile", S.CONSULTATION,
       lambda: a_profile(S.CONSULTATION, object_one, factories.approve_all),
       possible="hold extend_consultation revise_after_consultation",
       incomplete="conclude_consultation"),
    at("validation revision", "profile", S.REVISION_VALIDATION,
       lambda: a_profile(S.REVISION_VALIDATION),
       possible="hold",
       incomplete="submit_validation_revision submit_new_evidence call_second_workshop"),
    at("validation revision, all in", "profile", S.REVISION_VALIDATION,
       lambda: a_profile(S.REVISION_VALIDATION, factories.submit_sections),
       possible="hold submit_validation_revision submit_new_evidence call_second_workshop"),
    at("sign-off", "profile", S.SIGNOFF, lambda: a_profile(S.SIGNOFF), possible="hold"),
    at("validated", "profile", S.VALIDATED, validated),
    at("priorities", "profile", S.PRIORITY_SETTING, lambda: a_profile(S.PRIORITY_SETTING),
       possible="hold dispute_finding", incomplete="agree_priorities"),
    at("priorities set", "profile", S.PRIORITY_SETTING,
       lambda: a_profile(S.PRIORITY_SETTING, factories.give_priority),
       possible="hold dispute_finding agree_priorities"),
    at("adoption", "profile", S.PRIORITIES_ADOPTED, lambda: a_profile(S.PRIORITIES_ADOPTED),
       possible="hold adopt_priorities return_priorities"),
    at("adoption, none left", "profile", S.PRIORITIES_ADOPTED,
       lambda: a_profile(S.PRIORITIES_ADOPTED, without_priority),
       possible="hold return_priorities", incomplete="adopt_priorities"),
    at("production", "profile", S.PRODUCTION, lambda: a_profile(S.PRODUCTION),
       possible="hold report_defect", incomplete="publish"),
    at("production, file made", "profile", S.PRODUCTION,
       lambda: a_profile(S.PRODUCTION, factories.prepare_publication),
       possible="hold report_defect publish"),
    at("published", "profile", S.PUBLISHED, lambda: a_profile(S.PUBLISHED),
       possible="open_correction declare_update_due withdraw"),
    at("correction", "profile", S.CORRECTION, lambda: a_profile(S.CORRECTION),
       possible="hold withdraw", incomplete="publish_correction"),
    at("correction, all in", "profile", S.CORRECTION,
       lambda: a_profile(S.CORRECTION, ready_correction),
       possible="hold publish_correction withdraw"),
    at("update due", "profile", S.UPDATE_DUE, lambda: a_profile(S.UPDATE_DUE),
       possible="withdraw"),
    at("on hold", "profile", S.ON_HOLD, lambda: a_profile(S.ON_HOLD), possible="resume cancel"),
    at("cancelled", "profile", S.CANCELLED, lambda: a_profile(S.CANCELLED)),
    at("superseded", "profile", S.SUPERSEDED, lambda: a_profile(S.SUPERSEDED),
       possible="withdraw"),
]  # fmt: skip


def a_section(state: ProfileState, *then: Callable[[Profile], Any]) -> Any:
    return factories.section(a_profile(state, *then), "1")


def write_all(profile: Profile) -> None:
    for one in factories.sections(profile):
        factories.write(one, "Text.")


def hold(profile: Profile) -> None:
    move(profile, "hold", factories.holder(profile, TEAM), reason="Why.")


def cancel(profile: Profile) -> None:
    move(profile, "cancel", factories.holder(profile, TEAM), reason="Why.")


PEN = "submit"
JUDGEMENTS = "accept request_minor_changes request_major_changes decline"
C = SectionState
SECTIONS = [
    at("empty", "section", C.EMPTY, lambda: a_section(S.INCEPTION)),
    at("drafting", "section", C.DRAFTING, lambda: a_section(S.DRAFTING), incomplete=PEN),
    at("written", "section", C.DRAFTING, lambda: a_section(S.DRAFTING, write_all), possible=PEN),
    at("ready", "section", C.READY, lambda: a_section(S.DRAFTING, factories.submit_sections),
       possible="take_back"),
    at("under review", "section", C.UNDER_REVIEW, lambda: a_section(S.EXPERT_REVIEW),
       possible=JUDGEMENTS),
    at("returned, round open", "section", C.CHANGES_REQUESTED,
       lambda: a_section(S.EXPERT_REVIEW, judge_first("request_major_changes")),
       possible="take_back_decision", incomplete="settle_accept settle_minor"),
    at("reviewers differ", "section", C.CHANGES_REQUESTED,
       lambda: a_section(S.EXPERT_REVIEW, invite_two, differ),
       possible="take_back_decision settle_accept settle_minor"),
    at("accepted, round open", "section", C.ACCEPTED,
       lambda: a_section(S.EXPERT_REVIEW, judge_first("accept")),
       possible="take_back_decision"),
    at("returned, round closed", "section", C.CHANGES_REQUESTED,
       lambda: a_section(S.EXPERT_REVIEW, *MINOR), possible=PEN),
    at("ready again", "section", C.READY,
       lambda: a_section(S.EXPERT_REVIEW, *MINOR, factories.submit_sections),
       possible="take_back"),
    at("accepted", "section", C.ACCEPTED, lambda: a_section(S.PROJECT_QA)),
    at("reopened", "section", C.REOPENED, lambda: a_section(S.REVISION_QA), possible=PEN),
    at("locked", "section", C.LOCKED, lambda: a_section(S.PRODUCTION)),
    at("reopened for correction", "section", C.REOPENED, lambda: a_section(S.CORRECTION),
       possible=PEN),
    at("corrected", "section", C.READY, lambda: a_section(S.CORRECTION, ready_correction),
       possible="take_back"),
    at("written, on hold", "section", C.DRAFTING,
       lambda: a_section(S.DRAFTING, write_all, hold)),
    at("ready, on hold", "section", C.READY,
       lambda: a_section(S.DRAFTING, factories.submit_sections, hold)),
    at("under review, on hold", "section", C.UNDER_REVIEW,
       lambda: a_section(S.EXPERT_REVIEW, hold)),
    at("written, cancelled", "section", C.DRAFTING,
       lambda: a_section(S.DRAFTING, write_all, hold, cancel)),
    at("ready, cancelled", "section", C.READY,
       lambda: a_section(S.DRAFTING, factories.submit_sections, hold, cancel)),
    at("under review, cancelled", "section", C.UNDER_REVIEW,
       lambda: a_section(S.EXPERT_REVIEW, hold, cancel)),
]  # fmt: skip


def a_comment(*moves: str, then: tuple[Callable[[Profile], Any], ...] = ()) -> Any:
    profile = a_profile(S.EXPERT_REVIEW)
    reviewer = factories.holder(profile, REVIEWER)
    comment = factories.comment_on(factories.section(profile, "1"), reviewer)
    makers = {"verify": reviewer, "reopen": reviewer, "close_by_deadline": None}
    for name in moves:
        maker = makers.get(name, factories.holder(profile, EXPERT))
        comment = move(comment, name, maker, reason="Why.")
    for step in then:
        step(profile)
    return factories.fresh(comment)


M = CommentState
ANSWERS = "accept accept_partly decline defer"
COMMENTS = [
    at("open", "comment", M.OPEN, a_comment, possible=ANSWERS),
    at("accepted", "comment", M.ACCEPTED, lambda: a_comment("accept"), possible="verify reopen"),
    at("partly accepted", "comment", M.PARTLY_ACCEPTED, lambda: a_comment("accept_partly"),
       possible="verify reopen"),
    at("declined", "comment", M.DECLINED, lambda: a_comment("decline"), possible="verify reopen"),
    at("deferred", "comment", M.DEFERRED, lambda: a_comment("defer"), possible="verify reopen"),
    at("opened again", "comment", M.OPEN, lambda: a_comment("decline", "reopen"),
       possible=ANSWERS),
    at("verified", "comment", M.VERIFIED, lambda: a_comment("accept", "verify")),
    at("closed by deadline", "comment", M.CLOSED_BY_DEADLINE,
       lambda: a_comment("accept", "close_by_deadline")),
    at("open, on hold", "comment", M.OPEN, lambda: a_comment(then=(hold,))),
    at("open, cancelled", "comment", M.OPEN, lambda: a_comment(then=(hold, cancel))),
]  # fmt: skip


def a_figure(*moves: str, then: tuple[Callable[[Profile], Any], ...] = ()) -> DataItem:
    profile = a_profile(S.DRAFTING)
    item = factories.give_figure(factories.section(profile, "1"))
    for name in moves:
        item = move(item, name, factories.holder(profile, EXPERT), reason="Why.")
    for step in then:
        step(profile)
    return factories.fresh(item)


D = DataItemState
FIGURES = [
    at("requested", "data_item", D.REQUESTED, a_figure, possible="receive mark_unavailable"),
    at("received", "data_item", D.RECEIVED, lambda: a_figure("receive"),
       possible="dispute confirm publish_as_range mark_unavailable"),
    at("in conflict", "data_item", D.IN_CONFLICT, lambda: a_figure("receive", "dispute"),
       possible="reconcile publish_as_range mark_unavailable"),
    at("reconciled", "data_item", D.RECONCILED, lambda: a_figure("receive", "confirm"),
       possible="dispute expire"),
    at("range", "data_item", D.PUBLISHED_AS_RANGE,
       lambda: a_figure("receive", "publish_as_range"), possible="expire"),
    at("not available", "data_item", D.NOT_AVAILABLE, lambda: a_figure("mark_unavailable"),
       possible="request_again"),
    at("stale", "data_item", D.STALE, lambda: a_figure("receive", "confirm", "expire"),
       possible="request_again"),
    at("received, on hold", "data_item", D.RECEIVED, lambda: a_figure("receive", then=(hold,))),
    at("received, cancelled", "data_item", D.RECEIVED,
       lambda: a_figure("receive", then=(hold, cancel))),
]  # fmt: skip


def a_request(*moves: str, then: tuple[Callable[[Profile], Any], ...] = ()) -> Any:
    request = factories.ask_for_input(a_profile(S.DRAFTING))
    for name in moves:
        maker = (
            request.asked_of if Role.STAKEHOLDER in INPUT_REQUEST[name].who else request.asked_by
        )
        request = move(request, name, maker, reason="Why.", answer="12,400 in 2024.")
    for step in then:
        step(request.profile)
    return factories.fresh(request)


R = RequestState
OPEN_REQUEST = "give_answer say_unavailable hand_on withdraw_request"
REQUESTS = [
    at("asked", "input_request", R.ASKED, a_request, possible=f"{OPEN_REQUEST} ask_back"),
    at("asked back", "input_request", R.ASKED_BACK, lambda: a_request("ask_back"),
       possible=f"{OPEN_REQUEST} reply_to_question"),
    at("answered", "input_request", R.ANSWERED, lambda: a_request("give_answer"),
       possible="accept_answer ask_again"),
    at("said to be missing", "input_request", R.NOT_AVAILABLE,
       lambda: a_request("say_unavailable"), possible="record_absence ask_again"),
    at("answer taken", "input_request", R.ACCEPTED,
       lambda: a_request("give_answer", "accept_answer"), possible="ask_again"),
    at("absence recorded", "input_request", R.UNAVAILABLE,
       lambda: a_request("say_unavailable", "record_absence"), possible="ask_again"),
    at("withdrawn", "input_request", R.WITHDRAWN, lambda: a_request("withdraw_request")),
    at("asked, on hold", "input_request", R.ASKED, lambda: a_request(then=(hold,))),
    at("answered, cancelled", "input_request", R.ANSWERED,
       lambda: a_request("give_answer", then=(hold, cancel))),
]  # fmt: skip


def an_invitation(*moves: str, then: tuple[Callable[[Profile], Any], ...] = ()) -> Any:
    invitation = factories.invite(a_profile(S.DRAFTING))
    team = factories.holder(invitation.profile, TEAM)
    until = date.today() + timedelta(days=60)  # noqa: DTZ011 - any day to come
    for name in moves:
        maker = team if TEAM in INVITATION[name].who else invitation.person
        invitation = move(invitation, name, maker, reason="Why.", answer="Because.", due_on=until)
    for step in then:
        step(invitation.profile)
    return factories.fresh(invitation)


I = InvitationState  # noqa: E741 - as the others
ANSWERS_OF_INVITED = "accept_invitation declare_interest propose_date"
ALWAYS = "decline_invitation withdraw_invitation"
INVITATIONS = [
    at("invited", "invitation", I.INVITED, an_invitation,
       possible=f"{ANSWERS_OF_INVITED} {ALWAYS}"),
    at("another date", "invitation", I.DATE_PROPOSED, lambda: an_invitation("propose_date"),
       possible=f"set_date {ALWAYS}"),
    at("asked anew", "invitation", I.INVITED, lambda: an_invitation("propose_date", "set_date"),
       possible=f"{ANSWERS_OF_INVITED} {ALWAYS}"),
    at("interest", "invitation", I.INTEREST_DECLARED, lambda: an_invitation("declare_interest"),
       possible=f"clear_interest bar_interest {ALWAYS}"),
    at("accepted", "invitation", I.ACCEPTED, lambda: an_invitation("accept_invitation")),
    at("cleared", "invitation", I.ACCEPTED,
       lambda: an_invitation("declare_interest", "clear_interest")),
    at("barred", "invitation", I.BARRED,
       lambda: an_invitation("declare_interest", "bar_interest")),
    at("declined", "invitation", I.DECLINED, lambda: an_invitation("decline_invitation")),
    at("taken back", "invitation", I.WITHDRAWN, lambda: an_invitation("withdraw_invitation")),
    at("invited, on hold", "invitation", I.INVITED, lambda: an_invitation(then=(hold,))),
    at("invited, cancelled", "invitation", I.INVITED,
       lambda: an_invitation(then=(hold, cancel))),
]  # fmt: skip


def asked_stakeholder(profile: Profile) -> Any:
    person = factories.holder(profile, Role.STAKEHOLDER)
    return next(one for one in factories.asked(profile) if one.person_id == person.pk)


def object_as_asked(profile: Profile) -> None:
    signoff = asked_stakeholder(profile)
    named = [factories.section(profile, "1")]
    move(signoff, "object_to", signoff.person, reason="Otherwise.", sections=named)


def an_answer(*moves: str, then: tuple[Callable[[Profile], Any], ...] = (), **wishes: Any) -> Any:
    profile = a_profile(S.CONSULTATION, **wishes)
    signoff = asked_stakeholder(profile)
    named = [factories.section(profile, "1")]
    for name in moves:
        maker = factories.holder(profile, TEAM) if name == "waive" else signoff.person
        signoff = move(signoff, name, maker, reason="Why.", sections=named)
    for step in then:
        step(profile)
    return factories.fresh(signoff)


def time_passes(*, reminded: bool) -> Callable[[Profile], None]:
    def pass_time(profile: Profile) -> None:
        closes_at = profile.validation_rounds.get(closed_at=None).closes_at
        if reminded:
            deadlines.sweep(at=closes_at - timedelta(days=1))
        deadlines.sweep(at=closes_at + timedelta(minutes=1))

    return pass_time


def conclude(profile: Profile) -> None:
    factories.advance(profile)


CHANGES = "approve reserve object_to"
O = SignOffState  # noqa: E741 - O for opinion
SIGN_OFFS = [
    at("asked", "sign_off", O.ASKED, an_answer, possible=f"{CHANGES} waive"),
    at("approved", "sign_off", O.APPROVED, lambda: an_answer("approve"),
       possible="reserve object_to"),
    at("reservation", "sign_off", O.RESERVATION, lambda: an_answer("reserve"),
       possible="approve object_to"),
    at("objected", "sign_off", O.OBJECTED, lambda: an_answer("object_to"),
       possible="approve reserve"),
    at("objected in other words", "sign_off", O.OBJECTED,
       lambda: an_answer(then=(object_as_asked,)), possible=CHANGES),
    at("tacit", "sign_off", O.TACIT, lambda: an_answer(then=(time_passes(reminded=True),))),
    at("no answer", "sign_off", O.NO_ANSWER, lambda: an_answer(then=(time_passes(reminded=False),)),
       possible="waive"),
    at("waived", "sign_off", O.WAIVED, lambda: an_answer("waive")),
    at("approved, round closed", "sign_off", O.APPROVED,
       lambda: an_answer("approve", then=(conclude,))),
    at("asked, on hold", "sign_off", O.ASKED, lambda: an_answer(then=(hold,))),
    at("asked, cancelled", "sign_off", O.ASKED, lambda: an_answer(then=(hold, cancel))),
]  # fmt: skip
SITUATIONS = [*PROFILES, *SECTIONS, *COMMENTS, *FIGURES, *REQUESTS, *INVITATIONS, *SIGN_OFFS]
