"""The steps of the path, each done by hand by whoever does it in a programme."""

from collections.abc import Iterable

from playwright.sync_api import expect

from profile_workflow.models import Challenge, Section, Territory, WorkingDefinition
from profile_workflow.states import (
    Competence,
    Role,
    SectionState,
    StakeholderCategory,
    TerritoryKind,
)
from reports.models import Build
from tests.e2e.journeys.actor import Actor
from tests.e2e.journeys.company import Company

#: What people write, by language.
TEXTS = {
    "en": "In 2024 the municipality counted its residents, {number} of them for the first time.",
    "ar": "أحصت البلدية سكانها سنة 2024، ومنهم {number} للمرة الأولى.",
}
REASONS = {"en": "The figures of {what} are missing.", "ar": "أرقام {what} غير موجودة."}


def text(company: Company, number: int) -> str:
    return TEXTS[company.habits.language].format(number=number)


def reason(company: Company, what: str) -> str:
    return REASONS[company.habits.language].format(what=what)


# Nomination


def nominate(company: Company) -> None:
    """The project team starts a profile, and names everybody who makes it."""
    team, made = company.team, company.made
    team.follow("Profiles")
    team.follow("Start a profile")
    team.choose("City", made.cities[0])
    team.choose("Language of the text", NAMES[company.habits.language])
    for label, role in PEOPLE.items():
        team.field(label).fill(made[role].email)
    team.press("Check the answers")
    team.reads(made[Role.LOCAL_EXPERT].full_name)
    team.press("Start the profile")
    team.is_told(team.words("The profile has been started. The first task is with the team."))
    company.profile = made.cities[0].profiles.get()
    name_stakeholders(company)


#: Language of a text → how it is called in it.
NAMES = {"en": "English", "ar": "العربيّة"}
#: Label of the field → who is named in it.
PEOPLE = {
    Role.LOCAL_EXPERT.label: Role.LOCAL_EXPERT,
    "Co-authors": Role.CO_AUTHOR,
    Role.INTERNATIONAL_EXPERT.label: Role.INTERNATIONAL_EXPERT,
    Role.FOCAL_POINT.label: Role.FOCAL_POINT,
    Role.CITY_AUTHORITY.label: Role.CITY_AUTHORITY,
}


def name_stakeholders(company: Company) -> None:
    """The project team gives each member of the City Stakeholder Group a part."""
    team = company.team
    team.follow("People")
    for user in company.made.people[Role.STAKEHOLDER]:
        team.follow("Give somebody a part")
        team.field("Name or e-mail address").fill(user.email)
        team.tap(team.page.get_by_role("main").get_by_role("button", name=team.words("Search")))
        team.follow(user.full_name)
        team.choose("Role", Role.STAKEHOLDER.label)
        team.choose("Category of stakeholder", StakeholderCategory.CIVIL_SOCIETY.label)
        team.press("Give the part")
        team.is_told(team.words("%(person)s has the part now.", person=user.full_name))


def hand_over(actor: Actor, section: Section, *, to: Actor) -> None:
    """Give the writing of a section to somebody else."""
    actor.open_task("draft", section)
    actor.follow("Hand the task over to somebody else")
    actor.choose("New owner", to.user.full_name)
    actor.press("Hand the task over")
    actor.is_told(actor.words("The task has been handed over; the new owner gets a mail."))


# Inception


def begin(company: Company) -> None:
    """The project team starts the inception."""
    team = company.team
    team.take_task("plan")
    team.decide("begin_inception")
    team.is_told_done(team.task("plan"))


def describe_the_city(company: Company) -> None:
    """The local expert learns what is missing, goes there, gives it, and starts drafting."""
    expert = company.expert
    expert.open_task("incept")
    with expert.refused(422):
        expert.press(expert.move("begin_drafting"))
    expert.follow("Go to the territories")
    expert.follow("Add a territory")
    expert.field(expert.label(Territory, "name")).fill("Municipality")
    expert.choose(expert.label(Territory, "kind"), TerritoryKind.MUNICIPALITY.label)
    expert.tick("This is what the profile calls “the city”")
    expert.press("Save")
    expert.follow("Add a working definition")
    expert.field(expert.label(WorkingDefinition, "term")).fill("migrant")
    expert.field(expert.label(WorkingDefinition, "text")).fill("Who moved here.")
    expert.press("Save")
    expert.do_task("incept", "begin_drafting")


def note_a_challenge(company: Company) -> None:
    """The local expert writes down what the priorities will answer."""
    expert = company.expert
    expert.open_profile(company.profile)
    expert.follow("Evidence")
    expert.follow("Challenges")
    expert.follow("Add a challenge")
    expert.field(expert.label(Challenge, "title")).fill("Housing")
    expert.choose(expert.label(Challenge, "competence"), Competence.OWN.label)
    expert.press("Save")
    expert.is_told("Housing")


# Writing


def open_editor(actor: Actor, section: Section) -> None:
    """Go from one's tasks to the text of a section."""
    again = section.state != SectionState.DRAFTING
    actor.open_task("draft", section, again=again)
    actor.follow("Write the text")


def write(actor: Actor, section: Section, words: str) -> None:
    """Write the text of a section, or something more, and submit it."""
    open_editor(actor, section)
    put(actor, words)
    submit_section(actor, section)


