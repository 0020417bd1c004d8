"""Every page of the site: who looks at it, what it is for. A new page is a line in ``PAGES``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone

from profile_workflow.attachments import read_attachment
from profile_workflow.models import (
    AnsweringLink,
    City,
    DataItem,
    Draft,
    Profile,
    SignOff,
    Source,
    User,
    ValidationRound,
    WordReading,
    WorkingCopy,
    WorkshopRemark,
)
from profile_workflow.queries.validation import unanswered_objections
from profile_workflow.services import saved_views, section_answers, signing, sources, word
from profile_workflow.states import ProfileState, Role, SectionView, Signature, SignOffState
from tests import factories
from tests.browser import BUDGET, WRITING_BUDGET
from tests.links import link_of, token_for
from workflows import engine
from workflows.flows import CityProfileFlow
from workflows.models import JobKind, JobState, OutboxJob, Task

STRANGER = "stranger"
TEAM, EXPERT, REVIEWER = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT
FOCAL_POINT = Role.FOCAL_POINT
#: Most questions to the database that a page may cost, unless its line says otherwise.
QUERIES = 30

S = ProfileState
#: Kind of task → the state of a profile in which there is one, and what is done there before.
STEPS: dict[str, tuple[ProfileState, Callable[[Profile], None] | None]] = {
    "plan": (S.PLANNED, None),
    "incept": (S.INCEPTION, None),
    "draft": (S.DRAFTING, None),
    "submit": (S.DRAFTING, factories.submit_sections),
    "review": (S.EXPERT_REVIEW, None),
    "close_round": (S.EXPERT_REVIEW, factories.accept_sections),
    "qa": (S.PROJECT_QA, None),
    "consult": (S.CONSULTATION, None),
    "conclude": (S.CONSULTATION, factories.approve_all),
    "sign": (S.SIGNOFF, None),
    "prioritise": (S.PRIORITY_SETTING, None),
    "adopt": (S.PRIORITIES_ADOPTED, None),
    "produce": (S.PRODUCTION, None),
    "correct": (S.CORRECTION, factories.submit_sections),
}


@dataclass
class World:
    """What the pages are about: a profile under review, with one of each thing in it."""

    made: factories.Made
    profile: Profile
    #: Key of a section of it that waits for its review.
    waiting: str = "2"
    #: Key of a section of the fullest profile that was returned.
    revised: str = "1"
    _others: dict[tuple[str, str], Profile] = field(default_factory=dict)

    @property
    def full(self) -> Profile:
        """The profile with the most in it."""
        return self.profile

    @property
    def drafted(self) -> Profile:
        """Another profile, whose sections are being written."""
        return self.profile_in(ProfileState.DRAFTING)

    @property
    def guided(self) -> Profile:
        """The same, with findings in its first section, one of them allowed."""
        factories.give_guidance(factories.section(self.drafted, "1"))
        return self.drafted

    @property
    def figure(self) -> DataItem:
        """A figure of the profile that is being written."""
        section = factories.section(self.drafted, "2")
        found = DataItem.objects.filter(table__section=section).order_by("pk").first()
        return found or factories.give_figure(section)

    def person(self, who: str) -> User | None:
        return None if who == STRANGER else self.made[Role(who)]

    def task(self, **wanted: Any) -> int:
        """Return the id of the first open task of the profile that is as wanted."""
        return Task.objects.open().filter(profile=self.profile, **wanted).order_by("pk")[0].pk

    def step(self, kind: str) -> int:
        """Return the id of an open task of a kind, as ``STEPS`` names them."""
        state, before = STEPS[kind]
        profile = self.profile_in(state, kind if before else "")
        found = Task.objects.open().filter(
            profile=profile, flow_task=getattr(CityProfileFlow, kind)
        )
        if before and not found.exists():
            before(profile)
        return found.order_by("pk")[0].pk

    def profile_in(self, state: ProfileState, purpose: str = "") -> Profile:
        """Return another profile of the programme, brought to a state; one for each purpose."""
        if (state, purpose) not in self._others:
            made = factories.make_profile(self.made)
            self._others[state, purpose] = factories.bring_to(made, state)
        return self._others[state, purpose]

    @property
    def corrected(self) -> Profile:
        """A profile with a chart, which was published with its web edition, and corrected."""
        if ("corrected", "web") not in self._others:
            profile = factories.make_profile(self.made, title="City Migration Profile: Sfax")
            profile = factories.bring_to(profile, ProfileState.DRAFTING)
            first = factories.section(profile, "1")
            item = factories.give_figure(first)
            DataItem.objects.filter(pk=item.pk).update(state="reconciled")
            table = item.table.key
            factories.write(first, f"### Figures\n\n[[figure:{table}]]\n\nSo it is.^[Counted.]")
            factories.move(first, "submit", factories.holder(profile, EXPERT))
            profile = factories.publish_for_real(profile)
            named = [factories.section(profile, "2")]
            why = "A wrong figure."
            factories.move(profile, "open_correction", self.made.team, reason=why, sections=named)
            self._others["corrected", "web"] = factories.publish_for_real(profile)
        return self._others["corrected", "web"]

    def reader_of(self, page: "Page", address: str) -> User | None:
        """Return who sees a page: whose task it is, or who has the part for which it is made."""
        return owner_of_the_task(page, address) or self.person(page.who[0])


def owner_of_the_task(page: "Page", address: str) -> User | None:
    """Return the person whose task a page shows, if it shows one of a person."""
    if page.name != "task":
        return None
    return Task.objects.get(pk=resolve(address).kwargs["task_id"]).owner


def make_world(*, sections: int = 4) -> World:
    """A profile under review with a remark, a late task and Arabic names in it."""
    made = factories.make_programme(sections=sections)
    factories.give_checks(made)
    factories.give_criteria(made, mandatory=False)
    City.objects.filter(pk=made.cities[0].pk).update(name="Sfax", name_ar="صفاقس")
    User.objects.filter(pk=made[EXPERT].pk).update(full_name="رانيا عودة")
    profile = factories.make_profile(made, title="City Migration Profile: Sfax")
    profile = factories.bring_to(profile, ProfileState.EXPERT_REVIEW)
    reviewer, first = made[REVIEWER], factories.section(profile, "1")
    factories.comment_on(first, reviewer, quote="Text of chapter")
    judged = {"evidence": (2, "Years are missing.")}
    factories.move(first, "request_minor_changes", reviewer, assessment=judged,
                   reason="The figures are missing.")  # fmt: skip
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=12))
    factories.give_figure(factories.section(profile, "2"))
    return World(made, profile)


def slug(world: World) -> Sequence[Any]:
    return [world.profile.slug]


def full(world: World) -> Sequence[Any]:
    return [world.full.slug]


def failed_jobs(_world: World) -> Sequence[Any]:
    """No arguments, once two mails have failed."""
    waiting = OutboxJob.objects.filter(kind=JobKind.MAIL, state=JobState.WAITING).order_by("-pk")
    if not OutboxJob.objects.failed().exists():
        OutboxJob.objects.filter(pk__in=waiting[:2]).update(
            state=JobState.FAILED,
            attempts=8,
            last_error="550 5.1.1 Mailbox unavailable",
            finished_at=timezone.now(),
        )
    return []


def figure(world: World) -> Sequence[Any]:
    return [world.drafted.slug, world.figure.pk]


def figure_table(world: World) -> Sequence[Any]:
    return [world.drafted.slug, world.figure.table_id]


def entry(world: World) -> Sequence[Any]:
    return [world.drafted.slug, "figure", world.figure.pk]


#: A table as somebody types it into a text.
TYPED = "Table: People\n\n| Year | Number |\n| --- | --: |\n| 2024 | 12 |\n\nSource: Office"


def typed_table(world: World) -> Sequence[Any]:
    one = factories.section(world.drafted, "3")
    if TYPED not in one.draft.text:
        factories.write(one, TYPED)
    return [world.drafted.slug, "3"]


def pictures(world: World) -> Sequence[Any]:
    factories.give_picture(world.drafted)
    return [world.drafted.slug]


def kept_view(world: World) -> Sequence[Any]:
    view = saved_views.save_view(world.made.team, name="Late ones", query="late=on")
    return [view.pk]


def priority(world: World) -> Sequence[Any]:
    profile = world.profile_in(ProfileState.PRIORITY_SETTING)
    return [profile.slug, factories.give_priority(profile).pk]


def objected(world: World) -> Profile:
    """A profile in consultation: one agrees, one objects."""
    profile = world.profile_in(ProfileState.CONSULTATION, "objected")
    if not unanswered_objections(profile).exists():
        first = factories.asked(profile)[0]
        named = [factories.section(profile, "1")]
        factories.move(first, "object_to", first.person, reason="Not so.", sections=named)
    return profile


def objection(world: World) -> Sequence[Any]:
    profile = objected(world)
    return [profile.slug, unanswered_objections(profile)[0].pk]


def held(world: World) -> Sequence[Any]:
    """A workshop of that consultation, which objected to the first section."""
    profile = objected(world)
    workshop = profile.workshops.order_by("pk").first() or factories.give_workshop(profile)
    return [profile.slug, workshop.pk]


def said_in_the_room(world: World) -> Sequence[Any]:
    slug_of, workshop = held(world)
    remark = WorkshopRemark.objects.filter(workshop=workshop).order_by("pk").first()
    return [slug_of, workshop, remark.pk]


def signoff_by_link(world: World) -> SignOff:
    """What somebody is asked for who has said something of the first section, through his link."""
    profile = world.profile_in(ProfileState.CONSULTATION, "links")
    asked = SignOff.objects.filter(round__profile=profile, state=SignOffState.ASKED)
    signoff = asked.filter(role=Role.STAKEHOLDER).order_by("pk")[0]
    if not signoff.section_answers.exists():
        say(signoff, "1", SectionView.COMMENTS, "Say more of housing.")
    return signoff


def say(signoff: SignOff, key: str, view: SectionView, text: str = "") -> None:
    """Save what somebody thinks of a section through his link."""
    section, at = factories.section(signoff.round.profile, key), timezone.now()
    section_answers.save_answer(link_of(signoff), section, view=view, text=text, at=at)


def by_link(world: World) -> Sequence[Any]:
    return [token_for(signoff_by_link(world))]


def section_by_link(world: World) -> Sequence[Any]:
    return [*by_link(world), "1"]


def sent_by_link(world: World) -> Sequence[Any]:
    """The link of another person, who has said what he thinks of all sections, and sent it."""
    profile = signoff_by_link(world).round.profile
    signoff = SignOff.objects.filter(round__profile=profile, role=Role.FOCAL_POINT).get()
    if not signoff.section_answers.exists():
        for one in factories.sections(profile):
            say(signoff, one.key, SectionView.AGREES)
        say(signoff, "2", SectionView.OBJECTS, "The figure is older than the last census.")
        engine.send_answer(link_of(signoff), at=timezone.now())
    return [token_for(signoff)]


def link_that_signs(world: World) -> AnsweringLink:
    """The link of an authority who has prepared a reservation, and has been mailed a code."""
    profile = world.profile_in(ProfileState.SIGNOFF, "links")
    link = link_of(SignOff.objects.get(round__profile=profile, role=Role.CITY_AUTHORITY))
    if signing.answer_of(link.signoff) is None:
        prepare_signature(link)
        engine.ask_for_code(link, seen=None, at=timezone.now())
    return link


def prepare_signature(link: AnsweringLink) -> None:
    """Save what an authority means to answer."""
    words, names = "The budget is not yet adopted.", ("آمال بن صالح", "Deputy mayor")
    given = signing.Signing(Signature.RESERVE, words, [], *names)
    signing.save_answer(link, given, at=timezone.now())


def to_rank(world: World) -> Sequence[Any]:
    """A link of a consultation that asks for priorities."""
    profile = world.profile_in(ProfileState.CONSULTATION, "priorities")
    if not profile.challenges.exists():
        ValidationRound.objects.filter(profile=profile).update(asks_priorities=True)
        factories.give_priority(profile)
    signoff = SignOff.objects.filter(round__profile=profile, role=Role.STAKEHOLDER).first()
    return [token_for(signoff)]


def to_sign(world: World) -> Sequence[Any]:
    return [token_for(link_that_signs(world).signoff)]


def link_to_revoke(world: World) -> Sequence[Any]:
    signoff = signoff_by_link(world)
    return [signoff.round.profile.slug, signoff.pk]


def kept_links(world: World) -> Sequence[Any]:
    return [signoff_by_link(world).round.profile.slug]


def asked_for(world: World) -> Sequence[Any]:
    """A late request to the focal point."""
    profile = world.drafted
    found = profile.input_requests.filter(state="asked").first()
    if found is None:
        person, at = factories.holder(profile, FOCAL_POINT), timezone.now() - timedelta(days=30)
        found = factories.ask_for_input(
            profile, person=person, subject="Residents by citizenship, 2024", at=at
        )
    return [profile.slug, found.pk]


def answered(world: World) -> Sequence[Any]:
    """A request that was answered with words and a file."""
    profile = world.drafted
    person = factories.holder(profile, FOCAL_POINT)
    found = profile.input_requests.filter(state="answered").first()
    if found is None:
        made = factories.ask_for_input(profile, person=person, subject="Budget, last three years")
        file = read_attachment("budget 2024.csv", b"year;sum\n2024;12400\n")
        found = factories.move(
            made, "give_answer", person, answer="Adopted in March.", attachment=file
        )
    return [profile.slug, found.pk]


def invited(world: World) -> Sequence[Any]:
    """An invitation to somebody who takes part already, but not as an expert."""
    person = world.made[Role.TRANSLATOR]
    found = world.drafted.invitations.filter(person=person).first()
    return [(found or factories.invite(world.drafted, person)).pk]


def declined(world: World) -> Sequence[Any]:
    """An invitation that was declined with reasons, somebody else suggested."""
    profile = world.drafted
    found = profile.invitations.filter(state="declined").first()
    if found is None:
        found = factories.invite(profile)
        said = {"answer": "My term ends.", "suggested": ("Nadia Ferri", "nadia@example.org")}
        factories.move(found, "decline_invitation", found.person, declining="not_now", **said)
    return [profile.slug, found.pk]


def interest_declared(world: World) -> Sequence[Any]:
    """An invitation whose interest is to be cleared."""
    profile = world.drafted
    found = profile.invitations.filter(state="interest_declared").first()
    if found is None:
        said = {"answer": "I advised the city in 2021."}
        made = factories.invite(profile)
        found = factories.move(made, "declare_interest", made.person, **said)
    return [profile.slug, found.pk]


def invitations_of(world: World) -> Sequence[Any]:
    invited(world)
    return declined(world)[:1]


def requests_of(world: World) -> Sequence[Any]:
    answered(world)
    return asked_for(world)[:1]


def word_reading(world: World) -> Sequence[Any]:
    """A file that was read, and waits for somebody to say what of it is taken."""
    waiting = WordReading.objects.filter(profile=world.drafted, done_at=None).first()
    return [world.drafted.slug, (waiting or factories.read_word(world.drafted)).pk]


def word_reading_done(world: World) -> Sequence[Any]:
    """The same, once all of it was taken."""
    profile = world.drafted
    waiting = WordReading.objects.filter(profile=profile, done_at=None).first()
    reading = waiting or factories.read_word(profile)
    keys = {one["key"] for one in reading.parts}
    drafts = Draft.objects.filter(section__profile=profile, section__key__in=keys)
    versions = dict(drafts.values_list("section__key", "version"))
    word.bring_in(reading, versions, by=factories.holder(profile, EXPERT), at=timezone.now())
    return [profile.slug, reading.pk]


def printed(world: World) -> Sequence[Any]:
    """A section whose pages were made once, and could not be made of its newer text."""
    section, by = factories.section(world.drafted, "1"), world.made[Role.LOCAL_EXPERT]
    if not world.drafted.builds.filter(section=section).exists():
        of_it = {"kind": "chapter", "section": section, "language": world.drafted.language}
        factories.give_build(world.drafted, by, state="done", **of_it)
        sign = {"character": "\u25cf", "code_point": "U+25CF", "where": str(section)}
        trouble = {"code": "missing_glyph", "chapter": "", "facts": sign, "section": section.key}
        factories.give_build(
            world.drafted, by, state="failed", trouble={**trouble, "place": "0-5"}, **of_it
        )
    return [world.drafted.slug, "1"]


def with_files(world: World) -> Sequence[Any]:
    """A profile of which each output was made, fails, waits or is being made."""
    profile, team = world.profile_in(ProfileState.PRIORITY_SETTING), world.made.team
    if not profile.builds.exists():
        factories.give_build(profile, team, state="done", text_digest="0" * 64)
        factories.give_build(
            profile, team, state="done", kind="consultation", numbered=True,
            text_digest=profile.text_digest(),
        )  # fmt: skip
        for _each in range(2):
            factories.give_build(profile, team, state="done", kind="summary", language="ar")
        factories.give_build(profile, team, state="failed", kind="practices")
        factories.give_build(profile, team, state="done", kind="annex", scope={"section": "1"})
    return [profile.slug]


def copies(world: World) -> Sequence[Any]:
    """A section that was written in several goes."""
    section = factories.section(world.drafted, "1")
    if not section.copies.exists():
        text = section.draft.text or "In 2024, many came to live here."
        for more in ("", "\n\nA second thought.", ""):
            factories.write(section, f"{text}{more}")
    return [world.drafted.slug, "1"]


def copy(world: World) -> Sequence[Any]:
    named = copies(world)
    found = WorkingCopy.objects.filter(section__profile=world.drafted).latest("version")
    return [*named, f"c{found.pk}"]


def part(world: World) -> Sequence[Any]:
    """That of the local expert, who may lend it himself."""
    found = world.profile.assignments.filter(role=EXPERT).order_by("pk").first()
    assert found is not None
    return [world.profile.slug, found.pk]


def shared_library(world: World) -> Sequence[Any]:
    source = world.figure.source
    assert source is not None
    sources.share_source(source, by=world.made.team, at=timezone.now())
    return [world.drafted.slug]


def two_sources(world: World) -> Sequence[Any]:
    first = world.figure.source
    assert first is not None
    told = {name: getattr(first, name) for name in ("kind", "authors", "year", "title")}
    second, _is_new = Source.objects.get_or_create(
        profile=first.profile, key="the-same-again", defaults=told
    )
    return [first.profile.slug, first.pk, second.pk]


def published_slug(world: World) -> str:
    return world.corrected.slug


def published_text(world: World) -> Sequence[Any]:
    return [world.profile_in(ProfileState.PUBLISHED).text_digest()]


@dataclass(frozen=True)
class Page:
    """A page, as those see it who use it.

    Attributes:
        name: Name of its address.
        purpose: What it is for; printed in the gallery.
        who: Roles for which it is made, or ``STRANGER``; the first one is shown in the gallery. All
            others who may open it are looked at too.
        arguments: What its address holds.
        variant: Tells apart two pages with one address.
        query: What stands behind the question mark.
        most_bytes: Most that it may weigh, with all that it loads, compressed.
        most_queries: Most that it may ask the database.
        sent: What is sent to it, for the page that answers a form.
        status: What it answers with to the first one.
        is_pictured: Whether it is in the gallery.
        for_all: Whether it is asked for as everybody; a further state only where roles differ.
        direction: Its direction, if it is in another language than its reader's.
    """

    name: str
    purpose: str
    who: Sequence[str]
    arguments: Callable[[World], Sequence[Any]] = lambda _world: []
    variant: str = ""
    query: str = ""
    most_bytes: int = BUDGET
    most_queries: int = QUERIES
    sent: Mapping[str, str] | None = None
    status: int = HTTPStatus.OK
    is_pictured: bool = True
    for_all: bool = True
    direction: str = ""

    @property
    def key(self) -> str:
        return f"{self.name}-{self.variant}" if self.variant else self.name

    def address(self, world: World) -> str:
        address = reverse(self.name, args=self.arguments(world))
        return f"{address}?{self.query}" if self.query else address


PAGES = (
    Page("home", "What this is, for whom, and which profiles are published.", [STRANGER]),
    Page("sign_in", "Sign in.", [STRANGER]),
    Page("tasks", "What waits for you.", [REVIEWER, EXPERT, TEAM]),
    Page("task", "One task, and the moves that finish it.", [REVIEWER],
         lambda world: [world.task(section__key=world.waiting)]),
    Page("profiles", "The profiles in which you take part.", [EXPERT, TEAM]),
    Page("search", "Everything you may open, by words.", [EXPERT, TEAM], query="q=text"),
    Page("board", "Every profile with its stage, who has the turn, and by when.", [TEAM]),
    Page("board", "Every profile as a card in the column of its stage.", [TEAM],
         variant="columns", query="view=kanban"),
    Page("board", "Every profile in a list that can be sorted.", [TEAM],
         variant="list", query="view=list"),
    Page("board_view", "Rename or remove a view that was kept.", [TEAM], kept_view),
    Page("profile_new", "Start a profile.", [TEAM]),
    Page("people", "Who has which part, since when, and how much work.", [TEAM, EXPERT], slug),
    Page("people_add", "Give somebody a part.", [TEAM], slug, query="q=a"),
    Page("people_invite", "Invite somebody new.", [TEAM], slug),
    Page("people_substitute", "Let somebody stand in for a time.", [TEAM, EXPERT], part),
    Page("people_end", "Take a part back.", [TEAM], part),
    Page("deadlines", "Change deadlines, with a reason.", [TEAM], slug),
    Page("task_delegate", "Hand a task over.", [TEAM],
         lambda world: [world.step("draft")]),
    Page("outbox_retry_all", "Try everything that failed again.", [TEAM], failed_jobs),
    Page("password_reset", "Ask for a link to set a password.", [STRANGER]),
    Page("password_set", "A link that is too old.", [STRANGER], lambda _world: ["MQ", "no-token"]),
    Page("outbox", "Mails and PDFs that wait, have failed, were sent or made.", [TEAM],
         failed_jobs),
    Page("profile", "Where a profile stands and what it consists of.", [TEAM, EXPERT, REVIEWER],
         slug),
    Page("section", "The submitted text of a section, with its comments.", [EXPERT, REVIEWER],
         lambda world: [world.profile.slug, "1"]),
    Page("requests", "What was asked of the city, with what result.", [EXPERT, FOCAL_POINT, TEAM],
         requests_of),
    Page("request_new", "Ask the city for something.", [EXPERT],
         lambda world: [world.drafted.slug], query="section=2"),
    Page("request", "One request: answer it, ask back, hand it on.", [FOCAL_POINT, EXPERT],
         asked_for),
    Page("request", "One request that is answered, as whoever asked sees it.", [EXPERT],
         answered, variant="answered"),
    Page("evidence", "What the city is, which words mean what, and what is registered.",
         [EXPERT, TEAM], full, most_queries=32),
    Page("sources", "The bibliography.", [EXPERT], full),
    Page("sources_import", "Take over sources from another program.", [EXPERT],
         lambda world: [world.drafted.slug]),
    Page("source_library", "The sources that the programme shares.", [EXPERT, TEAM],
         shared_library),
    Page("source_merge", "Make one source of two.", [EXPERT], two_sources),
    Page("tables", "Every data table with its figures.", [EXPERT], full),
    Page("table", "One data table.", [EXPERT], figure_table),
    Page("table_paste", "A whole table from a spreadsheet.", [EXPERT], figure_table),
    Page("table_chart", "How the text shows a table as a figure.", [EXPERT], figure_table),
    Page("figure_add", "Another figure.", [EXPERT], figure_table),
    Page("figure", "One figure: its source, and what was decided on it.", [EXPERT], figure),
    Page("entry_add", "Register a source.", [EXPERT], lambda world: [world.drafted.slug, "source"]),
    Page("entry", "Change what is registered.", [EXPERT], entry),
    Page("entry_remove", "Remove what is registered.", [EXPERT], entry),
    Page("pictures", "The pictures that the text shows.", [EXPERT], pictures),
    Page("challenges", "The challenges that the priorities answer.", [EXPERT], full),
    Page("priorities", "Priorities and way forward.", [EXPERT, TEAM], full),
    Page("priority_add", "Set another priority.", [EXPERT],
         lambda world: [world.profile_in(ProfileState.PRIORITY_SETTING).slug]),
    Page("priority", "Change a priority.", [EXPERT], priority),
    Page("priority_remove", "Remove a priority.", [EXPERT], priority),
    Page("version_withdraw", "Why a published version is withdrawn.", [TEAM],
         lambda world: [published_slug(world), "1.0"]),
    Page("erratum", "What is printed about a correction.", [TEAM],
         lambda world: [world.profile_in(ProfileState.CORRECTION).slug]),
    Page("section_edit", "Write the text of a section.", [EXPERT],
         lambda world: [world.drafted.slug, "1"], most_bytes=WRITING_BUDGET, most_queries=40),
    Page("section_guidance", "Findings in a text, and what its author says to each question.",
         [EXPERT, REVIEWER, TEAM], lambda world: [world.guided.slug, "1"]),
    Page("findings", "What all the texts of a profile should be looked at.",
         [EXPERT, REVIEWER, TEAM], lambda world: [world.guided.slug]),
    Page("section_copies", "Every text that a section has had.", [EXPERT], copies),
    Page("section_printed", "A chapter as it will be printed.", [EXPERT, TEAM], printed,
         is_pictured=False),
    Page("section_copy", "A former text of a section, to be put back.", [EXPERT], copy),
    Page("section_typed_tables", "Make data tables of what is typed in a text.", [EXPERT],
         typed_table),
    Page("section_compare", "What changed between two revisions.", [REVIEWER, EXPERT],
         lambda world: [world.full.slug, world.revised], query="from=1&to=2"),
    Page("section_review", "A section, its comments and the decision on it.", [REVIEWER],
         lambda world: [world.profile.slug, "1"]),
    Page("word_import", "Bring in a Word file.", [EXPERT], lambda world: [world.drafted.slug]),
    Page("word_mapping", "Which part of a Word file goes where.", [EXPERT], word_reading),
    Page("word_check", "What a Word file would change, and what of it is taken.", [EXPERT],
         word_reading),
    Page("word_changes", "What a Word file would change in one section.", [EXPERT],
         lambda world: [*word_reading(world), "1"]),
    Page("word_check", "What became of a Word file, with a way back.", [EXPERT],
         word_reading_done, variant="done"),
    Page("section_move", "A move of a section that needs a reason.", [REVIEWER],
         lambda world: [world.profile.slug, world.waiting, "accept"]),
    Page("round", "Who was asked, who has answered, and what that means.", [TEAM, REVIEWER], slug),
    Page("attribution", "How the answers of an open round are attributed, more strictly.", [TEAM],
         kept_links),
    Page("links", "Who has used his personal link, and sending another.", [TEAM, FOCAL_POINT],
         kept_links),
    Page("link_revoke", "Why somebody’s personal link is revoked.", [TEAM], link_to_revoke),
    Page("link", "Asked for one's view by personal link: what, until when, how long.", [STRANGER],
         by_link, for_all=False),
    Page("link_section", "One section to read and to answer, by personal link.", [STRANGER],
         section_by_link, for_all=False),
    Page("link_check", "All answers once more before they are sent.", [STRANGER], by_link,
         for_all=False),
    Page("link_receipt", "The answer has arrived.", [STRANGER], sent_by_link, for_all=False),
    Page("link_priorities", "How firmly each challenge should be met, by link.", [STRANGER],
         to_rank, for_all=False),
    Page("link_sign", "What the authority of a city answers, by personal link.", [STRANGER],
         to_sign, for_all=False),
    Page("link_code", "The code that confirms a signature by personal link.", [STRANGER], to_sign,
         for_all=False),
    Page("objection", "An objection, and the written answer to it.", [TEAM, EXPERT], objection),
    Page("workshops", "The workshops of a profile.", [TEAM, EXPERT],
         lambda world: held(world)[:1]),
    Page("workshop", "What a workshop has confirmed and objected to.", [TEAM, EXPERT], held),
    Page("workshop_new", "Writing down a workshop.", [TEAM], lambda world: held(world)[:1]),
    Page("workshop_change", "Correcting the record of a workshop.", [TEAM], held),
    Page("workshop_said", "Writing down what the room said.", [TEAM], held),
    Page("workshop_remark", "Answering the room in writing.", [EXPERT], said_in_the_room),
    Page("paper", "Whose form is printed and entered.", [TEAM, FOCAL_POINT], kept_links),
    Page("paper_form", "The form of somebody, to be printed.", [TEAM], link_to_revoke,
         query="language=en", direction="ltr"),
    Page("paper_room", "An empty form for the room, to be printed.", [TEAM], kept_links,
         query="language=ar", direction="rtl"),
    Page("paper_enter", "Entering what a form says.", [TEAM], link_to_revoke),
    Page("link_paper", "The form on paper, printed by whoever it is for.", [STRANGER], by_link,
         for_all=False),
    Page("qa", "The checks of quality assurance.", [TEAM],
         lambda world: [world.profile_in(ProfileState.PROJECT_QA).slug], most_queries=48),
    Page("responses", "Every comment with what became of it.", [EXPERT, REVIEWER, TEAM], full),
    Page("invitations", "Who was invited to review, and what has come of it.", [TEAM],
         invitations_of),
    Page("invitation_new", "Inviting an international expert to review.", [TEAM],
         lambda world: [world.drafted.slug]),
    Page("invitation", "An invitation that was declined, with somebody else suggested.", [TEAM],
         declined),
    Page("invitation", "An invitation whose interest is to be cleared.", [TEAM],
         interest_declared, variant="interest"),
    Page("my_invitation", "Accepting, declining, or proposing another date.", [Role.TRANSLATOR],
         invited),
    Page("history", "Who did what, when and why.", [TEAM, EXPERT], full),
    Page("pdf", "The PDFs of a profile.", [TEAM, EXPERT], full),
    Page("profile_move", "A move that needs a reason.", [TEAM],
         lambda world: [world.profile.slug, "hold"]),
    Page("me", "Your language, time zone and mails.", [EXPERT, TEAM]),
    Page("password", "Choose another password.", [EXPERT]),
    Page("help", "Help, by role.", [STRANGER, EXPERT]),
    Page("verify", "Check whether a file is the published one.", [STRANGER, EXPERT]),
    Page("fingerprint", "What has a fingerprint, and who approved it.", [STRANGER, EXPERT],
         published_text),
    Page("cities", "Every published profile: list, map and search.", [STRANGER]),
    Page("cities", "Where in the published texts some words stand.", [STRANGER],
         lambda world: published_slug(world) and [], variant="search", query="q=text"),
    Page("published_version", "What was published: contents, files, how to cite it.", [STRANGER],
         lambda world: [published_slug(world), "1.1"]),
    Page("published_part", "A chapter of the web edition.", [STRANGER],
         lambda world: [published_slug(world), "1.0", "section-1"]),
    Page("published_part", "What a correction changed.", [STRANGER],
         lambda world: [published_slug(world), "1.1", "changes"], variant="changes"),
    Page("published_part", "The validation record of the web edition.", [STRANGER],
         lambda world: [published_slug(world), "1.1", "record"], variant="record"),
    Page("help_for", "What waits for a role, and how to do it.", [STRANGER, TEAM],
         lambda _world: ["local_expert"]),
)  # fmt: skip

#: Addresses behind which there is no page to look at, and why.
NO_PAGE = {
    "fingerprint_data": "for machines",
    "published": "leads on to the version that is in force",
    "cities_feed": "for machines",
    "published_file": "a file",
    "published_citation": "a file",
    "language": "POST only",
    "link_language": "POST only",
    "link_code_new": "POST only",
    "link_picture": "a file",
    "link_nowhere": "no page: what is answered to an address that there is not",
    "link_again": "POST only",
    "sign_out": "POST only",
    "task_claim": "POST only",
    "task_release": "POST only",
    "outbox_retry": "POST only",
    "section_save": "POST only",
    "review_draft": "POST only",
    "review_draft_whole": "POST only",
    "section_answers": "POST only",
    "section_beside": "a part of the page for writing",
    "priority_shift": "POST only",
    "invitation_suggested": "POST only",
    "board_view_save": "POST only",
    "people_ask": "POST only",
    "qa_waive": "POST only",
    "entry_shift": "POST only",
    "qa_waiver_back": "POST only",
    "board_file": "a file",
    "table_file": "a file",
    "source_share": "POST only",
    "library_withdraw": "POST only",
    "sources_file": "a file",
    "request_file": "a file",
    "pdf_shown": "a file",
    "responses_file": "a file",
    "responses_annex": "POST only",
    "workshops_file": "a file",
    "workshop_unsaid": "POST only",
    "word_file": "a file",
    "section_word": "a file",
    "pdf_file": "a file",
    "picture_file": "a file",
    "healthz": "for machines",
    "readyz": "for machines",
    "favicon": "redirects",
    "admin:": "Django's own pages, see test_admin",
}
