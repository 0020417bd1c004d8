"""Words selected in a browser, commented on, and taken over: in both directions of writing."""

import pytest
from django.urls import reverse

from profile_workflow.models import Comment, Draft, User
from profile_workflow.states import CommentState, ProfileState, Role
from tests import factories
from tests.browser import (
    PASSWORD,
    breaches,
    keyboard_problems,
    overflowing,
    violations_in_both_schemes,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROLES = (Role.INTERNATIONAL_EXPERT, Role.LOCAL_EXPERT)
#: Language → the text, words in its second paragraph, and what to write instead.
TEXTS = {
    "en": (
        "First paragraph.\n\nThe state pays for **every** second place of the shelter.",
        "for every second",
        "every third",
        "second place",
    ),
    "ar": (
        "الفقرة الأولى.\n\nتقدم البلدية خدمات الاستقبال عبر إدارة الشؤون الاجتماعية.",
        "خدمات الاستقبال",
        "خدمات الإيواء",
        "خدمات الاستقبال",
    ),
}

#: Select words of the second paragraph as a mouse would, wherever tags lie between them.
SELECT = """words => {
    const block = document.getElementById("b2");
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const places = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < node.length; at++) places.push([node, at]);
    }
    const text = places.map(([node, at]) => node.data[at]).join("");
    const start = text.indexOf(words);
    const range = document.createRange();
    range.setStart(...places[start]);
    const [node, at] = places[start + words.length - 1];
    range.setEnd(node, at + 1);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


@pytest.fixture
def made():
    made = factories.make_programme(sections=2)
    for role in ROLES:
        made[role].set_password(PASSWORD)
        made[role].save()
    return made


def under_review(made, text):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    first, second = factories.sections(profile)
    factories.write(first, text)
    factories.write(second, "Something else.")
    for one in (first, second):
        factories.move(one, "submit", made[Role.LOCAL_EXPERT])
    factories.move(profile, "submit_draft", made[Role.LOCAL_EXPERT])
    return factories.fresh(profile)


def send_back(profile, made):
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    first, second = factories.sections(profile)
    factories.move(first, "request_major_changes", reviewer, reason="See the comments.")
    factories.move(second, "accept", reviewer)
    factories.move(profile, "request_major_revision", reviewer, reason="Section 1.")


def comment_on_selection(page, words):
    """Select words and press the button beside them, by the keyboard."""
    page.evaluate(SELECT, words)
    page.locator(".on-selection button").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".new-remark.at-hand").wait_for()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_selected_words_are_commented_on_and_taken_over(browse, made, language):
    text, words, instead, replaced = TEXTS[language]
    profile = under_review(made, text)
    User.objects.update(language=language)
    review = reverse("section_review", args=[profile.slug, "1"])

    # From the page for reading to the form, with the words that were selected there.
    judge = browse(language, made[Role.INTERNATIONAL_EXPERT])
    judge.goto(reverse("section", args=[profile.slug, "1"]))
    comment_on_selection(judge, words)
    assert judge.url.endswith(f"{review}?view=text")
    assert judge.locator("[name=new-quote]").input_value() == words
    assert judge.evaluate("document.activeElement.name") == "new-kind"
    judge.keyboard.press("Escape")
    assert judge.locator(".at-hand").count() == 0

    # On the page of the review itself, with other words instead.
    comment_on_selection(judge, replaced)
    judge.locator("[name=new-kind][value=suggestion]").check()
    judge.locator(".new-remark summary").click()
    judge.locator("[name=new-replacement]").fill(instead)
    judge.locator(".new-remark button[value=save]").click()
    judge.locator("mark.quoted").first.wait_for()
    comment = Comment.objects.get()
    assert (comment.quote, comment.quote_block, comment.replacement) == (replaced, "b2", instead)
    assert judge.locator("mark.quoted").inner_text() == replaced
    entry = judge.locator(f"#comment-{comment.pk}")
    assert entry.locator("del").count() == entry.locator("ins").count() == 1
    # From the number to the entry, and from its quote back to the words.
    judge.locator(".quote-number a").click()
    assert judge.url.endswith(f"#comment-{comment.pk}")
    entry.locator(".quoted-words a").click()
    assert judge.url.endswith(f"#quote-comment-{comment.pk}")
    assert violations_in_both_schemes(judge) == []
    assert keyboard_problems(judge) == []
    assert overflowing(judge) <= 0

    # The author takes the words over with one click.
    send_back(profile, made)
    author = browse(language, made[Role.LOCAL_EXPERT])
    author.goto(review)
    author.locator("button[name=apply]").click()
    author.locator(".alert-success").wait_for()
    assert Draft.objects.get(section__profile=profile, section__key="1").text == text.replace(
        replaced, instead
    )
    assert factories.fresh(comment).state == CommentState.ACCEPTED
    assert violations_in_both_schemes(author) == []
    assert overflowing(author) <= 0
    assert breaches(judge) == breaches(author) == []


def test_comments_stand_at_the_height_of_their_words(browse, made):
    paragraphs = [f"Paragraph {number}. " + "Words that fill it. " * 40 for number in range(8)]
    paragraphs += ["Paragraph 8.", "Paragraph 9."]
    profile = under_review(made, "\n\n".join(paragraphs))
    section, reviewer = factories.section(profile, "1"), made[Role.INTERNATIONAL_EXPERT]
    for number in (8, 6, 2):
        factories.comment_on(section, reviewer, quote=f"Paragraph {number}.")
    judge = browse("en", reviewer)
    judge.goto(reverse("section_review", args=[profile.slug, "1"]))
    heights = """entries => entries.map(one => Math.abs(
        one.getBoundingClientRect().top -
        document.getElementById(one.dataset.beside).getBoundingClientRect().top))"""
    found = judge.locator("[data-beside]").evaluate_all(heights)
    assert len(found) == 3
    assert max(found) < 5
    assert overflowing(judge) <= 0
    # The count at a single line keeps off the link at the next one.
    room = """() => {
        const [count, next] = ["b9", "b10"].map(
            one => document.getElementById(one).previousElementSibling.getBoundingClientRect());
        return next.top - count.bottom;
    }"""
    assert judge.evaluate(room) >= 0
    # On a phone they follow the text, and a number at the paragraph leads to them.
    judge.set_viewport_size({"width": 320, "height": 640})
    count = judge.locator(".here-count").first
    count.click()
    assert "#comment-" in judge.url
