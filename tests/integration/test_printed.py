"""The pages of one chapter beside its text: who sees them, of which text, why they fail."""

from datetime import timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.states import ProfileState, Role
from reports.builds import forget_passing
from reports.errors import BuildFailed
from reports.models import Build
from tests import factories
from tests.integration.pages import signed_in
from tests.pdf_reading import Reading
from workflows import handlers, housekeeping
from workflows.executors import JobFailed
from workflows.models import OutboxJob
from workflows.worker import Worker

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OF = Build.Kind.CHAPTER
S = Build.State


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


@pytest.fixture
def expert(made):
    return signed_in(made[Role.LOCAL_EXPERT])


def address(profile, key="2"):
    return reverse("section_printed", args=[profile.slug, key])


def words_of(response):
    return " ".join(response.content.decode().split())


def work():
    """Let the worker do what waits for it and is about PDFs."""
    others = OutboxJob.objects.exclude(kind="pdf")
    others.delete()
    Worker(handlers=handlers.HANDLERS, sweep=lambda at: 0, once=True).run()


def give(profile, by, **fields):
    section = factories.section(profile, fields.pop("key", "2"))
    return factories.give_build(profile, by, kind=OF, section=section, **fields)


@pytest.mark.pdf
def test_a_chapter_is_printed_alone_of_the_text_that_was_saved_last(made, profile, expert):
    first, second = factories.section(profile, "1"), factories.section(profile, "2")
    factories.write(first, "### Beginnings\n\nOf another chapter.")
    factories.write(second, "### People\n\nWritten yesterday. See [#section:1].")
    assert "have not been made yet" in words_of(expert.get(address(profile)))
    for _twice in range(2):
        assert expert.post(address(profile))["Location"] == address(profile)
    waiting = Build.objects.get()
    assert (waiting.state, waiting.section, waiting.kind) == (S.QUEUED, second, OF)
    assert OutboxJob.objects.get(kind="pdf").key == f"pdf:chapter:{waiting.pk}"
    # What waits prints what is saved before it begins.
    factories.write(second, "### People\n\nWritten today. See [#section:1].")
    expert.post(address(profile))
    assert Build.objects.get() == waiting
    assert "It is the next one." in words_of(expert.get(address(profile)))
    work()
    page = words_of(expert.get(address(profile)))
    assert "Made of the text saved last:" in page
    shown = reverse("pdf_shown", args=[profile.slug, waiting.pk])
    assert f'data="{shown}#view=FitH"' in page
    assert "object-src 'self'" in expert.get(address(profile))["Content-Security-Policy"]
    content = b"".join(expert.get(shown))
    text = " ".join("".join(one.values()) for one in Reading(BytesIO(content)).texts)
    assert "2.1" in text
    assert "Written today." in text
    assert "Of another chapter" not in text
    # What stands in another chapter is named, and leads nowhere.
    assert "See section 1" in text
    assert b"/GoTo" not in content
    # The same text again is the same file; a chapter written elsewhere changes nothing.
    factories.write(first, "Of another chapter, once more.")
    expert.post(address(profile))
    assert Build.objects.get() == waiting
    factories.write(second, "Written tomorrow.")
    assert "Made of an older text:" in words_of(expert.get(address(profile)))


