"""Pictures of a Word file on the pages: looked at first, added with the text, else forgotten."""

import io
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from profile_workflow.errors import InvalidInput, NotComplete
from profile_workflow.models import Draft, PictureFile, WordReading
from profile_workflow.services import pictures, word, word_pictures
from profile_workflow.services.word_pictures import PictureTaker
from profile_workflow.states import Role, SectionState
from tests import factories
from tests.docx import docx, drawn, p
from tests.pictures import PAYLOAD, REFUSED, harbour, photograph, plain_png
from workflows.management.commands.worker import sweep

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

CAPTION = "Lgende"
SHOWN = p("Text") + p(raw=drawn("rId7", "Boats at a quay")) + p("Figure 1. The port", CAPTION)


def upload(client, profile, body=SHOWN, media=None, section="1"):
    file = docx(body, media=media or {"rId7": harbour()})
    sent = {"file": SimpleUploadedFile("x.docx", file.getvalue()), "section": section}
    answer = client.post(reverse("word_import", args=[profile.slug]), sent)
    assert answer.status_code == HTTPStatus.FOUND
    return WordReading.objects.get(profile=profile, done_at=None)


def check(reading):
    return reverse("word_check", args=[reading.profile.slug, reading.pk])


def seen(client, reading):
    return client.get(check(reading)).content.decode()


def written(client, reading, key="1"):
    sent = {f"take_{key}": "on", f"version_{key}": version_of(reading.profile, key)}
    client.post(check(reading), sent)
    return WordReading.objects.get(pk=reading.pk).outcome[key]


def version_of(profile, key="1"):
    return Draft.objects.get(section__profile=profile, section__key=key).version


def text_of(profile, key="1"):
    return Draft.objects.get(section__profile=profile, section__key=key).text


def test_it_is_shown_first_and_added_with_the_text(expert, drafted):
    reading = upload(expert, drafted)
    shown = seen(expert, reading)
    for words in ("It brings 1 picture", "The port", "Boats at a quay", "Still missing", "source"):
        assert words in shown
    kept = drafted.picture_files.get()
    address = reverse("picture_file", args=[drafted.slug, kept.sha256, "small"])
    assert f'src="{address}"' in shown
    assert b"".join(expert.get(address).streaming_content).startswith(b"\x89PNG")
    assert not drafted.pictures.exists()
    assert text_of(drafted) == ""
    outcome = written(expert, reading)
    assert (outcome["result"], outcome["pictures"]) == (word.WRITTEN, 1)
    picture = drafted.pictures.get()
    assert (picture.key, picture.caption, picture.alt) == ("p1", "The port", "Boats at a quay")
    assert (picture.file, picture.credit) == (kept, "")
    assert text_of(drafted) == "Text\n\n[[image:p1]]"
    assert "1 picture was added" in seen(expert, reading)
    register = expert.get(reverse("pictures", args=[drafted.slug])).content.decode()
    assert "source, or who made it" in register


def test_what_it_lacks_stops_the_submission_with_a_way_to_mend_it(made, expert, drafted):
    written(expert, upload(expert, drafted, p("Text") + p(raw=drawn("rId7"))))
    one, by = factories.section(drafted, "1"), made[Role.LOCAL_EXPERT]
    with pytest.raises(NotComplete) as caught:
        factories.move(one, "submit", by)
    (missing,) = caught.value.missing
    assert (missing.code, missing.fragment) == ("picture_incomplete", "picture-p1")
    assert "what it shows; caption; source" in missing.message
    picture = drafted.pictures.get()
    form = reverse("entry", args=[drafted.slug, "picture", picture.pk])
    asked = expert.get(form)
    assert asked.context["form"].fields["alt"].required
    said = {"alt": "Boats", "caption": "The port", "credit": "Photo: Office", "key": "p1"}
    sent = {**said, "base": asked.context["form"]["base"].value(), "source": "", "page": ""}
    assert expert.post(form, sent).status_code == HTTPStatus.FOUND
    factories.move(one, "submit", by)
    assert factories.fresh(one).state == SectionState.READY


