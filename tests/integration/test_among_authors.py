"""Comments that authors make to one another while they write: on what, for whom, stopping whom."""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow import requirements
from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import Comment
from profile_workflow.queries import history, profiles
from profile_workflow.services import comments
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Attribution, CommentState, ProfileState, Role
from profile_workflow.templatetags import words
from tests import factories
from workflows import engine

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

S = ProfileState
CITY = (Role.FOCAL_POINT, Role.STAKEHOLDER, Role.CITY_AUTHORITY)
TEXT = "Some words that the co-author does not believe. Others."


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def written(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    one = factories.section(profile, "1")
    factories.write(one, TEXT)
    one.profile = profile
    return one


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name, *args, **query) -> str:
    answer = signed_in(user).get(reverse(name, args=args), query)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def comment(written, by, **given):
    fields = {"kind": "must_fix", "text": "WHERE FROM?", "quote": "", **given}
    return signed_in(by).post(
        reverse("section_review", args=[written.profile.slug, "1"]) + "?view=working",
        {**{f"new-{name}": value for name, value in fields.items()}, "act": "save"},
    )


def test_authors_comment_on_the_working_text_and_answer_and_close(made, written):
    expert, author, slug = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR], written.profile.slug
    empty = page(author, "section_review", slug, "1")
    assert "does not believe" in empty
    assert "The authors and the project team can read it, nobody else." in empty

    answer = comment(written, author, quote="that the co-author does not believe")
    assert answer.status_code == HTTPStatus.FOUND
    made_one = Comment.objects.get()
    assert (made_one.stage, made_one.role) == (S.DRAFTING, Role.CO_AUTHOR)
    # The section has no revision yet, and would not be what was commented on.
    assert made_one.revision is None
    shown = page(expert, "section_review", slug, "1", view="working")
    assert f'id="quote-comment-{made_one.pk}"' in shown
    assert author.full_name in shown
    assert "WHERE FROM?" in page(expert, "section_edit", slug, "1")
    assert "WHERE FROM?" in page(made.team, "section_review", slug, "1")

    # Whoever writes the section answers, whoever made the comment closes it.
    assert [one.move for one in engine.offers(made_one, author)] == []
    said = Details(answer="From the census.")
    engine.perform(made_one, "accept", by=expert, at=timezone.now(), details=said)
    engine.perform(factories.fresh(made_one), "verify", by=author, at=timezone.now())
    assert factories.fresh(made_one).state == CommentState.VERIFIED
    assert "WHERE FROM?" not in page(expert, "section_edit", slug, "1")


def test_nobody_of_the_city_sees_them_or_that_there_are_any(made, written):
    profile, slug = written.profile, written.profile.slug
    comment(written, made[Role.CO_AUTHOR])
    (made_one,) = Comment.objects.all()
    event = f"comment:{made_one.pk}"
    told = history.events_of(profile, history.Wanted(kind="comment"), viewer=made.team)
    assert len(told) == 1
    for role in (*CITY, Role.INTERNATIONAL_EXPERT, Role.OBSERVER):
        reader = made[role]
        if not profile.roles_of(reader):
            continue
        for name, args in (("section_review", ["1"]), ("section", ["1"]), ("responses", [])):
            assert "WHERE FROM?" not in page(reader, name, slug, *args), (role, name)
        # Nor the text that is not submitted.
        assert "does not believe" not in page(reader, "section_review", slug, "1", view="working")
        seen = history.events_of(profile, history.Wanted(), viewer=reader)
        numbers = set(profile.events.filter(document=event).values_list("seq", flat=True))
        assert numbers
        assert not numbers & set(seen)
        with pytest.raises(NotAllowed):
            comments.reply_to(made_one, text="I?", by=reader, at=timezone.now())
        with pytest.raises(NotNow):
            comments.commenting_role(profile, reader)
    # Nor does it stand in the table that goes to those who commented on what was submitted.
    assert "WHERE FROM?" not in page(made.team, "responses", slug)


