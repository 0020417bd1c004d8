"""The versioned template of a profile: chapters, guiding questions, page budgets, checks."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from profile_workflow.states import CriterionScope


class Titled(models.Model):
    """Something with a title in the languages of the programme."""

    title = models.CharField(_("title"), max_length=200)
    title_fr = models.CharField(_("title in French"), max_length=200, blank=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=200, blank=True)
    title_es = models.CharField(_("title in Spanish"), max_length=200, blank=True)
    title_it = models.CharField(_("title in Italian"), max_length=200, blank=True)
    title_de = models.CharField(_("title in German"), max_length=200, blank=True)
    title_pt = models.CharField(_("title in Portuguese"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title_in(get_language() or "en")

    def title_in(self, language: str) -> str:
        """Return the title in ``language``, or in English where there is none."""
        return getattr(self, f"title_{language[:2]}", "") or self.title


class Asking(Titled):
    """A part of the template with guiding questions in the languages of the programme.

    The English questions are the template; the others say the same, question by question.
    """

    guiding_questions = models.JSONField(_("guiding questions"), default=list)
    guiding_questions_fr = models.JSONField(
        _("guiding questions in French"), default=list, blank=True
    )
    guiding_questions_ar = models.JSONField(
        _("guiding questions in Arabic"), default=list, blank=True
    )

    class Meta:
        abstract = True

    def questions_in(self, language: str) -> list[str]:
        """Return the questions in ``language``, those without a translation in English."""
        own = getattr(self, f"guiding_questions_{language[:2]}", ())
        return [
            str(own[place]) if place < len(own) and own[place] else str(question)
            for place, question in enumerate(self.guiding_questions)
        ]


class Template(models.Model):
    """One version of the structure of profiles; each keeps the version that it began with."""

    code = models.SlugField(_("code"))
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    body_pages = models.PositiveSmallIntegerField(_("page budget of the chapters"))
    summary_pages = models.PositiveSmallIntegerField(_("page budget of the executive summary"))

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="template_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class TemplateSection(Asking):
    """A chapter of the template, or the executive summary.

    A hint is advice to the author; paragraphs after its first one, each after an empty line, are
    examples of what the chapter could say.
    """

    class Kind(models.TextChoices):
        """Where the section stands in the report."""

        SUMMARY = "summary", _("Executive summary")
        CHAPTER = "chapter", _("Chapter")

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="sections")
    key = models.SlugField(_("key"), max_length=10)
    number = models.CharField(_("number"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(_("position"))
    page_budget = models.DecimalField(_("page budget"), max_digits=4, decimal_places=1)
    mandatory = models.BooleanField(_("mandatory"), default=True)
    hint = models.TextField(_("hint for the author"), blank=True)
    hint_fr = models.TextField(_("hint in French"), blank=True)
    hint_ar = models.TextField(_("hint in Arabic"), blank=True)
    data_tables = models.JSONField(_("data tables"), default=list)

    class Meta(Asking.Meta):
        abstract = False
        verbose_name = _("template section")
        verbose_name_plural = _("template sections")
        constraints = [
            models.UniqueConstraint(fields=["template", "key"], name="template_section_once"),
            models.UniqueConstraint(
                fields=["template", "position"], name="template_section_position_once"
            ),
        ]

    @property
    def heading(self) -> str:
        """Number and title, in the language of the reader."""
        return f"{self.number} {self}".strip()

    def advice_in(self, language: str) -> str:
        """Return the advice of the hint in ``language``, or in English where there is none."""
        return next(iter(self._hint_in(language)), "")

    def examples_in(self, language: str) -> list[str]:
        """Return the examples of the hint in ``language``, or in English where there is none."""
        return self._hint_in(language)[1:]

    def _hint_in(self, language: str) -> list[str]:
        hint = getattr(self, f"hint_{language[:2]}", "") or self.hint
        return [part for one in re.split(r"\n\s*\n", hint) if (part := one.strip())]


class TemplateSubsection(Asking):
    """A heading that the template foresees within a chapter."""

    section = models.ForeignKey(
        TemplateSection, on_delete=models.PROTECT, related_name="subsections"
    )
    number = models.CharField(_("number"), max_length=10, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta(Asking.Meta):
        abstract = False
        verbose_name = _("template subsection")
        verbose_name_plural = _("template subsections")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "position"], name="template_subsection_position_once"
            )
        ]


class TemplateCheck(Titled):
    """A question that quality assurance answers by reading: of one chapter, or of the whole text.

    The title is the question, asked so that “yes” is good. A version of the template without such
    questions asks none; those of a version that a profile began with stay as they are.
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="checks")
    section = models.ForeignKey(
        TemplateSection,
        verbose_name=_("chapter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="checks",
    )
    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta(Titled.Meta):
        abstract = False
        verbose_name = _("check of quality")
        verbose_name_plural = _("checks of quality")
        constraints = [
            models.UniqueConstraint(fields=["template", "key"], name="template_check_once"),
            models.UniqueConstraint(
                fields=["template", "position"], name="template_check_position_once"
            ),
        ]

    def clean(self) -> None:
        """Refuse a chapter of another version.

        Raises:
            ValidationError: If it is one.
        """
        if self.section is not None and self.section.template_id != self.template_id:
            raise ValidationError({"section": _("This chapter belongs to another version.")})


class TemplateCriterion(Titled):
    """A question of the form with which international experts review, with a scale of its own.

    It belongs to a version as the checks do: a version without criteria asks none.

    Attributes:
        scale: Labels of the ratings, the lowest first; a rating is a place in it, counted from 1.
        asks_words: Whether words are wanted besides the rating.
        mandatory: Whether nobody decides without answering it; that one cannot judge it is an
            answer.
    """

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="criteria")
    scope = models.CharField(_("asked of"), max_length=10, choices=CriterionScope.choices)
    key = models.SlugField(_("key"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    guidance = models.TextField(_("guidance"), blank=True)
    guidance_fr = models.TextField(_("guidance in French"), blank=True)
    guidance_ar = models.TextField(_("guidance in Arabic"), blank=True)
    scale = models.JSONField(_("scale"), default=list)
    scale_fr = models.JSONField(_("scale in French"), default=list, blank=True)
    scale_ar = models.JSONField(_("scale in Arabic"), default=list, blank=True)
    asks_words = models.BooleanField(_("words are wanted"), default=True)
    mandatory = models.BooleanField(_("mandatory"), default=True)

    class Meta(Titled.Meta):
        abstract = False
        verbose_name = _("criterion of review")
        verbose_name_plural = _("criteria of review")
        constraints = [
            models.UniqueConstraint(fields=["template", "key"], name="template_criterion_once"),
            models.UniqueConstraint(
                fields=["template", "position"], name="template_criterion_position_once"
            ),
            models.CheckConstraint(
                condition=models.Q(scope__in=CriterionScope.values),
                name="template_criterion_scope_is_known",
            ),
        ]

    def guidance_in(self, language: str) -> str:
        """Return what the criterion means in ``language``, or in English where that is missing."""
        return str(getattr(self, f"guidance_{language[:2]}", "") or self.guidance)

    def labels_in(self, language: str) -> list[str]:
        """Return the labels of the ratings, the lowest first; in English what has none."""
        own: list[Any] = getattr(self, f"scale_{language[:2]}", [])
        return [
            str(own[place]) if place < len(own) and own[place] else str(label)
            for place, label in enumerate(self.scale)
        ]

    def clean(self) -> None:
        """Refuse a scale that is none.

        Raises:
            ValidationError: If it has fewer than two labels, more than nine, or one that is empty.
        """
        labels = self.scale if isinstance(self.scale, list) else []
        if not 2 <= len(labels) <= 9 or not all(isinstance(one, str) and one for one in labels):
            raise ValidationError({"scale": _("A scale is a list of two to nine labels.")})
