"""Rounds that become secret after others were open: what is by name stays out of them."""

import pytest
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotComplete, NotNow
from profile_workflow.models import Reply, SectionAnswer, ValidationRound
from profile_workflow.services import comments, section_answers
from profile_workflow.services.attributing import stricter_rules
from profile_workflow.states import Attribution, CommentState, ProfileState, Role, SectionView
from tests import factories
from tests.links import link_of
from tests.sealed import say
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

SECRET = Attribution.CHATHAM_HOUSE


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def named(made):
    """A consultation by name."""
    return factories.bring_to(
        factories.make_profile(made, attribution=Attribution.NAMED), ProfileState.CONSULTATION
    )


def asked_again(profile, made, attribution):
    """Ask another time when the silent are waited for no more."""
    for one in factories.asked(profile):
        factories.move(one, "waive", made.team, reason="Away.")
    factories.answer_objections(profile)
    factories.move(profile, "extend_consultation", made[Role.FOCAL_POINT], reason="Too few.",
                   attribution=attribution)  # fmt: skip
    return profile.validation_rounds.get(closed_at=None)


def make_secret(profile, made):
    engine.make_attribution_stricter(
        factories.fresh(profile), SECRET, reason="Asked for.", by=made.team, at=timezone.now()
    )


def test_who_is_asked_acts_on_no_comment_of_his_while_a_round_is_sealed(made, named):
    author = made[Role.STAKEHOLDER]
    one = factories.comment_on(factories.section(named, "1"), author, text="Not in my street.")
    factories.move(one, "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
    opened = asked_again(named, made, SECRET)
    assert opened.is_sealed
    before = list(named.events.values_list("pk", flat=True))
    with pytest.raises(NotNow, match="through your personal link"):
        comments.reply_to(factories.fresh(one), text="Thanks.", by=author, at=timezone.now())
    assert not comments.may_reply(factories.fresh(one), author)
    for move in ("verify", "reopen"):
        with pytest.raises(NotComplete) as refused:
            factories.move(one, move, author, reason="Again.")
        assert "until the last day" in str(refused.value.missing[0].message)
    assert list(named.events.values_list("pk", flat=True)) == before
    # Those who answer for the text go on, and everybody does when it is unsealed.
    made_by = comments.reply_to(
        factories.fresh(one), text="Done.", by=made[Role.LOCAL_EXPERT], at=timezone.now()
    )
    assert made_by.role == Role.LOCAL_EXPERT
    ValidationRound.objects.filter(pk=opened.pk).update(unsealed_at=timezone.now())
    assert factories.move(one, "verify", author).state == CommentState.VERIFIED


def test_a_reply_in_the_round_keeps_it_from_becoming_secret(made, named):
    author = made[Role.STAKEHOLDER]
    one = factories.comment_on(factories.section(named, "1"), author, text="Not in my street.")
    # As if it had been made before the round was opened.
    moment = timezone.now()
    ValidationRound.objects.filter(profile=named).update(opened_at=moment)
    opened = named.validation_rounds.get()
    assert SECRET in stricter_rules(opened, named)
    for act in ("reply", "verify"):
        with factories.undone():
            if act == "reply":
                comments.reply_to(one, text="In the round.", by=author, at=timezone.now())
                assert Reply.objects.exists()
            else:
                factories.move(one, "accept", made[Role.LOCAL_EXPERT], answer="Yes.")
                assert SECRET in stricter_rules(opened, named)
                factories.move(one, "verify", author)
            assert SECRET not in stricter_rules(opened, named)
            with pytest.raises(InvalidInput, match="on record with names"):
                make_secret(named, made)


def test_what_was_carried_over_by_name_is_not_taken_into_a_secret_round(made, named):
    first, second, _third = factories.asked(named)
    say(first, SectionView.OBJECTS, SectionView.COMMENTS)
    say(second, SectionView.OBJECTS, SectionView.COMMENTS)
    opened = asked_again(named, made, Attribution.NAMED)
    again, other, *_silent = opened.signoffs.order_by("pk")
    sections = factories.sections(named)
    section_answers.save_answer(
        link_of(other), sections[1], view=SectionView.COMMENTS, text="Now said otherwise.",
        at=timezone.now(),
    )  # fmt: skip
    carried = SectionAnswer.objects.filter(signoff__round=opened)
    assert carried.filter(signoff=again, comment__isnull=False).exists()
    make_secret(named, made)
    (kept,) = carried.all()
    assert (kept.signoff, kept.text, kept.comment) == (other, "Now said otherwise.", None)


def test_no_round_becomes_secret_in_which_somebody_is_not_asked_again(made, named):
    first, second, _third = factories.asked(named)
    factories.move(first, "approve", first.person)
    say(second, SectionView.OBJECTS, SectionView.AGREES)
    opened = asked_again(named, made, Attribution.NAMED)
    assert first.person_id not in opened.signoffs.values_list("person", flat=True)
    assert SECRET not in stricter_rules(opened, named)
    assert Attribution.CATEGORY in stricter_rules(opened, named)
    with pytest.raises(InvalidInput, match="Ask everybody in a new round"):
        make_secret(named, made)
