"""Applying a comment that suggests other words to the working text of its section."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import annotations, markup, rules
from profile_workflow.anchors import How, Quote, Text, find
from profile_workflow.errors import NotNow
from profile_workflow.models import Comment, Draft, Profile, Section
from profile_workflow.models.digests import text_digest
from profile_workflow.models.people import User
from profile_workflow.services import drafting
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.states import CommentState, Occasion

#: Between two words of a paragraph: spaces, or the end of a line that goes on in a quotation.
_BETWEEN = r"\s+(?:>\s*)*"


@dataclass(frozen=True, slots=True)
class Working:
    """The working text of a section, with its blocks as they are rendered."""

    draft: Draft
    text: Text


def working_text(section: Section, draft: Draft) -> Working:
    """Return a working text ready for looking for quotes in it."""
    rendered = markup.render(draft.text, citations={}, chapter=section.number)
    return Working(draft, annotations.read(rendered.html))


def why_not(comment: Comment, working: Working) -> str | None:
    """Return why a suggestion cannot be applied to a working text, or None if it can."""
    try:
        applied_text(comment, working)
    except NotNow as error:
        return str(error)
    return None


def applied_text(comment: Comment, working: Working) -> str:
    """Return a working text with the suggested words instead of the quoted ones.

    Raises:
        NotNow: If the quoted words are not there any more or stand there several times, if they
            are written with markup, or if the change would turn the paragraph into something else.
    """
    if not comment.replaces or comment.state != CommentState.OPEN:
        raise NotNow(_("This comment suggests no other words, or has been answered."))
    source = working.draft.text
    block, start, end = _place_in_source(comment.anchor, working)
    shape = markup.shape_of(source[slice(*block)])
    words = (
        comment.replacement.replace("|", r"\|") if "table_open" in shape else comment.replacement
    )
    changed = source[:start] + words + source[end:]
    grown = len(changed) - len(source)
    if shape != markup.shape_of(changed[block[0] : block[1] + grown]):
        raise NotNow(_("The suggested words would change more than the quoted ones."))
    return changed


def _place_in_source(quote: Quote, working: Working) -> tuple[tuple[int, int], int, int]:
    """Return begin and end of the block in Markdown, and of the quoted words in it.

    Raises:
        NotNow: As ``applied_text``.
    """
    place = find(quote, working.text)
    if place is None or place.how is How.LIKENESS:
        raise NotNow(_("The quoted words are not in the working text any more."))
    if not place.is_sure:
        raise NotNow(_("The quoted words stand in several places of the working text."))
    block = working.text.blocks[place.number]
    source = markup.source_of_blocks(working.draft.text).get(block.id, (0, 0))
    written = list(_as_written(quote.exact).finditer(working.draft.text, *source))
    shown = [found.start() for found in re.finditer(re.escape(quote.exact), block.text)]
    # As often in the source as on the page: then the one is the other.
    if place.start not in shown or len(written) != len(shown):
        raise NotNow(
            _("The quoted words are written with markup, e.g. a citation; change them by hand.")
        )
    found = written[shown.index(place.start)]
    return source, found.start(), found.end()


def _as_written(words: str) -> "re.Pattern[str]":
    """Return what finds words in Markdown, where a line may end between and a sign be escaped."""
    return re.compile(_BETWEEN.join("".join(map(_sign, word)) for word in words.split()))


def _sign(character: str) -> str:
    is_word = character.isalnum() or not character.isascii()
    return re.escape(character) if is_word else rf"\\?{re.escape(character)}"


@transaction.atomic
def apply_suggestion(comment: Comment, *, by: User, at: datetime) -> None:
    """Write the suggested words into the working text. Answering the comment is another step.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``drafting.save_draft``.
        NotNow: As ``applied_text``.
    """
    profile = Profile.objects.select_for_update().get(pk=comment.section.profile_id)
    found = Comment.objects.select_related("section__template_section", "section__draft")
    comment = found.get(pk=comment.pk)
    section, draft = comment.section, comment.section.draft
    section.profile = profile
    drafting.check_may_write(section, by=by)
    text = applied_text(comment, working_text(section, draft))
    given = drafting.DraftText(text, nothing_found=draft.nothing_found, searched=draft.searched)
    drafting.save_draft(
        section,
        given,
        base_version=draft.version,
        by=by,
        at=at,
        occasion=Occasion.SUGGESTION,
    )
    Comment.objects.filter(pk=comment.pk).update(applied_at=at)
    entry = Entry(
        document=document_name(comment),
        move="apply",
        from_state=comment.state,
        to_state=comment.state,
        revision_hash=text_digest(text, nothing_found=given.nothing_found, searched=given.searched),
    )
    role = rules.acting_role("comment.accept", by, comment)
    record(profile, [entry], actor=Actor(by, role), at=at)
