"""The append-only, hash-chained log of every move."""

import hashlib
import json
from datetime import UTC

from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile
from profile_workflow.states import Role

#: ``previous_hash`` of the first event of a profile.
CHAIN_START = "0" * 64


def reason_digest(reason: str) -> str:
    """Return the SHA-256 (hex) that the chain keeps of a reason; empty for an empty one."""
    return hashlib.sha256(reason.encode()).hexdigest() if reason else ""


class Event(models.Model):
    """One move of one document: who, in which role, what, from, to, when, of which text.

    The chain holds a pseudonym instead of a name and the digest of the reason instead of its
    words, so that personal data can be erased without breaking it. Database triggers refuse to
    update or delete a row. Each profile has a chain of its own.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    actor = models.UUIDField(_("pseudonym of the person"), null=True, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, blank=True)
    document = models.CharField(_("document"), max_length=60)
    move = models.CharField(_("move"), max_length=40)
    from_state = models.CharField(_("from"), max_length=30, blank=True)
    to_state = models.CharField(_("to"), max_length=30, blank=True)
    revision_hash = models.CharField(_("hash of the text"), max_length=64, blank=True)
    reason_hash = models.CharField(_("hash of the reason"), max_length=64, blank=True)
    previous_hash = models.CharField(_("hash of the event before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["profile", "seq"], name="event_number_once"),
        ]
        indexes = [models.Index(fields=["profile", "document"], name="event_by_document")]

    def __str__(self) -> str:
        return f"{self.profile_id}/{self.seq} {self.document} {self.move}"

    def computed_hash(self) -> str:
        """Return the SHA-256 (hex) over all other fields, chained to the event before."""
        content = [
            self.profile_id,
            self.seq,
            self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            str(self.actor or ""),
            self.role,
            self.document,
            self.move,
            self.from_state,
            self.to_state,
            self.revision_hash,
            self.reason_hash,
            self.previous_hash,
        ]
        canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class EventReason(models.Model):
    """The words of a reason. Kept apart from the chain so that they can be redacted."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="reason")
    text = models.TextField(_("reason"))

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")

    def __str__(self) -> str:
        return self.text
