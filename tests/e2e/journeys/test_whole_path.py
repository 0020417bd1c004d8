"""The whole path with every loop back, from nomination to the edition after the next.

In English without scripts, and in Arabic on a small phone.
"""

import pytest
from playwright.sync_api import expect

from profile_workflow.models import Profile
from profile_workflow.states import ProfileState
from reports.models import Publication
from tests.e2e.journeys import steps
from tests.e2e.journeys.company import Company, Habits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.pdf,
    pytest.mark.slow,
    pytest.mark.long(200),
    pytest.mark.django_db(transaction=True),
]

HABITS = {
    "english without scripts": Habits("en", scripts=False),
    "arabic on a phone": Habits("ar", phone=True),
}


@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
def test_the_whole_path_with_every_loop_back(gather, habits):
    company = gather(habits)
    draft(company)
    hold_and_resume(company)
    review_in_two_rounds(company)
    loops_of_quality_assurance(company)
    loops_of_consultation(company)
    objection_at_the_sign_off(company)
    finding_that_proved_wrong(company)
    priorities_that_were_returned(company)
    production_with_a_defect(company)
    publish(company)
    correct(company)
    go_on_to_the_next_edition(company)
    assert company.not_walked() == set()


def draft(company: Company) -> None:
    """Inception and drafting; what is not complete does not go on, and says what is missing."""
    expert, co_author = company.expert, company.co_author
    steps.nominate(company)
    steps.begin(company)
    steps.describe_the_city(company)
    assert expert.page.locator("html").get_attribute("dir") == (
        "rtl" if company.habits.language == "ar" else "ltr"
    )
    first = company.section("1")
    steps.hand_over(expert, company.section("2"), to=co_author)
    steps.open_editor(expert, first)
    with expert.refused(422):
        expert.press(expert.move("submit", "section"))
    steps.put(expert, company.says("text", number=1))
    steps.submit_section(expert, first)
    steps.take_back(company)
    steps.write(company, "1", 2)
    steps.write(company, "2", 3)
    co_author.has_nothing_to_do()
    steps.submit(company, "submit_draft")
    company.stands_at(ProfileState.EXPERT_REVIEW)


def hold_and_resume(company: Company) -> None:
    """The project team stops all work, and lets it go on; who has a task sees that it rests."""
    team, reviewer = company.team, company.reviewer
    team.make_move(company.profile, "hold", reason=company.says("hold"))
    reviewer.see_tasks()
    reviewer.reads(reviewer.words(ProfileState.ON_HOLD.label))
    reviewer.follow(reviewer.task("review", company.section("1")))
    rests = reviewer.words("Nothing moves while the profile is in the state “%(state)s”.")
    reviewer.reads(rests % {"state": reviewer.words(ProfileState.ON_HOLD.label)})
    team.make_move(company.profile, "resume", reason=company.says("resume"))
    company.stands_at(ProfileState.EXPERT_REVIEW)


def review_in_two_rounds(company: Company) -> None:
    """Major revision, a new round; minor revision, straight to quality assurance."""
    reviewer, expert, first = company.reviewer, company.expert, company.section("1")
    reviewer.open_task("review", first)
    reviewer.follow("Review it with the comments beside the text")
    steps.comment(reviewer, company.says("comment"))
    reviewer.decide("request_major_changes", kind="section", reason=company.says("major"))
    reviewer.is_told_done(reviewer.task("review", first).replace(": ", " – "))
    steps.accept(company, "2")
    reviewer.open_task("close_round")
    with reviewer.refused(422):
        reviewer.decide("request_minor_revision", reason=company.says("round"))
    assert reviewer.field("Reason").input_value() == company.says("round")
    reviewer.decide("request_major_revision")
    reviewer.is_told_done(reviewer.task("close_round"))

    steps.open_editor(expert, company.section("1"))
    expert.reads(company.says("major"))
    steps.put(expert, company.says("text", number=4))
    with expert.refused(422):
        expert.press(expert.move("submit", "section"))
    answer_the_comment(company)
    expert.follow("Write the text")
    assert company.says("text", number=4) in expert.field("Text of the section").input_value()
    steps.submit_section(expert, first)
    steps.submit(company, "submit_major_revision")
    company.stands_at(ProfileState.EXPERT_REVIEW)

    reviewer.open_task("review", first)
    reviewer.follow("Review it with the comments beside the text")
    expect(reviewer.page.locator("ins", has_text=company.says("text", number=4))).to_be_visible()
    steps.treat_comment(reviewer, "verify", "", summary="Close it or open it again")
    reviewer.decide("request_minor_changes", kind="section", reason=company.says("minor"))
    reviewer.do_task("close_round", "request_minor_revision", reason=company.says("round"))
    steps.resubmit(company, 5, "submit_minor_revision")
    company.stands_at(ProfileState.PROJECT_QA)


