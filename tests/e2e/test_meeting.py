"""Two who write the same section at once: joined as they write, or kept beside each other."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from profile_workflow.models import WorkingCopy
from profile_workflow.states import Occasion, ProfileState, Role
from tests import factories
from tests.browser import PATIENCE, PLAIN
from tests.e2e.writing import (
    COPIES,
    RICH,
    button,
    edit,
    problems,
    saved,
    stored,
    trouble,
    type_text,
    where_one_writes,
    written_on,
)
from workflows import engine
from workflows.models import Task

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TEXT = "Housing is scarce.\n\nSchools are full."
WAYS = [("plain", "en"), ("rich", "ar")]


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def profile(made):
    """A profile whose first section two people write; the co-author has begun."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    task = Task.objects.open().get(section__profile=profile, section__key="1")
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    engine.delegate(task, to=author, by=expert, at=timezone.now())
    factories.write(factories.section(profile, "1"), TEXT, by=author)
    return profile


@pytest.fixture
def both(browse, made, profile):
    """Open the page of the local expert in one way, and that of the co-author in the other."""

    def open_both(way, language):
        pages = []
        for role, speaks, is_plain in (
            (Role.LOCAL_EXPERT, language, way == "plain"),
            (Role.CO_AUTHOR, "en", way != "plain"),
        ):
            page = browse(speaks, made[role])
            if is_plain:
                page.context.add_init_script(PLAIN)
            page.goto(edit(profile))
            pages.append(page)
        return pages

    return open_both


def go_to_first_paragraph(page):
    """Put the cursor behind the first paragraph."""
    if page.locator(RICH).is_visible():
        page.locator(f"{RICH} p").first.click()
        page.keyboard.press("End")
    else:
        field = where_one_writes(page)
        field.focus()
        field.evaluate("field => field.setSelectionRange(18, 18)")


@pytest.mark.parametrize(("way", "language"), WAYS)
def test_what_two_write_in_different_paragraphs_is_joined_as_they_write(
    both, made, profile, way, language
):
    expert, author = both(way, language)
    name = made[Role.CO_AUTHOR].full_name
    assert name in expert.locator("#somebody").inner_text()
    assert problems(expert) == []
    changed = "Housing is scarce.\n\nSchools are very full."
    type_text(author, changed)
    saved(author, 2)
    go_to_first_paragraph(expert)
    expert.keyboard.type(" It is dear.")
    saved(expert, 3)
    joined = "Housing is scarce. It is dear.\n\nSchools are very full."
    assert (stored(profile), written_on(expert)) == (joined, joined)
    assert name in expert.locator("#save-state").inner_text()
    assert not expert.locator("#save-trouble").is_visible()
    assert expert.evaluate(COPIES) == 0
    # The cursor is where it was.
    expert.keyboard.type(" Yes.")
    assert written_on(expert) == joined.replace("dear.", "dear. Yes.")
    saved(expert, 4)
    # The other one gets the change of this one in the same way.
    where_one_writes(author).press("ControlOrMeta+End")
    author.keyboard.type(" All of them.")
    author.wait_for_function("() => document.getElementById('id_text').value.includes('dear')")
    assert stored(profile).endswith("dear. Yes.\n\nSchools are very full. All of them.")
    # A browser takes back what was typed letter by letter, or all of it, and then what was put in.
    for _step in range(9):
        expert.keyboard.press("ControlOrMeta+z")
        if "very" not in written_on(expert):
            break
    assert written_on(expert) == joined.replace("very ", "")


