"""The trail of working copies: what a save leaves behind, who sees it, and how it is put back."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow, StaleEdit
from profile_workflow.models import Draft, Source, WorkingCopy
from profile_workflow.queries.revisions import last_known
from profile_workflow.services import drafting, joining
from profile_workflow.services.drafting import DraftText
from profile_workflow.states import Occasion, ProfileState, Role
from tests import factories
from tests.integration.beside import quoting, sent_back, under_review
from tests.integration.pages import signed_in
from workflows import engine
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
FORBIDDEN, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def first(drafted):
    return factories.section(drafted, "1")


@pytest.fixture
def shared(made, drafted, first):
    """A section that two people may write."""
    task = Task.objects.open().get(section=first)
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    engine.delegate(task, to=author, by=expert, at=timezone.now())
    return factories.section(drafted, "1")


def trail(section) -> list[tuple[str, str]]:
    """Return the former texts and why they were followed, oldest first."""
    found = WorkingCopy.objects.filter(section=section).order_by("saved_at", "pk")
    return list(found.values_list("text", "occasion"))


def page(name, section, *more) -> str:
    return reverse(name, args=[section.profile.slug, section.key, *more])


def name_of(section, text) -> str:
    return f"c{WorkingCopy.objects.get(section=section, text=text).pk}"


def now_in(section) -> str:
    return Draft.objects.get(section=section).text


# What a save leaves behind


def test_every_save_that_changes_the_text_leaves_the_former_one(made, first):
    at = timezone.now()
    for minute, text in enumerate(["One.", "Two.", "Two.", "Three."]):
        factories.write(first, text, at=at + timedelta(minutes=minute))
    assert trail(first) == [("One.", Occasion.WRITING), ("Two.", Occasion.WRITING)]
    copy = WorkingCopy.objects.get(text="Two.")
    # It was saved unchanged once more, and says so.
    assert (copy.version, copy.saved_at) == (3, at + timedelta(minutes=2))
    assert copy.saved_by == made[Role.LOCAL_EXPERT]


def test_that_nothing_was_found_is_part_of_a_text(made, first):
    who = {"by": made[Role.LOCAL_EXPERT], "at": timezone.now()}
    said = DraftText(nothing_found=True, searched="Archive")
    drafting.save_draft(first, said, base_version=0, **who)
    drafting.save_draft(first, DraftText("Found."), base_version=1, **who)
    copy = WorkingCopy.objects.get()
    assert DraftText.of(copy) == said


def test_a_save_that_is_refused_leaves_nothing(made, first):
    factories.write(first, "One.")
    who = {"by": made[Role.LOCAL_EXPERT], "at": timezone.now()}
    with pytest.raises(StaleEdit) as refused:
        drafting.save_draft(first, DraftText("Two."), base_version=0, **who)
    assert (refused.value.current_text, refused.value.current_version) == ("One.", 1)
    with pytest.raises(InvalidInput):
        drafting.save_draft(first, DraftText("\x00"), base_version=1, **who)
    assert trail(first) == []


def test_the_last_text_before_somebody_else_wrote_on_is_marked(made, shared):
    for person, text in (
        (Role.LOCAL_EXPERT, "Mine."),
        (Role.CO_AUTHOR, "Ours."),
        (Role.CO_AUTHOR, "Ours again."),
    ):
        factories.write(shared, text, by=made[person])
    assert trail(shared) == [("Mine.", Occasion.OTHER_PERSON), ("Ours.", Occasion.WRITING)]


def test_a_text_from_the_edition_before_is_kept(first):
    Draft.objects.filter(section=first).update(text="Of 2021.")
    factories.write(first, "Of 2026.")
    assert trail(first) == [("Of 2021.", Occasion.EDITION)]
    assert WorkingCopy.objects.get().saved_at == first.profile.created_at


def test_what_a_suggestion_replaced_is_marked(made):
    profile = under_review(made)
    section = factories.section(profile, "1")
    comment = quoting(section, "In 2024", made[Role.INTERNATIONAL_EXPERT], replacement="In 2025")
    sent_back(profile, made)
    before = now_in(section)
    engine.apply_suggestion(comment, by=made[Role.LOCAL_EXPERT], at=timezone.now())
    assert trail(section)[-1] == (before, Occasion.SUGGESTION)


def test_what_a_new_key_of_a_source_replaced_is_marked(made, drafted, first):
    Source.objects.create(profile=drafted, key="iom", kind="book", authors="IOM", title="T")
    factories.write(first, "Many [@oim].")
    drafting.rewrite_drafts(
        drafted,
        lambda text: text.replace("oim", "iom"),
        by=made[Role.LOCAL_EXPERT],
        at=timezone.now(),
    )
    assert trail(first) == [("Many [@oim].", Occasion.REWRITTEN)]


# Two versions


def sent(text, version, action="save") -> dict[str, str]:
    return {"text": text, "base_version": str(version), "base_text": "", "action": action}


def test_neither_of_two_versions_is_lost_whichever_is_chosen(expert, first):
    factories.write(first, "The saved one.")
    edit = page("section_edit", first)
    both = expert.post(edit, sent("This one.", 0))
    assert both.status_code == CONFLICT
    assert page("section_copies", first) in both.content.decode()
    assert trail(first) == [("This one.", Occasion.ASIDE)]
    # To send it again keeps it once.
    expert.post(edit, sent("This one.", 0))
    assert len(trail(first)) == 1
    expert.post(edit, sent("This one.\n\nThe saved one.", 1, "settle"))
    assert sorted(trail(first)) == [
        ("The saved one.", Occasion.JOINED),
        ("This one.", Occasion.ASIDE),
    ]


def test_only_who_writes_puts_aside(made, first):
    with pytest.raises(NotAllowed):
        joining.put_aside(first, DraftText("x"), by=made[Role.STAKEHOLDER], at=timezone.now())
    factories.write(first, "Same.")
    joining.put_aside(first, DraftText("Same."), by=made[Role.LOCAL_EXPERT], at=timezone.now())
    assert trail(first) == []


# The pages


def test_the_list_shows_submitted_and_working_texts_in_one_line_of_time(made, expert, drafted):
    first = factories.section(drafted, "1")
    factories.write(first, "One two three.")
    factories.move(first, "submit", made[Role.LOCAL_EXPERT])
    factories.move(first, "take_back", made[Role.LOCAL_EXPERT], reason="Not yet.")
    factories.write(first, "One two.")
    factories.write(first, "One two three four five.")
    shown = expert.get(page("section_copies", first))
    steps = [(one.version.name[0], one.more) for one in shown.context["steps"]]
    assert steps == [("n", 3), ("c", -1), ("1", 0), ("c", 3)]
    assert shown.context["steps"][-1].before is None
    text = shown.content.decode()
    for words in ("3 words more", "1 word fewer", "as many words as before", "Submitted"):
        assert words in text


def test_what_is_no_word_does_not_count(expert, first):
    factories.write(first, "One two.")
    factories.write(first, ":::box One\ntwo [@key, p. 4] [#section:2, Who]\n:::\n\n[[table:1-A]]")
    steps = expert.get(page("section_copies", first)).context["steps"]
    assert [one.more for one in steps] == [0, 2]


def test_an_empty_section_has_an_empty_trail(expert, first):
    shown = expert.get(page("section_copies", first))
    assert [one.version.name for one in shown.context["steps"]] == ["now"]


def test_a_copy_is_read_compared_and_put_back_and_that_undone(expert, first):
    for text in ("A first **sentence**.", "A second one."):
        factories.write(first, text)
    name = name_of(first, "A first **sentence**.")
    read = expert.get(page("section_copy", first, name))
    assert "<strong>sentence</strong>" in read.content.decode()
    compared = expert.get(page("section_compare", first), {"from": name, "to": "now"})
    assert "Present working text" in compared.content.decode()
    assert "<ins>" in compared.content.decode()
    back = expert.post(page("section_copy", first, name), {"base_version": 2}, follow=True)
    assert "Put back: Working copy of" in back.content.decode()
    assert now_in(first) == "A first **sentence**."
    assert trail(first)[-1] == ("A second one.", Occasion.RESTORED)
    undo = page("section_copy", first, name_of(first, "A second one."))
    assert expert.post(undo, {"base_version": 3})["Location"] == page("section_copies", first)
    assert now_in(first) == "A second one."


def test_a_submitted_text_is_put_back_too(made, expert, drafted):
    first = factories.section(drafted, "1")
    factories.write(first, "Submitted.")
    factories.move(first, "submit", made[Role.LOCAL_EXPERT])
    factories.move(first, "take_back", made[Role.LOCAL_EXPERT], reason="Not yet.")
    factories.write(first, "Worse.")
    expert.post(page("section_copy", first, "1"), {"base_version": 2})
    assert now_in(first) == "Submitted."


def test_putting_back_what_is_there_changes_nothing(expert, first):
    for text in ("One.", "Two.", "One."):
        factories.write(first, text)
    answer = expert.post(
        page("section_copy", first, name_of(first, "One.")), {"base_version": 3}, follow=True
    )
    assert "nothing was changed" in answer.content.decode()
    assert Draft.objects.get(section=first).version == 3


def test_putting_back_says_when_somebody_else_has_written_meanwhile(made, expert, shared):
    for text in ("One.", "Two."):
        factories.write(shared, text)
    address = page("section_copy", shared, name_of(shared, "One."))
    assert 'name="base_version" value="2"' in expert.get(address).content.decode()
    factories.write(shared, "Three.", by=made[Role.CO_AUTHOR])
    answer = expert.post(address, {"base_version": 2})
    text = answer.content.decode()
    assert answer.status_code == CONFLICT
    assert f"{made[Role.CO_AUTHOR].full_name} saved version 3" in text
    assert 'name="base_version" value="3"' in text
    assert now_in(shared) == "Three."
    assert expert.post(address, {"base_version": 3}).status_code == FOUND
    assert now_in(shared) == "One."


@pytest.mark.parametrize("given", [{}, {"base_version": "x"}, {"base_version": "-1"}])
def test_what_cannot_be_read_puts_nothing_back(expert, first, given):
    for text in ("One.", "Two."):
        factories.write(first, text)
    answer = expert.post(page("section_copy", first, name_of(first, "One.")), given)
    assert answer.status_code == OK
    assert now_in(first) == "Two."


def test_while_the_text_is_closed_the_trail_can_be_read_only(made, expert, drafted):
    first = factories.section(drafted, "1")
    for text in ("One.", "Two."):
        factories.write(first, text)
    factories.submit_sections(drafted)
    address = page("section_copy", first, name_of(first, "One."))
    read = expert.get(address)
    assert read.status_code == OK
    assert "cannot be changed now" in read.content.decode()
    assert "Put this text back" not in read.content.decode()
    answer = expert.post(address, {"base_version": 2})
    assert answer.status_code == CONFLICT
    with pytest.raises(NotNow):
        joining.put_aside(
            factories.section(drafted, "1"),
            DraftText("x"),
            by=made[Role.LOCAL_EXPERT],
            at=timezone.now(),
        )


# What is proposed to be compared


def test_who_writes_is_shown_first_what_others_changed_since_he_saved(made, expert, shared):
    author = signed_in(made[Role.CO_AUTHOR])
    address, offer = page("section_compare", shared), "Others have saved the text"
    factories.write(shared, "First words.")
    factories.write(shared, "First words of mine.")
    factories.write(shared, "First words of ours.", by=made[Role.CO_AUTHOR])
    shown = expert.get(address).content.decode()
    assert offer in shown
    copy = f"c{WorkingCopy.objects.get(section=shared, text='First words of mine.').pk}"
    assert f'value="{copy}" selected' in shown
    assert 'value="now" selected' in shown
    assert re.search(r"<del.*mine", shown)
    assert "What others changed" in expert.get(page("section_edit", shared)).content.decode()
    # The present text is the co-author's own: nobody changed it since.
    assert offer not in author.get(address).content.decode()
    assert "What others changed" not in author.get(page("section_edit", shared)).content.decode()


def test_who_submitted_a_text_is_shown_first_what_was_submitted_since(made, drafted):
    one = factories.section(drafted, "1")
    expert = made[Role.LOCAL_EXPERT]
    assert last_known(one, expert) is None
    factories.submit_sections(drafted)
    assert last_known(factories.section(drafted, "1"), expert) is None
    factories.bring_to(drafted, ProfileState.REVISION_EXPERT)
    factories.submit_sections(factories.fresh(drafted))
    one = factories.section(drafted, "1")
    assert last_known(one, expert).number == one.revision.number - 1


def test_who_writes_on_is_shown_first_what_he_changed_since_he_submitted(made, expert, drafted):
    one = factories.section(drafted, "1")
    address = page("section_compare", one)
    factories.submit_sections(drafted)
    proposed = "since the text was last submitted"
    assert proposed not in expert.get(address).content.decode()
    author = made[Role.LOCAL_EXPERT]
    factories.move(factories.section(drafted, "1"), "take_back", author, reason="More is known.")
    factories.write(factories.section(drafted, "1"), "Second words.")
    shown = expert.get(address).content.decode()
    assert proposed in shown
    assert 'value="now" selected' in shown
    assert re.search(r"<del.*Text of chapter", shown)


# Who sees it


def test_only_who_writes_the_section_sees_its_working_copies(made, drafted, shared):
    for text in ("Secret once.", "Two."):
        factories.write(shared, text)
    name = name_of(shared, "Secret once.")
    addresses = [page("section_copies", shared), page("section_copy", shared, name)]
    for role in Role:
        client = signed_in(made[role])
        wanted = OK if role in {Role.LOCAL_EXPERT, Role.CO_AUTHOR} else FORBIDDEN
        assert {client.get(one).status_code for one in addresses} == {wanted}
        assert (client.post(addresses[1]).status_code == OK) is (wanted == OK)
        compared = client.get(page("section_compare", shared), {"from": name, "to": "now"})
        assert ("Secret" in compared.content.decode()) is (wanted == OK)
        reading = client.get(page("section", shared)).content.decode()
        assert (addresses[0] in reading) is (wanted == OK)
    other = factories.section(drafted, "2")
    author = signed_in(made[Role.CO_AUTHOR])
    assert author.get(page("section_copies", other)).status_code == FORBIDDEN


@pytest.mark.parametrize("name", ["c0", "c4711", "1", "0", "x", "c1x", "c" + "9" * 30, "9" * 30])
def test_what_there_is_not_is_not_found(expert, first, name):
    factories.write(first, "One.")
    for method in (expert.get, expert.post):
        assert method(page("section_copy", first, name)).status_code == GONE


def test_a_copy_belongs_to_one_section(expert, drafted, first):
    for text in ("One.", "Two."):
        factories.write(first, text)
    other = factories.section(drafted, "2")
    address = page("section_copy", other, name_of(first, "One."))
    assert expert.get(address).status_code == GONE


# What it costs


def queries(client, address, *, given=None) -> int:
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(address) if given is None else client.post(address, given)
    assert answer.status_code == OK
    return len(counted)


def test_saving_costs_the_same_however_long_the_trail_is(expert, first):
    address = page("section_save", first)
    expert.post(address, sent("Text 0.", 0))
    few = queries(expert, address, given=sent("Text 1.", 1))
    same = queries(expert, address, given=sent("Text 1.", 2))
    assert few == same + 1
    for version in range(3, 15):
        expert.post(address, sent(f"Text {version}.", version))
    assert queries(expert, address, given=sent("Last.", 15)) == few


def test_the_list_costs_the_same_for_two_texts_and_for_many(expert, first):
    for number in range(2):
        factories.write(first, f"Text {number}.")
    address = page("section_copies", first)
    expert.get(address)
    few = queries(expert, address)
    for number in range(45):
        factories.write(first, f"Text {number} once more.")
    assert queries(expert, address) == few
    assert [len(expert.get(address, {"page": one}).context["steps"]) for one in (1, 2, 3)] == [
        *(21, 20, 6),
    ]
    last = expert.get(address, {"page": 3}).context["steps"]
    assert [one.more for one in last] == [0, 0, 0, 2, 0, 2]