def test_one_that_is_open_stops_nothing_but_is_told_before(made, written):
    profile, expert = written.profile, made[Role.LOCAL_EXPERT]
    comment(written, made[Role.CO_AUTHOR])
    assert requirements.missing_for("section.submit", written) == ()
    shown = page(expert, "section_edit", profile.slug, "1")
    assert "You can submit while they are open." in shown
    for one in factories.sections(profile):
        factories.write(one, TEXT)
        engine.perform(factories.fresh(one), "submit", by=expert, at=timezone.now())
    profile = factories.fresh(profile)
    assert requirements.missing_for("profile.submit_draft", profile) == ()
    engine.perform(profile, "submit_draft", by=expert, at=timezone.now())
    assert Comment.objects.get().state == CommentState.OPEN

    # In the review it is still among authors, and one of the reviewer is on what was submitted.
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    made_one = factories.comment_on(factories.section(profile, "1"), reviewer)
    assert made_one.revision is not None
    assert "WHERE FROM?" not in page(reviewer, "section_review", profile.slug, "1")
    assert "WHERE FROM?" in page(expert, "section_review", profile.slug, "1")


def written_anew(profile, made, text):
    """Send a profile that was submitted back, and write its first section anew; return that."""
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    first, *others = factories.sections(profile)
    factories.move(first, "request_major_changes", reviewer, reason="See the comments.")
    for one in others:
        factories.move(one, "accept", reviewer)
    factories.move(profile, "request_major_revision", reviewer, reason="Section 1.")
    again = factories.section(profile, "1")
    factories.write(again, text)
    return again


@pytest.fixture
def revised(made):
    """A profile sent back, whose attribution names nobody, with a comment of its reviewer."""
    profile = factories.make_profile(made, attribution=Attribution.CHATHAM_HOUSE)
    profile = factories.bring_to(profile, S.DRAFTING)
    for one in factories.sections(profile):
        factories.write(one, TEXT)
        factories.move(one, "submit", made[Role.LOCAL_EXPERT])
    factories.move(profile, "submit_draft", made[Role.LOCAL_EXPERT])
    factories.comment_on(factories.section(profile, "1"), made[Role.INTERNATIONAL_EXPERT])
    return written_anew(profile, made, TEXT.replace("Others.", "Words of now."))


def test_an_author_who_replies_is_named_whoever_made_the_comment(made, revised):
    expert, author, at = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR], timezone.now()
    (of_reviewer,) = Comment.objects.all()
    comment(revised, expert)
    among = Comment.objects.exclude(pk=of_reviewer.pk).get()
    for one in (of_reviewer, among):
        for by in (expert, author):
            said = comments.reply_to(one, text=f"I say so, {by.pk}.", by=by, at=at)
            assert said.attribution == Attribution.NAMED
    assert author.full_name in page(expert, "section_review", revised.profile.slug, "1")


def test_words_are_quoted_only_where_they_are_looked_up(made, revised):
    slug, link = revised.profile.slug, 'class="here-add"'
    working, submitted = {"view": "working"}, {"view": "text"}
    wanted = {
        made[Role.CO_AUTHOR]: (working, submitted),
        made.team: (submitted, working),
        made[Role.INTERNATIONAL_EXPERT]: (submitted, None),
    }
    for reader, (offered, not_offered) in wanted.items():
        shown = page(reader, "section_review", slug, "1", **offered)
        assert link in shown
        assert "data-quotable" in shown
        if not_offered:
            shown = page(reader, "section_review", slug, "1", **not_offered, block="b1")
            assert link not in shown
            assert "data-quotable" not in shown
            assert "Others.</textarea>" not in shown
            assert "now.</textarea>" not in shown
        is_author = reader == made[Role.CO_AUTHOR]
        assert (link in page(reader, "section", slug, "1")) is not is_author
    led = page(made[Role.CO_AUTHOR], "section_review", slug, "1", **submitted)
    assert '<a href="?view=working">Comment on the working text, or answer</a>' in led


def test_a_list_that_is_full_says_that_there_may_be_more(made, written, monkeypatch):
    monkeypatch.setattr(profiles, "MOST_REMARKS", 2)
    monkeypatch.setattr(words, "MOST_REMARKS", 2)
    counts = []
    for number in range(3):
        comment(written, made[Role.CO_AUTHOR], text=f"From where? {number}")
        shown = page(made[Role.LOCAL_EXPERT], "section_edit", written.profile.slug, "1")
        counts.append(re.findall(r'Comments among authors <span class="count">(.+?)<', shown))
    assert counts == [["1"], ["2+"], ["2+"]]
