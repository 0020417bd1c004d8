"""Pictures of the register: sent, refused, shown, replaced, removed, and frozen with the text."""

import io
from http import HTTPStatus
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotAllowed, NotComplete, NotNow
from profile_workflow.models import Event, Picture, PictureFile, Revision
from profile_workflow.pictures.pixels import read_picture
from profile_workflow.services import evidence, pictures
from profile_workflow.services.contents import fingerprint
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.integration.pages import address, signed_in
from tests.pictures import PAYLOAD, REFUSED, photograph, plain_png
from workflows import engine

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

OK, FOUND, UNPROCESSABLE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY
FORBIDDEN, CONFLICT, GONE = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND
SAID = {"caption": "The port", "alt": "Boats at a quay", "credit": "Photo: Leila", "key": "p1"}
TEXT = "### Where\n\nThe port is old.\n\n[[image:p1]]\n\nIt grows."


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def send(client, profile, content=None, *, to=None, name="x.png", **changed):
    sent = {**SAID, **changed}
    if content is not None:
        sent["file"] = SimpleUploadedFile(name, content, content_type="image/png")
    return client.post(to or address("entry_add", profile, "picture"), sent)


def page(client, name, profile, *args) -> str:
    response = client.get(address(name, profile, *args))
    assert response.status_code == OK
    return response.content.decode()


def file_of(picture, size="full"):
    return address("picture_file", picture.profile, picture.file.sha256, size)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def asked(client, where) -> HTTPStatus:
    """Return how a request for a file is answered."""
    response = client.get(where)
    if response.streaming:
        # Read to its end, which closes the file.
        assert body(response)
    return HTTPStatus(response.status_code)


def pixels(shade):
    return read_picture(io.BytesIO(plain_png(shade)))


def give(picture, shade):
    """Put another file in the place of a picture."""
    by = factories.holder(picture.profile, Role.LOCAL_EXPERT)
    picture = Picture.objects.select_related("profile").get(pk=picture.pk)
    base = fingerprint(picture)
    fields = {"file": pixels(shade)}
    return pictures.change_picture(picture, fields, base=base, by=by, at=timezone.now())


def submitted(profile, text=TEXT, key="1"):
    one = factories.section(profile, key)
    factories.write(one, text)
    factories.move(one, "submit", factories.holder(profile, Role.LOCAL_EXPERT))
    return factories.section(profile, key).revision


# Sending


def test_a_photograph_is_sent_and_stands_in_the_list(expert, profile):
    response = send(expert, profile, photograph(6), name="../../a b<c>.JPG", key="")
    assert response.status_code == FOUND
    assert response["Location"] == address("pictures", profile)
    picture = profile.pictures.get()
    assert (picture.key, str(picture.file)[:9]) == ("p1", "300 × 400")
    assert picture.file.full.name.startswith("pictures/")
    assert "a b" not in picture.file.full.name
    shown = page(expert, "pictures", profile)
    assert "[[image:p1]]" in shown
    assert 'alt="Boats at a quay"' in shown
    assert "no text places it yet" in shown
    assert Event.objects.filter(document=f"evidence:picture:{picture.pk}").count() == 1


@pytest.mark.parametrize("name", ["svg", "truncated jpeg", "30,000 by 30,000", "moving png"])
def test_what_is_refused_is_said_at_the_field_and_nothing_typed_is_lost(expert, profile, name):
    make, said = REFUSED[name]
    response = send(expert, profile, make(), name="photo.png")
    shown = response.content.decode()
    assert response.status_code == UNPROCESSABLE
    assert said in shown
    assert 'href="#id_file"' in shown
    assert "Boats at a quay" in shown
    assert "Photo: Leila" in shown
    assert not PictureFile.objects.exists()


