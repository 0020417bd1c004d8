"""The seal of the programme: put on by the worker, read at /verify/, and what can go wrong."""

import datetime
import fcntl
import hashlib
import io
import json
import subprocess
import tempfile
from html import unescape
from pathlib import Path

import page as validator
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from config.health import CHECKS, REMARKS, find_problems
from profile_workflow import hashing
from profile_workflow.states import ProfileState, Role
from reports import publications
from reports.apps import check_seal
from reports.builds import contents, request_build, run_build
from reports.errors import BuildFailed
from reports.models import Build
from reports.sealing import authority as asking
from reports.sealing import certificate, reading, signing
from reports.sealing import key as opening
from reports.sealing.reading import Reading, Verdict
from reports.sealing.telling import known_seals, repeated, word_of
from tests import factories, sealing
from workflows.executors import TryLater
from workflows.handlers import build_pdf
from workflows.management.commands.worker import TidySweep

pytestmark = [pytest.mark.pdf, pytest.mark.django_db]

NAME = "Publishing office, Programme of Cities"


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Other tests that run beside these read seals too."""
    monkeypatch.setattr(reading, "_SECONDS_IN_LINE", 60)


@pytest.fixture(scope="module")
def key():
    return sealing.pkcs12_of()


@pytest.fixture
def seal(settings, tmp_path, key):
    """Have published files sealed; returns the settings."""
    settings.SEAL_PKCS12 = str(tmp_path / "seal.p12")
    settings.SEAL_CERTIFICATE = str(tmp_path / "seal.pem")
    settings.SEAL_PASSPHRASE = sealing.PASSPHRASE
    put_down(settings, key)
    return settings


def put_down(seal, key):
    """Put key and certificate where they are looked for."""
    Path(seal.SEAL_PKCS12).write_bytes(key)
    Path(seal.SEAL_CERTIFICATE).write_bytes(sealing.certificate_of(key))


def faults_of(content):
    profiles = (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1)
    found = [validator.validate_pdf_bytes(content, profile=one).failures for one in profiles]
    return [(one.rule_id, one.message) for failures in found for one in failures]


def flipped(content, at=None):
    changed = bytearray(content)
    changed[len(content) // 3 if at is None else at] ^= 1
    return bytes(changed)


def put_on(content):
    now = timezone.now()
    return signing.sealed(content, with_=certificate.in_force(now), at=now, language="en")


def read(content, known, tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(content)
    with path.open("rb") as file:
        return reading.read_seal(file, known)


@pytest.mark.slow
def test_the_seal_follows_a_file_that_stays_as_it_was(english, seal, tmp_path):
    plain = english[1].content
    with sealing.authority() as (address, authority):
        seal.SEAL_TIMESTAMP_URL = address.replace("//", "//cities:se%3Acret@")
        content, kept = put_on(plain)
    assert content.startswith(plain)
    assert kept.plain_sha256 == hashlib.sha256(content[: kept.plain_size]).hexdigest()
    assert (kept.name, kept.authority) == (NAME, "127.0.0.1")
    # It is asked once, and by the name that stands in its address.
    assert authority.asked == 1
    assert authority.authorization == "Basic Y2l0aWVzOnNlOmNyZXQ="
    assert faults_of(content) == []
    [one] = PdfFileReader(io.BytesIO(content)).embedded_signatures
    assert one.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    status = validate_pdf_signature(one, ValidationContext(trust_roots=[], allow_fetching=False))
    assert (status.intact, status.valid, status.docmdp_ok) == (True, True, True)
    assert (status.timestamp_validity.intact, status.timestamp_validity.valid) == (True, True)

    known = {kept.certificate: "As we kept it"}
    assert read(content, known, tmp_path) == Reading(Verdict.INTACT, "As we kept it")
    for changed in (flipped(content), content + b"\n% A word more."):
        assert read(changed, known, tmp_path) == Reading(Verdict.BROKEN, "As we kept it")
    # Whose name stands in a certificate is not repeated: anybody can have one made.
    assert read(content, {"f" * 64: "Somebody"}, tmp_path) == Reading(Verdict.OF_OTHERS)


@pytest.mark.slow
def test_a_file_that_harms_its_reader_harms_nobody_else(tmp_path, monkeypatch):
    assert read(b"%PDF-1.7 /ByteRange", {}, tmp_path) == Reading(Verdict.UNREADABLE)
    # A process that does not end is ended.
    monkeypatch.setattr(reading, "_WALL_SECONDS", 0.2)
    begun = []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            begun.append(self)

    monkeypatch.setattr(reading.subprocess, "Popen", Watched)
    monkeypatch.setattr(reading.sys, "executable", "/bin/sh")
    sleeps = tmp_path / "reports.sealing"
    sleeps.write_text("sleep 60")
    assert read(b"sleep 60\n", {}, tmp_path) == Reading(Verdict.UNREADABLE)
    assert begun[0].returncode is not None


def test_an_authority_that_fails_leaves_nothing_behind(english, seal, monkeypatch):
    monkeypatch.setattr(asking, "SECONDS", 0.3)
    with sealing.authority() as (address, authority):
        seal.SEAL_TIMESTAMP_URL = address
        for does, why in (
            ("refuses", "status 503"),
            ("points", "status 307"),
            ("babbles", "too long an answer"),
            ("is_silent", "RemoteDisconnected|TimeoutError"),
        ):
            authority.does = does
            with pytest.raises(BuildFailed, match=why) as failed:
                put_on(english[1].content)
            assert failed.value.code == "authority_down"
        # It was not led to another address, nor asked again.
        assert authority.asked == 4
        assert authority.hung_up.wait(5)
    with pytest.raises(BuildFailed, match="ConnectionRefusedError"):
        put_on(english[1].content)


def test_a_seal_that_cannot_be_put_on_is_told_beforehand(seal, tmp_path, key, caplog):
    now = timezone.now()

    def told(content=key, passphrase=sealing.PASSPHRASE, address=""):
        """Return what the operators are told with the key, and the team without it."""
        put_down(seal, content)
        seal.SEAL_PASSPHRASE, seal.SEAL_TIMESTAMP_URL = passphrase, address
        return told_now()

    def told_now():
        [problem] = [one.msg for one in check_seal()] or [""]
        caplog.clear()
        TidySweep()(now)
        assert (problem in caplog.text) if problem else ("seal" not in caplog.text)
        with_key, seal.SEAL_PKCS12 = seal.SEAL_PKCS12, ""
        [without] = [one.msg for one in check_seal()] or [""]
        assert find_problems(REMARKS, at=now).get("seal", "") == without
        seal.SEAL_PKCS12 = with_key
        return problem, without

    day = datetime.timedelta(days=1)
    assert told() == ("", "")
    of_both = {
        "was valid until": {"content": sealing.pkcs12_of(begins=-2 * day, ends=-day)},
        "not valid before": {"content": sealing.pkcs12_of(begins=day)},
        "not issued for signing": {"content": sealing.pkcs12_of(may_sign=False)},
        "none of the web": {"address": "file:///etc/passwd"},
        "have a new one issued": {"content": sealing.pkcs12_of(ends=20 * day)},
    }
    for words, tried in of_both.items():
        with_key, without = told(**tried)
        assert words in with_key
        assert with_key == without
    # What is wrong with the key is known only where the key is.
    of_the_key = {"its passphrase is another": told(passphrase="wrong")}
    for words, content in (
        ("no PKCS#12 file", b"words"),
        ("another certificate than SEAL_CERTIFICATE", sealing.pkcs12_of()),
    ):
        Path(seal.SEAL_PKCS12).write_bytes(content)
        seal.SEAL_PASSPHRASE = sealing.PASSPHRASE
        of_the_key[words] = told_now()
    seal.SEAL_PKCS12 = str(tmp_path / "away.p12")
    of_the_key["No such file"] = told_now()
    for words, (with_key, without) in of_the_key.items():
        assert words in with_key
        assert without == ""
    both = sealing.certificate_of(key) + b"-----BEGIN PRIVATE KEY-----"
    Path(seal.SEAL_CERTIFICATE).write_bytes(both)
    assert all("holds a key too" in one for one in told_now())
    Path(seal.SEAL_CERTIFICATE).write_text("words")
    assert all("in the form of PEM" in one for one in told_now())
    seal.SEAL_CERTIFICATE = ""
    assert told_now() == ("SEAL_PKCS12 is set and SEAL_CERTIFICATE is not.", "")
    seal.SEAL_PKCS12 = ""
    assert told_now() == ("", "")
    with pytest.raises(certificate.Unusable, match="is not set for this process"):
        opening.contents()


def test_an_expired_certificate_keeps_no_web_process_from_its_work(seal, settings):
    day = datetime.timedelta(days=1)
    put_down(seal, sealing.pkcs12_of(begins=-2 * day, ends=-day))
    assert "seal" not in CHECKS
    assert (Client().get("/readyz").status_code, Client().get("/readyz").json()) == (
        200, {"status": "ok"},
    )  # fmt: skip
    team = Client()
    team.force_login(factories.holder(factories.make_profile(), Role.PROJECT_TEAM))
    answer = team.get("/readyz")
    assert answer.status_code == 200
    assert "was valid until" in answer.json()["remarks"]["seal"]


@pytest.fixture
def made_quickly(english, monkeypatch):
    """Have every build make the same invented report."""
    monkeypatch.setattr(contents, "build_pdf", lambda _job, **_how: english[1])


def ready(profile):
    return publications.ready_builds(factories.fresh(profile))


@pytest.mark.slow
@pytest.mark.usefixtures("made_quickly")
def test_what_is_published_is_sealed_and_the_page_of_files_says_so(english, seal, key, monkeypatch):
    path, with_key = seal.SEAL_CERTIFICATE, seal.SEAL_PKCS12
    seal.SEAL_CERTIFICATE = seal.SEAL_PKCS12 = ""
    profile = factories.bring_to(factories.make_profile(), ProfileState.PRODUCTION)
    team = factories.holder(profile, Role.PROJECT_TEAM)
    asked = {"kind": Build.Kind.PUBLICATION, "language": "en", "by": team, "at": timezone.now()}
    unsealed = run_build(request_build(profile, **asked).pk)
    assert (unsealed.seal, ready(profile)) == ({}, [unsealed])
    consultation = asked | {"kind": Build.Kind.CONSULTATION}

    # From when files are sealed, one without a seal is none for publication.
    # With the key alone no file is made that would lack the seal.
    seal.SEAL_PKCS12 = with_key
    with factories.undone():
        unsealed.delete()
        lacking = request_build(profile, **asked)
        with pytest.raises(BuildFailed, match="SEAL_CERTIFICATE is not"):
            run_build(lacking.pk)
    unsealed = Build.objects.get()
    seal.SEAL_CERTIFICATE = path
    assert ready(profile) == []
    waiting = request_build(profile, **asked)
    assert waiting != unsealed
    with sealing.authority() as (address, authority):
        seal.SEAL_TIMESTAMP_URL = address
        authority.does = "refuses"
        with pytest.raises(TryLater, match=r"127\.0\.0\.1, which confirms when it is sealed"):
            build_pdf({"build": waiting.pk})
        waiting.refresh_from_db()
        assert (waiting.state, waiting.file, waiting.seal) == ("failed", "", {})
        assert ready(profile) == []
        seal.SEAL_PASSPHRASE, right = "wrong", seal.SEAL_PASSPHRASE
        with pytest.raises(BuildFailed, match="ask for the file again"):
            run_build(waiting.pk)
        seal.SEAL_PASSPHRASE, authority.does = right, "answers"
        build_pdf({"build": waiting.pk})
    assert run_build(request_build(profile, **consultation).pk).seal == {}
    # After a change of the certificate, what bears the old one is none for publication.
    assert ready(profile) == [waiting]
    put_down(seal, sealing.pkcs12_of())
    assert ready(profile) == []
    assert request_build(profile, **asked) != waiting
    put_down(seal, key)
    # The web needs no key: neither to ask for a file, nor to publish it, nor to check one.
    Path(seal.SEAL_PKCS12).unlink()
    assert request_build(profile, **asked) == waiting
    factories.move(profile, "publish", team)
    published = profile.publications.get()
    with published.pdf.open("rb") as file:
        content = file.read()
    assert content.startswith(english[1].content)
    assert published.pdf_sha256 == hashlib.sha256(content).hexdigest()
    assert published.seal["plain_sha256"] == unsealed.sha256
    assert known_seals() == {published.seal["certificate"]: NAME}

    held = []

    def hold():
        held.append(tempfile.TemporaryFile())  # noqa: SIM115 - closed by whom is tried here
        return held[-1]

    monkeypatch.setattr(hashing, "TemporaryFile", hold)

    def send(sent):
        file = SimpleUploadedFile("x.pdf", sent, content_type="application/pdf")
        address = Client().post(reverse("verify"), {"file": file})["Location"]
        return address, unescape(Client().get(address).content.decode())

    address, page = send(content)
    assert "This is the published file" in page
    assert "The seal of the programme is intact" in page
    assert NAME in page
    code = published.pdf_sha256
    told = json.loads(Client().get(reverse("fingerprint_data", args=[code])).content)
    assert told["findings"][0]["seal"] == published.seal
    address, page = send(flipped(content))
    assert "The seal of the programme on this file is broken." in page
    # What is said of one file cannot be had for another, nor made up.
    word = address.partition("?seal=")[2]
    other = reverse("fingerprint", args=["e" * 64])
    for made_up in (word, "broken", '["x"]'):
        assert "seal of the programme" not in unescape(
            Client().get(f"{other}?seal={made_up}").content.decode()
        )
    # A file made for publication and never published: the seal holds, and it is not published.
    put_down(seal, key)
    seal.SEAL_TIMESTAMP_URL = ""
    with_another, _kept = put_on(english[1].content)
    assert "bears the seal of the programme, and the seal is intact" in send(with_another)[1]
    assert "seal=" not in send(english[1].content)[0]
    assert len(held) == 4
    assert all(one.closed for one in held)


def test_files_of_strangers_are_read_one_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_SECONDS_IN_LINE", 0)
    with Path(reading.__file__).open("rb") as another:
        fcntl.flock(another, fcntl.LOCK_EX)
        assert read(b"%PDF-1.7 /ByteRange", {}, tmp_path) == Reading(Verdict.BUSY)
    assert read(b"%PDF-1.7 /ByteRange", {}, tmp_path) == Reading(Verdict.UNREADABLE)


def test_only_what_was_said_by_us_of_this_file_is_repeated(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(b"%PDF-1.7 /ByteRange")
    with path.open("rb") as file:
        word = word_of(file, "a" * 64)
    assert repeated(word, "a" * 64) == Reading(Verdict.UNREADABLE)
    assert repeated(word, "b" * 64) is None
    assert repeated("", "a" * 64) is None
    assert word_of(None, "a" * 64) == ""
