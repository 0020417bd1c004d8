"""The response table: answering, closing, reopening, filtering, taking away, attribution."""

import csv
from http import HTTPStatus
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import etree
from openpyxl import load_workbook

from profile_workflow.calendars import day_of
from profile_workflow.models import Comment, Organisation, Profile, User
from profile_workflow.queries import responses as queries
from profile_workflow.queries.responses import Wanted
from profile_workflow.services import comments
from profile_workflow.states import Attribution, CommentKind, CommentState, ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState
OK, FOUND = HTTPStatus.OK, HTTPStatus.FOUND


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)


@pytest.fixture
def three(made, profile):
    """Three comments of the reviewer, two on section 1 and one on section 2."""
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    return [
        factories.comment_on(factories.section(profile, key), reviewer, text=text)
        for key, text in (("1", "First."), ("1", "Second."), ("2", "Third."))
    ]


def table(profile):
    return reverse("responses", args=[profile.slug])


def text_of(response):
    return response.content.decode()


def answers(*given):
    """Return a posted form: (comment, move, words) each."""
    data = {}
    for comment, move, words in given:
        data[f"c{comment.pk}-move"] = move
        data[f"c{comment.pk}-words"] = words
    return data


def states(*several):
    return [factories.fresh(one).state for one in several]


# Answering


def test_several_answers_are_saved_at_once(made, profile, three):
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = answers(
        (three[0], "accept", "Added."),
        (three[1], "decline", "The law says otherwise."),
        (three[2], "", ""),
    )
    response = client.post(f"{table(profile)}?state=open", given)
    assert (response.status_code, response["Location"]) == (FOUND, f"{table(profile)}?state=open")
    assert states(*three) == [CommentState.ACCEPTED, CommentState.DECLINED, CommentState.OPEN]
    assert factories.fresh(three[1]).answer == "The law says otherwise."
    page = text_of(client.get(table(profile)))
    assert "2 answers were saved." in page
    assert "The law says otherwise." in page


def test_one_refused_answer_loses_neither_itself_nor_the_others(made, profile, three):
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = answers(
        (three[0], "accept", "Added."),
        (three[1], "decline", " "),
        (three[2], "", "Words without a choice."),
    )
    response = client.post(table(profile), given)
    page = text_of(response)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert states(*three) == [CommentState.ACCEPTED, CommentState.OPEN, CommentState.OPEN]
    assert "1 answer was saved." in page
    assert "Give a reason" in page
    assert "Words without a choice." in page
    assert "Say what becomes of the comment." in page
    for comment in three[1:]:
        assert f'href="#comment-{comment.pk}"' in page


def test_an_answer_that_somebody_else_gave_meanwhile_is_not_overwritten(made, profile, three):
    factories.move(three[0], "accept", made[Role.LOCAL_EXPERT], answer="I was first.")
    client = signed_in(made[Role.LOCAL_EXPERT])
    given = answers((three[0], "decline", "My words."), (three[1], "accept", "Added."))
    response = client.post(f"{table(profile)}?state=open", given)
    page = text_of(response)
    assert response.status_code == HTTPStatus.CONFLICT
    assert factories.fresh(three[0]).answer == "I was first."
    assert factories.fresh(three[1]).state == CommentState.ACCEPTED
    assert "My words." in page
    assert "is not possible while this is in the state" in page


def test_the_answer_of_somebody_without_the_right_is_refused(made, profile, three):
    client = signed_in(made[Role.OBSERVER])
    response = client.post(table(profile), answers((three[0], "accept", "Hm.")))
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert states(three[0]) == [CommentState.OPEN]
    assert "Hm." in text_of(response)


def test_a_comment_of_another_profile_cannot_be_answered_here(made, profile, three):
    other = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    expert = signed_in(made[Role.LOCAL_EXPERT])
    assert expert.post(table(other), answers((three[0], "accept", "x"))).status_code == FOUND
    assert states(three[0]) == [CommentState.OPEN]


@pytest.mark.parametrize("name", ["", "x", "-1", "²", "9" * 12, "9" * 40, "0"])
def test_a_mangled_form_changes_nothing(made, profile, three, name):
    given = {f"c{name}-move": "accept", f"c{name}-words": "x"}
    assert signed_in(made[Role.LOCAL_EXPERT]).post(table(profile), given).status_code == FOUND
    assert states(three[0]) == [CommentState.OPEN]