def test_a_file_is_kept_while_its_form_is_sent_again(expert, profile):
    response = send(expert, profile, plain_png(), alt="")
    assert response.status_code == UNPROCESSABLE
    kept = profile.picture_files.get()
    assert f'value="{kept.sha256}"' in response.content.decode()
    assert "is kept" in response.content.decode()
    assert send(expert, profile, kept=kept.sha256).status_code == FOUND
    assert profile.pictures.get().file == kept


def test_a_file_of_another_profile_is_not_taken_by_its_hash(expert, made, profile):
    other = factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)
    foreign = factories.give_picture(other).file
    assert send(expert, profile, kept=foreign.sha256).status_code == UNPROCESSABLE


@pytest.mark.parametrize("missing", ["alt", "caption", "credit", "file"])
def test_nothing_that_must_be_said_can_be_left_out(expert, profile, missing):
    content = None if missing == "file" else plain_png()
    said = {} if missing == "file" else {missing: " "}
    response = send(expert, profile, content, **said)
    assert response.status_code == UNPROCESSABLE
    assert f'href="#id_{missing}"' in response.content.decode()
    assert not profile.pictures.exists()


def test_the_same_picture_is_recognised(expert, profile):
    send(expert, profile, plain_png())
    response = send(expert, profile, plain_png() + b"tail", key="p2")
    assert response.status_code == UNPROCESSABLE
    assert "there already: “p1 The port”" in response.content.decode()
    assert profile.pictures.count() == profile.picture_files.count() == 1


def test_only_who_keeps_the_register_adds(made, profile):
    for role in (Role.STAKEHOLDER, Role.INTERNATIONAL_EXPERT):
        assert send(signed_in(made[role]), profile, plain_png()).status_code == FORBIDDEN
    assert send(signed_in(made.outsider), profile, plain_png()).status_code == GONE
    with pytest.raises(NotAllowed):
        pictures.keep_file(profile, pixels(3), by=made[Role.STAKEHOLDER], at=timezone.now())
    assert not PictureFile.objects.exists()


# The files


def test_the_file_is_sent_so_that_nothing_in_it_can_run(expert, profile):
    picture = factories.give_picture(profile)
    response = expert.get(file_of(picture))
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"
    assert body(response).startswith(b"\x89PNG")
    again = expert.get(file_of(picture), headers={"if-none-match": response["ETag"]})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert asked(expert, file_of(picture, "huge")) == GONE
    assert asked(Client(), file_of(picture)) == FOUND


def test_who_sees_the_file_is_who_sees_the_text(made, expert, profile):
    picture = factories.give_picture(profile, "p1")
    stakeholder = signed_in(made[Role.STAKEHOLDER])
    assert asked(expert, file_of(picture)) == OK
    assert asked(stakeholder, file_of(picture)) == GONE
    assert "The port" not in page(stakeholder, "pictures", profile)
    submitted(profile)
    assert asked(stakeholder, file_of(picture)) == OK
    assert "The port" in page(stakeholder, "pictures", profile)
    assert asked(signed_in(made.outsider), file_of(picture)) == GONE
    other = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    wrong = address("picture_file", other, picture.file.sha256, "full")
    assert asked(expert, wrong) == GONE


# In the text


def test_the_text_shows_it_with_all_that_is_said_of_it(expert, made, profile):
    evil = f'"><img src=x onerror=alert(1)>{PAYLOAD.decode()}'
    factories.give_picture(profile, "p1", caption=evil, alt=evil, credit=evil)
    submitted(profile)
    shown = page(expert, "section", profile, "1")
    assert shown.count("<figure") == 1
    assert 'class="picture"' in shown
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert f"{profile.slug}/pictures/" in shown


