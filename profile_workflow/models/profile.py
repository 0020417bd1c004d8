"""The profile itself, and who does what for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profile_workflow.days import role_day
from profile_workflow.machines import ProfileMachine
from profile_workflow.models.city import City, Programme
from profile_workflow.models.digests import sections_digest
from profile_workflow.models.people import User
from profile_workflow.models.template import Template
from profile_workflow.states import (
    AUTHOR_ROLES,
    PROGRAMME_ROLES,
    Attribution,
    ProfileState,
    Role,
    StakeholderCategory,
)

if TYPE_CHECKING:
    from profile_workflow.models.decision import Decision


#: Decisions of quality assurance on the whole text; the first one is that of the first of two.
QA_DECISIONS = (
    *("pass_as_first", "take_pass_back", "pass_qa", "waive_second_pass"),
    *("return_for_revision", "return_to_review"),
)


class ProfileQuerySet(models.QuerySet["Profile"]):
    """Profiles, as far as somebody may see them."""

    def visible_to(self, user: User) -> Self:
        """Profiles on which ``user`` holds a role today, for the profile or its programme."""
        mine = Assignment.objects.active(role_day()).filter(user=user)
        return self.filter(
            Q(pk__in=mine.filter(profile__isnull=False).values("profile"))
            | Q(programme__in=mine.filter(profile__isnull=True).values("programme"))
        )


@dataclass(frozen=True, slots=True)
class _PartOf:
    """What one person is and was in a profile.

    Attributes:
        roles: The roles that he holds today.
        has_written: Whether he holds or ever held the role of an author.
        stands_in_for: Ids of the people whose substitute he is today.
    """

    roles: frozenset[Role] = frozenset()
    has_written: bool = False
    stands_in_for: frozenset[int] = frozenset()


class Profile(ProfileMachine):
    """A City Migration Profile: a city × an edition × a version of the template.

    ``edition`` is the year of the edition. ``publication_version`` counts corrections: the
    published text is version 1.``publication_version``.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="profiles")
    city = models.ForeignKey(City, on_delete=models.PROTECT, related_name="profiles")
    edition = models.PositiveSmallIntegerField(_("edition"))
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="profiles")
    previous_edition = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="next_edition"
    )
    slug = models.SlugField(_("short name"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language of the text"), max_length=10, default="en")
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    publication_version = models.PositiveSmallIntegerField(_("correction number"), default=0)
    erratum = models.TextField(_("erratum"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    state_since = models.DateTimeField(_("in this state since"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    due_on = models.DateField(_("publication planned for"), null=True, blank=True)
    #: Name of a task of the flow → working days for it, where they are not those of the flow.
    stage_days = models.JSONField(_("working days by task"), default=dict, blank=True)
    quorum = models.PositiveSmallIntegerField(_("quorum in percent"), default=50)
    tacit_rule = models.BooleanField(_("silence counts as agreement"), default=True)
    asks_priorities = models.BooleanField(_("the consultation asks for priorities"), default=False)
    attribution = models.CharField(
        _("attribution of answers"),
        max_length=20,
        choices=Attribution.choices,
        default=Attribution.CATEGORY,
    )

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.UniqueConstraint(fields=["city", "edition"], name="profile_edition_once"),
            models.CheckConstraint(
                condition=Q(state__in=ProfileState.values), name="profile_state_is_known"
            ),
            models.CheckConstraint(condition=Q(quorum__lte=100), name="profile_quorum_is_percent"),
            models.CheckConstraint(
                condition=(Q(state=ProfileState.ON_HOLD) & ~Q(held_state=""))
                | (~Q(state=ProfileState.ON_HOLD) & Q(held_state="")),
                name="profile_hold_remembers_its_state",
            ),
        ]
        indexes = [models.Index(fields=["state", "city"], name="profile_by_state")]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"

    def get_absolute_url(self) -> str:
        """Return the address of the profile's overview."""
        return reverse("profile", args=[self.slug])

    #: The moment of the move that is being made; set under the lock, never stored.
    moment: datetime | None = None
    #: Whose conclusion a branch of the process asks for; never stored.
    asked_of: int | None = None
    #: The move with which the round of review ends that the move being made closes; never stored.
    concluded_as: str = ""
    #: The attribution chosen with the move that is being made, for the round it opens.
    attribution_chosen: str = ""

    @property
    def profile(self) -> "Profile":
        """The profile itself, so that every document has ``.profile``."""
        return self

    @property
    def working_state(self) -> ProfileState:
        """The state, or on hold the state to which it will return."""
        return ProfileState(self.held_state or self.state)

    @property
    def version(self) -> str:
        """Number of the text as it was last published, e.g. ``1.0``; a correction adds to it."""
        return f"1.{self.publication_version}"

    @property
    def version_to_come(self) -> str:
        """Number that the text will carry when it is published next."""
        correcting = self.working_state == ProfileState.CORRECTION
        return f"1.{self.publication_version + correcting}"

    @property
    def day(self) -> date:
        """The day on which roles are judged: that of the move being made, or else today."""
        return role_day(self.moment)

    def roles_of(self, user: User | None) -> frozenset[Role]:
        """Return the roles that ``user`` holds on this profile today.

        The answer is kept with the instance: fetch the profile anew to see later changes.
        """
        return self._part_of(user).roles

    def reviews_only(self, user: User) -> frozenset[int] | None:
        """Return the ids of the sections to which his invitation limits an international expert.

        None if nothing does. One query; the answer is kept with the instance.
        """
        kept: dict[int, frozenset[int] | None] = self.__dict__.setdefault("_limits", {})
        if user.pk not in kept:
            held = Assignment.objects.active(self.day).filter(
                profile=self.pk, user=user, role=Role.INTERNATIONAL_EXPERT
            )
            named: dict[int, set[int]] = {}
            limits = ("invitation__sections", "stands_in_for__invitation__sections")
            for part, *sections in held.values_list("pk", *limits):
                named.setdefault(part, set()).update(filter(None, sections))
            is_limited = bool(named) and all(named.values())
            kept[user.pk] = frozenset().union(*named.values()) if is_limited else None
        return kept[user.pk]

    def judged_by(self, user: User) -> frozenset[int | None]:
        """Return the ids of the sections that somebody has judged in the round that runs.

        None is among them if he has recommended something for the whole. One query; the answer is
        kept with the instance.
        """
        kept: dict[int, frozenset[int | None]] = self.__dict__.setdefault("_judged", {})
        if user.pk not in kept:
            own = self.decisions.filter(
                by=user,
                role=Role.INTERNATIONAL_EXPERT,
                review_round__closed_at__isnull=True,
                review_round__isnull=False,
                withdrawn_at__isnull=True,
            )
            kept[user.pk] = frozenset(own.values_list("section_id", flat=True))
        return kept[user.pk]

    def forget_parts(self) -> None:
        """Read who has which part again next time; called when somebody's part has changed."""
        for kept in ("_parts", "_asked", "_limits", "_judged"):
            self.__dict__.pop(kept, None)

    def has_written(self, user: User) -> bool:
        """Whether ``user`` is, or was, an author of this profile."""
        return self._part_of(user).has_written

    def stands_in(self, user: User, person_id: int) -> bool:
        """Whether ``user`` is today the substitute of a person on this profile."""
        return person_id in self._part_of(user).stands_in_for

    def _part_of(self, user: User | None) -> "_PartOf":
        """Return what somebody is and was in this profile: one query.

        It reads all that the person does in the programme: to pick here costs less than to ask.
        """
        if user is None or not user.pk or not user.is_active:
            return _PartOf()
        cache: dict[int, _PartOf] = self.__dict__.setdefault("_parts", {})
        if user.pk not in cache:
            parts = Assignment.objects.filter(user=user, programme=self.programme_id).values_list(
                "role", "starts_on", "ends_on", "stands_in_for__user", "profile"
            )
            ever = [one for one in parts if one[4] in (self.pk, None)]
            held = [one for one in ever if _in_force(one[1], one[2], self.day)]
            cache[user.pk] = _PartOf(
                roles=frozenset(Role(one[0]) for one in held),
                has_written=any(one[0] in AUTHOR_ROLES for one in ever),
                stands_in_for=frozenset(filter(None, (one[3] for one in held))),
            )
        return cache[user.pk]

    def is_checked_by_two(self) -> bool:
        """Whether two people of the project team have to pass the text."""
        return self.programme.checked_by_two

    def is_passed_once(self) -> bool:
        """Whether somebody has passed the text as it is, as the first of two."""
        return self.first_pass() is not None

    def passed_first_by(self) -> int | None:
        """Return the id of whoever has passed the text as it is, as the first of two."""
        passed = self.first_pass()
        return passed.by_id if passed else None

    def first_pass(self) -> "Decision | None":
        """Return the pass of the first of two for the text as it is, with the person.

        His pass is void as soon as the text is another one, is returned, or the pass taken back.
        One query, none in any other state; the answer is kept with the instance.
        """
        if self.working_state != ProfileState.PROJECT_QA:
            return None
        if "_passed_first" not in self.__dict__:
            made = self.decisions.filter(move__in=QA_DECISIONS).select_related("by")
            last = made.order_by("-pk").first()
            if last is not None and last.move != QA_DECISIONS[0]:
                last = None
            stands = last is not None and last.digest == self.text_digest()
            self.__dict__["_passed_first"] = last if stands else None
        passed: Decision | None = self.__dict__["_passed_first"]
        return passed

    def forget_pass(self) -> None:
        """Read who has passed the text again next time; called when somebody has decided."""
        self.__dict__.pop("_passed_first", None)

    def text_digest(self) -> str:
        """Return the SHA-256 (hex) of the submitted text of all sections."""
        return sections_digest(self.revision_hashes())

    def revision_hashes(self) -> dict[str, str]:
        """Return section key → hash of its submitted revision, where there is one."""
        return {key: sha256 for key, (_revision, sha256) in self.submitted_revisions().items()}

    def submitted_revisions(self) -> dict[str, tuple[int, str]]:
        """Return section key → id and hash of its submitted revision; kept with the instance."""
        if "_submitted" not in self.__dict__:
            found = self.sections.filter(revision__isnull=False).order_by("position")
            rows = found.values_list("key", "revision_id", "revision__sha256")
            self.__dict__["_submitted"] = {key: (pk, sha256) for key, pk, sha256 in rows}
        submitted: dict[str, tuple[int, str]] = self.__dict__["_submitted"]
        return submitted

    def keep_submitted(self, sections: Iterable[Any]) -> None:
        """Keep the answer of ``submitted_revisions`` where all sections are read anyway.

        Args:
            sections: All sections of the profile in their order, with their revisions.
        """
        revisions = {one.key: one.revision for one in sections if one.revision is not None}
        self.__dict__["_submitted"] = {key: (r.pk, r.sha256) for key, r in revisions.items()}

    def forget_submitted(self) -> None:
        """Read the submitted revisions again next time; called when a section is frozen."""
        self.__dict__.pop("_submitted", None)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments in force."""

    def active(self, on: date) -> Self:
        """Assignments that hold on a day, of people whose account is active."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=on),
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
            user__is_active=True,
        )

    def for_profile(self, profile: Profile) -> Self:
        """Assignments to the profile or to its whole programme."""
        return self.filter(
            Q(profile=profile) | Q(profile__isnull=True, programme=profile.programme_id)
        )

    def for_all_sections(self) -> Self:
        """Assignments that no invitation limits to some sections."""
        return self.exclude(invitation__sections__isnull=False)

    def in_roles(self, roles: Iterable[Role]) -> Self:
        """Assignments to any of the roles."""
        return self.filter(role__in=list(roles))


def _in_force(starts_on: date | None, ends_on: date | None, day: date) -> bool:
    begun = starts_on is None or starts_on <= day
    return begun and (ends_on is None or ends_on >= day)


class Assignment(models.Model):
    """What one person does for one profile, or for all profiles of a programme.

    A substitute has an assignment of his own with dates, which names whom he stands in for.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="assignments")
    profile = models.ForeignKey(
        Profile, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    category = models.CharField(
        _("category of stakeholder"), max_length=30, choices=StakeholderCategory.choices, blank=True
    )
    stands_in_for = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="substitutes"
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "user", "role"],
                condition=Q(ends_on__isnull=True),
                name="assignment_once",
            ),
            models.CheckConstraint(
                condition=Q(profile__isnull=False) | Q(role__in=list(PROGRAMME_ROLES)),
                name="assignment_to_a_programme_is_for_its_roles",
            ),
            models.CheckConstraint(
                condition=(Q(role=Role.STAKEHOLDER) & ~Q(category=""))
                | (~Q(role=Role.STAKEHOLDER) & Q(category="")),
                name="assignment_category_is_for_stakeholders",
            ),
        ]
        indexes = [models.Index(fields=["user", "role"], name="assignment_by_user")]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"

    def has_begun(self, *, on: date) -> bool:
        """Whether its first day has come, and it was not ended before that day."""
        if self.starts_on is None:
            return True
        # Ending a part on a day makes the day before its last one.
        was_reached = self.ends_on is None or self.ends_on >= self.starts_on - timedelta(days=1)
        return was_reached and self.starts_on <= on
