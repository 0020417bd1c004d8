"""The demonstration: every state, every role, one profile to its PDF, and nothing done twice."""

import io
from collections import Counter, defaultdict

import pytest
from django.core.management import call_command
from django.utils import timezone

from profile_workflow.models import (
    Assignment,
    Comment,
    Event,
    PaperAnswer,
    Profile,
    ReviewInvitation,
    SignOff,
    Workshop,
)
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState, Role, SignOffState
from reports.builds.changes import changes_since_published
from reports.builds.data import attachments_of
from reports.builds.pages import job_of
from reports.builds.pictures import with_pictures
from reports.context import assemble
from reports.context.gather import read_material
from reports.pdf.isolation import Built, build
from tests import pdf_gate, pdf_reading
from tests.measuring import measured_once
from workflows import engine
from workflows.demo.programme import FULL_PROFILE
from workflows.invariants import unresolved_nodes, violations
from workflows.models import Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.pdf,
    pytest.mark.django_db,
]

S = ProfileState
#: Stages without a loop: before it begins there is nothing to go back to.
WITHOUT = {S.PLANNED}


def perform_measured_once(document, move, perform=engine.perform, **given):
    """Measure each kind of move once; the demonstration makes more than a thousand."""
    with measured_once("perform", type(document), move):
        return perform(document, move, **given)


@pytest.fixture
def demonstration(db, tmp_path, monkeypatch):
    """Fill it, and return what was said and where the PDF is."""
    monkeypatch.setattr(engine, "perform", perform_measured_once)
    path, out = tmp_path / "sfax.pdf", io.StringIO()
    call_command("demo", "--output", str(path), stdout=out)
    return out.getvalue(), path


@pytest.mark.long(80)
def test_it_shows_everything(demonstration, subtests):
    # One test, for filling it takes longer than looking at all of it.
    for look in (
        look_whether_it_says_how_to_enter,
        look_for_profiles_in_every_state,
        look_for_people_in_every_role,
        look_for_late_tasks_objections_and_returned_sections,
        look_for_workshops_and_forms,
        look_for_invitations_that_wait_and_were_declined,
        look_for_what_has_not_happened_yet,
        look_for_a_loop_of_the_full_profile_at_each_stage,
        look_whether_a_stage_without_a_loop_is_seen,
        read_its_pdf_back,
        hold_profiles_in_other_languages_to_the_gate,
        look_whether_processes_documents_and_log_agree,
        let_the_commands_check_the_database,
        fill_it_again,
    ):
        with subtests.test(look.__name__):
            look(*demonstration)


def look_whether_it_says_how_to_enter(said, path):
    assert str(path) in said
    assert "andreas-holm@demo.example" in said
    assert "password" in said


def look_for_profiles_in_every_state(*_told):
    resting = set(ProfileState) - {ProfileState.VALIDATED}
    assert {ProfileState(one.state) for one in Profile.objects.all()} == resting


def look_for_people_in_every_role(*_told):
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Role)


def look_for_late_tasks_objections_and_returned_sections(*_told):
    assert Task.objects.open().filter(due_at__lt=timezone.now()).exists()
    assert SignOff.objects.filter(state=SignOffState.OBJECTED, round__closed_at=None).exists()
    assert Profile.objects.filter(sections__state="changes_requested").exists()


def look_for_workshops_and_forms(*_told):
    closed = Workshop.objects.values_list("closed_at", flat=True)
    assert {one is None for one in closed} == {True, False}
    assert PaperAnswer.objects.filter(counts=True).exists()


def look_for_invitations_that_wait_and_were_declined(*_told):
    states = set(ReviewInvitation.objects.values_list("state", flat=True))
    assert {"invited", "declined", "accepted"} <= states
    declined = ReviewInvitation.objects.filter(state="declined").exclude(suggested_email="")
    assert all(not one.followed_by.exists() for one in declined)
    assert declined


def look_for_what_has_not_happened_yet(*_told):
    later = Event.objects.filter(at__gt=timezone.now())
    assert [(one.profile.slug, one.move) for one in later.select_related("profile")] == []


# The loops of the full profile


def roads():
    """Return state → states to which a move of a profile leads; a pause leads to where it began."""
    found = defaultdict(set)
    for one in Profile._meta.get_field("state").get_all_transitions(Profile):
        back = one.name == "hold"
        if one.source != S.ON_HOLD:
            ends = [one.target] if isinstance(one.target, str) else one.target.allowed_states
            # The first one is where the move leads by itself.
            found[one.source].add(one.source if back else ends[0])
    return found


