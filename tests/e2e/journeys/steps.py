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

# Nomination


def nominate(company: Company) -> None:
    """The project team starts a profile, and names everybody who makes it."""
    team, made = company.team, company.made
    team.follow("Profiles")
    team.follow("Start a profile")
    team.choose("City", made.cities[0])
    check_and_start(company)
    company.profile = made.cities[0].profiles.get()
    name_stakeholder(company)


def check_and_start(company: Company) -> None:
    """The project team names the people, checks the answers, and starts."""
    team, made = company.team, company.made
    team.choose("Language of the text", NAMES[company.habits.language])
    for label, role in PEOPLE.items():
        team.field(label).fill(made[role].email)
    team.press("Check the answers")
    team.reads(made[Role.LOCAL_EXPERT].full_name)
    team.press("Start the profile")
    team.is_told(team.words("The profile has been started. The first task is with the team."))


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


def name_stakeholder(company: Company) -> None:
    """The project team gives a member of the City Stakeholder Group a part."""
    team, user = company.team, company.made[Role.STAKEHOLDER]
    team.follow("Give somebody a part")
    team.field("Name or e-mail address").fill(user.email)
    team.tap(team.page.get_by_role("main").get_by_role("button", name=team.words("Search")))
    team.follow(user.full_name)
    team.choose("Role", Role.STAKEHOLDER.label)
    team.choose("Category of stakeholder", StakeholderCategory.CIVIL_SOCIETY.label)
    team.press("Give the part")
    team.is_told(team.words("%(person)s has the part now.", person=user.full_name))


def start_next_edition(company: Company) -> None:
    """The project team goes on from the overview of a profile whose update is due."""
    team = company.team
    team.follow("Start the next edition")
    team.field("Edition").fill(str(company.profile.edition + 1))
    check_and_start(company)
    company.profile = company.made.cities[0].profiles.exclude(pk=company.profile.pk).get()


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
    company.team.do_task("plan", "begin_inception")


def describe_the_city(company: Company) -> None:
    """The local expert learns what is missing, goes there, gives it, and starts drafting."""
    expert = company.expert
    expert.open_task("incept")
    with expert.refused(422):
        expert.press(expert.move("begin_drafting"))
    expert.follow("Go to the territories")
    expert.follow("Add a territory")
    expert.field(expert.label(Territory, "name")).fill(company.says("territory"))
    expert.choose(expert.label(Territory, "kind"), TerritoryKind.MUNICIPALITY.label)
    expert.tick("This is what the profile calls “the city”")
    expert.press("Save")
    expert.follow("Add a working definition")
    expert.field(expert.label(WorkingDefinition, "term")).fill(company.says("term"))
    expert.field(expert.label(WorkingDefinition, "text")).fill(company.says("definition"))
    expert.press("Save")
    note_a_challenge(company)
    expert.do_task("incept", "begin_drafting")


def note_a_challenge(company: Company) -> None:
    """The local expert writes down, beside the rest, what the priorities will answer."""
    expert = company.expert
    expert.follow("Challenges")
    expert.follow("Add a challenge")
    expert.field(expert.label(Challenge, "title")).fill(company.says("challenge"))
    expert.choose(expert.label(Challenge, "competence"), Competence.OWN.label)
    expert.press("Save")
    expert.is_told(company.says("challenge"))


# Writing


def open_editor(actor: Actor, section: Section) -> None:
    """Go from one's tasks to the text of a section: straight, if the task is one's own."""
    again = section.state != SectionState.DRAFTING
    actor.see_tasks()
    actor.reads(actor.task("draft", section, again=again))
    straight = actor.link_about(actor.words("Write the text"), section)
    if straight.is_visible():
        actor.tap(straight)
    else:
        actor.open_task("draft", section, again=again)
        actor.follow("Write the text")


def write(company: Company, key: str, number: int) -> None:
    """Whoever writes a section adds a paragraph to it, and submits it."""
    writer = company.expert if key == "1" else company.co_author
    open_editor(writer, company.section(key))
    put_and_submit(company, key, number)


