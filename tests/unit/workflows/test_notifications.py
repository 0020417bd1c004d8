"""Which mails a move asks for, and what makes a line fit for a subject."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from profile_workflow.queries.promises import ATTRIBUTION_RULES
from profile_workflow.states import Attribution
from workflows import notifications, turns
from workflows.flows import human_tasks
from workflows.letters import MailKind, one_line

pytestmark = pytest.mark.unit


def test_thirteen_sections_make_one_mail_for_each_person():
    jobs = notifications.tasks_opened(7, {1: range(100, 113), 2: [200]}, profile_id=3)
    assert [job.key for job in jobs] == ["mail:tasks_opened:7:1", "mail:tasks_opened:7:2"]
    assert jobs[0].payload["tasks"] == list(range(100, 113))
    assert [(job.kind, job.profile_id) for job in jobs] == [("mail", 3), ("mail", 3)]


def test_who_has_no_new_task_gets_no_mail():
    assert notifications.tasks_opened(7, {1: [], 2: ()}, profile_id=3) == []


def test_a_return_carries_the_event_whose_reason_is_quoted():
    (job,) = notifications.tasks_opened(7, {1: [5]}, profile_id=3, reason_event=6)
    assert job.payload["reason_event"] == 6


def test_the_payload_holds_ids_only():
    (job,) = notifications.notify(7, MailKind.CONSULTATION_OPENED, {1: {"round": 4}}, profile_id=3)
    assert job.payload == {
        "kind": "consultation_opened",
        "profile": 3,
        "event": 7,
        "occasion": "",
        "user": 1,
        "round": 4,
    }


def test_reminders_of_different_days_are_different_mails():
    keys = {
        notifications.notify(None, "reminder", {1: {"tasks": [5]}}, profile_id=3, occasion=day)[
            0
        ].key
        for day in ("2026-03-01", "2026-03-04")
    }
    assert keys == {"mail:reminder:2026-03-01:1", "mail:reminder:2026-03-04:1"}


@pytest.mark.parametrize(
    ("event", "kind", "occasion"), [(None, "reminder", ""), (7, "spam", ""), (7, "", "x")]
)
def test_what_cannot_be_a_mail_is_refused(event, kind, occasion):
    with pytest.raises(ValueError, match=r"occasion|valid MailKind"):
        notifications.notify(event, kind, {1: {}}, profile_id=3, occasion=occasion)


def test_the_message_id_is_that_of_the_key(settings):
    settings.SITE_URL = "https://profiles.example.org"
    first = notifications.message_id("mail:held:7:1")
    assert first == notifications.message_id("mail:held:7:1")
    assert first != notifications.message_id("mail:held:7:2")
    assert first.endswith("@profiles.example.org>")
    assert "mail:held" not in first


@given(st.text(max_size=400))
@example("0" * 149 + "\u0300" * 300)
def test_a_subject_is_one_short_line_without_invisible_signs(text):
    line = one_line(text)
    assert len(line) <= 150
    assert {unicodedata.category(sign) for sign in line}.isdisjoint({"Cc", "Cf"})
    assert line == line.strip()
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sfax\r\nBcc: all@example.org", "Sfax Bcc: all@example.org"),
        ("Sfax https://evil.example/x 2026", "Sfax … 2026"),
        ("Sfax WWW.evil.example", "Sfax …"),
        ("Sfax\u202e6202\u200b", "Sfax6202"),
        ("\tSfāqis   2026 ", "Sfāqis 2026"),
    ],
)
def test_a_subject_carries_no_header_no_link_and_no_trick(text, line):
    assert one_line(text) == line


def test_every_human_task_of_the_flow_has_words():
    assert set(turns.LABELS) == set(human_tasks())


def test_every_attribution_rule_is_announced_in_words():
    assert set(ATTRIBUTION_RULES) == set(Attribution.values)