def test_who_sees_the_working_text_sees_its_pages_and_nobody_else(made, profile):
    build = give(profile, made[Role.LOCAL_EXPERT], state=S.DONE)
    files = [reverse(name, args=[profile.slug, build.pk]) for name in ("pdf_file", "pdf_shown")]
    for role in Role:
        if role == Role.ADMINISTRATOR:
            continue
        client = signed_in(made[role])
        may = role in (Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR)
        expected = HTTPStatus.OK if may else HTTPStatus.FORBIDDEN
        assert client.get(address(profile)).status_code == expected, role
        sent = client.post(address(profile)).status_code
        assert sent == (HTTPStatus.FOUND if may else HTTPStatus.FORBIDDEN), role
        for one in files:
            found = client.get(one)
            assert not found.streaming or b"".join(found) == factories.SMALL_PDF
            assert found.status_code == (HTTPStatus.OK if may else HTTPStatus.NOT_FOUND), role
    # Such files are no outputs: no list, no history, no fingerprint tells of them.
    team = signed_in(made.team)
    for page in ("pdf", "history"):
        assert "Preview of a chapter" not in words_of(team.get(reverse(page, args=[profile.slug])))
    assert team.get(address(profile, "99")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.pdf
def test_a_sign_that_cannot_be_printed_is_shown_where_it_stands(made, profile, expert):
    text = "First words.\n\nA list of \u25cf dots."
    factories.write(factories.section(profile, "2"), text)
    expert.post(address(profile))
    work()
    page = words_of(expert.get(address(profile)))
    assert "The character “\u25cf” (U+25CF)" in page
    place = text.index("\u25cf")
    edit = reverse("section_edit", args=[profile.slug, "2"])
    assert f"{edit}?at=14-{len(text)}#id_text" in page
    assert text[14 : len(text)] == "A list of \u25cf dots."
    assert place > 14
    assert "A list of" in words_of(expert.get(f"{edit}?at=14-{len(text)}"))
    # It is told in the language of who reads it, and only to him: nobody else can mend it.
    assert OutboxJob.objects.filter(kind="pdf", state="failed").count() == 0
    french = expert.get(address(profile), headers={"accept-language": "fr"})
    assert "U+25CF" in words_of(french)
    # Whoever does not write is led to the section.
    team = words_of(signed_in(made.team).get(address(profile)))
    assert reverse("section", args=[profile.slug, "2"]) in team
    assert f"{edit}?at=" not in team


def test_old_pages_are_forgotten_with_their_files(made, profile, expert):
    at, by = timezone.now(), made[Role.LOCAL_EXPERT]
    hour, day = timedelta(hours=1), timedelta(days=1)

    def done(finished_at, **fields):
        return give(
            profile, by, state=S.DONE, finished_at=finished_at, created_at=finished_at, **fields
        )

    replaced = done(at - hour)
    kept = [
        done(at - timedelta(minutes=5)),
        done(at - hour, key="1"),
        done(at - hour, language="fr"),
    ]
    old = done(at - day - hour, key="1", language="ar")
    never = give(profile, by, created_at=at - 3 * day)
    annex = factories.give_build(
        profile, by, kind="annex", state=S.DONE, finished_at=at - day - hour, created_at=at - day
    )
    output = factories.give_build(profile, by, state=S.DONE, finished_at=at - 9 * day)
    factories.give_job(never)
    files = {one: (one.file.storage, one.file.name) for one in (replaced, old, annex, kept[0])}
    assert housekeeping.forget_builds(at=at) == 4
    assert set(Build.objects.all()) == {*kept, output}
    assert not OutboxJob.objects.filter(kind="pdf").exists()
    for one, (storage, name) in files.items():
        assert storage.exists(name) is (one == kept[0])
    assert forget_passing(at=at) == []
    gone = reverse("pdf_file", args=[profile.slug, replaced.pk])
    assert expert.get(gone).status_code == HTTPStatus.NOT_FOUND
    # A job that outlived its build does nothing, and a file that is gone just now is none.
    handlers.build_pdf({"build": replaced.pk})
    kept[0].file.storage.delete(kept[0].file.name)
    gone = reverse("pdf_file", args=[profile.slug, kept[0].pk])
    assert expert.get(gone).status_code == HTTPStatus.NOT_FOUND


def test_what_was_forgotten_while_it_was_made_does_not_come_back(made, profile, monkeypatch):
    build = give(profile, made[Role.LOCAL_EXPERT])

    def forgotten(job, **_how):
        Build.objects.filter(pk=build.pk).delete()
        raise AssertionError(job.title)

    monkeypatch.setattr("reports.builds.contents.build_pdf", forgotten)
    with pytest.raises(AssertionError):
        handlers.build_pdf({"build": build.pk})
    handlers.build_pdf({"build": build.pk})
    assert not Build.objects.exists()


def test_a_chapter_that_is_too_much_is_named_in_the_language_of_its_reader(
    made, profile, monkeypatch
):
    build = factories.give_build(profile, made.team)
    factories.give_job(build, state="done")
    title = str(factories.section(profile, "2"))

    def too_big(_job, **_how):
        raise BuildFailed("too_big", at=title)

    monkeypatch.setattr("reports.builds.contents.build_pdf", too_big)
    with pytest.raises(JobFailed):
        handlers.build_pdf({"build": build.pk, "kind": build.kind})
    client = signed_in(made[Role.LOCAL_EXPERT])
    address = reverse("pdf", args=[profile.slug])
    for language, words in (("en", "needs more memory"), ("fr", "plus de mémoire")):
        text = words_of(client.get(address, headers={"accept-language": language}))
        assert words in text
        assert title in text
    assert f"{reverse('section_edit', args=[profile.slug, '2'])}#id_text" in text
