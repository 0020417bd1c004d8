"""The text that a personal link asks about, as a PDF: who gets which file, and what it holds."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.utils import timezone

from profile_workflow.models import AnsweringLink, SignOff, ValidationRound
from profile_workflow.services import people
from profile_workflow.states import Attribution, LinkEnd, ProfileState, Role
from reports.builds.contents import Contents
from reports.builds.outputs import output_of
from reports.models import Build
from tests import factories
from tests.links import Holder, token_for
from workflows.models import JobState, OutboxJob
from workflows.queries import asked

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, NOT_FOUND, GONE = HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.GONE
K = Build.Kind
FILE = "The consultation version as a PDF"
AWAITED = "The consultation version is being made as a PDF."


def give(profile, by=None, **fields) -> Build:
    """Record a finished consultation version of the text that a profile has now."""
    of_now = {"kind": K.CONSULTATION, "state": "done", "text_digest": profile.text_digest()}
    return factories.give_build(profile, by, **{**of_now, "material_digest": "1" * 64, **fields})


def told(holder: Holder, name: str = "link", *more: str) -> str:
    response = holder.reads(name, *more)
    assert response.status_code == OK
    return response.content.decode()


def has_been_made() -> None:
    """Leave nothing in the outbox that is still to be done."""
    OutboxJob.objects.update(
        state=JobState.DONE, finished_at=timezone.now(), lease_until=None, leased_by=""
    )


def fetched(holder: Holder) -> str:
    """Return the name of the file that is sent; empty if none is."""
    response = holder.reads("link_pdf")
    if response.status_code == NOT_FOUND:
        assert "There is no PDF of this text now" in response.content.decode()
        return ""
    assert b"".join(response.streaming_content) == factories.SMALL_PDF
    return response["Content-Disposition"].partition("filename=")[2].strip('"')


def give_all_but_his(profile) -> None:
    """Record, of now, one of each file that nobody gets by link."""
    for kind in (K.PREVIEW, K.PUBLICATION, K.WORD, K.RECORD, K.SUMMARY):
        give(profile, kind=kind)
    give(profile, factories.holder(profile, Role.PROJECT_TEAM), kind=K.ANNEX)
    give(profile, text_digest="f" * 64)
    give(profile, text_digest="")
    # Made when the record of a consultation version still told names.
    give(profile, material_digest="")
    give(profile, language="it")
    for state in ("queued", "running", "failed"):
        give(profile, state=state)
    other = factories.make_profile()
    give(other, text_digest=profile.text_digest())


def test_whoever_is_asked_takes_away_exactly_the_text_he_is_asked_about(consulted, signoff):
    holder = Holder(token_for(signoff))
    # Ordered by itself when the round was opened: nothing false is said before or after it.
    assert AWAITED in told(holder)
    assert FILE not in told(holder)
    assert fetched(holder) == ""
    has_been_made()
    give_all_but_his(consulted)
    for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ())):
        shown = told(holder, name, *more)
        assert AWAITED not in shown
        assert FILE not in shown
    assert fetched(holder) == ""

    earlier = timezone.now() - timedelta(hours=1)
    give(consulted, numbered=True, finished_at=earlier)
    assert fetched(holder) == f"{consulted.slug}-consultation-lines-en.pdf"
    give(consulted, finished_at=earlier)
    assert fetched(holder) == f"{consulted.slug}-consultation-en.pdf"
    for name, more in (("link", ()), ("link_section", ("1",)), ("link_check", ())):
        shown = told(holder, name, *more)
        assert f"{FILE} (1 page, <bdi>" in shown
        assert f'href="{holder.address("link_pdf")}" hreflang="en"' in shown
    # With the headings of the language in which he reads, if there is one.
    give(consulted, language="fr", finished_at=earlier)
    assert fetched(holder).endswith("-en.pdf")
    AnsweringLink.objects.update(language="fr")
    assert fetched(holder).endswith("-fr.pdf")
    AnsweringLink.objects.update(language="ar")
    assert fetched(holder).endswith("-en.pdf")


def test_the_file_is_sent_to_be_saved_and_kept_by_nobody_else(consulted, signoff):
    holder = Holder(token_for(signoff))
    build = give(consulted)
    answers = [getattr(holder.client, how)(holder.address("link_pdf")) for how in ("get", "head")]
    for one in answers:
        assert one.status_code == OK
        assert one["Content-Type"] == "application/pdf"
        assert one["Content-Length"] == str(len(factories.SMALL_PDF))
        assert one["Content-Disposition"].startswith("attachment")
        assert one["Content-Language"] == "en"
        assert {"private", "no-store"} <= set(one["Cache-Control"].split(", "))
        assert one["Referrer-Policy"] == "no-referrer"
        assert "noindex" in one["X-Robots-Tag"]
        assert b"".join(one.streaming_content) in (factories.SMALL_PDF, b"")
    refused = holder.sends("link_pdf")
    assert refused.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert "There is no such page" in refused.content.decode()
    # Taken away is not answered, and not used.
    assert not AnsweringLink.objects.exclude(used_at=None).exists()
    # Whose file is lost is not led to the pages of the accounts.
    build.file.delete(save=False)
    lost = holder.reads("link_pdf")
    assert lost.status_code == NOT_FOUND
    assert lost["Referrer-Policy"] == "no-referrer"
    assert f'href="{holder.address()}"' in lost.content.decode()


def closed_doors(signoff):
    """Yield the holder of each link that opens nothing, one after the other."""
    yield Holder("guess")
    holder, at = Holder(token_for(signoff)), timezone.now()
    link = AnsweringLink.objects.filter(signoff=signoff)
    for end in (LinkEnd.REVOKED, LinkEnd.REPLACED):
        link.update(ended_at=at, end=end)
        yield holder
    link.update(ended_at=None, end="")
    ValidationRound.objects.update(closes_at=at - timedelta(minutes=1))
    yield holder
    ValidationRound.objects.update(closes_at=at + timedelta(days=9))
    part = signoff.round.profile.assignments.get(user=signoff.person)
    team = factories.holder(signoff.round.profile, Role.PROJECT_TEAM)
    people.end_part(part, signoff.round.profile, by=team, reason="Moved.", at=at)
    yield holder


def test_a_link_that_opens_nothing_gives_no_file_and_says_what_its_pages_say(consulted, signoff):
    give(consulted)
    statuses = []
    for holder in closed_doors(signoff):
        page, file = holder.reads(), holder.reads("link_pdf")
        statuses.append(file.status_code)
        assert (file.status_code, file.content) == (page.status_code, page.content)
        assert file["Referrer-Policy"] == "no-referrer"
    assert statuses == [NOT_FOUND, GONE, GONE, GONE, GONE]


def test_whoever_signs_takes_the_same_text_and_another_is_ordered_with_how_it_ended(consulted):
    give(consulted)
    profile = factories.bring_to(consulted, ProfileState.SIGNOFF)
    asked_to_sign = SignOff.objects.filter(round__profile=profile, role=Role.CITY_AUTHORITY)[0]
    holder = Holder(token_for(asked_to_sign))
    for name, more in (("link", ()), ("link_section", ("1",)), ("link_sign", ())):
        assert FILE in told(holder, name, *more)
    assert fetched(holder) == f"{profile.slug}-consultation-en.pdf"
    ordered = OutboxJob.objects.filter(kind="pdf", profile=profile).order_by("pk")
    assert [one.payload["kind"] for one in ordered] == ["consultation", "consultation"]
    # A job that was given up makes nothing any more, and another file is none of his.
    Build.objects.all().delete()
    ordered.update(state=JobState.FAILED, finished_at=timezone.now())
    factories.give_job(
        factories.give_build(profile, None), payload={"kind": "preview", "language": "en"}
    )
    assert AWAITED not in told(holder)
    ordered.filter(pk=ordered[1].pk).update(state=JobState.WAITING, finished_at=None)
    assert AWAITED in told(holder)


def test_it_tells_how_many_have_answered_and_not_who_or_in_which_words():
    profile = factories.make_profile(attribution=Attribution.NAMED)
    profile = factories.bring_to(profile, ProfileState.CONSULTATION)
    first = factories.asked(profile)[0]
    named = [factories.section(profile, "1")]
    factories.move(first, "object_to", first.person, reason="Canary of mine.", sections=named)
    factories.record_workshop(profile)
    ValidationRound.objects.update(closed_at=timezone.now())
    profile.workshops.update(closed_at=timezone.now())
    marks = (first.person.full_name, "Canary of mine.", "The room thanks the authors.")

    def printed(kind: str) -> str:
        read = Contents.of(Build(profile=profile, kind=kind, language="en"))
        # What is really made is found by the text of the round.
        assert read.text_digest == first.round.version.digest
        return repr(output_of(read.material, read.report, kind=kind))

    assert [one for one in marks if one in printed(K.CONSULTATION)] == []
    assert "House of associations" in printed(K.CONSULTATION)
    assert "Objected" in printed(K.CONSULTATION)
    # What others print of the same is what would be found.
    assert [one for one in marks if one not in printed(K.RECORD)] == []


def test_it_costs_one_question_where_there_is_a_file(consulted, signoff, django_assert_num_queries):
    opened = signoff.round
    assert opened.version.digest
    assert opened.profile.language
    with django_assert_num_queries(2):
        assert asked.printed(opened, language="en").is_awaited
    for _number in range(3):
        give(consulted)
    with django_assert_num_queries(1):
        assert asked.printed(opened, language="en").build
