"""The verify page: what is told of a file, a text, a section, to whom, and what is never told."""

import hashlib
import json
import re
import subprocess
from http import HTTPStatus

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow import hashing
from profile_workflow.models import Profile, ValidationRound
from profile_workflow.services import accounts
from profile_workflow.states import Attribution, ProfileState, Role
from reports import publications, verification
from reports.context import report_of
from reports.models import Build, Publication
from tests import factories
from tests.integration.pages import signed_in
from workflows.views import verify

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
REFUSED, TOO_MANY = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS
S = ProfileState
UNKNOWN = "Not one of ours"
CAN_BE_COPIED = "anybody can copy it into another."


def pdf_of(profile, version, language="en"):
    """The bytes of an invented file."""
    return f"%PDF-1.7 {profile.slug} {version} {language}".encode()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def give_pdf(profile, version, language="en", kind=Build.Kind.PUBLICATION):
    now = timezone.now()
    return Build.objects.create(
        profile=profile,
        language=language,
        kind=kind,
        digest=sha256(pdf_of(profile, version, f"{language} {kind}")),
        text_digest=factories.fresh(profile).text_digest(),
        material_digest=factories.printed_now(profile, language),
        state=Build.State.DONE,
        file="reports/no-such-file.pdf",
        sha256=sha256(pdf_of(profile, version, language)),
        frozen=factories.FROZEN,
        created_at=now,
        finished_at=now,
    )


def publish(profile=None):
    """Publish a profile in two languages."""
    profile = factories.bring_to(profile or factories.make_profile(), S.PRODUCTION)
    for language in ("en", "fr"):
        give_pdf(profile, "1.0", language)
    factories.move(profile, "publish", factories.holder(profile, Role.PROJECT_TEAM))
    return factories.fresh(profile)


def flip(section):
    """Change one character of a section that was opened again, and submit it."""
    text = factories.fresh(section).draft.text
    expert = factories.holder(section.profile, Role.LOCAL_EXPERT)
    factories.write(section, f"{text[:-1]}!")
    factories.move(section, "submit", expert)


def correct(profile):
    """Publish a correction of the first section: one character of it."""
    profile = factories.bring_to(profile, S.CORRECTION)
    flip(factories.section(profile, "1"))
    factories.give_erratum(profile)
    give_pdf(profile, "1.1")
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(profile, "publish_correction", team, reason="A wrong figure.")
    return factories.fresh(profile)


def shown(code, client=None):
    response = (client or Client()).get(reverse("fingerprint", args=[code]))
    assert response.status_code == OK
    return response.content.decode()


def told(code, client=None):
    response = (client or Client()).get(reverse("fingerprint_data", args=[code]))
    assert response.status_code == OK
    return json.loads(response.content)


def send(content, client=None, name="profile.pdf"):
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    return (client or Client()).post(reverse("verify"), {"file": file})


def hash_of(profile, key):
    return factories.section(profile, key).revision.sha256


@pytest.mark.any_database
def test_a_published_file_is_known_and_one_flipped_byte_is_not():
    profile = publish()
    file = pdf_of(profile, "1.0")
    response = send(file)
    assert response.status_code == FOUND
    assert response["Location"] == reverse("fingerprint", args=[sha256(file)])
    page = shown(sha256(file))
    assert "This is the published file" in page
    for words in (profile.title, "1.0", "International expert", "City authority"):
        assert words in page
    # It leads to where it is read; a fingerprint that was printed proves nothing of a file.
    assert reverse("published_version", args=[profile.slug, "1.0"]) in page
    assert CAN_BE_COPIED not in page
    for printed in (profile.text_digest(), hash_of(profile, "1")):
        assert CAN_BE_COPIED in shown(printed)
    beside = factories.FROZEN[0]
    assert beside["path"] in shown(beside["sha256"])
    assert told(beside["sha256"])["findings"][0]["name"] == beside["path"]
    for place in range(5, len(file), 7):
        flipped = bytearray(file)
        flipped[place] ^= 1
        assert UNKNOWN in shown(send(bytes(flipped))["Location"].split("/")[-2])
    assert told(sha256(file))["findings"][0]["status"] == "published"
    assert told("f" * 64) == {"sha256": "f" * 64, "known": False, "findings": []}


