"""The whole path with every loop back, from nomination to a correction after publication."""

import pytest
from playwright.sync_api import expect

from profile_workflow.models import Event, Profile
from profile_workflow.states import ProfileState
from reports.models import Publication
from tests.e2e.journeys import steps
from tests.e2e.journeys.company import Company, Habits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.pdf,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]


def test_the_whole_path_with_every_loop_back(gather):
    company = gather(Habits())
    draft(company)
    review_in_two_rounds(company)
    loops_of_quality_assurance(company)
    loops_of_validation(company)
    priorities_that_were_returned(company)
    production_with_a_defect(company)
    publish(company)
    correct(company)
    moves = Event.objects.filter(profile=company.profile).values_list("move", flat=True)
    assert set(LOOPS) <= set(moves)


#: Every way back that a profile can take while it is being made.
LOOPS = (
    "request_major_changes",
    "request_minor_changes",
    "request_major_revision",
    "request_minor_revision",
    "return_for_revision",
    "return_to_review",
    "revise_after_consultation",
    "call_second_workshop",
    "return_after_objection",
    "return_priorities",
    "report_defect",
    "open_correction",
    "publish_correction",
)


def draft(company: Company) -> None:
    """Inception and drafting; what is not complete does not go on, and says what is missing."""
    expert, co_author = company.expert, company.co_author
    steps.nominate(company)
    steps.begin(company)
    steps.describe_the_city(company)
    first = company.section("1")
    steps.note_a_challenge(company)
    steps.hand_over(expert, company.section("2"), to=co_author)
    steps.open_editor(expert, company.section("1"))
    with expert.refused(422):
        expert.press(expert.move("submit", "section"))
    steps.put(expert, steps.text(company, 1))
    steps.submit_section(expert, first)
    steps.write(co_author, company.section("2"), steps.text(company, 2))
    co_author.has_nothing_to_do()
    steps.submit(company, "submit_draft")
    expert.has_nothing_to_do()
    company.stands_at(ProfileState.EXPERT_REVIEW)


def review_in_two_rounds(company: Company) -> None:
    """Major revision, a new round; minor revision, straight to quality assurance."""
    reviewer, expert, first = company.reviewer, company.expert, company.section("1")
    steps.comment(reviewer, first, "Where is the source?")
    reviewer.decide("request_major_changes", kind="section", reason="Nothing is cited.")
    reviewer.is_told_done(reviewer.task("review", first).replace(": ", " – "))
    steps.accept(company, "2")
    reviewer.open_task("close_round")
    with reviewer.refused(422):
        reviewer.decide("request_minor_revision", reason="The sources are missing.")
    assert reviewer.field("Reason").input_value() == "The sources are missing."
    reviewer.decide("request_major_revision")
    reviewer.is_told_done(reviewer.task("close_round"))

    steps.open_editor(expert, company.section("1"))
    expert.reads("Nothing is cited.")
    steps.put(expert, steps.text(company, 3))
    with expert.refused(422):
        expert.press(expert.move("submit", "section"))
    expert.follow("Go to the comments on section 1")
    steps.treat_comment(
        expert, "accept", "The register of residents; I have added it.", summary="Answer"
    )
    steps.open_editor(expert, company.section("1"))
    assert steps.text(company, 3) in expert.field("Text of the section").input_value()
    steps.submit_section(expert, first)
    steps.submit(company, "submit_major_revision")
    company.stands_at(ProfileState.EXPERT_REVIEW)

    reviewer.open_task("review", first)
    reviewer.follow("Review it with the comments beside the text")
    expect(reviewer.page.locator("ins", has_text=steps.text(company, 3))).to_be_visible()
    steps.treat_comment(reviewer, "verify", "", summary="Close it or open it again")
    reviewer.decide("request_minor_changes", kind="section", reason="Say of which year.")
    reviewer.do_task("close_round", "request_minor_revision", reason="One year is missing.")
    steps.revise(company, 4)
    steps.submit(company, "submit_minor_revision")
    company.stands_at(ProfileState.PROJECT_QA)