def answer_the_comment(company: Company) -> None:
    """The local expert is led from the list of what is missing to the comments, and answers."""
    expert = company.expert
    expert.tap(expert.page.locator("main a[href$='/s/1/review/#comments']").first)
    steps.treat_comment(expert, "accept", company.says("answer"), summary="Answer")


def loops_of_quality_assurance(company: Company) -> None:
    """Taken from the queue; back to the author, back to the reviewer, then on."""
    company.qa.take_task("qa")
    company.qa.decide(
        "return_for_revision", reason=company.says("qa_returns"), sections=[company.section("2")]
    )
    company.qa.is_told_done(company.qa.task("qa"))
    steps.resubmit(company, 6, "submit_qa_revision", ["2"])
    steps.return_from_qa(company, "return_to_review", company.says("qa_to_review"), "2")
    company.reviewer.open_task("review", company.section("2"))
    company.reviewer.reads(company.says("qa_to_review"))
    company.reviewer.decide("accept", kind="section")
    company.reviewer.do_task("close_round", "recommend_acceptance")
    steps.pass_qa(company, save_first=True)
    company.stands_at(ProfileState.CONSULTATION)


def loops_of_consultation(company: Company) -> None:
    """A stakeholder comments and objects; the time is extended, the text revised, heard again."""
    stakeholder, focal_point = company.stakeholder, company.focal_point
    first = company.section("1")
    company.work()
    stakeholder.follow_letter()
    stakeholder.open_task("consult")
    stakeholder.follow(stakeholder.words_of(first))
    stakeholder.follow("Comment, answer, decide")
    steps.comment(stakeholder, company.says("view"))
    stakeholder.open_task("consult")
    with stakeholder.refused(422):
        stakeholder.decide("object_to", kind="sign_off", reason=company.says("objection"))
    stakeholder.decide("object_to", kind="sign_off", sections=[first])
    stakeholder.is_told_done(stakeholder.task("consult"))
    focal_point.do_task("consult", "approve", kind="sign_off")
    focal_point.do_task("conclude", "extend_consultation", reason=company.says("extend"))
    stakeholder.do_task("consult", "reserve", kind="sign_off", reason=company.says("reservation"))
    focal_point.open_task("conclude")
    with focal_point.refused(422):
        focal_point.decide("conclude_consultation")
    focal_point.decide(
        "revise_after_consultation", reason=company.says("consulted"), sections=[first]
    )
    focal_point.is_told_done(focal_point.task("conclude"))
    steps.answer_objection(focal_point, company, company.says("objection"))
    steps.open_editor(company.expert, company.section("1"))
    company.expert.reads(company.says("consulted"))
    company.expert.follow("Comment, answer, decide")
    steps.treat_comment(company.expert, "accept", company.says("answer"), summary="Answer")
    company.expert.follow("Write the text")
    steps.put_and_submit(company, "1", 7)
    steps.submit(company, "call_second_workshop")
    steps.consult(company)
    steps.conclude(company)
    company.stands_at(ProfileState.SIGNOFF)


