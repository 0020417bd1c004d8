"""Kinds of mail: what each tells, which list tasks, and which nobody has to get."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import User


class MailKind(models.TextChoices):
    """What a mail tells."""

    TASKS_OPENED = "tasks_opened", _("Your turn")
    RETURNED = "returned", _("Returned")
    REMINDER = "reminder", _("Reminder")
    OVERDUE = "overdue", _("Overdue")
    DEADLINE_CHANGED = "deadline_changed", _("Deadline changed")
    CONSULTATION_OPENED = "consultation_opened", _("Consultation opened")
    ATTRIBUTION_CHANGED = "attribution_changed", _("Attribution of answers changed")
    RECEIPT = "receipt", _("Receipt of an answer")
    PAPER_ENTERED = "paper_entered", _("Answer entered from paper")
    LINK_REVOKED = "link_revoked", _("Personal link revoked")
    SIGNING_CODE = "signing_code", _("Code that confirms a signature")
    OUTCOME = "outcome", _("You said, we did")
    OBJECTION_RECEIVED = "objection_received", _("Objection received")
    REQUEST = "request", _("Request for input")
    REQUEST_ANSWERED = "request_answered", _("Answer to a request")
    REQUEST_REMINDER = "request_reminder", _("Reminder of a request")
    REQUEST_LATE = "request_late", _("Request overdue")
    REQUEST_WITHDRAWN = "request_withdrawn", _("Request withdrawn")
    REVIEW_INVITATION = "review_invitation", _("Invitation to review")
    REVIEW_REMINDER = "review_reminder", _("Reminder of an invitation to review")
    REVIEW_DECIDED = "review_decided", _("Decision on an invitation to review")
    REVIEW_ANSWERED = "review_answered", _("Answer to an invitation to review")
    REVIEW_LATE = "review_late", _("Invitation to review unanswered")
    SUBSTITUTE = "substitute", _("Substitution")
    PUBLISHED = "published", _("Published")
    HELD = "held", _("Work stopped")
    RESUMED = "resumed", _("Resumed")
    CANCELLED = "cancelled", _("Cancelled")
    WITHDRAWN = "withdrawn", _("Withdrawn from publication")
    VERSION_WITHDRAWN = "version_withdrawn", _("Version withdrawn")


class AccountMail(models.TextChoices):
    """What a mail about an account, and no profile, tells."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD = "password", _("Link to set a password")


#: Kinds that list tasks: pointless once none of the tasks is the reader's to do any more.
TASK_KINDS = (
    MailKind.TASKS_OPENED,
    MailKind.REMINDER,
    MailKind.OVERDUE,
    MailKind.DEADLINE_CHANGED,
)

#: Kinds that tell without asking for an act, or ask once more; whoever wants none gets none.
OPTIONAL_KINDS = (
    MailKind.REMINDER,
    MailKind.REQUEST_REMINDER,
    MailKind.REQUEST_WITHDRAWN,
    MailKind.OUTCOME,
    MailKind.PUBLISHED,
    MailKind.HELD,
    MailKind.RESUMED,
    MailKind.CANCELLED,
    MailKind.WITHDRAWN,
    MailKind.VERSION_WITHDRAWN,
)


def is_wanted(kind: str, *, by: User) -> bool:
    """Whether a person gets mails of a kind; those that ask for an act cannot be turned off."""
    return kind not in OPTIONAL_KINDS or kind not in by.muted_mails