def test_a_correction_turns_the_file_the_text_and_the_section_that_changed():
    profile = publish()
    before = profile.text_digest()
    changed, untouched = hash_of(profile, "1"), hash_of(profile, "2")
    for code in (before, changed, untouched):
        assert told(code)["findings"][0]["status"] == "published", code
    assert any(one["stage"].startswith("Expert review") for one in approvals(changed))
    profile = correct(profile)

    old = shown(sha256(pdf_of(profile, "1.0")))
    assert "This file was published, but is not the latest" in old
    assert "Version 1.1 has taken its place" in old
    assert sha256(pdf_of(profile, "1.1")) in old
    assert reverse("published_version", args=[profile.slug, "1.1"]) in old
    assert reverse("published_version", args=[profile.slug, "1.0"]) not in old
    assert "This is the published file" in shown(sha256(pdf_of(profile, "1.1")))
    # The French file was not made anew: what follows it is the correction in the other language.
    assert (
        told(sha256(pdf_of(profile, "1.0", "fr")))["findings"][0]["corrected_by"]["version"]
        == "1.1"
    )
    assert told(before)["findings"][0]["status"] == "corrected"
    gone = shown(changed)
    assert "What was approved, and is void now" in gone
    assert told(untouched)["findings"][0]["status"] == "published"
    held = approvals(untouched)
    assert {one["stage"].rstrip(" 1") for one in held} == {
        "Expert review", "Quality assurance", "Consultation", "Sign-off",
    }  # fmt: skip
    assert all(one["sections"] == ["2"] for one in held)
    # Nobody has approved the new words: what was said of the others still holds, and only there.
    assert approvals(hash_of(profile, "1")) == []
    now = approvals(profile.text_digest())
    assert {tuple(one["sections"]) for one in now} == {
        ("2",), ("3",), ("2", "3"),
    }  # fmt: skip


def approvals(code, client=None):
    return told(code, client)["findings"][0]["approvals"]


def test_of_a_correction_in_the_making_nothing_is_told_but_to_who_takes_part():
    profile = publish()
    public = told(sha256(pdf_of(profile, "1.0")))
    before = hash_of(profile, "1")
    profile = factories.bring_to(profile, S.CORRECTION)
    flip(factories.section(profile, "1"))
    give_pdf(profile, "1.1")
    new = hash_of(profile, "1")
    assert told(sha256(pdf_of(profile, "1.0"))) == public
    assert "void" not in shown(before)
    shown(new)
    with CaptureQueriesContext(connection) as of_invented:
        shown("a1" * 32)
    for code in (new, sha256(pdf_of(profile, "1.1"))):
        with CaptureQueriesContext(connection) as asked:
            assert UNKNOWN in shown(code)
        assert len(asked) == len(of_invented)
        assert UNKNOWN in shown(code, signed_in(factories.make_person("outsider")))
    team = signed_in(factories.holder(profile, Role.PROJECT_TEAM))
    assert "What was approved, and is void now" in shown(before, team)
    assert "This file is not published" in shown(sha256(pdf_of(profile, "1.1")), team)
    assert "This text of a section is not published" in shown(new, team)
    assert told(new, team)["findings"][0]["approvals"] == []


def test_an_unpublished_text_answers_strangers_as_an_invented_one_does():
    profile = factories.bring_to(factories.make_profile(), S.SIGNOFF)
    give_pdf(profile, "consultation", kind=Build.Kind.CONSULTATION)
    give_pdf(profile, "preview", kind=Build.Kind.PREVIEW)
    file, preview = (sha256(pdf_of(profile, kind)) for kind in ("consultation", "preview"))
    client = Client()
    invented = "a1" * 32

    def bare(code, who=client):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown(code, who)).replace(
            code, ""
        )

    for code in (file, preview, profile.text_digest(), hash_of(profile, "1")):
        assert bare(code) == bare(invented)
        assert told(code) == told(invented) | {"sha256": code}
    observer = signed_in(factories.holder(profile, Role.STAKEHOLDER))
    assert "This file is not published" in shown(file, observer)
    assert "This text is not published" in shown(profile.text_digest(), observer)
    assert UNKNOWN in shown(preview, observer)