def test_a_picture_without_words_is_shown_and_printed_all_the_same(expert, drafted):
    written(expert, upload(expert, drafted, p("Text") + p(raw=drawn("rId7"))))
    section = factories.section(drafted, "1")
    sent = {"text": text_of(drafted), "base_version": version_of(drafted), "action": "preview"}
    page = expert.post(reverse("section_edit", args=[drafted.slug, section.key]), sent)
    assert 'alt="Figure p1"' in page.content.decode()


def test_nothing_but_its_points_comes_in(expert, drafted):
    upload(expert, drafted, media={"rId7": photograph() + PAYLOAD})
    with drafted.picture_files.get().full.open("rb") as file:
        content = file.read()
    assert PAYLOAD not in content
    assert b"Canary" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()


def test_hostile_files_are_named_with_the_reason_and_the_text_comes(expert, drafted):
    names = ("svg", "many scans", "9,000 by 9,000", "a dot", "moving png")
    media = {f"rId{at}": REFUSED[name][0]() for at, name in enumerate(names, 10)}
    body = "".join(p(raw=drawn(one, f"No {one}")) for one in media) + p("Text")
    reading = upload(expert, drafted, body, media)
    told = [(one["code"], one["detail"]) for one in reading.parts[0]["left_out"]]
    assert [code for code, _detail in told] == ["picture_refused"] * len(names)
    for (_code, detail), name, reference in zip(told, names, media, strict=True):
        assert detail.startswith(f"No {reference} – ")
        assert REFUSED[name][1] in detail
    assert "A picture that cannot be taken:" in seen(expert, reading)
    assert (reading.parts[0]["text"], PictureFile.objects.count()) == ("Text", 0)


def test_one_that_is_there_is_used_again(expert, drafted):
    there = factories.give_picture(drafted, "harbour", content=harbour(5), caption="The port")
    reading = upload(expert, drafted, media={"rId7": harbour(5)})
    shown = seen(expert, reading)
    assert "It is in the profile already as “harbour”" in shown
    assert "Still missing" not in shown
    assert written(expert, reading)["pictures"] == 0
    assert drafted.pictures.get() == there
    assert drafted.picture_files.count() == 1
    assert text_of(drafted) == "Text\n\n[[image:harbour]]"


def test_the_same_file_again_changes_nothing(expert, drafted):
    written(expert, upload(expert, drafted))
    again = upload(expert, drafted)
    (row,) = expert.get(check(again)).context["rows"]
    assert row["incoming"].is_same
    assert drafted.picture_files.count() == 1


def test_what_is_thrown_away_or_replaced_or_forgotten_leaves_no_file(expert, drafted):
    reading = upload(expert, drafted)
    first = drafted.picture_files.get()
    reading = upload(expert, drafted, media={"rId7": harbour(8)})
    second = drafted.picture_files.get()
    assert first.sha256 != second.sha256
    upload(expert, drafted, media={"rId7": harbour(8)})
    assert drafted.picture_files.get() == second
    expert.post(check(WordReading.objects.get()), {"step": "drop"})
    assert not drafted.picture_files.exists()
    reading = upload(expert, drafted)
    sweep(reading.expires_at + timedelta(seconds=1))
    assert not drafted.picture_files.exists()


def test_files_go_from_the_disk_too(expert, drafted, django_capture_on_commit_callbacks):
    reading = upload(expert, drafted)
    names = {drafted.picture_files.get().full.name, drafted.picture_files.get().small.name}
    assert all(map(default_storage.exists, names))
    with django_capture_on_commit_callbacks(execute=True):
        word.throw_away(reading, at=timezone.now())
    assert not any(map(default_storage.exists, names))