def test_a_move_that_a_comment_does_not_know_is_refused(made, profile, three):
    client = signed_in(made[Role.LOCAL_EXPERT])
    response = client.post(table(profile), answers((three[0], "explode", "x")))
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert states(three[0]) == [CommentState.OPEN]


def test_the_commenter_closes_or_opens_again(made, profile, three):
    expert, reviewer = made[Role.LOCAL_EXPERT], made[Role.INTERNATIONAL_EXPERT]
    for comment in three[:2]:
        factories.move(comment, "decline", expert, reason="No.")
    client = signed_in(reviewer)
    given = answers((three[0], "verify", ""), (three[1], "reopen", ""))
    refused = client.post(table(profile), given)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(table(profile), answers((three[1], "reopen", "Not convinced.")))
    assert states(*three[:2]) == [CommentState.VERIFIED, CommentState.OPEN]
    page = text_of(client.get(table(profile)))
    # What the answer was can still be read once the comment is closed.
    assert "<strong>Declined</strong>" in page
    assert "Closed by the commenter" in page


def test_only_who_may_is_offered_a_form(made, profile, three):
    counts = {}
    for role in (Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.OBSERVER):
        page = text_of(signed_in(made[role]).get(table(profile)))
        counts[role] = (page.count('class="answer-form"'), "Save the answers" in page)
    assert counts == {
        Role.LOCAL_EXPERT: (3, True),
        # Who made a comment can say more to it.
        Role.INTERNATIONAL_EXPERT: (3, True),
        Role.OBSERVER: (0, False),
    }


def test_nothing_moves_on_hold(made, profile, three):
    factories.move(profile, "hold", made.team, reason="Elections.")
    client = signed_in(made[Role.LOCAL_EXPERT])
    assert 'class="answer-form"' not in text_of(client.get(table(profile)))
    response = client.post(table(profile), answers((three[0], "accept", "x")))
    assert response.status_code == HTTPStatus.CONFLICT


# Finding


def found(profile, viewer, **wanted):
    rounds = queries.rounds_of(profile)
    rows = queries.comments_of(profile, Wanted(**wanted), viewer=viewer, rounds=rounds)
    return [one.text for one in rows]


def test_comments_are_filtered_and_ordered(made, profile, three):
    reviewer, team = made[Role.INTERNATIONAL_EXPERT], made.team
    comments.add_comment(
        factories.section(profile, "1"),
        kind=CommentKind.PRAISE,
        text="Fourth.",
        by=team,
        at=timezone.now(),
    )
    factories.move(three[1], "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
    assert found(profile, team) == ["First.", "Second.", "Fourth.", "Third."]
    assert found(profile, team, order="newest") == ["Fourth.", "Third.", "Second.", "First."]
    assert found(profile, team, order="oldest") == ["First.", "Second.", "Third.", "Fourth."]
    assert found(profile, team, order="kind")[-1] == "Fourth."
    assert found(profile, team, order="state")[0] == "Second."
    assert found(profile, team, section="2") == ["Third."]
    assert found(profile, team, state="answered") == ["Second."]
    assert found(profile, team, state="open") == ["First.", "Third."]
    assert found(profile, team, state="closed") == []
    assert found(profile, team, kind="praise") == found(profile, team, mine=True) == ["Fourth."]
    assert len(found(profile, reviewer, mine=True)) == 3
    assert len(found(profile, team, round="review-1")) == 4


def test_a_round_finds_its_own_comments_only(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    section = factories.section(profile, "1")
    reviewer, expert = made[Role.INTERNATIONAL_EXPERT], made[Role.LOCAL_EXPERT]
    first = factories.comment_on(section, reviewer, text="In review.")
    factories.move(first, "accept", expert, answer="Yes.")
    profile = factories.bring_to(profile, S.CONSULTATION)
    factories.comment_on(section, made[Role.STAKEHOLDER], text="In consultation.")
    names = [one.name for one in queries.rounds_of(profile)]
    assert names == ["review-1", "consultation-1"]
    assert found(profile, made.team, round="review-1") == ["In review."]
    assert found(profile, made.team, round="consultation-1") == ["In consultation."]


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"section": "'"}, {"page": "-1"}, {"round": "z"}]
)
def test_a_filter_that_cannot_be_read_leaves_nothing_out(made, profile, three, query):
    page = text_of(signed_in(made.team).get(table(profile), query))
    assert "3 comments" in page