@pytest.mark.any_database
def test_a_page_that_tells_all_it_knows_would_be_seen(monkeypatch):
    """The planted hole: everybody is taken for somebody who takes part."""
    profile = factories.bring_to(factories.make_profile(), S.SIGNOFF)
    assert not told(profile.text_digest())["known"]
    everything = frozenset(Profile.objects.values_list("pk", flat=True))
    monkeypatch.setattr(verification, "_seen_by", lambda _viewer: everything)
    assert told(profile.text_digest())["known"]


@pytest.mark.any_database
def test_approvals_of_an_open_round_are_not_told():
    profile = factories.bring_to(factories.make_profile(), S.EXPERT_REVIEW)
    reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
    team = signed_in(factories.holder(profile, Role.PROJECT_TEAM))
    first = factories.section(profile, "1")
    factories.move(first, "accept", reviewer)
    assert approvals(first.revision.sha256, team) == []
    # Nor are they printed: a file of that time would tell another reviewer.
    assert report_of(profile).record.decisions == ()
    factories.advance(profile)
    assert "Accept" in {one.decision for one in report_of(profile).record.decisions}
    assert [one["act"] for one in approvals(first.revision.sha256, team)] == [
        "Accept", "Recommend acceptance",
    ]  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize("rule", Attribution)
def test_names_stand_where_the_round_prints_them_and_nowhere_else(rule):
    profile = factories.bring_to(factories.make_profile(), S.CONSULTATION)
    profile = publish(factories.promise_unsealed(profile, rule))
    assert dict(ValidationRound.objects.values_list("kind", "attribution")) == {
        "consultation": rule,
        "signoff": Attribution.NAMED,
    }
    # Of groups as small as these nothing is printed: tests/integration/reports/test_context.py.
    ValidationRound.objects.update(smallest_group=1)
    page = shown(sha256(pdf_of(profile, "1.0")))
    data = json.dumps(told(profile.text_digest()))
    # Who signs for the city acts in office, whatever was promised for the consultation.
    assert factories.holder(profile, Role.CITY_AUTHORITY).full_name in page
    asked = [factories.holder(profile, role) for role in (Role.STAKEHOLDER, Role.FOCAL_POINT)]
    for person in asked:
        assert (person.full_name in page) == (rule == Attribution.NAMED)
        assert (person.full_name in data) == (rule == Attribution.NAMED)
    others = (Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM, Role.LOCAL_EXPERT)
    assert not any(factories.holder(profile, role).full_name in page + data for role in others)
    groups = ("Stakeholder", "City focal point", "Public service")
    assert any(one in page for one in groups) == (rule != Attribution.CHATHAM_HOUSE)


@pytest.mark.any_database
def test_what_was_withdrawn_says_so_and_why_and_what_was_followed_says_by_what():
    profile = publish()
    file = sha256(pdf_of(profile, "1.0"))
    team = factories.holder(profile, Role.PROJECT_TEAM)
    factories.move(factories.bring_to(profile, S.CORRECTION), "hold", team, reason="Wait.")
    assert told(file)["findings"][0]["status"] == "published"
    address = reverse("profile_move", args=[profile.slug, "cancel"])
    assert "reads these words" in signed_in(team).get(address).content.decode()
    factories.move(factories.fresh(profile), "cancel", team, reason="It named people.")
    page = shown(file)
    assert "published, and withdrawn since" in page
    assert "This file was published, and has been withdrawn" in page
    assert reverse("published_version", args=[profile.slug, "1.0"]) not in page
    assert "It named people." in page
    assert "Wait." not in page

    other = publish()
    following = factories.start_next_edition(factories.bring_to(other, S.UPDATE_DUE))
    old = sha256(pdf_of(other, "1.0"))
    assert told(old)["findings"][0]["next_edition"] is None
    factories.bring_to(following, S.PUBLISHED)
    found = told(old)["findings"][0]
    assert (found["status"], found["next_edition"]) == ("superseded", following.edition)
    assert not found["next_edition_withdrawn"]
    at = reverse("published", args=[following.slug])
    assert f'<a href="{at}">Read edition {following.edition}</a>' in shown(old)
    # Whoever would meet its withdrawal at the other end is told of it before he goes there.
    team = factories.holder(following, Role.PROJECT_TEAM)
    factories.move(factories.fresh(following), "withdraw", team, reason="It was not agreed.")
    found = told(old)["findings"][0]
    assert (found["status"], found["next_edition_withdrawn"]) == ("published", True)
    page = shown(old)
    assert "It has been withdrawn since." in page
    assert f'<a href="{at}">When and why edition {following.edition} was withdrawn</a>' in page
    assert "Read edition" not in page