def test_a_file_that_another_reader_awaits_stays(made, expert, drafted):
    reading = upload(expert, drafted)
    other = WordReading.objects.create(
        profile=drafted,
        reader=made[Role.CO_AUTHOR],
        parts=reading.parts,
        read_at=reading.read_at,
        expires_at=reading.expires_at,
    )
    word.throw_away(reading, at=timezone.now())
    assert drafted.picture_files.exists()
    word.throw_away(other, at=timezone.now())
    assert not drafted.picture_files.exists()


def sent_form(client, profile, **sent):
    """Send the form of a new picture."""
    said = {"caption": "The port", "alt": "Boats", "credit": "Photo: Office", "key": "", **sent}
    return client.post(reverse("entry_add", args=[profile.slug, "picture"]), said)


def test_a_file_that_a_form_awaits_stays(expert, made, drafted):
    """Whatever else shows or awaits it goes; the form is sent again without the file."""

    def returned():
        answer = sent_form(expert, drafted, alt="", file=SimpleUploadedFile("x.png", harbour()))
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "is kept" in answer.content.decode()

    returned()
    kept = drafted.picture_files.get()
    word.throw_away(upload(expert, drafted), at=timezone.now())
    reading = upload(expert, drafted)
    returned()
    word.throw_away(reading, at=timezone.now())
    by, at = made[Role.LOCAL_EXPERT], timezone.now()
    assert sent_form(expert, drafted, kept=kept.sha256).status_code == HTTPStatus.FOUND
    returned()
    pictures.remove_picture(drafted.pictures.get(), by=by, at=at)
    assert drafted.picture_files.get() == kept
    # No longer than until it comes, and not for ever.
    sent_form(expert, drafted, kept=kept.sha256)
    pictures.remove_picture(drafted.pictures.get(), by=by, at=at)
    assert not drafted.picture_files.exists()
    returned()
    pictures.forget_files(drafted, [kept.sha256], at=at + 2 * pictures.KEPT_UNUSED)
    assert not drafted.picture_files.exists()


def test_a_picture_of_the_register_that_a_reading_places_stays(expert, made, drafted):
    there = factories.give_picture(drafted, "harbour", content=harbour(5), alt="Boats")
    reading = upload(expert, drafted, media={"rId7": harbour(5)})
    pictures.remove_picture(there, by=made[Role.LOCAL_EXPERT], at=timezone.now())
    assert written(expert, reading)["pictures"] == 1
    assert text_of(drafted).startswith("Text\n\n[[image:harbour]]")


def test_a_picture_that_comes_again_is_kept_as_long_as_a_new_one(made, drafted):
    by, at = made[Role.LOCAL_EXPERT], timezone.now()
    take = PictureTaker(drafted, by=by)
    take(harbour())
    (pixels,) = take.pixels.values()
    kept = pictures.keep_file(drafted, pixels, by=by, at=at - timedelta(hours=23))
    assert pictures.keep_file(drafted, pixels, by=by, at=at) == kept
    take(harbour(9))
    later = at + timedelta(hours=2)
    pictures.keep_file(drafted, take.pixels["p2"], by=by, at=later)
    assert PictureFile.objects.filter(pk=kept.pk).exists()


def test_a_key_that_somebody_takes_meanwhile_leads_to_another(expert, drafted):
    body = SHOWN + p(raw=drawn("rId8", "Stalls"))
    reading = upload(expert, drafted, body, {"rId7": harbour(), "rId8": harbour(3)})
    taken = factories.give_picture(drafted, "p1", caption="Taken")
    assert written(expert, reading)["pictures"] == 2
    keys = dict(drafted.pictures.values_list("caption", "key"))
    assert keys["Taken"] == taken.key == "p1"
    assert set(keys.values()) == {"p1", "p2", "p3"}
    assert text_of(drafted) == f"Text\n\n[[image:{keys['The port']}]]\n\n[[image:{keys['']}]]"
    files = dict(drafted.pictures.values_list("alt", "file__sha256"))
    assert files["Boats at a quay"] != files["Stalls"]