def objection_at_the_sign_off(company: Company) -> None:
    """The authority objects; what is new goes to the reviewer first, and is signed then."""
    company.authority.do_task(
        "sign",
        "object_to",
        kind="sign_off",
        reason=company.says("authority"),
        sections=[company.section("2")],
    )
    company.stands_at(ProfileState.REVISION_VALIDATION)
    steps.answer_objection(company.team, company, company.says("authority"))
    steps.open_editor(company.co_author, company.section("2"))
    company.co_author.reads(company.says("authority"))
    steps.put_and_submit(company, "2", 8)
    steps.submit(company, "submit_new_evidence")
    steps.accept_all(company, "2")
    steps.pass_qa(company)
    steps.validate(company)
    company.stands_at(ProfileState.PRIORITY_SETTING)


def finding_that_proved_wrong(company: Company) -> None:
    """Whoever sets priorities finds a mistake; the text is revised, checked and validated anew."""
    company.focal_point.do_task(
        "prioritise",
        "dispute_finding",
        reason=company.says("dispute"),
        sections=[company.section("1")],
    )
    steps.resubmit(company, 9, "submit_validation_revision")
    steps.pass_qa(company)
    steps.validate(company)
    company.stands_at(ProfileState.PRIORITY_SETTING)


def priorities_that_were_returned(company: Company) -> None:
    """The authority sends the priorities back once."""
    focal_point = company.focal_point
    focal_point.open_task("prioritise")
    with focal_point.refused(422):
        focal_point.decide("agree_priorities")
    steps.write_priority(company)
    steps.agree(company)
    company.authority.do_task(
        "adopt", "return_priorities", reason=company.says("return_priorities")
    )
    focal_point.open_task("prioritise")
    focal_point.reads(company.says("return_priorities"))
    focal_point.decide("agree_priorities")
    focal_point.is_told_done(focal_point.task("prioritise"))
    steps.adopt(company)
    company.stands_at(ProfileState.PRODUCTION)


def production_with_a_defect(company: Company) -> None:
    """A defect goes back to quality assurance; nobody is asked twice about the same text."""
    company.team.do_task("produce", "report_defect", reason=company.says("defect"))
    company.qa.do_task("qa", "pass_qa")
    steps.conclude(company)
    steps.agree(company)
    steps.adopt(company)
    company.stands_at(ProfileState.PRODUCTION)


def publish(company: Company) -> None:
    """What is published is the file that was made of the signed text."""
    team = company.team
    team.open_task("produce")
    with team.refused(422):
        team.decide("publish")
    steps.make_pdf(company)
    team.do_task("produce", "publish")
    company.stands_at(ProfileState.PUBLISHED)
    assert Publication.objects.filter(profile=company.profile).count() == 1


def correct(company: Company) -> None:
    """A wrong figure is corrected after publication."""
    team = company.team
    team.make_move(
        company.profile,
        "open_correction",
        reason=company.says("correction"),
        sections=[company.section("1")],
    )
    steps.write(company, "1", 10)
    team.open_task("correct")
    team.follow("Write the erratum")
    team.field("Erratum").fill(company.says("erratum"))
    team.press("Save")
    team.is_told(team.words("The erratum has been saved."))
    team.open_task("correct")
    steps.make_pdf(company)
    team.do_task("correct", "publish_correction", reason=company.says("corrected"))
    company.stands_at(ProfileState.PUBLISHED)
    assert Profile.objects.get(pk=company.profile.pk).publication_version == 1


def go_on_to_the_next_edition(company: Company) -> None:
    """An update is declared due, the next edition started and cancelled; strangers see the city."""
    team, before = company.team, company.profile
    team.make_move(before, "declare_update_due", reason=company.says("update"))
    steps.start_next_edition(company)
    team.follow("Overview")
    team.make_move(company.profile, "cancel", reason=company.says("cancel"))
    company.stands_at(ProfileState.CANCELLED)
    team.open_profile(before)
    expect(team.link("Start the next edition")).to_be_visible()
    team.sign_out()
    team.page.goto("/")
    team.reads(before.city.name)
