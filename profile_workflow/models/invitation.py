"""The invitation of an international expert to review, and what he has answered to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.machines import InvitationMachine
from profile_workflow.models.profile import Assignment, Profile
from profile_workflow.models.section import Section
from profile_workflow.states import OPEN_INVITATION_STATES, Declining, InvitationState


class ReviewInvitation(InvitationMachine):
    """Somebody is asked to review a profile, or some of its sections.

    It gives no right: only its ``part`` does, which is given when it is accepted.

    Attributes:
        text: What is asked for, in the words of the project team.
        sections: The sections to be reviewed; none for the whole profile.
        review_until: Until which day the review is wanted; the team may leave it open.
        reason: Why it was declined, or another date proposed; for the project team alone.
        interest: The interest that was declared; empty where none was.
        follows: The invitation after which this one was sent, to him again or to whom he suggested.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations"
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    invited_at = models.DateTimeField(_("invited at"))
    text = models.TextField(_("what is asked for"), blank=True)
    sections = models.ManyToManyField(Section, related_name="+", blank=True)
    review_until = models.DateField(_("review wanted until"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer until"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("reported as overdue at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    proposed_until = models.DateField(_("date proposed"), null=True, blank=True)
    declining = models.CharField(
        _("why declined"), max_length=20, choices=Declining.choices, blank=True
    )
    reason = models.TextField(_("words"), blank=True)
    suggested_name = models.CharField(_("name of who is suggested"), max_length=150, blank=True)
    suggested_email = models.EmailField(_("address of who is suggested"), blank=True)
    interest = models.TextField(_("interest declared"), blank=True)
    declared_at = models.DateTimeField(_("declared at"), null=True, blank=True)
    part = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="invitation"
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by"
    )

    class Meta:
        verbose_name = _("invitation to review")
        verbose_name_plural = _("invitations to review")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InvitationState.values), name="invitation_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["profile", "person"],
                condition=Q(state__in=OPEN_INVITATION_STATES),
                name="one_open_invitation_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | Q(declared_at__isnull=False),
                name="invitation_accepted_with_a_declaration",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.INTEREST_DECLARED)
                | (Q(declared_at__isnull=False) & ~Q(interest="")),
                name="invitation_says_which_interest",
            ),
            models.CheckConstraint(
                condition=Q(part__isnull=True) | Q(state=InvitationState.ACCEPTED),
                name="invitation_gives_a_part_when_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "state"], name="invitation_to_answer"),
            models.Index(
                fields=["answer_by"],
                condition=Q(state=InvitationState.INVITED),
                name="invitation_deadlines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id}: {self.get_state_display()}"
