"""A save that meets a newer text: joined, or kept beside it; and who is told that others write."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.markup import MAX_LENGTH
from profile_workflow.models import Draft, Event, Revision, Section, WorkingCopy
from profile_workflow.queries import drafting as beside
from profile_workflow.services import drafting, joining
from profile_workflow.services.drafting import DraftText
from profile_workflow.services.joining import Kept, save_or_join
from profile_workflow.states import Occasion, Role
from tests import factories
from tests.integration.pages import signed_in
from workflows import engine
from workflows.models import OutboxJob, Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, FOUND, CONFLICT = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.CONFLICT
BASE = "A\n\nB\n\nC"


@pytest.fixture
def shared(made, drafted):
    """A section that two people write, whose first version both have before them."""
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    engine.delegate(task, to=author, by=expert, at=timezone.now())
    section = factories.section(drafted, "1")
    factories.write(section, BASE, by=author)
    return section


def address(section, name="section_save") -> str:
    return reverse(name, args=[section.profile.slug, section.key])


def sent(text, version=1, base=BASE, **more) -> dict[str, str]:
    return {"text": text, "base_version": str(version), "base_text": base, **more}


def now_in(section) -> str:
    return Draft.objects.get(section=section).text


def trail(section) -> list[tuple[str, str]]:
    found = WorkingCopy.objects.filter(section=section).order_by("saved_at", "pk")
    return list(found.values_list("text", "occasion"))


def traces():
    return (
        Revision.objects.count(),
        Event.objects.count(),
        OutboxJob.objects.count(),
        list(Section.objects.order_by("pk").values_list("state", flat=True)),
    )


# Joined


def test_changes_of_different_paragraphs_are_joined_and_the_page_is_told(made, expert, shared):
    author = made[Role.CO_AUTHOR]
    factories.write(shared, "A\n\nB\n\nC of the author", by=author)
    before = traces()
    answer = expert.post(address(shared), sent("A of the expert 🌍\n\nB\n\nC \n"))
    told = answer.json()
    joined = "A of the expert 🌍\n\nB\n\nC of the author \n"
    assert (answer.status_code, told["version"], now_in(shared)) == (OK, 3, joined)
    assert told["joined"] == {
        "changes": [[22, 23, "C of the author"]],
        "written": {"text": joined, "nothing": False, "searched": ""},
    }
    assert told["message"].startswith(f"Joined with what {author.full_name} wrote; saved at ")
    assert told["length"].startswith("9 words")
    assert traces() == before
    # What was there before the joining is thinned like what was merely written on.
    kept = ("A\n\nB\n\nC of the author", Occasion.WRITING)
    assert trail(shared)[-1] == kept


def test_a_save_that_meets_nothing_tells_of_no_joining(expert, shared):
    told = expert.post(address(shared), sent("A\n\nB")).json()
    assert "joined" not in told
    assert told["message"].startswith("Saved at ")


def test_two_tabs_of_one_person_are_joined_in_other_words(made, expert, shared):
    factories.write(shared, "A1\n\nB\n\nC", by=made[Role.LOCAL_EXPERT])
    told = expert.post(address(shared), sent("A\n\nB\n\nC1")).json()
    assert told["message"].startswith("Joined with what you wrote in another tab")
    assert now_in(shared) == "A1\n\nB\n\nC1"


@pytest.mark.parametrize(
    ("mine", "theirs", "joined"),
    [
        ((False, ""), (True, "Archive"), (True, "Archive")),
        ((True, "Office"), (False, ""), (True, "Office")),
        ((True, "Office"), (True, "Office"), (True, "Office")),
        ((False, "Office"), (False, "Archive"), None),
    ],
)
def test_that_nothing_was_found_is_joined_like_a_paragraph(made, shared, mine, theirs, joined):
    author, expert, at = made[Role.CO_AUTHOR], made[Role.LOCAL_EXPERT], timezone.now()
    drafting.save_draft(shared, DraftText(BASE, *theirs), base_version=1, by=author, at=at)
    given = {"base": DraftText(BASE), "base_version": 1, "by": expert, "at": at}
    if joined is None:
        with pytest.raises(Kept):
            save_or_join(shared, DraftText(BASE, *mine), **given)
        return
    saved = save_or_join(shared, DraftText(BASE, *mine), **given)
    assert saved.text == DraftText(BASE, *joined)
    assert DraftText.of(Draft.objects.get(section=shared)) == saved.text


def test_two_who_write_at_once_leave_copies_that_are_thinned(made, expert, shared):
    author = signed_in(made[Role.CO_AUTHOR])
    mine = theirs = BASE
    versions = [1, 1]
    for number in range(5):
        for place, client in enumerate((expert, author)):
            text = mine if place == 0 else theirs
            new = f"{text}!" if place == 0 else f"{number}{text}"
            told = client.post(address(shared), sent(new, versions[place], text)).json()
            written = told["joined"]["written"]["text"] if "joined" in told else new
            mine, theirs = (written, theirs) if place == 0 else (mine, written)
            versions[place] = told["version"]
    assert now_in(shared) == "43210A\n\nB\n\nC!!!!!"
    # The first one wrote on what he had before him; from then on the texts were joined.
    first, *others = [occasion for _text, occasion in trail(shared)]
    assert (first, set(others)) == (Occasion.OTHER_PERSON, {Occasion.WRITING})


def test_without_scripts_the_button_joins_too_and_says_so(made, expert, shared):
    factories.write(shared, "A\n\nB\n\nC1", by=made[Role.CO_AUTHOR])
    given = sent("A1\n\nB\n\nC", action="save")
    page = expert.post(address(shared, "section_edit"), given, follow=True)
    assert page.redirect_chain == [(address(shared, "section_edit"), FOUND)]
    assert "Joined with what" in page.content.decode()
    assert now_in(shared) == "A1\n\nB\n\nC1"


# Kept beside the saved text


def test_where_both_changed_the_same_the_text_is_kept_on_the_server(made, expert, shared):
    author = made[Role.CO_AUTHOR]
    factories.write(shared, "A1\n\nB\n\nC", by=author)
    before = traces()
    answer = expert.post(address(shared), sent("A2\n\nB\n\nC"))
    told = answer.json()
    assert (answer.status_code, told["stale"], told["version"]) == (CONFLICT, True, 2)
    assert told["message"].startswith(f"{author.full_name} changed the same paragraphs.")
    assert told["kept"].startswith("Kept beside the saved text at ")
    assert now_in(shared) == "A1\n\nB\n\nC"
    assert ("A2\n\nB\n\nC", Occasion.ASIDE) in trail(shared)
    assert traces() == before


def asides(section) -> list[str]:
    return [text for text, occasion in trail(section) if occasion == Occasion.ASIDE]


def test_what_is_written_on_aside_does_not_pile_up(made, shared):
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    factories.write(shared, "A1\n\nB\n\nC", by=author)
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    kept = None
    for number in range(20):
        at = start + timedelta(minutes=number)
        with pytest.raises(Kept) as refused:
            save_or_join(
                shared,
                DraftText(f"A2{'!' * number}\n\nB\n\nC"),
                base=DraftText(BASE),
                base_version=1,
                aside=kept,
                by=expert,
                at=at,
            )
        kept = refused.value.copy.pk
    assert [len(text) for text in asides(shared)] == [len(BASE) + 1 + 9, len(BASE) + 1 + 19]
    assert WorkingCopy.objects.get(pk=kept).saved_at == at


def test_a_copy_is_written_over_only_by_whose_it_is(made, expert, shared):
    factories.write(shared, "A1\n\nB\n\nC", by=made[Role.CO_AUTHOR])
    author = signed_in(made[Role.CO_AUTHOR])
    first = expert.post(address(shared), sent("A2\n\nB\n\nC")).json()["aside"]
    # The second tab of the expert, and somebody else who names his copy.
    expert.post(address(shared), sent("A3\n\nB\n\nC"))
    author.post(address(shared), sent("A4\n\nB\n\nC", aside=first))
    plain = WorkingCopy.objects.get(occasion=Occasion.WRITING)
    expert.post(address(shared), sent("A5\n\nB\n\nC", aside=plain.pk))
    assert sorted(asides(shared)) == [f"A{number}\n\nB\n\nC" for number in (2, 3, 4, 5)]
    assert expert.post(address(shared), sent("x", aside=2**70)).status_code == 422


def test_what_was_aside_is_joined_as_soon_as_that_is_plain(made, expert, shared):
    factories.write(shared, "A1\n\nB\n\nC", by=made[Role.CO_AUTHOR])
    kept = expert.post(address(shared), sent("A2\n\nB\n\nC1")).json()["aside"]
    told = expert.post(address(shared), sent("A\n\nB\n\nC1", aside=kept))
    assert told.status_code == OK
    assert now_in(shared) == "A1\n\nB\n\nC1"


def test_a_page_that_does_not_send_what_it_was_made_from_is_asked_for_it(made, expert, shared):
    factories.write(shared, "A\n\nB\n\nC1", by=made[Role.CO_AUTHOR])
    given = {"text": "A1\n\nB\n\nC", "base_version": "1"}
    told = expert.post(address(shared), given)
    assert (told.status_code, told.json()["stale"]) == (CONFLICT, True)
    assert "aside" not in told.json()
    assert asides(shared) == []


def test_what_would_be_too_long_together_is_kept_apart(made, shared):
    most = MAX_LENGTH // 2
    factories.write(shared, "a" * most + "\n\nB\n\nC", by=made[Role.CO_AUTHOR])
    with pytest.raises(Kept):
        save_or_join(
            shared,
            DraftText("A\n\nB\n\n" + "c" * most),
            base=DraftText(BASE),
            base_version=1,
            by=made[Role.LOCAL_EXPERT],
            at=timezone.now(),
        )
    assert len(asides(shared)) == 1


def test_who_may_not_write_joins_nothing(made, shared):
    given = {"base": DraftText(BASE), "base_version": 0, "at": timezone.now()}
    with pytest.raises(NotAllowed):
        save_or_join(shared, DraftText("x"), by=made[Role.OBSERVER], **given)
    with pytest.raises(NotAllowed):
        joining.put_aside(shared, DraftText("x"), by=made[Role.OBSERVER], at=given["at"])
    assert now_in(shared) == BASE


# Who else writes


def test_each_answer_tells_who_else_writes(made, expert, shared):
    author = made[Role.CO_AUTHOR]
    theirs = signed_in(author)
    theirs.get(address(shared, "section_edit"))
    told = expert.post(address(shared), sent("A1\n\nB\n\nC")).json()["writing"]
    assert f"<bdi>{author.full_name}</bdi> is writing here too, since" in told
    assert "Take over the writing" in told
    # The one who counts as writing hears of the other one, and has nothing to take over.
    told = theirs.post(address(shared), sent("A\n\nB\n\nC1")).json()["writing"]
    assert (
        f"<bdi>{made[Role.LOCAL_EXPERT].full_name}</bdi> is writing here too and last saved at"
        in told
    )
    assert "Take over" not in told


def test_who_wrote_alone_is_told_of_nobody(expert, shared):
    WorkingCopy.objects.all().delete()
    Draft.objects.filter(section=shared).update(
        saved_at=timezone.now() - timedelta(minutes=11),
        edited_since=timezone.now() - timedelta(minutes=12),
        edited_until=timezone.now() - timedelta(minutes=1),
    )
    assert expert.post(address(shared), sent("A1\n\nB\n\nC")).json()["writing"] == ""


def test_the_writing_is_taken_over_and_the_other_hears_of_it(made, expert, shared):
    author = signed_in(made[Role.CO_AUTHOR])
    author.get(address(shared, "section_edit"))
    before = traces()
    told = expert.post(address(shared), sent(BASE, action="take")).json()
    assert "Take over" not in told["writing"]
    assert Draft.objects.get(section=shared).editor == made[Role.LOCAL_EXPERT]
    told = author.post(address(shared), sent("A\n\nB\n\nC1")).json()
    assert (
        f"<bdi>{made[Role.LOCAL_EXPERT].full_name}</bdi> is writing here too, since"
        in told["writing"]
    )
    assert "Take over the writing" in told["writing"]
    assert now_in(shared) == "A\n\nB\n\nC1"
    assert traces() == before


def test_without_scripts_the_writing_is_taken_over_by_a_button(made, expert, shared):
    signed_in(made[Role.CO_AUTHOR]).get(address(shared, "section_edit"))
    page = address(shared, "section_edit")
    assert "Take over the writing" in expert.get(page).content.decode()
    given = sent("A1\n\nB\n\nC", action="take")
    assert "Take over the writing" not in expert.post(page, given, follow=True).content.decode()
    assert now_in(shared) == "A1\n\nB\n\nC"


def test_only_who_may_write_takes_over(made, drafted, shared):
    for role in (Role.OBSERVER, Role.PROJECT_TEAM, Role.INTERNATIONAL_EXPERT):
        with pytest.raises(NotAllowed):
            drafting.take_over(shared, by=made[role], at=timezone.now())
    factories.submit_sections(drafted)
    with pytest.raises(NotNow):
        drafting.take_over(
            factories.section(drafted, "1"), by=made[Role.LOCAL_EXPERT], at=timezone.now()
        )


def test_what_somebody_keeps_aside_counts_as_writing_too(made, expert, shared):
    author = made[Role.CO_AUTHOR]
    factories.write(shared, "A1\n\nB\n\nC", by=author)
    expert.post(address(shared), sent("A2\n\nB\n\nC"))
    draft = beside.draft_of(shared)
    seen = beside.somebody_else(draft, viewer=author, at=timezone.now())
    assert (seen.person, seen.counts) == (made[Role.LOCAL_EXPERT], False)