def test_the_same_words_in_two_editions_are_told_of_both():
    first, second = publish(), publish()
    revision = factories.section(second, "1").revision
    same = factories.section(first, "1").revision
    # A publication of the second whose first section is, letter by letter, that of the first.
    copied = factories.section(second, "1").revisions.create(
        number=revision.number + 1, text=same.text, sha256=same.sha256, author=revision.author,
        created_at=timezone.now(),
    )  # fmt: skip
    content = {"1": {"revision": copied.pk, "sha256": same.sha256}}
    version = second.versions.create(
        number=9, digest="c" * 64, content=content, created_at=timezone.now()
    )
    Publication.objects.create(
        profile=second, profile_version=version, version="1.1", language="en", pdf="x.pdf",
        pdf_sha256="d" * 64, published_at=timezone.now(),
    )  # fmt: skip
    page = shown(same.sha256)
    assert "This text stands in several profiles" in page
    assert first.text_digest() in page
    assert version.digest in page


@pytest.mark.any_database
def test_files_of_some_size_are_hashed_and_nothing_is_kept(tmp_path, settings, monkeypatch):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(hashing, "MOST_BYTES", 3_000_000)
    monkeypatch.setattr(hashing, "_GIVE_UP_AT", 6_000_000)
    monkeypatch.setattr("profile_workflow.forms.verify.MOST_BYTES", 3_000_000)
    large = b"%PDF-1.7" + bytes(2_900_000)
    for content in (large, b"PK\x03\x04 a Word document"):
        address = reverse("fingerprint", args=[sha256(content)])
        assert send(content)["Location"] == address
    for content, words in (
        (b"", "This file is empty."),
        (large + bytes(200_000), "The file is larger than"),
    ):
        response = send(content, name="<b>x</b>.pdf")
        assert response.status_code == REFUSED
        assert words in response.content.decode()
        assert "<b>x</b>" not in response.content.decode()
    assert send(large + bytes(4_000_000)).status_code == REFUSED
    assert Client().post(reverse("verify"), {"file": "words"}).status_code == REFUSED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.any_database
def test_files_are_compared_so_many_times_for_one_network(monkeypatch):
    monkeypatch.setattr(accounts, "MOST_FILES", 2)
    assert [send(b"%PDF-1").status_code for _ in range(3)] == [FOUND, FOUND, TOO_MANY]
    # A fingerprint costs nothing, and other networks are not held up.
    assert UNKNOWN in shown("e" * 64)
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert send(b"%PDF-1", elsewhere).status_code == FOUND
    # Without the token of the form it is refused, and counts all the same.
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR="192.0.2.8")
    assert [send(b"%PDF-1", strict).status_code for _ in range(2)] == [HTTPStatus.FORBIDDEN] * 2
    assert send(b"%PDF-1", Client(REMOTE_ADDR="192.0.2.8")).status_code == TOO_MANY


