"""Pages: what they show to whom, what they cost, and how they say no."""

from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from config import health
from profile_workflow.errors import InvalidInput
from profile_workflow.models import Assignment, Comment, Event, FailedSignIn, Organisation, User
from profile_workflow.queries import history
from profile_workflow.services import accounts, drafting, people
from profile_workflow.states import Attribution, ProfileState, Role, SectionState
from profile_workflow.web import loading, navigation, reading
from reports.models import Build
from tests import factories
from workflows import engine, queries
from workflows.models import JobState, OutboxJob, Task
from workflows.queries.overview import BoardFilter

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState
PASSWORD = "correct-horse-battery"


def queries_of(client, address):
    """Return how many queries a page costs, the second time it is asked for."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == HTTPStatus.OK
    return len(counted)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client, name, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def drafted(made):
    return factories.bring_to(factories.make_profile(made), S.DRAFTING)


# Cost


def test_inbox_and_board_stay_within_their_budget(made, django_assert_max_num_queries):
    for _ in range(3):
        factories.bring_to(factories.make_profile(made), S.DRAFTING)
    at = timezone.now()
    with django_assert_max_num_queries(5):
        found = queries.inbox(made[Role.LOCAL_EXPERT], at)
    assert (found.number, len(found.later)) == (9, 9)
    with django_assert_max_num_queries(8):
        board = queries.board(made.team, at)
    assert len(board.rows) == 3


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("tasks", Role.LOCAL_EXPERT),
        ("tasks", Role.PROJECT_TEAM),
        ("profiles", Role.OBSERVER),
        ("board", Role.PROJECT_TEAM),
        ("outbox", Role.PROJECT_TEAM),
    ],
)
def test_a_list_costs_the_same_for_one_profile_and_for_many(made, name, who):
    def grow(number):
        for _ in range(number):
            factories.bring_to(factories.make_profile(made), S.DRAFTING)
            factories.make_profile(made)

    grow(1)
    client = signed_in(made[who])
    one = queries_of(client, reverse(name))
    grow(3)
    assert queries_of(client, reverse(name)) == one


@pytest.mark.parametrize("name", ["profile", "history"])
def test_a_page_of_a_profile_costs_the_same_whatever_its_length(name):
    costs = []
    for sections in (2, 6):
        made = factories.make_programme(sections=sections)
        profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
        for one in factories.sections(profile):
            factories.comment_on(one, made[Role.INTERNATIONAL_EXPERT])
        client = signed_in(made.team)
        costs.append(queries_of(client, reverse(name, args=[profile.slug])))
    assert costs[0] == costs[1]


def test_the_pdf_page_costs_the_same_for_one_build_and_for_many(made, drafted):
    client = signed_in(made.team)
    address = reverse("pdf", args=[drafted.slug])
    make_build(drafted, made.team)
    one = queries_of(client, address)
    for _ in range(5):
        make_build(drafted, made.team)
    assert queries_of(client, address) == one


# The inbox


def test_tasks_stand_where_they_belong(made, drafted):
    at = timezone.now()
    expert = made[Role.LOCAL_EXPERT]
    late, soon, *_others = Task.objects.open().filter(owner=expert).order_by("pk")
    Task.objects.filter(pk=late.pk).update(due_at=at - timedelta(days=12))
    Task.objects.filter(pk=soon.pk).update(due_at=at + timedelta(days=2))
    found = queries.inbox(expert, at)
    assert [row.task for row in found.overdue] == [late.pk]
    assert [row.task for row in found.this_week] == [soon.pk]
    assert (found.number, found.number_late, len(found.later)) == (3, 1, 1)
    text = page(signed_in(expert), "tasks")
    assert "12 days late" in text
    assert "3 tasks need you." in text
    assert "1 is late" in text


def test_tasks_of_a_profile_on_hold_wait_apart(made, drafted):
    factories.move(drafted, "hold", made.team, reason="Elections.")
    found = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now())
    assert (found.number, len(found.paused)) == (0, 3)
    assert "on hold" in page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")


def test_a_task_of_a_role_is_taken_given_back_and_seen_as_done(made):
    profile = factories.make_profile(made)
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    task = Task.objects.open().get(profile=profile)
    if task.owner_id:
        engine.release(task, by=made.team, at=timezone.now())
    client, other = signed_in(made.team), signed_in(colleague)
    address = reverse("task", args=[task.pk])
    assert len(queries.inbox(made.team, timezone.now()).queue) == 1
    assert client.post(reverse("task_claim", args=[task.pk]))["Location"] == address
    assert len(queries.inbox(made.team, timezone.now()).later) == 1
    refused = other.post(reverse("task_claim", args=[task.pk]))
    assert refused.status_code == HTTPStatus.CONFLICT
    assert made.team.full_name in refused.content.decode()
    client.post(reverse("task_release", args=[task.pk]))
    assert len(queries.inbox(made.team, timezone.now()).queue) == 1
    done = client.post(address, {"move": "begin_inception", "reason": ""})
    assert (done.status_code, done["Location"]) == (HTTPStatus.FOUND, reverse("tasks"))
    assert len(queries.inbox(made.team, timezone.now()).done) == 1
    gone = other.get(address)
    assert gone.status_code == HTTPStatus.OK
    assert f"{made.team.full_name} has finished this task." in gone.content.decode()


def test_who_stands_in_for_somebody_sees_his_tasks(made, drafted):
    today = timezone.localdate()
    stand_in = factories.make_person("stand_in")
    held = Assignment.objects.get(profile=drafted, role=Role.LOCAL_EXPERT)
    people.substitute(
        held, by_user=stand_in, starts_on=today, ends_on=today, by=made.team, at=timezone.now()
    )
    rows = queries.inbox(stand_in, timezone.now()).later
    assert len(rows) == 3
    assert rows[0].why == f"you stand in for {made[Role.LOCAL_EXPERT].full_name}"


# A task and its moves


def test_a_move_that_lacks_something_says_what_and_keeps_what_was_typed(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    one = factories.section(profile, "1")
    task = Task.objects.open().get(section=one)
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    address = reverse("task", args=[task.pk])
    nothing = client.post(address, {})
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose one of these." in nothing.content.decode()
    answer = client.post(address, {"move": "request_minor_changes", "reason": " "})
    text = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_reason"' in text
    assert 'value="request_minor_changes"' in text
    assert "checked" in text
    assert factories.fresh(one).state == SectionState.UNDER_REVIEW
    client.post(address, {"move": "request_minor_changes", "reason": "The figures are missing."})
    assert factories.fresh(one).state == SectionState.CHANGES_REQUESTED


def test_what_is_missing_is_a_list_with_links(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    client = signed_in(made[Role.LOCAL_EXPERT])
    address = reverse("task", args=[task.pk])
    text = reverse("section_edit", args=[drafted.slug, "1"])
    found = client.get(address).content.decode()
    assert f'href="{text}#id_text">Go to the text of section 1' in found
    refused = client.post(address, {"move": "submit"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Something is missing" in refused.content.decode()


def test_sections_are_named_with_a_return(made):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    client = signed_in(made.team)
    address = reverse("task", args=[task.pk])
    given = {"move": "return_for_revision", "reason": "Too long."}
    refused = client.post(address, given)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_sections_0"' in refused.content.decode()
    assert client.post(address, {**given, "sections": ["2"]}).status_code == HTTPStatus.FOUND
    assert factories.section(profile, "2").state == SectionState.REOPENED
    author = signed_in(made[Role.LOCAL_EXPERT])
    again = Task.objects.open().get(section__profile=profile)
    assert "Too long." in page(author, "task", again.pk)


def test_the_three_kinds_of_no_look_different(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    address = reverse("task", args=[task.pk])
    not_you = signed_in(made[Role.OBSERVER]).post(address, {"move": "submit"})
    author = signed_in(made[Role.LOCAL_EXPERT])
    not_complete = author.post(address, {"move": "submit"})
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", made[Role.LOCAL_EXPERT])
    not_now = author.post(address, {"move": "submit"})
    answers = [
        (not_you, HTTPStatus.FORBIDDEN, "This is not yours to do"),
        (not_now, HTTPStatus.CONFLICT, "This is not possible now"),
        (not_complete, HTTPStatus.UNPROCESSABLE_ENTITY, "Something is missing"),
    ]
    for answer, status, heading in answers:
        assert answer.status_code == status
        assert heading in answer.content.decode()


def test_moves_beside_the_tasks_have_a_page_of_their_own(made, drafted):
    client = signed_in(made.team)
    address = reverse("profile_move", args=[drafted.slug, "hold"])
    assert address in page(client, "profile", drafted.slug)
    assert client.post(address, {"move": "hold"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(address, {"move": "hold", "reason": "Elections."})
    assert factories.fresh(drafted).state == S.ON_HOLD
    assert client.get(address).status_code == HTTPStatus.CONFLICT
    assert client.get(address.replace("hold", "explode")).status_code == HTTPStatus.NOT_FOUND
    resume = reverse("profile_move", args=[drafted.slug, "resume"])
    assert signed_in(made[Role.LOCAL_EXPERT]).get(resume).status_code == HTTPStatus.FORBIDDEN


# The board


def test_the_board_says_stage_progress_next_actor_and_lateness(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    factories.write(factories.section(profile, "1"), "Text.")
    factories.move(factories.section(profile, "1"), "submit", made[Role.LOCAL_EXPERT])
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=12))
    row = queries.board(made.team, timezone.now()).rows[0]
    assert [cell.when for cell in row.cells] == ["done", "now", *["ahead"] * 6]
    assert (row.cells[1].done, row.cells[1].of) == (1, 3)
    assert [(one.name, one.tasks) for one in row.actors] == [(made[Role.LOCAL_EXPERT].full_name, 2)]
    text = page(signed_in(made.team), "board")
    assert "1/3" in text
    assert "12 days late" in text


def test_the_board_counts_answers_while_people_are_asked(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    first = factories.asked(profile)[0]
    factories.move(first, "approve", first.person)
    cell = queries.board(made.team, timezone.now()).rows[0].cells[4]
    assert (cell.when, cell.done, cell.of, cell.counts_answers) == ("now", 1, 3, True)


def test_the_board_is_filtered_and_searched(made):
    drafted = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    held = factories.bring_to(factories.make_profile(made), S.ON_HOLD)
    over = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    at = timezone.now()

    def found(**wanted):
        rows = queries.board(made.team, at, BoardFilter(**wanted)).rows
        return {row.profile.pk for row in rows}

    assert found() == {drafted.pk, held.pk}
    assert found(stage="drafting") == {drafted.pk, held.pk}
    assert found(stage="published") == set()
    assert found(stage="ended") == {over.pk}
    assert found(search=str(drafted.slug)) == {drafted.pk}
    assert found(role=Role.PROJECT_TEAM) == set()
    assert found(role=Role.LOCAL_EXPERT, order="city") == {drafted.pk, held.pk}
    assert found(late=True, order="age") == set()
    Task.objects.open().update(due_at=at - timedelta(days=1))
    assert found(late=True) == {drafted.pk}
    client = signed_in(made.team)
    assert "No profile matches the filter." in page(client, "board", search="nowhere")
    # What cannot be read leaves nothing out, and is no error.
    assert drafted.slug in page(client, "board", stage="' OR 1=1 --", page="x")


def test_a_board_without_profiles_says_how_to_get_one(made):
    assert "There is no profile yet." in page(signed_in(made.team), "board")


def test_the_board_ends_at_the_programme(made):
    factories.make_profile()
    assert queries.board(made.team, timezone.now()).rows == []


# The timeline and other people's answers


@pytest.fixture
def answered(made):
    """A consultation in which a stakeholder has commented and objected."""

    def make(attribution):
        profile = factories.make_profile(made, attribution=attribution)
        profile = factories.bring_to(profile, S.CONSULTATION)
        author = made[Role.STAKEHOLDER]
        organisation = Organisation.objects.create(key=f"o{profile.pk}", name="Canary House")
        User.objects.filter(pk=author.pk).update(
            full_name="Canary Stakeholder", organisation=organisation
        )
        factories.comment_on(factories.section(profile, "1"), author, text="Not so in my street.")
        signoff = next(one for one in factories.asked(profile) if one.person_id == author.pk)
        factories.move(
            signoff,
            "object_to",
            User.objects.get(pk=author.pk),
            reason="The figures are wrong.",
            sections=[factories.section(profile, "1")],
        )
        return profile

    return make


PAGES = ["profile", "history"]
OTHERS = [Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT, Role.OBSERVER]


@pytest.mark.repeats
@pytest.mark.any_database
@pytest.mark.parametrize("attribution", [Attribution.CATEGORY, Attribution.CHATHAM_HOUSE])
def test_who_answered_is_the_project_teams_to_know(made, answered, attribution):
    profile = answered(attribution)
    canaries = ("Canary Stakeholder", "Canary House", made[Role.STAKEHOLDER].email)
    addresses = [
        *(reverse(name, args=[profile.slug]) for name in PAGES),
        reverse("section", args=[profile.slug, "1"]),
        *(
            f"{reverse('history', args=[profile.slug])}?{query}"
            for query in ("kind=comment", "kind=sign_off", "section=1", "kind=people", "output=csv")
        ),
        *(reverse("task", args=[pk]) for pk in Task.objects.values_list("pk", flat=True)),
    ]
    for role in [*OTHERS, Role.CITY_AUTHORITY, Role.TRANSLATOR]:
        client = signed_in(made[role])
        for address in addresses:
            text = client.get(address).content.decode()
            assert [one for one in canaries if one in text] == [], (role, address)
    # The team sees the name, so the search above would have found it.
    team = signed_in(made.team)
    assert "Canary Stakeholder" in team.get(addresses[0]).content.decode()
    assert "Canary Stakeholder" in team.get(addresses[1]).content.decode()
    assert "Canary Stakeholder" in page(signed_in(made[Role.STAKEHOLDER]), "history", profile.slug)


def test_a_filter_does_not_tell_who_answered(made, answered):
    profile = answered(Attribution.CATEGORY)
    author = made[Role.STAKEHOLDER]
    wanted = history.Wanted(person=author.pk)
    others = made[Role.LOCAL_EXPERT]
    assert list(history.events_of(profile, wanted, viewer=others)) == []
    assert author.pk not in {one.pk for one in history.people_in(profile, viewer=others)}
    for viewer in (made.team, author):
        assert history.events_of(profile, wanted, viewer=viewer).count() == 2


def test_an_answer_without_a_name_has_no_time_of_day(made, answered):
    profile = answered(Attribution.CHATHAM_HOUSE)
    number = Event.objects.get(profile=profile, move="object_to").seq
    (line,) = history.lines(profile, [number], viewer=made[Role.LOCAL_EXPERT])
    assert (line.who, line.role, line.exact) == ("A participant", "", False)
    (line,) = history.lines(profile, [number], viewer=made.team)
    assert (line.who, line.exact) == ("Canary Stakeholder", True)


@pytest.mark.parametrize(
    ("attribution", "shown"),
    [
        (Attribution.NAMED, "Canary Stakeholder"),
        (Attribution.ORGANISATION, "Canary House"),
        (Attribution.CATEGORY, "Public service"),
        (Attribution.CHATHAM_HOUSE, "A participant"),
    ],
)
def test_each_attribution_shows_what_it_promises(made, answered, attribution, shown):
    profile = answered(attribution)
    number = Event.objects.get(profile=profile, move="object_to").seq
    (line,) = history.lines(profile, [number], viewer=made[Role.LOCAL_EXPERT])
    assert line.who == shown


def test_the_timeline_says_who_what_from_to_why_and_when(made):
    profile = factories.bring_to(factories.make_profile(made), S.REVISION_EXPERT)
    text = page(signed_in(made[Role.OBSERVER]), "history", profile.slug)
    event = Event.objects.get(profile=profile, move="request_minor_revision")
    for words in (
        made[Role.INTERNATIONAL_EXPERT].full_name,
        "Ask for a minor revision",
        "Expert review",
        "Revision after expert review",
        "Almost there.",
        event.hash[:10],
    ):
        assert words in text
    only = page(signed_in(made.team), "history", profile.slug, kind="comment")
    assert "Nothing has happened that matches the filter." in only


def test_a_name_that_was_erased_leaves_the_timeline_whole(made, drafted):
    expert = made[Role.LOCAL_EXPERT]
    User.objects.filter(pk=expert.pk).update(pseudonym=uuid4())
    text = page(signed_in(made.team), "history", drafted.slug)
    assert "A person whose name was erased" in text


def test_long_timelines_have_pages_that_keep_the_filter(made):
    made = factories.make_programme(sections=13)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    text = page(signed_in(made.team), "history", profile.slug, kind="moves")
    assert "?kind=moves&amp;page=2" in text
    second = page(signed_in(made.team), "history", profile.slug, kind="moves", page="2")
    assert 'rel="prev"' in second
    assert 'rel="next"' in page(signed_in(made.team), "history", profile.slug, page="0")


# Reading


def test_a_section_is_read_with_tables_sources_and_neighbours(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    one = factories.section(profile, "1")
    figure = factories.give_figure(one)
    source, table = figure.source.key, figure.table.key
    factories.write(one, f"Many came [@{source}].\n\n[[table:{table}]]\n\n<b>raw</b>")
    client = signed_in(made[Role.OBSERVER])
    assert "No text has been submitted yet." in page(client, "section", profile.slug, "1")
    factories.move(factories.fresh(one), "submit", made[Role.LOCAL_EXPERT])
    text = page(client, "section", profile.slug, "1")
    assert f'id="source-{source}"' in text
    assert "1,000 persons" in text
    assert "&lt;b&gt;raw" in text
    assert 'rel="next"' in text
    assert client.get(reverse("section", args=[profile.slug, "99"])).status_code == 404


# The PDF


def make_build(profile, by, **fields) -> Build:
    given = {
        "kind": Build.Kind.CONSULTATION,
        "language": "en",
        "digest": "0" * 64,
        "created_at": timezone.now(),
    }
    return Build.objects.create(profile=profile, requested_by=by, **{**given, **fields})


def finished_build(profile, by, **fields) -> Build:
    build = make_build(profile, by, **fields)
    build.file.save("test.pdf", ContentFile(b"%PDF-1.7"), save=False)
    build.state, build.sha256, build.pages = Build.State.DONE, "1" * 64, 3
    build.save()
    return build


def test_a_pdf_is_asked_for_once_and_fetched(made, drafted):
    client = signed_in(made[Role.OBSERVER])
    address = reverse("pdf", args=[drafted.slug])
    assert "No PDF has been made yet." in page(client, "pdf", drafted.slug)
    for _ in range(2):
        assert client.post(address, {"kind": "consultation", "language": "fr"}).status_code == 302
    build = Build.objects.get(profile=drafted)
    job = OutboxJob.objects.get(kind="pdf", profile=drafted)
    assert job.payload["build"] == build.pk
    assert client.get(f"{address}{build.pk}/").status_code == HTTPStatus.NOT_FOUND
    done = finished_build(drafted, made.team)
    response = client.get(f"{address}{done.pk}/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert "3 pages" in page(client, "pdf", drafted.slug)


def test_a_build_that_failed_says_why(made, drafted):
    make_build(drafted, made.team, state=Build.State.FAILED, problem="Table 3 is too wide.")
    assert "Table 3 is too wide." in page(signed_in(made.team), "pdf", drafted.slug)


def test_the_working_text_is_not_printed_for_everybody(made, drafted):
    preview = finished_build(drafted, made.team, kind=Build.Kind.PREVIEW)
    address = reverse("pdf", args=[drafted.slug])
    observer = signed_in(made[Role.OBSERVER])
    refused = observer.post(address, {"kind": "preview", "language": "en"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert observer.get(f"{address}{preview.pk}/").status_code == HTTPStatus.NOT_FOUND
    response = signed_in(made.team).get(f"{address}{preview.pk}/")
    assert response.status_code == HTTPStatus.OK
    response.close()


# The outbox


def test_a_failed_job_is_seen_and_tried_again(made, drafted):
    job = OutboxJob.objects.create(
        kind="mail",
        key="broken",
        profile=drafted,
        payload={"kind": "reminder", "user": made.team.pk},
        state=JobState.FAILED,
        finished_at=timezone.now(),
        last_error="The address does not exist.",
    )
    client = signed_in(made.team)
    text = page(client, "outbox")
    assert "The address does not exist." in text
    assert "Reminder" in text
    again = reverse("outbox_retry", args=[job.pk])
    client.post(again)
    assert OutboxJob.objects.get(pk=job.pk).state == JobState.WAITING
    told = client.post(again, follow=True).content.decode()
    assert "Only a job that has failed can be tried again." in told


def test_jobs_of_other_programmes_do_not_exist(made):
    foreign = factories.make_profile()
    job = OutboxJob.objects.create(
        kind="mail", key="foreign", profile=foreign, state="failed", finished_at=timezone.now()
    )
    client = signed_in(made.team)
    assert client.post(reverse("outbox_retry", args=[job.pk])).status_code == 404
    assert foreign.slug not in page(client, "outbox")


# Signing in, languages, health


@pytest.fixture
def member():
    return factories.make_person("member", password=PASSWORD, language="fr")


def sign_in(client, email, password=PASSWORD, **extra):
    given = {"username": email, "password": password, **extra}
    return client.post(reverse("sign_in"), given)


def test_signing_in_changes_the_session_and_speaks_the_persons_language(client, member):
    client.get(reverse("sign_in"))
    answer = sign_in(client, member.email.upper(), next="/profiles/")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/profiles/")
    assert answer.cookies["django_language"].value == "fr"
    before = client.session.session_key
    out = client.post(reverse("sign_out"))
    assert out["Clear-Site-Data"] == '"storage"'
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil.example", "/\\evil.example", "https://evil.example/"],
)
def test_nobody_is_sent_to_another_site(client, member, target):
    assert sign_in(client, member.email, next=target)["Location"] == reverse("home")
    changed = client.post(reverse("language"), {"language": "ar", "next": target})
    assert changed["Location"] in {"/", reverse("home")}


def test_guessing_ends_after_five_attempts_for_that_account_and_place(client, member):
    for _ in range(5):
        assert sign_in(client, member.email, "wrong").status_code == HTTPStatus.OK
    closed = sign_in(client, member.email)
    assert closed.status_code == HTTPStatus.TOO_MANY_REQUESTS
    other = factories.make_person("other", password=PASSWORD)
    assert sign_in(Client(), other.email).status_code == HTTPStatus.FOUND
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, member.email).status_code == HTTPStatus.FOUND
    FailedSignIn.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client, member.email).status_code == HTTPStatus.FOUND


def test_no_answer_tells_whether_there_is_an_account(client, member):
    for email in (member.email, "nobody@example.org"):
        answers = [sign_in(Client(), email, "wrong") for _ in range(6)]
        assert [one.status_code for one in answers] == [200] * 5 + [429]
    known, unknown = (
        sign_in(Client(), email, "wrong").content.decode().count("problem")
        for email in (member.email, "nobody@example.org")
    )
    assert known == unknown
    stored = FailedSignIn.objects.values_list("key", flat=True)
    assert not any(member.email in key for key in stored)


def test_a_language_is_remembered_for_the_person(client, member):
    client.force_login(member)
    client.post(reverse("language"), {"language": "ar", "next": "/profiles/"})
    assert User.objects.get(pk=member.pk).language == "ar"
    assert '<html lang="ar" dir="rtl">' in page(client, "profiles")
    client.post(reverse("language"), {"language": "tlh"})
    assert User.objects.get(pk=member.pk).language == "ar"


def test_health_says_little_to_strangers_and_more_to_the_team(client, made):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    OutboxJob.objects.create(
        kind="mail", key="old", not_before=timezone.now() - timedelta(minutes=11)
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})
    assert "outbox" in signed_in(made.team).get("/readyz").json()["problems"]


def test_the_page_for_our_own_faults_needs_no_database(client, made, monkeypatch):
    def breaks(*_arguments, **_named):
        raise RuntimeError

    monkeypatch.setattr("workflows.views.tasks.queries.inbox", breaks)
    client.raise_request_exception = False
    client.force_login(made.team)
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(reverse("tasks"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong" in answer.content.decode()
    assert all("assignment" not in one["sql"] for one in counted.captured_queries)


def test_a_form_without_its_token_is_refused_in_words(made):
    client = Client(enforce_csrf_checks=True)
    client.force_login(made.team)
    answer = client.post(reverse("sign_out"))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This page was open too long" in answer.content.decode()


def test_comments_are_shown_where_they_wait(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    factories.comment_on(factories.section(profile, "1"), made[Role.INTERNATIONAL_EXPERT])
    client = signed_in(made[Role.LOCAL_EXPERT])
    assert Comment.objects.get().text in page(client, "profile", profile.slug)
    assert Comment.objects.get().text in page(client, "section", profile.slug, "1")


def test_health_names_a_database_that_does_not_answer(client, monkeypatch):
    def away(_at):
        raise OperationalError

    monkeypatch.setitem(health.CHECKS, "migrations", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready"})


def test_a_language_that_does_not_exist_is_refused(member):
    with pytest.raises(InvalidInput):
        accounts.choose_language(member, "tlh")


def test_a_language_chosen_before_signing_in_stays(client, member):
    client.post(reverse("language"), {"language": "ar"})
    assert sign_in(client, member.email).cookies.get("django_language") is None


def test_pages_do_not_rely_on_the_table_of_access_alone(rf, made, drafted):
    request = rf.get("/")
    request.user = made.outsider
    with pytest.raises(Http404):
        loading.profile_or_404(request, drafted.slug)


def test_strangers_have_no_navigation(rf):
    request = rf.get("/")
    assert navigation.entries(request) == []


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"value": "1234.5000"}, "1,234.5 persons"),
        (
            {"value": None, "value_low": "30000", "value_high": "1000000"},
            "30,000–1,000,000 persons",
        ),
        ({"value": None, "text": "some"}, "some"),
        ({"value": None}, "not available"),
    ],
)
def test_a_figure_in_words(drafted, fields, shown):
    item = factories.give_figure(factories.section(drafted, "1"))
    for name, value in fields.items():
        number = name.startswith("value") and value is not None
        setattr(item, name, Decimal(value) if number else value)
    assert reading.figure_in_words(item) == shown


def test_a_section_in_which_nothing_was_found_says_where_it_was_looked_for(made, drafted):
    one = factories.section(drafted, "1")
    found = drafting.DraftText("", nothing_found=True, searched="The statistical office.")
    at = timezone.now()
    expert = made[Role.LOCAL_EXPERT]
    drafting.save_draft(one, found, base_version=0, by=expert, at=at)
    factories.move(one, "submit", expert)
    client = signed_in(made[Role.OBSERVER])
    assert "The statistical office." in page(client, "section", drafted.slug, "1")
    assert "nothing found" in page(client, "profile", drafted.slug)


def test_a_withdrawn_task_says_so(made):
    profile = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    task = Task.objects.filter(profile=profile, status="CANCELED", section__isnull=False).first()
    text = page(signed_in(made.team), "task", task.pk)
    assert "This task was withdrawn" in text


def test_tasks_beyond_the_most_urgent_ones_are_counted_not_listed(made, drafted, monkeypatch):
    monkeypatch.setattr("workflows.queries.personal.MOST_ROWS", 2)
    found = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now())
    assert (found.number, len(found.later), found.is_cut) == (3, 2, True)
    assert "Only the most urgent ones" in page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")


def test_a_task_in_a_role_is_offered_to_all_who_hold_it(made):
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.make_profile(made)
    task = Task.objects.open().get(profile=profile)
    address = reverse("task_claim", args=[task.pk])
    assert address in page(signed_in(colleague), "tasks")
    assert "waits for anybody in the role" in page(signed_in(colleague), "profile", profile.slug)
    assert address in page(signed_in(colleague), "task", task.pk)
