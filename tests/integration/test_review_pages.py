"""Comparing, reviewing and commenting on one section: what is shown, saved, and refused."""

import re
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import InvalidInput
from profile_workflow.models import Comment, User
from profile_workflow.queries.revisions import last_seen
from profile_workflow.services import comments
from profile_workflow.states import CommentKind, CommentState, ProfileState, Role, SectionState
from tests import factories
from tests.integration.pages import signed_in
from workflows.views import answering

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT
INCOMPLETE = HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def reviewed(made):
    """A profile in its first round of expert review."""
    return factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)


@pytest.fixture
def revised(made, reviewed):
    """A profile in its second round: section 1 was sent back for major changes and rewritten."""
    reviewer, expert = made[Role.INTERNATIONAL_EXPERT], made[Role.LOCAL_EXPERT]
    first, second = factories.sections(reviewed)
    factories.move(first, "request_major_changes", reviewer, reason="Where is the source?")
    factories.move(second, "accept", reviewer)
    factories.move(reviewed, "request_major_revision", reviewer, reason="Section 1.")
    factories.write(first, "Text of chapter 1, rewritten with a source.")
    factories.move(first, "submit", expert)
    factories.move(reviewed, "submit_major_revision", expert)
    return factories.fresh(reviewed)


def review(profile, key="1"):
    return reverse("section_review", args=[profile.slug, key])


def compare(profile, key="1"):
    return reverse("section_compare", args=[profile.slug, key])


def text_of(response):
    return response.content.decode()


# Comparing


def test_a_reviewer_is_shown_what_changed_since_he_judged(made, revised):
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    page = text_of(signed_in(reviewer).get(compare(revised)))
    assert "The last text that you judged, commented on or submitted before is revision 1." in page
    assert "1 paragraph changed from “Revision 1” to “Revision 2”" in page
    assert "<ins>" in page
    assert "<del>" in page


@pytest.mark.parametrize(("view", "shown"), [("side", "side-by-side"), ("changes", "redline")])
def test_a_comparison_has_three_views(made, revised, view, shown):
    client = signed_in(made.team)
    page = text_of(client.get(compare(revised), {"from": 1, "to": 2, "view": view}))
    assert shown in page
    assert "rewritten" in page


def test_any_two_revisions_can_be_compared_also_backwards(made, revised):
    page = text_of(signed_in(made.team).get(compare(revised), {"from": 2, "to": 1}))
    assert "1 paragraph changed from “Revision 2” to “Revision 1”" in page


@pytest.mark.parametrize("query", [{"from": 1, "to": 1}, {"from": 2, "to": 2}])
def test_no_change_is_said(made, revised, query):
    page = text_of(signed_in(made.team).get(compare(revised), query))
    assert f"No change since “Revision {query['from']}”" in page


@pytest.mark.parametrize("query", [{"from": "99"}, {"to": "x"}, {"view": "'"}, {"from": "-1"}])
def test_what_cannot_be_read_is_replaced_by_what_is_proposed(made, revised, query):
    response = signed_in(made.team).get(compare(revised), query)
    assert response.status_code == OK
    assert "from “Revision 1” to “Revision 2”" in text_of(response)


