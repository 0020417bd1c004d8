"""Validation by the city and its stakeholders: rounds of asking, and each person's answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.machines import SignOffMachine
from profile_workflow.models.profile import Profile
from profile_workflow.models.revision import ProfileVersion
from profile_workflow.models.section import Section
from profile_workflow.states import (
    Attribution,
    Role,
    SignOffState,
    StakeholderCategory,
    ValidationKind,
)


class ValidationRound(models.Model):
    """One round of asking the city and its stakeholders about one frozen version.

    ``quorum`` is the least share of those asked, in percent, whose answer must be there.
    Silence counts as agreement only with ``tacit_rule``, announced, and after a reminder.
    With ``asks_priorities`` those asked also say how firmly each challenge should be met.

    In a ``is_secret`` round (docs/adr/0013-sealed-answers.md) nothing of an answer is shown or
    recorded before ``unsealed_at``; from then on the answers are there, and nobody's name with
    them. ``smallest_group`` is how many must have answered before their group is named.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="validation_rounds")
    kind = models.CharField(_("kind"), max_length=20, choices=ValidationKind.choices)
    number = models.PositiveSmallIntegerField(_("number"))
    version = models.ForeignKey(ProfileVersion, on_delete=models.PROTECT, related_name="rounds")
    quorum = models.PositiveSmallIntegerField(_("quorum in percent"), default=50)
    tacit_rule = models.BooleanField(_("silence counts as agreement"), default=False)
    asks_priorities = models.BooleanField(_("asks for priorities"), default=False)
    attribution = models.CharField(
        _("attribution"), max_length=20, choices=Attribution.choices, default=Attribution.CATEGORY
    )
    is_secret = models.BooleanField(_("sealed, then without names"), default=False)
    smallest_group = models.PositiveSmallIntegerField(_("smallest group that is named"), default=3)
    unsealed_at = models.DateTimeField(_("names erased, answers shown at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("validation round")
        verbose_name_plural = _("validation rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind", "number"], name="validation_round_once"
            ),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(closed_at__isnull=True),
                name="one_open_validation_round_a_profile",
            ),
            models.CheckConstraint(condition=Q(quorum__lte=100), name="quorum_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(is_secret=True, attribution=Attribution.CHATHAM_HOUSE)
                | Q(is_secret=False, unsealed_at__isnull=True),
                name="secret_round_is_under_chatham_house",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def tacit_approval_is_due(self) -> bool:
        """Whether silence may be taken as agreement: announced, and everybody reminded."""
        return self.tacit_rule and self.announced_at is not None and self.reminded_at is not None

    @property
    def is_sealed(self) -> bool:
        """Whether nothing of its answers may be shown or recorded yet."""
        return self.is_secret and self.unsealed_at is None

    @property
    def takes_answers(self) -> bool:
        """Whether answers can still be given or changed."""
        return self.closed_at is None and self.unsealed_at is None


#: Sign-offs of which nothing may be shown or recorded yet.
UNDER_SEAL = Q(round__is_secret=True, round__unsealed_at__isnull=True)


class SignOff(SignOffMachine):
    """The answer of one person in one round, for the version of that round.

    ``signatory`` and ``function`` are those under which somebody has signed for his city, where he
    was asked for them. Once a secret round is unsealed there is neither a person nor, in a small
    group, a role.
    """

    round = models.ForeignKey(ValidationRound, on_delete=models.PROTECT, related_name="signoffs")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="signoffs",
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, blank=True)
    category = models.CharField(
        _("category of stakeholder"), max_length=30, choices=StakeholderCategory.choices, blank=True
    )
    statement = models.TextField(_("statement"), blank=True)
    sections = models.ManyToManyField(
        Section, verbose_name=_("sections objected to"), blank=True, related_name="objections"
    )
    digest = models.CharField(_("SHA-256 of the version"), max_length=64)
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    signatory = models.CharField(_("name of whoever signed"), max_length=150, blank=True)
    function = models.CharField(_("function of whoever signed"), max_length=150, blank=True)

    response = models.TextField(_("written answer to the objection"), blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    responded_at = models.DateTimeField(_("objection answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="one_answer_a_round"),
            models.CheckConstraint(
                condition=Q(state__in=SignOffState.values), name="signoff_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=SignOffState.ASKED, answered_at__isnull=True)
                | (~Q(state=SignOffState.ASKED) & Q(answered_at__isnull=False)),
                name="signoff_answer_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(response="", responded_by__isnull=True, responded_at__isnull=True)
                | (~Q(response="") & Q(responded_by__isnull=False, responded_at__isnull=False)),
                name="signoff_response_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.get_state_display()}"

    @property
    def profile(self) -> Profile:
        """The profile that was judged."""
        return self.round.profile

    def round_is_open(self) -> bool:
        """Whether the round still takes answers."""
        return self.round.takes_answers
