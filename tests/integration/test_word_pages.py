"""Word files on the pages: who may, three steps, nothing overwritten, a way back."""

import io
import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.forms import word as forms
from profile_workflow.models import Draft, Section, WordReading, WorkingCopy
from profile_workflow.services import word
from profile_workflow.states import Occasion, ProfileState, Role
from profile_workflow.word.chapters import Chapter, parts_of
from tests import factories
from tests.docx import docx, p
from tests.integration.pages import signed_in
from workflows.management.commands.worker import sweep

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY


def upload(client, profile, file, **more):
    content = file if isinstance(file, bytes) else file.getvalue()
    sent = {"file": SimpleUploadedFile("../x.docx", content), **more}
    return client.post(reverse("word_import", args=[profile.slug]), sent)


def page(name, reading, *more):
    return reverse(name, args=[reading.profile.slug, reading.pk, *more])


def draft_of(profile, key="1"):
    return Draft.objects.get(section__profile=profile, section__key=key)


def download(client, profile, key="", text="working"):
    name, more = ("section_word", [key]) if key else ("word_file", [])
    response = client.get(reverse(name, args=[profile.slug, *more]), {"text": text})
    assert response.status_code == OK
    return b"".join(response.streaming_content)


def texts_in(data, profile):
    chapters = [Chapter(one.key, one.number, [one.title]) for one in factories.sections(profile)]
    parts = parts_of(io.BytesIO(data), chapters, language="en", origin=profile.slug)
    return {part.key: part.text for part in parts}


# To Word


def test_the_working_text_is_for_those_who_write_it(made, drafted, expert):
    factories.write(factories.section(drafted, "1"), "Not yet *submitted*.")
    assert texts_in(download(expert, drafted, "1"), drafted) == {"1": "Not yet *submitted*."}
    assert texts_in(download(expert, drafted, "1", text="submitted"), drafted) == {"1": ""}
    for role in set(Role) - {Role.LOCAL_EXPERT}:
        found = download(signed_in(made[role]), drafted)
        assert set(texts_in(found, drafted).values()) == {""}
        assert b"submitted" not in found