def test_a_section_without_text_has_nothing_to_compare(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    page = text_of(signed_in(made.team).get(compare(profile)))
    assert "No text has been submitted yet." in page


def test_a_section_that_does_not_exist_is_not_found(made, revised):
    client = signed_in(made.team)
    for address in (compare(revised, "77"), review(revised, "77")):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_what_was_last_seen_follows_from_what_was_done(made, revised):
    section = factories.section(revised, "1")
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    assert last_seen(section, made.team) is None
    assert last_seen(section, reviewer).number == 1
    # Who comments on the present text is still looking at it.
    factories.comment_on(section, reviewer)
    assert last_seen(section, reviewer).number == 1
    factories.move(section, "accept", reviewer)
    assert last_seen(factories.section(revised, "1"), reviewer).number == 2


def test_a_comment_tells_what_a_person_without_decision_saw(made, reviewed):
    section = factories.section(reviewed, "1")
    factories.comment_on(section, made.team)
    assert last_seen(section, made.team) is None
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    factories.move(section, "request_major_changes", reviewer, reason="No.")
    factories.move(factories.section(reviewed, "2"), "accept", reviewer)
    factories.move(reviewed, "request_major_revision", reviewer, reason="No.")
    comment = Comment.objects.get()
    factories.move(comment, "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
    factories.submit_sections(reviewed)
    assert last_seen(factories.section(reviewed, "1"), made.team).number == 1


# Reviewing


def test_the_page_for_reviewing_shows_the_changes_first(made, revised):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    page = text_of(client.get(review(revised)))
    assert "Changes since revision 1" in page
    assert "<ins>" in page
    assert "Send the decision" in page
    plain = text_of(client.get(review(revised), {"view": "text"}))
    assert "<ins>" not in plain
    assert "rewritten with a source" in plain


def test_who_has_no_task_sees_no_decision(made, revised):
    page = text_of(signed_in(made[Role.OBSERVER]).get(review(revised)))
    assert "Send the decision" not in page
    assert "Comment on this section" not in page


def test_a_comment_is_saved_and_shown(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    given = {"new-kind": "must_fix", "new-text": "Where is the source?", "act": "save"}
    response = client.post(review(reviewed), given)
    assert (response.status_code, response["Location"]) == (FOUND, review(reviewed))
    comment = Comment.objects.get()
    assert (comment.kind, comment.text, comment.revision.number) == (
        CommentKind.MUST_FIX,
        "Where is the source?",
        1,
    )
    page = text_of(client.get(review(reviewed)))
    assert "Where is the source?" in page
    assert "Your comment was saved." in page


def test_a_comment_without_a_kind_is_asked_for_one_and_kept(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    response = client.post(review(reviewed), {"new-text": "Why so?", "act": "save"})
    assert response.status_code == INCOMPLETE
    page = text_of(response)
    assert "Choose one of these." in page
    assert "Why so?" in page
    assert not Comment.objects.exists()


def test_a_second_click_makes_no_second_comment(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    given = {"new-kind": "question", "new-text": "Why so?", "act": "save"}
    client.post(review(reviewed), given)
    again = client.post(review(reviewed), given, follow=True)
    assert again.redirect_chain
    assert "You have made this comment already." in text_of(again)
    assert "Why so?</textarea>" not in text_of(again)
    assert Comment.objects.count() == 1


def test_a_comment_may_be_made_again_once_the_first_one_is_closed(made, reviewed):
    section, reviewer = factories.section(reviewed, "1"), made[Role.INTERNATIONAL_EXPERT]
    first = factories.comment_on(section, reviewer, text="Says who?")
    with pytest.raises(InvalidInput):
        factories.comment_on(section, reviewer, text="Says who?")
    factories.move(first, "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
    factories.move(first, "verify", reviewer)
    assert factories.comment_on(section, reviewer, text="Says who?").pk != first.pk


def test_saving_a_comment_keeps_a_decision_that_is_half_written(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    given = {
        "new-kind": "must_fix",
        "new-text": "A source, please.",
        "move": "request_minor_changes",
        "reason": "Half a reason",
        "act": "save",
    }
    response = client.post(review(reviewed), given, follow=True)
    assert response.status_code == OK
    assert "Half a reason" in text_of(response)
    assert Comment.objects.count() == 1
    assert factories.section(reviewed, "1").state == SectionState.UNDER_REVIEW


def test_a_decision_takes_the_comment_with_it(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    given = {
        "new-kind": "must_fix",
        "new-text": "A source, please.",
        "move": "request_minor_changes",
        "reason": "See the comment.",
        "act": "decide",
    }
    response = client.post(review(reviewed), given)
    assert (response.status_code, response["Location"]) == (FOUND, reverse("tasks"))
    section = factories.section(reviewed, "1")
    assert section.state == SectionState.CHANGES_REQUESTED
    assert section.comments.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose one of these."),
        ({"move": "request_minor_changes"}, "Give a reason"),
        ({"move": "accept", "new-text": "No kind"}, "Choose one of these."),
    ],
)
def test_a_decision_that_lacks_something_is_not_made(made, reviewed, given, said):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    response = client.post(review(reviewed), {**given, "act": "decide"})
    assert response.status_code == INCOMPLETE
    assert said in text_of(response)
    assert factories.section(reviewed, "1").state == SectionState.UNDER_REVIEW


def test_a_decision_that_is_no_longer_asked_for_keeps_its_words(made, reviewed):
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    factories.move(factories.section(reviewed, "1"), "accept", made[Role.INTERNATIONAL_EXPERT])
    given = {"move": "request_minor_changes", "reason": "My long reason.", "act": "decide"}
    response = client.post(review(reviewed), given)
    assert response.status_code == CONFLICT
    assert "This is not possible now" in text_of(response)
    assert "My long reason." in text_of(response)


def test_a_decision_of_somebody_else_is_refused(made, reviewed):
    given = {"move": "accept", "act": "decide"}
    response = signed_in(made[Role.LOCAL_EXPERT]).post(review(reviewed), given)
    assert response.status_code == FORBIDDEN
    assert "This is not yours to do" in text_of(response)
    assert factories.section(reviewed, "1").state == SectionState.UNDER_REVIEW


@pytest.mark.parametrize(
    ("state", "role", "status"),
    [
        (S.EXPERT_REVIEW, Role.LOCAL_EXPERT, FORBIDDEN),
        (S.DRAFTING, Role.INTERNATIONAL_EXPERT, CONFLICT),
    ],
)
def test_a_comment_at_the_wrong_time_or_by_the_wrong_person_is_refused(made, state, role, status):
    profile = factories.bring_to(factories.make_profile(made), state)
    given = {"new-kind": "praise", "new-text": "Well done.", "act": "save"}
    response = signed_in(made[role]).post(review(profile), given)
    assert response.status_code == status
    assert not Comment.objects.exists()
    assert comments.why_no_comment(factories.fresh(profile), made[role]) is not None


def test_the_text_of_a_comment_is_never_markup(made, reviewed):
    factories.comment_on(
        factories.section(reviewed, "1"),
        made[Role.INTERNATIONAL_EXPERT],
        text="<script>alert(1)</script>",
    )
    for user in User.objects.filter(pk__in=[made.team.pk, made[Role.LOCAL_EXPERT].pk]):
        page = text_of(signed_in(user).get(review(reviewed)))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_answers_can_be_given_beside_the_text(made, reviewed):
    section = factories.section(reviewed, "1")
    comment = factories.comment_on(section, made[Role.INTERNATIONAL_EXPERT], at=timezone.now())
    given = {
        f"c{comment.pk}-move": "accept",
        f"c{comment.pk}-words": "Added.",
        "act": "save",
    }
    client = signed_in(made[Role.LOCAL_EXPERT])
    assert client.post(review(reviewed), given).status_code == FOUND
    assert factories.fresh(comment).state == CommentState.ACCEPTED
    page = text_of(client.get(review(reviewed)))
    assert "Added." in page
    assert "1 answer was saved." in page


def test_however_many_comments_no_answer_is_lost(made, reviewed):
    """What cannot be answered on one page is said before something is typed, not afterwards."""
    section, reviewer = factories.section(reviewed, "1"), made[Role.INTERNATIONAL_EXPERT]
    one = factories.comment_on(section, reviewer)
    rest = [factories.fresh(one) for _copy in range(answering.MOST_FORMS + 5)]
    for copy in rest:
        copy.pk = None
    last = Comment.objects.bulk_create(rest)[-1]
    client = signed_in(made[Role.LOCAL_EXPERT])
    page = text_of(client.get(review(reviewed)))
    assert page.count('class="answer-form"') == answering.MOST_FORMS
    assert page.count("Answer it in the table of comments") == len(rest) + 1 - answering.MOST_FORMS
    names = set(re.findall(r'name="(c\d+-(?:move|words))"', page))
    given = dict.fromkeys(names, "")
    for comment in (one, last):
        given |= {f"c{comment.pk}-move": "accept", f"c{comment.pk}-words": "Added."}
    assert client.post(review(reviewed), given).status_code == FOUND
    assert factories.fresh(one).state == CommentState.ACCEPTED
    assert factories.fresh(last).state == CommentState.ACCEPTED