@pytest.mark.any_database
def test_a_file_counts_before_anything_of_it_is_read(monkeypatch):
    """However many are on their way at once, those that are read are counted already."""
    monkeypatch.setattr(accounts, "MOST_FILES", 1)
    seen = []

    class Watching(hashing.HashingHandler):
        def receive_data_chunk(self, raw_data, start):
            # While it comes in, another one is sent.
            seen.append(accounts.may_check_file(address="127.0.0.1", at=timezone.now()))
            return super().receive_data_chunk(raw_data, start)

    monkeypatch.setattr(verify, "HashingHandler", Watching)
    assert send(b"%PDF-1").status_code == FOUND
    assert seen == [False]


@pytest.mark.any_database
def test_behind_a_proxy_files_count_for_the_address_that_it_names(monkeypatch, settings):
    monkeypatch.setattr(accounts, "MOST_FILES", 1)

    def sent_by(forwarded):
        headers = {"X-Forwarded-For": forwarded}
        return send(b"%PDF-1", Client(headers=headers)).status_code

    assert [sent_by(f"198.51.100.{one}") for one in (1, 2)] == [FOUND, TOO_MANY]
    settings.TRUSTED_PROXIES = 1
    assert [sent_by(f"198.51.100.{one}") for one in (1, 2)] == [FOUND, FOUND]
    # What the caller says of himself stands further left, and helps him nothing.
    assert sent_by("203.0.113.9, 198.51.100.1") == TOO_MANY


@pytest.mark.any_database
@pytest.mark.parametrize(
    "typed",
    ["ab" * 32, "AB" * 32, f"sha256:{'ab' * 32}", f"SHA-256 {'abab ' * 16}", "a b:" * 32],
)
def test_a_fingerprint_is_read_as_people_copy_it(typed):
    response = Client().get(reverse("verify"), {"code": typed})
    assert response["Location"] == reverse("fingerprint", args=["ab" * 32])


@pytest.mark.any_database
def test_what_is_no_fingerprint_is_given_back():
    client = Client()
    response = client.get(reverse("verify"), {"code": "<i>ab</i>"})
    assert response.status_code == REFUSED
    assert "&lt;i&gt;ab&lt;/i&gt;" in response.content.decode()
    for name in ("fingerprint", "fingerprint_data"):
        assert client.get(reverse(name, args=["not-a-hash"])).status_code == GONE
    assert client.get(f"/verify/{'AB' * 32}/").status_code == OK


def test_the_answer_costs_the_same_for_a_short_and_a_long_profile():
    def cost(profile):
        with CaptureQueriesContext(connection) as found:
            shown(profile.text_digest())
        return len(found)

    few = publish(factories.make_profile(factories.make_programme(sections=2)))
    many = publish(factories.make_profile(factories.make_programme(sections=6)))
    assert cost(few) == cost(many) <= 20


@pytest.mark.pdf
@pytest.mark.slow
def test_the_real_file_prints_where_it_is_checked_and_a_flipped_byte_is_seen():
    profile = factories.bring_to(factories.make_profile(), S.PRODUCTION)
    team = factories.holder(profile, Role.PROJECT_TEAM)
    made = publications.build(profile, language="en", by=team, at=timezone.now())
    with made.file.open("rb") as stored:
        file = stored.read()
    assert UNKNOWN in shown(send(file)["Location"].split("/")[-2])
    factories.move(profile, "publish", team)
    assert "This is the published file" in shown(send(file)["Location"].split("/")[-2])
    flipped = bytearray(file)
    flipped[len(file) // 2] ^= 1
    assert UNKNOWN in shown(send(bytes(flipped))["Location"].split("/")[-2])

    words = subprocess.run(
        ["pdftotext", "-raw", "-", "-"], input=file, capture_output=True, check=True
    ).stdout.decode()
    address = report_of(factories.fresh(profile)).verify_at
    assert address in words
    path = address.removeprefix(settings.SITE_URL)
    assert "This is the published text" in Client().get(path).content.decode()
    # One flipped character of a section, published: the address that is printed says so.
    correct(profile)
    assert "This text was published, but is not the latest" in Client().get(path).content.decode()
    assert "This file was published, but is not the latest" in shown(sha256(file))
