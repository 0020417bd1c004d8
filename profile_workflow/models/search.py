"""The index in which people search: what may be found, by kind, in one spelling."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile


class SearchKind(models.TextChoices):
    """What can be found, in the order in which it is shown."""

    PROFILE = "profile", _("Profiles")
    SECTION = "section", _("Sections")
    DRAFT = "draft", _("Working texts")
    SOURCE = "source", _("Sources")
    PERSON = "person", _("People")
    CITY = "city", _("Cities")
    PUBLISHED = "published", _("Published sections")


class SearchEntry(models.Model):
    """One thing that can be found. Derived from other tables, and made again at any time.

    ``object_id`` is the id of the city, profile, section, person or source, or that of the
    revision that is published; ``place`` the key of the section that shows it. A source that no
    submitted text cites has no place. ``title`` and ``text`` are kept as ``spelling.searchable``
    writes them; what finds them quickly is in ``models.fulltext``.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=SearchKind.choices)
    object_id = models.PositiveBigIntegerField(_("id"))
    profile = models.ForeignKey(
        Profile, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    place = models.CharField(_("section"), max_length=10, blank=True)
    title = models.TextField(_("title"))
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("entry of the search")
        verbose_name_plural = _("entries of the search")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")
        ]
        indexes = [models.Index(fields=["profile", "kind"], name="search_entry_by_profile")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

    def content(self) -> tuple[Any, ...]:
        """Return all that is kept, to compare two entries."""
        return (self.kind, self.object_id, self.profile_id, self.place, self.title, self.text)