def test_of_a_stale_text_the_pictures_are_there_for_joining_it(expert, made, drafted):
    reading = upload(expert, drafted)
    stale = version_of(drafted)
    factories.write(factories.section(drafted, "1"), "Saved meanwhile.")
    word.bring_in(reading, {"1": stale}, by=made[Role.LOCAL_EXPERT], at=timezone.now())
    assert WordReading.objects.get().outcome["1"]["result"] == word.STALE
    assert (drafted.pictures.count(), text_of(drafted)) == (1, "Saved meanwhile.")


def test_only_chosen_sections_bring_their_pictures(expert, drafted):
    titles = {one.key: str(one) for one in factories.sections(drafted)}
    body = p(titles["1"], "Titre1") + p(raw=drawn("rId7")) + p("a")
    body += p(titles["2"], "Titre1") + p(raw=drawn("rId8")) + p("b")
    media = {"rId7": harbour(), "rId8": harbour(3)}
    reading = upload(expert, drafted, body, media, section="")
    assert written(expert, reading, "2")["pictures"] == 1
    assert list(drafted.pictures.values_list("key", flat=True)) == ["p2"]


def test_a_file_that_is_gone_refuses_the_section_alone(expert, drafted):
    reading = upload(expert, drafted)
    drafted.picture_files.all().delete()
    outcome = written(expert, reading)
    assert outcome["result"] == word.REFUSED
    assert "no longer kept" in outcome["message"]
    assert text_of(drafted) == ""


def test_number_and_time_are_bounded(made, drafted, monkeypatch):
    by, now = made[Role.LOCAL_EXPERT], [0.0]
    take = PictureTaker(drafted, by=by, clock=lambda: now[0])
    monkeypatch.setattr(word_pictures, "MOST_PICTURES", 2)
    take(plain_png())
    with pytest.raises(InvalidInput, match="not a picture"):
        take(b"x")
    with pytest.raises(InvalidInput, match="At most 2 pictures"):
        take(plain_png())
    monkeypatch.setattr(word_pictures, "MOST_PICTURES", 9)

    def ticking():
        now[0] += 5
        return now[0]

    take = PictureTaker(drafted, by=by, clock=ticking)
    take(plain_png())
    take(plain_png(91))
    with pytest.raises(InvalidInput, match="takes too long"):
        take(plain_png(92))
    with pytest.raises(InvalidInput, match="Only the authors"):
        PictureTaker(drafted, by=made[Role.STAKEHOLDER])(plain_png())


def test_a_list_of_pictures_costs_the_same_for_one_and_for_three(expert, drafted):
    def cost(number):
        media = {f"rId{at}": harbour(at) for at in range(10, 10 + number)}
        body = p("Text") + "".join(p(raw=drawn(one)) for one in media)
        reading = upload(expert, drafted, body, media)
        seen(expert, reading)
        with CaptureQueriesContext(connection) as found:
            assert f"{number} picture" in seen(expert, reading)
        return len(found)

    assert cost(1) == cost(3)


def test_a_chart_comes_along_and_its_file_changes_nothing(expert, drafted):
    item = factories.give_figure(factories.section(drafted, "1"))
    text = f"Text\n\n[[figure:{item.table.key}]]\n\nMore."
    factories.write(factories.section(drafted, "1"), text)
    address = reverse("section_word", args=[drafted.slug, "1"])
    content = b"".join(expert.get(address, {"text": "working"}).streaming_content)
    assert b"word/media/picture1.png" in content
    sent = {"file": SimpleUploadedFile("x.docx", content), "section": "1"}
    expert.post(reverse("word_import", args=[drafted.slug]), sent)
    part = next(one for one in WordReading.objects.get().parts if one["key"] == "1")
    assert (part["text"], part["left_out"], part["pictures"]) == (text, [], [])
    assert not drafted.picture_files.exists()
