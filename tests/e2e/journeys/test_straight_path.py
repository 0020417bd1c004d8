"""The straight path with one loop back: in Arabic on a small phone, and without scripts."""

import pytest

from profile_workflow.states import ProfileState
from tests.e2e.journeys import steps
from tests.e2e.journeys.company import Habits

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]

HABITS = {
    "arabic on a phone": Habits("ar", phone=True),
    "without scripts": Habits("en", scripts=False),
}


@pytest.mark.parametrize("habits", HABITS.values(), ids=HABITS)
def test_from_nomination_to_production(gather, habits):
    company = gather(habits)
    expert, reviewer, qa = company.expert, company.reviewer, company.qa

    steps.nominate(company)
    steps.begin(company)
    steps.describe_the_city(company)
    first, second = company.section("1"), company.section("2")
    company.stands_at(ProfileState.DRAFTING)
    assert expert.page.locator("html").get_attribute("dir") == (
        "rtl" if habits.language == "ar" else "ltr"
    )
    steps.note_a_challenge(company)
    for section in (first, second):
        steps.write(expert, company.section(section.key), steps.text(company, 1))
    steps.submit(company, "submit_draft")

    steps.accept(company, "2")
    reviewer.do_task(
        "review", "request_minor_changes", first, kind="section", reason=steps.reason(company, "1")
    )
    reviewer.do_task("close_round", "request_minor_revision", reason=steps.reason(company, "2"))
    steps.open_editor(expert, company.section("1"))
    expert.reads(steps.reason(company, "1"))
    steps.put(expert, steps.text(company, 2))
    steps.submit_section(expert, first)
    steps.submit(company, "submit_minor_revision")
    company.stands_at(ProfileState.PROJECT_QA)

    steps.pass_qa(company)
    steps.validate(company)
    steps.write_priority(company)
    steps.agree(company)
    steps.adopt(company)

    company.stands_at(ProfileState.PRODUCTION)
    assert company.work() > 0
    qa.follow("Profiles")
    qa.reads(company.profile.title)