def way(begin, end):
    """Return the shortest way from a state to another, or to itself, by the machine."""
    onwards, ways = roads(), [[begin]]
    for one in ways:
        if one[-1] == end and len(one) > 1:
            return one
        ways += [[*one, after] for after in sorted(onwards[one[-1]]) if after not in one[1:]]
    return []


def stages_without_a_loop(events):
    """Return the stages on the straight way to which nothing came back, though the machine lets it.

    ``events`` are pairs of document and state; a section that was taken back counts for the stage.
    """
    came, here = Counter({S.PLANNED: 1}), S.PLANNED
    for document, move, after in events:
        if document == "profile" and after != here:
            here = after
            came[here] += 1
        elif document.startswith("section:") and move == "take_back":
            came[here] += 1
    return {
        one
        for one in way(S.PLANNED, S.PUBLISHED)
        if way(one, one) and came[one] < 2 and one not in WITHOUT
    }


def log_of_the_full_profile():
    events = Event.objects.filter(profile__slug=FULL_PROFILE).order_by("seq")
    return list(events.values_list("document", "move", "to_state"))


def look_for_a_loop_of_the_full_profile_at_each_stage(*_told):
    moves = Counter(move for _document, move, _after in log_of_the_full_profile())
    assert stages_without_a_loop(log_of_the_full_profile()) == set()
    assert (moves["publish"], moves["publish_correction"]) == (1, 1)
    assert not Comment.objects.filter(section__profile__slug=FULL_PROFILE, state="open").exists()


def look_whether_a_stage_without_a_loop_is_seen(*_told):
    for left_out, stage in (
        ({"hold", "resume"}, S.INCEPTION),
        ({"take_back"}, S.DRAFTING),
        ({"open_correction", "publish_correction"}, S.PUBLISHED),
    ):
        log = [one for one in log_of_the_full_profile() if one[1] not in left_out]
        assert stages_without_a_loop(log) == {stage}


def test_the_straight_way_has_no_loops():
    stages = way(S.PLANNED, S.PUBLISHED)
    straight = [("profile", "", state) for state in stages[1:]]
    assert stages_without_a_loop(straight) == set(stages) - WITHOUT
    assert len(stages) == 12


# Its PDF


def read_its_pdf_back(_said, path):
    profile = Profile.objects.get(slug=FULL_PROFILE)
    material = read_material(profile.pk, language="en", drafts=False, as_public=True)
    made = printed(profile, material, path.read_bytes())
    assert pdf_gate.faults_of(made) == {}
    reading, told = made.reading, pdf_reading.told(material, made.job)
    assert len(reading.texts) >= 30
    assert len(told.chapters) >= 12
    assert all(len(one.pieces()) > 40 for one in told.chapters)
    listed = [pdf_reading.compact(one.text) for one in reading.contents]
    for number in range(1, 9):
        assert any(one.startswith(f"table{number}") for one in listed)
    words = pdf_reading.compact(reading.document.text)
    assert pdf_reading.compact(profile.erratum) in words
    assert pdf_reading.compact("What has changed since version 1.0") in words
    assert "notforcitation" not in pdf_reading.compact(reading.document.text)


def hold_profiles_in_other_languages_to_the_gate(*_told):
    for city, language in (("sousse", "fr"), ("amman", "ar")):
        profile = Profile.objects.filter(city__slug=city, language=language).earliest("pk")
        material = read_material(profile.pk, language=language, drafts=True, as_public=False)
        assert pdf_gate.faults_of(printed(profile, material)) == {}


def printed(profile, material, content=b""):
    """What a profile says on paper; without its file it is made."""
    report = assemble(material)
    changes = changes_since_published(profile, material)
    job = job_of(report, files=attachments_of(material, report), changes=changes)
    job = with_pictures(job, profile)
    file = Built(content, 0, 0, {}, ()) if content else build(job)
    return pdf_gate.Printed(material, job, file)


def look_whether_processes_documents_and_log_agree(*_told):
    assert unresolved_nodes() == []
    for profile in Profile.objects.all():
        assert violations(profile) == []
        assert list(broken_links(profile)) == []


def let_the_commands_check_the_database(*_told):
    for command in (["check_flow"], ["verify_log"], ["rebuild_search", "--check"]):
        call_command(*command, stdout=io.StringIO())


def fill_it_again(_said, path):
    before = Event.objects.count()
    call_command("demo", "--output", str(path), stdout=io.StringIO())
    assert Event.objects.count() == before