def test_a_picture_that_there_is_not_is_shown_as_a_problem_and_stops_submission(made, profile):
    one = factories.section(profile, "1")
    factories.write(one, TEXT)
    by = made[Role.LOCAL_EXPERT]
    with pytest.raises(NotComplete) as caught:
        factories.move(one, "submit", by)
    assert [each.code for each in caught.value.missing] == ["picture_unknown"]
    draft = factories.fresh(one).draft
    sent = {"text": TEXT, "base_version": draft.version, "action": "preview"}
    response = signed_in(by).post(address("section_edit", profile, "1"), sent)
    assert "There is no picture “p1”." in response.content.decode()
    factories.give_picture(profile, "p1")
    factories.move(one, "submit", by)
    assert factories.fresh(one).state == SectionState.READY


def test_a_source_that_a_picture_is_taken_from_stays_and_is_cited(expert, made, profile):
    source = factories.give_source(profile)
    factories.give_picture(profile, "p1", source=source, page="12", credit="")
    by = made[Role.LOCAL_EXPERT]
    with pytest.raises(NotNow, match="the picture “p1"):
        evidence.remove_entry(source, by=by, at=timezone.now())
    submitted(profile)
    assert f'id="source-{source.key}"' in page(expert, "section", profile, "1")


# Frozen


def test_what_was_submitted_keeps_the_picture_that_was_submitted(expert, made, profile):
    picture = factories.give_picture(profile, "p1")
    first = submitted(profile)
    old = picture.file
    assert first.pictures["p1"]["sha256"] == old.sha256
    new = give(picture, 200).file
    assert new != old
    assert old.sha256 in page(expert, "section", profile, "1")
    assert new.sha256 not in page(expert, "section", profile, "1")
    assert asked(expert, file_of(picture)) == OK
    reviewer = factories.holder(profile, Role.PROJECT_TEAM)
    assert asked(signed_in(reviewer), file_of(picture)) == OK
    assert Revision.objects.get(pk=first.pk).is_intact()


def test_a_decision_is_bound_to_the_picture_too(profile):
    factories.give_picture(profile, "p1")
    revision = submitted(profile)
    assert revision.is_intact()
    for name, other in (("sha256", "0" * 64), ("caption", "Another port"), ("alt", "Nothing")):
        tampered = Revision.objects.get(pk=revision.pk)
        tampered.pictures["p1"][name] = other
        assert not tampered.is_intact()


def test_a_text_without_pictures_has_the_hash_that_it_always_had(profile):
    revision = submitted(profile, "Text.")
    assert revision.pictures == {}
    assert revision.sha256 == "3e099e78a5acf657a3cf0b9c7f5c962eead3ea5a06e473010ebcb637ae4d55f5"


def test_two_versions_show_that_the_picture_was_replaced(expert, made, profile):
    picture = factories.give_picture(profile, "p1")
    first = submitted(profile)
    one, by = factories.section(profile, "1"), made[Role.LOCAL_EXPERT]
    engine.take_back(one, by=by, at=timezone.now(), reason="The picture is dark.")
    give(picture, 222)
    second = submitted(profile)
    assert second.text == first.text
    assert second.sha256 != first.sha256
    shown = page(expert, "section_compare", profile, "1")
    assert first.pictures["p1"]["sha256"] in shown
    assert second.pictures["p1"]["sha256"] in shown
    assert "<ins>" in shown
    assert "<del>" in shown


# Changing and removing


def test_words_are_changed_without_the_file_and_the_file_without_the_words(expert, profile):
    picture = factories.give_picture(profile, "p1")
    to = address("entry", profile, "picture", picture.pk)
    base = fingerprint(picture)
    assert send(expert, profile, to=to, base=base, caption="Harbour").status_code == FOUND
    picture.refresh_from_db()
    old = picture.file
    assert picture.caption == "Harbour"
    stale = send(expert, profile, plain_png(9), to=to, base=base, caption="Quay")
    assert stale.status_code == CONFLICT
    assert "Harbour" in stale.content.decode()
    base = fingerprint(Picture.objects.get(pk=picture.pk))
    response = send(expert, profile, plain_png(9), to=to, base=base, caption="Harbour")
    assert response.status_code == FOUND
    picture.refresh_from_db()
    assert picture.file != old
    assert not PictureFile.objects.filter(pk=old.pk).exists()