def loops_of_quality_assurance(company: Company) -> None:
    """Back to the author, back to the reviewer, then on."""
    steps.judge_in_qa(company, "return_for_revision", "The second text is too short.", "2")
    steps.revise(company, 5, ["2"])
    steps.submit(company, "submit_qa_revision")
    steps.judge_in_qa(company, "return_to_review", "Look at the new figures.", "2")
    company.reviewer.open_task("review", company.section("2"))
    company.reviewer.reads("Look at the new figures.")
    steps.accept_all(company, "2")
    steps.pass_qa(company)
    company.stands_at(ProfileState.CONSULTATION)


def loops_of_validation(company: Company) -> None:
    """An objection in the consultation, and one at the sign-off."""
    objector = company.stakeholders[0]
    company.work()
    objector.follow_letter()
    objector.follow(objector.task("consult"))
    with objector.refused(422):
        objector.decide("object_to", kind="sign_off", reason="Our street is left out.")
    objector.decide("object_to", kind="sign_off", sections=[company.section("1")])
    objector.is_told_done(objector.task("consult"))
    steps.consult(company, but=[objector])
    focal_point = company.focal_point
    focal_point.open_task("conclude")
    with focal_point.refused(422):
        focal_point.decide("conclude_consultation")
    focal_point.decide(
        "revise_after_consultation",
        reason="A street is left out.",
        sections=[company.section("1")],
    )
    focal_point.is_told_done(focal_point.task("conclude"))
    steps.revise(company, 6)
    steps.submit(company, "call_second_workshop")
    steps.consult(company)
    steps.conclude(company)
    company.stands_at(ProfileState.SIGNOFF)

    company.authority.do_task(
        "sign",
        "object_to",
        kind="sign_off",
        reason="The council decided otherwise.",
        sections=[company.section("2")],
    )
    company.stands_at(ProfileState.REVISION_VALIDATION)
    steps.answer_objection(company.team, company, "The council decided otherwise.")
    steps.open_editor(company.co_author, company.section("2"))
    company.co_author.reads("The council decided otherwise.")
    steps.revise(company, 7, ["2"])
    steps.submit(company, "submit_validation_revision")
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
    company.authority.do_task("adopt", "return_priorities", reason="Who pays for it?")
    focal_point.open_task("prioritise")
    focal_point.reads("Who pays for it?")
    steps.agree(company)
    steps.adopt(company)
    company.stands_at(ProfileState.PRODUCTION)


def production_with_a_defect(company: Company) -> None:
    """A defect of content goes back to quality assurance, and the whole is validated anew."""
    team = company.team
    team.take_task("produce")
    team.decide("report_defect", reason="A map shows another city.")
    team.is_told_done(team.task("produce"))
    steps.judge_in_qa(company, "return_for_revision", "Exchange the map.", "1")
    steps.revise(company, 8)
    steps.submit(company, "submit_qa_revision")
    steps.pass_qa(company)
    steps.validate(company)
    steps.agree(company)
    steps.adopt(company)
    company.stands_at(ProfileState.PRODUCTION)


def publish(company: Company) -> None:
    """What is published is the file that was made of the signed text."""
    team = company.team
    team.take_task("produce")
    with team.refused(422):
        team.decide("publish")
    team.follow("Go to the PDF")
    steps.make_pdf(company)
    team.do_task("produce", "publish")
    company.stands_at(ProfileState.PUBLISHED)
    assert Publication.objects.filter(profile=company.profile).count() == 1


def correct(company: Company) -> None:
    """A wrong figure is corrected after publication; strangers see the city all the time."""
    team, first = company.team, company.section("1")
    team.make_move(
        company.profile, "open_correction", reason="40,000 should be 4,000.", sections=[first]
    )
    steps.revise(company, 9)
    team.take_task("correct")
    team.follow("Write the erratum")
    team.field("Erratum").fill("Page 3: 4,000 instead of 40,000.")
    team.press("Save")
    team.is_told("The erratum has been saved.")
    team.open_task("correct")
    team.follow("Go to the PDF")
    steps.make_pdf(company)
    team.do_task("correct", "publish_correction", reason="The figure is right now.")
    company.stands_at(ProfileState.PUBLISHED)
    assert Profile.objects.get(pk=company.profile.pk).publication_version == 1
    team.sign_out()
    team.page.goto("/")
    team.reads(company.profile.city.name)
