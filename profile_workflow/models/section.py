"""A section of a profile, its working draft, and the trail of former working texts."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.machines import SectionMachine
from profile_workflow.models.profile import Profile
from profile_workflow.models.template import TemplateSection
from profile_workflow.states import Occasion, SectionState


class Section(SectionMachine):
    """A chapter of one profile: who writes it, who reviews it, where it stands."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="sections")
    template_section = models.ForeignKey(
        TemplateSection, on_delete=models.PROTECT, related_name="used_in"
    )
    key = models.SlugField(_("key"), max_length=10)
    position = models.PositiveSmallIntegerField(_("position"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    #: How many reviewers still have to decide on it in the round that runs.
    awaited_reviews = models.PositiveSmallIntegerField(_("reviews awaited"), default=0)
    revision = models.ForeignKey(
        "profile_workflow.Revision",
        verbose_name=_("submitted revision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    #: Whose review a branch of the process asks for, and until when; never stored.
    asked_of: int | None = None
    wanted_until: datetime | None = None

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(fields=["profile", "key"], name="section_once_a_profile"),
            models.CheckConstraint(
                condition=Q(state__in=SectionState.values), name="section_state_is_known"
            ),
        ]
        indexes = [models.Index(fields=["profile", "state"], name="section_by_state")]

    def __str__(self) -> str:
        return self.template_section.heading

    @property
    def number(self) -> str:
        """Number printed before the title; empty for the executive summary."""
        return self.template_section.number

    @property
    def title(self) -> str:
        """Title in the language of the reader."""
        return str(self.template_section)


class Draft(models.Model):
    """The working text of a section: one row, replaced by each save that knows its version.

    Saving a draft makes no revision, moves no state and sends no mail. ``editor`` has the page for
    writing open until ``edited_until``; this tells others, it locks nobody out.
    """

    section = models.OneToOneField(Section, on_delete=models.PROTECT, related_name="draft")
    text = models.TextField(_("text"), blank=True)
    nothing_found = models.BooleanField(_("nothing was found"), default=False)
    searched = models.TextField(_("where it was searched"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_since = models.DateTimeField(_("being edited since"), null=True, blank=True)
    edited_until = models.DateTimeField(_("being edited until"), null=True, blank=True)

    class Meta:
        verbose_name = _("working draft")
        verbose_name_plural = _("working drafts")
        constraints = [
            models.CheckConstraint(
                condition=Q(saved_by__isnull=True, saved_at__isnull=True)
                | Q(saved_by__isnull=False, saved_at__isnull=False),
                name="draft_saved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(
                    editor__isnull=True, edited_since__isnull=True, edited_until__isnull=True
                )
                | Q(
                    editor__isnull=False,
                    edited_since__isnull=False,
                    edited_until__gt=models.F("edited_since"),
                ),
                name="draft_edited_by_since_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.version}"

    @property
    def is_empty(self) -> bool:
        """Whether there is neither text nor a documented "nothing found"."""
        return not self.text.strip() and not (self.nothing_found and self.searched.strip())


class WorkingCopy(models.Model):
    """A working text that was saved and then followed by another; thinned out as it grows older.

    Attributes:
        version: Version of the draft that it was; one put aside has that of the text it met.
        saved_by: Who had saved it; nobody if it was taken over from the edition before.
        occasion: Why another text followed. Only what was merely written on is thinned out.
        thin_at: When it is looked at next by ``services.copies.thin``; empty if never again.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="copies")
    version = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("text"), blank=True)
    nothing_found = models.BooleanField(_("nothing was found"), default=False)
    searched = models.TextField(_("where it was searched"), blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved at"))
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion.choices)
    thin_at = models.DateTimeField(_("looked at next"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "version"],
                condition=~Q(occasion=Occasion.ASIDE),
                name="working_copy_once_a_version",
            ),
            models.CheckConstraint(
                condition=Q(occasion__in=Occasion.values), name="working_copy_occasion_is_known"
            ),
        ]
        indexes = [models.Index(fields=["section", "saved_at"], name="working_copy_by_time")]

    def __str__(self) -> str:
        return f"{self.section_id} v{self.version}"