def put_and_submit(company: Company, key: str, number: int) -> None:
    """The same, where the editor is open."""
    writer = company.expert if key == "1" else company.co_author
    put(writer, company.says("text", number=number))
    submit_section(writer, company.section(key))


def put(actor: Actor, words: str) -> None:
    """Add a paragraph to the text that stands in the editor."""
    field = actor.field("Text of the section")
    field.fill(f"{field.input_value()}\n\n{words}".strip())


def submit_section(actor: Actor, section: Section) -> None:
    actor.press(actor.move("submit", "section"))
    actor.is_told_done(f"{actor.move('submit', 'section')} – {actor.words_of(section)}")


def take_back(company: Company) -> None:
    """The local expert takes the first section back, from the overview."""
    expert, first = company.expert, company.section("1")
    label = expert.move("take_back", "section")
    expert.open_profile(company.profile)
    expert.tap(expert.link_about(label, first))
    expert.decide("take_back", kind="section", reason=company.says("take_back"))
    expert.is_told_done(label)


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


def comment(actor: Actor, words: str) -> None:
    """Comment on the section whose page is open."""
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


def pass_qa(company: Company, *, save_first: bool = False) -> None:
    """The person for quality goes through the checklist, and lets the text pass."""
    qa = company.qa
    qa.open_task("qa")
    qa.follow("Go through the checklist")
    yes = qa.page.get_by_role("radio", name=qa.words("Yes"), exact=True)
    yes.first.wait_for()
    for choice in yes.all():
        qa.tap(choice)
    if save_first:
        qa.press("Save the answers")
        qa.reads(qa.words("%(done)s of %(all)s answered", done=2, all=2))
        qa.reads(qa.words("Every check is passed."))
    qa.decide("pass_qa")
    qa.is_told_done(qa.task("qa"))


def return_from_qa(company: Company, move: str, why: str, key: str) -> None:
    """The person for quality returns a section."""
    company.qa.do_task("qa", move, reason=why, sections=[company.section(key)])


# Validation


def consult(company: Company) -> None:
    """Everybody who is asked agrees."""
    for actor in (company.focal_point, company.stakeholder):
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
    actor.field("Written answer").fill(company.says("written_answer"))
    actor.press("Send the answer")
    actor.is_told(actor.words("The objection has been answered."))


# Priorities


def write_priority(company: Company) -> None:
    """The focal point writes one down, coming from the task."""
    focal_point = company.focal_point
    focal_point.follow("Priorities")
    focal_point.follow("Add a priority")
    focal_point.field("Title").fill(company.says("priority"))
    focal_point.field("Rationale").fill(company.says("rationale"))
    focal_point.tick(focal_point.words_of(company.profile.challenges.get()))
    focal_point.field("Responsible body").fill(company.says("responsible"))
    focal_point.field("SDG targets that it serves").fill("10.7")
    focal_point.press("Save")
    focal_point.reads(company.says("priority"))


def agree(company: Company) -> None:
    company.focal_point.do_task("prioritise", "agree_priorities")


def adopt(company: Company) -> None:
    company.authority.do_task("adopt", "adopt_priorities")


# Publication


def make_pdf(company: Company) -> None:
    """The project team orders the PDF from the page that asks for it; the worker makes it."""
    team = company.team
    team.follow("Go to the outputs")
    team.choose("Output", Build.Kind.PUBLICATION.label)
    team.press("Make the file")
    team.is_told(team.words("The file is being made. This page says how far it is."))
    company.work()
    if not company.habits.scripts:
        team.follow("Look again")
    expect(team.page.locator("#news")).to_have_text(team.words("The last file is ready."))


def resubmit(company: Company, number: int, move: str, keys: Iterable[str] = ("1",)) -> None:
    """The authors revise what came back, and the local expert submits the whole."""
    for key in keys:
        write(company, key, number)
    submit(company, move)