def test_no_match_says_so(made, profile, three):
    page = text_of(signed_in(made.team).get(table(profile), {"state": "closed"}))
    assert "There is no comment that matches the filter." in page


# Who is shown, and taking the table away


@pytest.fixture
def remark(made):
    """A comment of a stakeholder in a consultation with a given attribution."""

    def make(attribution) -> Profile:
        profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
        profile = factories.promise_unsealed(profile, attribution)
        author = made[Role.STAKEHOLDER]
        house, _new = Organisation.objects.get_or_create(key="canary", name="Canary House")
        User.objects.filter(pk=author.pk).update(full_name="Canary Person", organisation=house)
        factories.comment_on(factories.section(profile, "1"), author, text="Not in my street.")
        return profile

    return make


def exports(client, profile):
    for ending in ("csv", "xlsx"):
        response = client.get(reverse("responses_file", args=[profile.slug, ending]))
        assert response.status_code == OK
        if ending == "csv":
            yield list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
        else:
            sheet = load_workbook(BytesIO(response.content)).active
            yield [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize(
    ("attribution", "shown"),
    [
        (Attribution.NAMED, {"Canary Person"}),
        (Attribution.ORGANISATION, {"Canary House"}),
        (Attribution.CATEGORY, set()),
        (Attribution.CHATHAM_HOUSE, set()),
    ],
)
def test_the_commenter_is_shown_as_far_as_agreed_on_the_page_and_in_every_file(
    made, remark, attribution, shown
):
    profile = remark(attribution)
    client = signed_in(made[Role.LOCAL_EXPERT])
    review = reverse("section_review", args=[profile.slug, "1"])
    pages = [text_of(client.get(address)) for address in (table(profile), review)]
    files = [str(rows) for rows in exports(client, profile)]
    for text in (*pages, *files):
        assert "Not in my street." in text
        assert {name for name in ("Canary Person", "Canary House") if name in text} == shown
    team = signed_in(made.team)
    assert "Canary Person" in text_of(team.get(table(profile)))
    assert all("Canary Person" in str(rows) for rows in exports(team, profile))


def test_a_file_is_filtered_as_the_page_and_holds_no_formula(made, profile, three):
    Comment.objects.filter(pk=three[2].pk).update(text="=1+1")
    client = signed_in(made.team)
    address = reverse("responses_file", args=[profile.slug, "csv"])
    rows = list(csv.reader(StringIO(client.get(address).content.decode("utf-8-sig"))))
    assert [row[4] for row in rows[1:]] == ["First.", "Second.", "'=1+1"]
    part = client.get(address, {"section": "2"}).content.decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(part)))) == 2


def test_a_file_of_another_kind_does_not_exist(made, profile):
    address = reverse("responses_file", args=[profile.slug, "exe"])
    assert signed_in(made.team).get(address).status_code == HTTPStatus.NOT_FOUND


def test_times_of_day_are_not_told(made, remark):
    profile = remark(Attribution.CATEGORY)
    rows = next(exports(signed_in(made[Role.LOCAL_EXPERT]), profile))
    assert rows[1][7] == day_of(Comment.objects.get().created_at, profile.city).isoformat()


def test_the_table_is_taken_along_as_a_word_file(made, remark):
    profile = remark(Attribution.CATEGORY)
    hostile = '<script>alert(1)</script> [[table:none]] | "*q*" \u202e'
    factories.comment_on(factories.section(profile, "1"), made.team, text=hostile)
    for reader, is_named in ((made[Role.LOCAL_EXPERT], False), (made.team, True)):
        answer = signed_in(reader).get(reverse("responses_file", args=[profile.slug, "docx"]))
        assert (answer.status_code, ".docx" in answer["Content-Disposition"]) == (OK, True)
        text = words_of(answer.content)
        assert "Not in my street." in text
        assert "<script>alert(1)</script>" in text
        assert ("Canary Person" in text) is is_named


def words_of(content):
    """Return the words of a file for Word in one line."""
    with ZipFile(BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return " ".join("".join(root.itertext()).split())
