"""What is said beside a text: comments, replies to them, and notes that only their writer sees."""

from dataclasses import replace

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.anchors import CONTEXT, Quote
from profile_workflow.machines import CommentMachine
from profile_workflow.models.profile import Profile
from profile_workflow.models.revision import Revision
from profile_workflow.models.section import Section
from profile_workflow.states import (
    KINDS_TO_ANSWER,
    WRITING_STATES,
    Attribution,
    CommentKind,
    CommentState,
    ProfileState,
    Role,
)

#: Stages in which comments are made on a submitted text; in the others authors write theirs.
_JUDGING = tuple(one for one in ProfileState if one not in WRITING_STATES)
#: Comments on a submitted text.
ON_SUBMITTED = Q(stage__in=_JUDGING)
#: Comments that authors make to one another on the working text: nothing waits for the answers.
AMONG_AUTHORS = Q(stage__in=WRITING_STATES)
#: Comments that wait for an answer.
WAITING = Q(ON_SUBMITTED, state=CommentState.OPEN, kind__in=KINDS_TO_ANSWER)
#: The same of a section.
COMMENTS_WAITING = Q(
    comments__stage__in=_JUDGING,
    comments__state=CommentState.OPEN,
    comments__kind__in=KINDS_TO_ANSWER,
)


class Anchored(models.Model):
    """Something that is said about some words of a text, or about all of it."""

    quote = models.TextField(_("quoted words"), blank=True)
    quote_before = models.CharField(_("words before"), max_length=CONTEXT, blank=True)
    quote_after = models.CharField(_("words after"), max_length=CONTEXT, blank=True)
    quote_block = models.CharField(_("block"), max_length=20, blank=True)

    class Meta:
        abstract = True

    @property
    def anchor(self) -> Quote:
        """The quoted words with their surroundings."""
        return Quote(self.quote, self.quote_before, self.quote_after, self.quote_block)

    @property
    def anchors(self) -> list[Quote]:
        """What to look for in the text, one after the other until it is found."""
        return [self.anchor] if self.quote else []

    @property
    def entry_name(self) -> str:
        """Id of its entry on a page."""
        raise NotImplementedError

    @property
    def is_closed(self) -> bool:
        """Whether it is done with, so that its words need no mark."""
        return False

    @staticmethod
    def anchored(quote: Quote | None) -> dict[str, str]:
        """Return a quote as the fields that keep it."""
        if quote is None:
            return {}
        return {
            "quote": quote.exact,
            "quote_before": quote.before,
            "quote_after": quote.after,
            "quote_block": quote.block,
        }


class Comment(Anchored, CommentMachine):
    """A remark on the submitted text of a section, or among its authors on the working text.

    ``stage`` is the state of the profile in which the remark was made, ``attribution`` how far
    the author of the remark may be known to others than the project team. A comment that
    ``replaces`` proposes ``replacement`` (nothing: to leave them out) instead of the quoted words.
    What was said in a secret round has neither author nor role.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="comments"
    )
    stage = models.CharField(_("stage"), max_length=30, choices=ProfileState.choices)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="comments",
    )
    attribution = models.CharField(
        _("attribution"), max_length=20, choices=Attribution.choices, default=Attribution.CATEGORY
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CommentKind.choices)
    text = models.TextField(_("comment"))
    replaces = models.BooleanField(_("suggests other words"), default=False)
    replacement = models.TextField(_("suggested words"), blank=True)
    applied_at = models.DateTimeField(_("applied to the text at"), null=True, blank=True)
    created_at = models.DateTimeField(_("made at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CommentState.values), name="comment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="comment_answered_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state=CommentState.OPEN) | Q(answered_at__isnull=False),
                name="comment_leaves_open_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(replaces=False, replacement="", applied_at__isnull=True)
                | (Q(replaces=True) & ~Q(quote="")),
                name="comment_replaces_what_it_quotes",
            ),
        ]
        indexes = [models.Index(fields=["section", "state"], name="comment_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def profile(self) -> Profile:
        """The profile that the comment is about."""
        return self.section.profile

    @property
    def entry_name(self) -> str:
        """Id of its entry on a page."""
        return f"comment-{self.pk}"

    @property
    def anchors(self) -> list[Quote]:
        """The quoted words, and those that were written instead of them."""
        if not self.applied_at or not self.replacement:
            return super().anchors
        return [*super().anchors, replace(self.anchor, exact=self.replacement)]

    @property
    def is_closed(self) -> bool:
        """Whether nothing is waited for any more."""
        return self.state in (CommentState.VERIFIED, CommentState.CLOSED_BY_DEADLINE)

    @property
    def waits(self) -> bool:
        """Whether somebody still has to answer it."""
        is_open = self.state == CommentState.OPEN and self.kind in KINDS_TO_ANSWER
        return is_open and not self.is_among_authors

    @property
    def is_among_authors(self) -> bool:
        """Whether authors made it while they wrote: others than they and the team see nothing."""
        return self.stage in WRITING_STATES


class Reply(models.Model):
    """What was said to a comment besides its answer; it moves nothing.

    ``attribution`` protects who said it as it does for a comment.
    """

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="replies")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="replies"
    )
    attribution = models.CharField(_("attribution"), max_length=20, choices=Attribution.choices)
    text = models.TextField(_("reply"))
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")

    def __str__(self) -> str:
        return f"{self.comment_id}: #{self.pk}"


class Note(Anchored):
    """A note to oneself beside a text: nobody else sees it, and nothing prints it."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="notes")
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notes"
    )
    text = models.TextField(_("note"))
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("note to oneself")
        verbose_name_plural = _("notes to oneself")
        indexes = [models.Index(fields=["section", "author"], name="note_by_author")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def entry_name(self) -> str:
        """Id of its entry on a page."""
        return f"note-{self.pk}"