def test_where_both_change_the_same_one_goes_on_and_joins_later(both, made, profile):
    expert, author = both("rich", "ar")
    type_text(author, "Housing is very scarce.\n\nSchools are full.")
    saved(author, 2)
    go_to_first_paragraph(expert)
    expert.keyboard.type(" It is dear.")
    assert made[Role.CO_AUTHOR].full_name in trouble(expert)
    assert problems(expert) == []
    aside = WorkingCopy.objects.filter(occasion=Occasion.ASIDE)
    assert [one.text for one in aside] == [TEXT.replace("scarce.", "scarce. It is dear.")]
    # What is written on is kept on the server too, in the same place.
    expert.keyboard.type(" Very.")
    mine = "Housing is scarce. It is dear. Very.\n\nSchools are full."
    expert.wait_for_function("() => document.getElementById('save-state').textContent !== ''")
    for _attempt in range(PATIENCE // 100):
        if [one.text for one in aside.all()] == [mine]:
            break
        expert.wait_for_timeout(100)
    assert [one.text for one in aside.all()] == [mine]
    assert stored(profile).startswith("Housing is very scarce.")
    button(expert, "save")
    expert.locator("#joined").wait_for()
    expect(expert.locator("#refusal")).to_be_focused()
    assert problems(expert) == []
    joined = "Housing is scarce. It is dear. Very.\n\nHousing is very scarce.\n\nSchools are full."
    assert expert.locator("#id_merged_text").input_value() == joined
    expert.locator("#joined button[value=settle]").click()
    where_one_writes(expert).wait_for()
    assert stored(profile) == joined
    assert not expert.locator("#found").is_visible()
    assert expert.evaluate(COPIES) == 0


def test_what_is_typed_while_the_answer_is_on_its_way_is_joined_too(both, profile):
    expert, author = both("rich", "en")
    type_text(author, "Housing is scarce.\n\nSchools are very full.")
    saved(author, 2)
    held = []

    def hold(route):
        if len(held) < 2:
            held.append(route)
        else:
            route.continue_()

    expert.route("**/save/", hold)
    go_to_first_paragraph(expert)
    expert.keyboard.type(" It is dear.")
    for number in range(2):
        while len(held) <= number:
            expert.wait_for_timeout(50)
        if number == 1:
            expert.keyboard.type(" Typed on.")
        held[number].continue_()
    saved(expert, 4)
    joined = "Housing is scarce. It is dear. Typed on.\n\nSchools are very full."
    assert (stored(profile), written_on(expert)) == (joined, joined)


def test_the_writing_is_taken_over_and_the_other_is_told_at_his_next_save(both, made, profile):
    expert, author = both("plain", "en")
    button(expert, "take")
    saved(expert, 2)
    expect(expert.locator("#somebody button")).to_have_count(0)
    expect(where_one_writes(expert)).to_be_focused()
    type_text(author, "Housing is scarce.\n\nSchools are very full.")
    author.locator("#somebody strong").wait_for()
    told = author.locator("#somebody").inner_text()
    assert "The writing was taken over from you." in told
    assert f"{made[Role.LOCAL_EXPERT].full_name} is writing here too, since" in told
    assert author.locator("#somebody-said").inner_text() != ""
    saved(author, 3)
    assert stored(profile) == "Housing is scarce.\n\nSchools are very full."


def test_the_saved_version_can_be_kept_and_the_copy_is_not_offered_again(browse, made, profile):
    first = browse("en", made[Role.LOCAL_EXPERT])
    first.goto(edit(profile))
    second = first.context.new_page()
    second.goto(edit(profile))
    type_text(first, "In the first tab.")
    saved(first, 2)
    type_text(second, "In the second tab.")
    trouble(second)
    button(second, "save")
    second.get_by_role("link", name="Keep the saved one alone").click()
    where_one_writes(second).wait_for()
    assert written_on(second) == "In the first tab."
    assert not second.locator("#found").is_visible()
    assert stored(profile) == "In the first tab."


def test_nobody_submits_a_joined_text_that_he_has_not_read(both, made, profile):
    expert, author = both("plain", "en")
    type_text(author, "Housing is scarce.\n\nSchools are very full.")
    saved(author, 2)
    # Saved and joined before the button is pressed, as on a busy machine, he could have read it.
    held, is_pressed = [], False

    def hold(route):
        if is_pressed:
            route.continue_()
        else:
            held.append(route)

    expert.route("**/save/", hold)
    type_text(expert, "Housing is dear.\n\nSchools are full.")
    button(expert, "submit")
    is_pressed = True
    for one in held:
        one.continue_()
    assert "Read it as it is now" in trouble(expert)
    expect(expert.locator("#save-trouble")).to_be_focused()
    assert written_on(expert) == "Housing is dear.\n\nSchools are very full."
    button(expert, "submit")
    expert.wait_for_url(f"**{reverse('tasks')}")