def test_a_picture_in_use_stays_and_another_goes_with_its_file(
    expert, made, profile, django_capture_on_commit_callbacks
):
    picture = factories.give_picture(profile, "p1")
    factories.write(factories.section(profile, "1"), TEXT)
    to = address("entry_remove", profile, "picture", picture.pk)
    response = expert.post(to)
    assert response.status_code == CONFLICT
    assert "the text of “" in response.content.decode()
    factories.write(factories.section(profile, "1"), "None.")
    name = picture.file.full.name
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        assert expert.post(to).status_code == FOUND
    assert not default_storage.exists(name)
    assert not profile.picture_files.exists()


def test_the_file_of_a_submitted_text_outlives_its_entry(made, profile):
    picture = factories.give_picture(profile, "p1")
    first = submitted(profile)
    give(picture, 201)
    assert profile.picture_files.count() == 2
    assert profile.picture_files.filter(sha256=first.pictures["p1"]["sha256"]).exists()


def test_files_whose_form_was_never_finished_are_forgotten(made, profile):
    by, at = made[Role.LOCAL_EXPERT], timezone.now()
    pictures.keep_file(profile, pixels(1), by=by, at=at - 2 * pictures.KEPT_UNUSED)
    pictures.keep_file(profile, pixels(2), by=by, at=at)
    assert [one.sha256 for one in profile.picture_files.all()] == [pixels(2).sha256]


def test_the_key_stays_while_a_text_uses_it(made, profile):
    picture = factories.give_picture(profile, "p1")
    factories.write(factories.section(profile, "1"), TEXT)
    with pytest.raises(InvalidInput, match="is what the text calls it"):
        evidence.change_entry(
            picture,
            {"key": "port"},
            base=fingerprint(picture),
            by=made[Role.LOCAL_EXPERT],
            at=timezone.now(),
        )


# Cost


@pytest.mark.parametrize("role", [Role.LOCAL_EXPERT, Role.STAKEHOLDER])
def test_pages_cost_the_same_for_one_picture_and_for_many(made, profile, role):
    client = signed_in(made[role])

    def cost(name, *args):
        client.get(address(name, profile, *args))
        with CaptureQueriesContext(connection) as counted:
            page(client, name, profile, *args)
        return len(counted)

    factories.give_picture(profile, "p1", source=factories.give_source(profile))
    submitted(profile, "[[image:p1]]", "1")
    one = cost("pictures")
    for key in ("p2", "p3", "p4"):
        factories.give_picture(profile, key, source=factories.give_source(profile))
    submitted(profile, "[[image:p2]]\n\n[[image:p3]]\n\n[[image:p4]]", "2")
    assert page(client, "pictures", profile).count('class="thumb"') == 4
    assert cost("pictures") == one
    assert cost("section", "1") == cost("section", "2")


# Word


def test_word_carries_the_picture_and_brings_the_text_back(expert, made, profile):
    factories.give_picture(profile, "p1", alt="Boats & <quays>")
    factories.write(factories.section(profile, "1"), TEXT)
    response = expert.get(address("section_word", profile, "1"), {"text": "working"})
    content = body(response)
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("word/media/picture1.png").startswith(b"\x89PNG")
        document = archive.read("word/document.xml").decode()
        links = archive.read("word/_rels/document.xml.rels").decode()
    assert 'Target="media/picture1.png"' in links
    assert 'descr="Boats &amp; &lt;quays&gt;"' in document
    sent = {"file": SimpleUploadedFile("x.docx", content)}
    expert.post(address("word_import", profile), sent)
    reading = profile.word_readings.get()
    part = next(one for one in reading.parts if one["key"] == "1")
    assert part["text"] == TEXT
    assert part["left_out"] == []