def put(actor: Actor, words: str) -> None:
    """Add a paragraph to the text that stands in the editor."""
    field = actor.field("Text of the section")
    field.fill(f"{field.input_value()}\n\n{words}".strip())


def submit_section(actor: Actor, section: Section) -> None:
    actor.press(actor.move("submit", "section"))
    actor.is_told_done(f"{actor.move('submit', 'section')} – {actor.words_of(section)}")


def revise(company: Company, number: int, keys: Iterable[str] = ("1",)) -> None:
    """The authors revise what came back."""
    for key in keys:
        writer = company.expert if key == "1" else company.co_author
        write(writer, company.section(key), text(company, number))


def submit(company: Company, move: str) -> None:
    """The local expert submits the whole."""
    company.expert.do_task("submit", move)


# Expert review


def accept(company: Company, *keys: str) -> None:
    """The international expert accepts sections."""
    for key in keys:
        company.reviewer.do_task("review", "accept", company.section(key), kind="section")


def accept_all(company: Company, *keys: str) -> None:
    """The international expert accepts sections, and recommends the whole."""
    accept(company, *keys)
    company.reviewer.do_task("close_round", "recommend_acceptance")


def comment(actor: Actor, section: Section, words: str) -> None:
    """Comment on a section from its task."""
    actor.open_task("review", section)
    actor.follow("Review it with the comments beside the text")
    actor.tick("Must be fixed")
    actor.field("Your comment").fill(words)
    actor.press("Save the comment")
    actor.is_told(actor.words("Your comment was saved."))


def treat_comment(actor: Actor, move: str, words: str, *, summary: str) -> None:
    """Say what becomes of the one comment on the page of the review."""
    actor.tap(actor.page.locator("summary", has_text=actor.words(summary)).first)
    actor.choose("What becomes of it", actor.move(move, "comment"))
    if words:
        actor.field("Answer, reason or reply").fill(words)
    save = actor.button("Save the answers")
    actor.tap(save if save.count() else actor.button("Save the comment"))
    actor.is_told(actor.words_for_count("%(number)s answer was saved.", 1))


# Quality assurance


def pass_qa(company: Company) -> None:
    """The person for quality goes through the checklist, and lets the text pass."""
    qa = company.qa
    qa.take_task("qa")
    qa.follow("Go through the checklist")
    qa.reads(qa.words("%(done)s of %(all)s answered", done=0, all=2))
    for choice in qa.page.get_by_role("radio", name=qa.words("Yes"), exact=True).all():
        qa.tap(choice)
    qa.press("Save the answers")
    qa.reads(qa.words("%(done)s of %(all)s answered", done=2, all=2))
    qa.reads(qa.words("Every check is passed."))
    qa.decide("pass_qa")
    qa.is_told_done(qa.task("qa"))


def judge_in_qa(company: Company, move: str, why: str, *keys: str) -> None:
    """The person for quality returns sections."""
    qa = company.qa
    qa.take_task("qa")
    qa.decide(move, reason=why, sections=[company.section(key) for key in keys])
    qa.is_told_done(qa.task("qa"))


# Validation


def consult(company: Company, *, but: Iterable[Actor] = ()) -> None:
    """Everybody who is asked agrees, but some."""
    for actor in (company.focal_point, *company.stakeholders):
        if actor not in but:
            actor.do_task("consult", "approve", kind="sign_off")


def conclude(company: Company) -> None:
    company.focal_point.do_task("conclude", "conclude_consultation")


def sign(company: Company) -> None:
    company.authority.do_task("sign", "approve", kind="sign_off")


def validate(company: Company) -> None:
    """Consultation and sign-off without an objection."""
    consult(company)
    conclude(company)
    sign(company)


def answer_objection(actor: Actor, company: Company, objection: str) -> None:
    """Answer in writing what somebody has objected."""
    actor.open_profile(company.profile)
    actor.follow("Round")
    actor.follow(objection)
    actor.field("Written answer").fill("The text says so now.")
    actor.press("Send the answer")
    actor.is_told(actor.words("The objection has been answered."))


# Priorities


def write_priority(company: Company) -> None:
    """The focal point writes one down, coming from the task."""
    focal_point = company.focal_point
    focal_point.open_task("prioritise")
    focal_point.follow("Priorities")
    focal_point.follow("Add a priority")
    focal_point.field("Title").fill("Rooms for newcomers")
    focal_point.field("Rationale").fill("There are too few.")
    focal_point.tick(focal_point.words_of(company.profile.challenges.get()))
    focal_point.field("Responsible body").fill("Municipality")
    focal_point.field("SDG targets that it serves").fill("10.7")
    focal_point.press("Save")
    focal_point.reads("Rooms for newcomers")


def agree(company: Company) -> None:
    company.focal_point.do_task("prioritise", "agree_priorities")


def adopt(company: Company) -> None:
    company.authority.do_task("adopt", "adopt_priorities")


# Publication


def make_pdf(company: Company) -> None:
    """The project team orders the PDF from the page that asks for it; the worker makes it."""
    team = company.team
    team.choose("Version", Build.Kind.PUBLICATION.label)
    team.press("Make the PDF")
    team.is_told(team.words("The PDF is being made. This page says how far it is."))
    company.work()
    if not company.habits.scripts:
        team.follow("Look again")
    expect(team.page.locator("#news")).to_have_text(
        team.words("The last PDF is ready."), timeout=20_000
    )