def test_everybody_takes_the_submitted_text_away(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    found = texts_in(download(signed_in(made[Role.STAKEHOLDER]), profile), profile)
    submitted = {one.key: one.revision.text for one in factories.sections(profile)}
    assert found == submitted


def test_sources_and_tables_come_along_in_a_constant_number_of_queries(drafted, expert):
    item = factories.give_figure(factories.section(drafted, "1"))
    table = item.table
    one = f"A [@{item.source.key}].\n\n[[table:{table.key}]]"
    factories.write(factories.section(drafted, "1"), one)
    with CaptureQueriesContext(
        connection,
    ) as few:
        data = download(expert, drafted)
    for section in factories.sections(drafted):
        factories.write(section, one)
    with CaptureQueriesContext(connection) as many:
        download(expert, drafted)
    assert len(few) == len(many)
    assert texts_in(data, drafted)["1"] == one
    with io.BytesIO(data) as file:
        from zipfile import ZipFile  # noqa: PLC0415 - for this look alone

        words = re.sub(r"<[^>]+>", " ", ZipFile(file).read("word/document.xml").decode())
    assert table.title in words
    assert item.source.title in words


# From Word


def test_a_file_goes_through_three_steps_and_can_be_taken_back(made, drafted, expert):
    first, second = factories.sections(drafted)[:2]
    factories.write(first, "What stood there.")
    body = (
        p("Preface") + p(str(first), "Titre1") + p("New words.") + p("Strange", "Titre1") + p("y")
    )
    answer = upload(expert, drafted, docx(body))
    reading = WordReading.objects.get()
    assert (answer.status_code, answer["Location"]) == (FOUND, page("word_mapping", reading))
    assert draft_of(drafted, first.key).text == "What stood there."

    shown = expert.get(answer["Location"])
    assert [row["part"]["key"] for row in shown.context["rows"]] == ["", first.key, ""]
    answer = expert.post(page("word_mapping", reading), {"part_1": first.key, "part_2": second.key})
    assert answer["Location"] == page("word_check", reading)
    shown = expert.get(answer["Location"])
    rows = {row["incoming"].section.key: row["incoming"] for row in shown.context["rows"]}
    assert {key: (one.words, one.words_now) for key, one in rows.items()} == {
        first.key: (2, 3),
        second.key: (1, 0),
    }
    assert "Preface" not in shown.content.decode()
    assert [one["part"]["heading"] for one in shown.context["unmapped"]] == [""]
    changes = expert.get(page("word_changes", reading, first.key)).content.decode()
    assert "New words." in re.sub(r"<[^>]+>", "", changes)

    version = draft_of(drafted, first.key).version
    chosen = {f"take_{first.key}": "on", f"version_{first.key}": version}
    answer = expert.post(page("word_check", reading), chosen)
    assert answer.status_code == FOUND
    assert draft_of(drafted, first.key).text == "New words."
    assert draft_of(drafted, first.key).saved_by == made[Role.LOCAL_EXPERT]
    assert draft_of(drafted, second.key).text == ""

    done = expert.get(answer["Location"]).content.decode()
    assert "1 section has been written." in done
    kept = WorkingCopy.objects.get(text="What stood there.", occasion=Occasion.WORD_FILE)
    back = reverse("section_copy", args=[drafted.slug, first.key, f"c{kept.pk}"])
    assert back in done
    expert.post(back, {"base_version": version + 1})
    assert draft_of(drafted, first.key).text == "What stood there."
    again = expert.post(page("word_check", reading), chosen)
    assert draft_of(drafted, first.key).text == "What stood there."
    assert again.status_code == OK


def test_what_was_downloaded_comes_back_without_a_question(drafted, expert):
    for section in factories.sections(drafted):
        factories.write(section, f"Text of {section.key}.\n\n- a\n- b")
    answer = upload(expert, drafted, download(expert, drafted))
    reading = WordReading.objects.get()
    assert answer["Location"] == page("word_check", reading)
    shown = expert.get(answer["Location"])
    assert all(row["incoming"].is_same for row in shown.context["rows"])
    assert len(shown.context["rows"]) == len(factories.sections(drafted))
    assert not shown.context["form"].fields


def test_a_text_that_was_saved_after_the_download_is_pointed_out(drafted, expert):
    first = factories.section(drafted, "1")
    factories.write(first, "One.")
    data = download(expert, drafted, "1")
    factories.write(first, "One.\n\nTwo.")
    upload(expert, drafted, data)
    shown = expert.get(page("word_check", WordReading.objects.get()))
    (row,) = shown.context["rows"]
    assert row["incoming"].is_behind
    assert "Saved here since" in shown.content.decode()


def test_nothing_is_overwritten_that_was_saved_since_it_was_compared(drafted, expert):
    reading = factories.read_word(drafted)
    seen = draft_of(drafted).version
    factories.write(factories.section(drafted, "1"), "Saved meanwhile.")
    answer = expert.post(page("word_check", reading), {"take_1": "on", "version_1": seen})
    assert answer.status_code == FOUND
    assert draft_of(drafted).text == "Saved meanwhile."
    done = expert.get(page("word_check", reading)).content.decode()
    assert "Nothing was overwritten." in done
    # The button of that page leads to the two texts side by side.
    fields = {"text": word.text_for(reading, "1"), "base_version": seen, "base_text": ""}
    both = expert.post(
        reverse("section_edit", args=[drafted.slug, "1"]), {**fields, "action": "save"}
    )
    assert both.status_code == CONFLICT
    assert "12,400" in both.content.decode()
    assert "Saved meanwhile." in both.content.decode()


def test_a_chosen_section_that_was_submitted_meanwhile_is_refused_with_a_reason(
    made, drafted, expert
):
    reading, section = factories.read_word(drafted), factories.section(drafted, "1")
    factories.write(section, "Submitted meanwhile.")
    sent = {"take_1": "on", "version_1": draft_of(drafted).version}
    factories.move(section, "submit", made[Role.LOCAL_EXPERT])
    answer = expert.post(page("word_check", reading), sent)
    assert answer.status_code == FOUND
    done = expert.get(page("word_check", reading)).content.decode()
    assert "Not written" in done
    assert WordReading.objects.get().outcome["1"]["result"] == word.REFUSED
    assert draft_of(drafted).text == "Submitted meanwhile."


def test_that_nothing_was_found_stays_an_answer(drafted, expert):
    reading = factories.read_word(drafted)
    Draft.objects.filter(section__profile=drafted).update(nothing_found=True, searched="Archive")
    expert.post(page("word_check", reading), {"take_1": "on", "version_1": 0})
    draft = draft_of(drafted)
    assert (draft.nothing_found, draft.searched, draft.version) == (True, "Archive", 1)


def test_at_least_one_section_is_chosen(drafted, expert):
    reading = factories.read_word(drafted)
    answer = expert.post(page("word_check", reading), {"version_1": 0})
    assert answer.status_code == INCOMPLETE
    assert "Choose at least one section." in answer.content.decode()
    assert draft_of(drafted).version == 0


@pytest.mark.parametrize("name", ["word_check", "word_mapping"])
def test_what_was_read_can_be_thrown_away(drafted, expert, name):
    reading = factories.read_word(drafted)
    answer = expert.post(page(name, reading), {"step": "drop"})
    assert answer["Location"] == reverse("profile", args=[drafted.slug])
    assert not WordReading.objects.exists()


def test_a_file_for_one_section_needs_no_heading(drafted, expert):
    answer = upload(expert, drafted, docx(p("Just text")), section="2")
    reading = WordReading.objects.get()
    assert answer["Location"] == page("word_check", reading)
    assert word.text_for(reading, "2") == "Just text"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"no Word", "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "older Word"),
        (docx(), "no text in this file"),
    ],
)
def test_a_refused_file_is_told_beside_its_field(drafted, expert, content, said):
    answer = upload(expert, drafted, content)
    assert answer.status_code == INCOMPLETE
    assert said in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not WordReading.objects.exists()


