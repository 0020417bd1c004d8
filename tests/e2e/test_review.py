"""A section in a browser: comment, ask for changes, answer, compare, close, accept."""

import pytest
from django.urls import reverse

from profile_workflow.models import Comment
from profile_workflow.states import CommentState, ProfileState, Role, SectionState, SignOffState
from tests import factories
from tests.browser import violations
from workflows.models import Task

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


#: Language, scripts, width: both directions of writing, one without scripts, one on a phone.
WAYS = [("en", True, 1200), ("ar", True, 1200), ("en", False, 1200), ("fr", True, 320)]
SAID = {"en": "Where is the source?", "fr": "Où est la source ?", "ar": "أين المصدر؟"}


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


class Person:
    """Somebody at a browser of his own."""

    def __init__(self, page, width):
        self.page = page
        page.set_viewport_size({"width": width, "height": 900})

    def visit(self, name, *args):
        self.page.goto(reverse(name, args=args))
        self.look()

    def look(self):
        """Nothing runs over the edge of the page."""
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(over) <= 0

    def answer(self, comment, move, words=""):
        """Open what is folded and choose what becomes of a comment."""
        place = self.page.locator(f"#comment-{comment.pk}")
        place.locator("summary").click()
        place.locator("select").select_option(move)
        place.locator("textarea").fill(words)

    def send(self, value):
        self.page.locator(f"button[value={value}]").click()
        self.look()


@pytest.mark.parametrize(("language", "scripts", "width"), WAYS)
def test_a_section_goes_back_and_is_accepted(browse, made, language, scripts, width):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    section = factories.section(profile, "1")
    reviewer, expert = made[Role.INTERNATIONAL_EXPERT], made[Role.LOCAL_EXPERT]

    def sit_down(user):
        return Person(browse(language, user, scripts=scripts), width)

    # The reviewer comments and asks for changes with one click.
    judge = sit_down(reviewer)
    judge.visit("section_review", profile.slug, "1")
    judge.page.locator("input[name=new-kind][value=must_fix]").check()
    judge.page.locator("textarea[name=new-text]").fill(SAID[language])
    judge.page.locator("input[name=move][value=request_major_changes]").check()
    judge.send("decide")
    # The reason is missing: the page says so and keeps what was typed; the comment is saved.
    assert judge.page.locator("#id_reason").get_attribute("aria-invalid") == "true"
    assert judge.page.locator("input[value=request_major_changes]").is_checked()
    judge.page.locator("#id_reason").fill(SAID[language])
    judge.send("decide")
    assert judge.page.url.endswith(reverse("tasks"))
    assert factories.fresh(section).state == SectionState.CHANGES_REQUESTED
    comment = Comment.objects.get()
    assert comment.text == SAID[language]
    factories.move(factories.section(profile, "2"), "accept", reviewer)
    factories.move(profile, "request_major_revision", reviewer, reason="Section 1.")

    # The expert answers in the table and writes the section anew.
    author = sit_down(expert)
    author.visit("responses", profile.slug)
    author.answer(comment, "decline")
    author.page.locator("form.printed button").click()
    assert author.page.locator("#error-summary").is_visible()
    author.page.locator(f"#comment-{comment.pk} select").select_option("accept")
    author.page.locator(f"#comment-{comment.pk} textarea").fill(SAID[language])
    author.page.locator("form.printed button").click()
    author.look()
    assert factories.fresh(comment).state == CommentState.ACCEPTED
    factories.write(section, "Text of chapter 1, now with a source.")
    factories.move(section, "submit", expert)
    factories.move(profile, "submit_major_revision", expert)

    # The reviewer compares, closes the comment and accepts.
    judge.visit("section_compare", profile.slug, "1")
    assert judge.page.locator(".redline ins").count() > 0
    for view in ("side", "changes"):
        judge.page.locator("select[name=view]").select_option(view)
        judge.page.locator("form.filters button").click()
        judge.look()
        assert judge.page.locator(".redline ins").count() > 0
    judge.visit("section_review", profile.slug, "1")
    assert judge.page.locator(".redline ins").count() > 0
    if scripts:
        assert violations(judge.page) == []
    judge.answer(comment, "verify")
    judge.page.locator("input[name=move][value=accept]").check()
    judge.send("decide")
    assert factories.fresh(comment).state == CommentState.VERIFIED
    assert factories.fresh(section).state == SectionState.ACCEPTED


@pytest.mark.parametrize(("language", "scripts", "width"), [WAYS[1], WAYS[2], WAYS[3]])
def test_the_city_signs_and_keeps_a_receipt(browse, made, language, scripts, width):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.SIGNOFF)
    signoff = factories.asked(profile)[0]
    task = Task.objects.get(signoff=signoff)
    city = Person(browse(language, made[Role.CITY_AUTHORITY], scripts=scripts), width)
    city.visit("task", task.pk)
    if scripts:
        assert violations(city.page) == []
    first = reverse("section", args=[profile.slug, "1"])
    city.page.locator(f"a[href='{first}']").click()
    city.page.locator("a[rel=next]").click()
    city.look()
    city.visit("task", task.pk)
    city.page.locator("input[name=move][value=approve]").check()
    city.page.locator("main form button[type=submit]").last.click()
    city.visit("task", task.pk)
    assert city.page.locator("#receipt").is_visible()
    assert (
        signoff.digest[:10]
        in city.page.locator("section", has=city.page.locator("#receipt")).inner_text()
    )
    assert factories.fresh(signoff).state == SignOffState.APPROVED