def test_a_large_file_is_not_opened(drafted, expert, monkeypatch):
    monkeypatch.setattr(forms, "MOST_BYTES", 100)
    answer = upload(expert, drafted, docx(p("x")))
    assert answer.status_code == INCOMPLETE
    assert "at most 100" in answer.content.decode()


def test_somebody_else_writes_here(made, drafted):
    for role in set(Role) - {Role.LOCAL_EXPERT}:
        client = signed_in(made[role])
        answer = upload(client, drafted, docx(p("x")))
        assert answer.status_code == FORBIDDEN
    assert not WordReading.objects.exists()


def test_it_is_not_the_time(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    answer = upload(signed_in(made[Role.LOCAL_EXPERT]), profile, docx(p("x")))
    assert answer.status_code == CONFLICT
    sections = list(Section.objects.filter(profile=profile).select_related("profile"))
    with pytest.raises(NotNow):
        word.check_may_bring_in(sections, by=made[Role.LOCAL_EXPERT])
    with pytest.raises(NotAllowed):
        word.check_may_bring_in(sections, by=made[Role.STAKEHOLDER])


def test_a_co_author_brings_in_his_section_only(made, drafted):
    co_author = made[Role.CO_AUTHOR]
    Section.objects.filter(profile=drafted, key="2").update(author=co_author)
    client = signed_in(co_author)
    titles = {one.key: str(one) for one in factories.sections(drafted)}
    body = p(titles["1"], "Titre1") + p("mine not") + p(titles["2"], "Titre1") + p("mine")
    upload(client, drafted, docx(body))
    reading = WordReading.objects.get()
    assert [part["key"] for part in reading.parts] == ["1", "2"]
    forced = client.post(page("word_mapping", reading), {"part_0": "1", "part_1": "3"})
    assert forced.status_code == INCOMPLETE
    shown = client.get(page("word_check", reading))
    assert [row["take"] is not None for row in shown.context["rows"]] == [False, True]
    # Even if it had been chosen, the service would not write it.
    word.bring_in(reading, {"1": 0, "2": 0}, by=co_author, at=timezone.now())
    assert (draft_of(drafted, "1").text, draft_of(drafted, "2").text) == ("", "mine")
    assert WordReading.objects.get().outcome["1"]["result"] == word.REFUSED
    assert "Not written" in client.get(page("word_check", reading)).content.decode()


def test_a_reading_is_for_its_reader_alone(made, drafted):
    reading = factories.read_word(drafted)
    Section.objects.filter(profile=drafted).update(author=made[Role.CO_AUTHOR])
    other = signed_in(made[Role.CO_AUTHOR])
    for name, more in (("word_check", ()), ("word_mapping", ()), ("word_changes", ("1",))):
        assert other.get(page(name, reading, *more)).status_code == GONE
        assert other.post(page("word_check", reading), {"step": "drop"}).status_code == GONE
    assert WordReading.objects.exists()


def test_readings_are_forgotten(drafted, expert):
    reading = factories.read_word(drafted)
    assert factories.read_word(drafted).pk != reading.pk
    reading = WordReading.objects.get()
    later = reading.expires_at + timedelta(seconds=1)
    assert word.forget_expired(at=later - timedelta(seconds=2)) == 0
    WordReading.objects.update(expires_at=timezone.now())
    assert expert.get(page("word_check", reading)).status_code == GONE
    sweep(later)
    assert not WordReading.objects.exists()


def test_the_pages_lead_to_it(drafted, expert):
    overview = expert.get(reverse("profile", args=[drafted.slug])).content.decode()
    editor = expert.get(reverse("section_edit", args=[drafted.slug, "1"])).content.decode()
    bring_in = reverse("word_import", args=[drafted.slug])
    assert bring_in in overview
    assert reverse("word_file", args=[drafted.slug]) in overview
    assert f"{bring_in}?section=1" in editor
    chosen = expert.get(bring_in, {"section": "1"}).content.decode()
    assert '<option value="1" selected' in chosen
