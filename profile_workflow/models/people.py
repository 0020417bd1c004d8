"""People and the organisations they work for."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.states import OrganisationKind


class Organisation(models.Model):
    """A body that people work for or speak for."""

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    city = models.ForeignKey(
        "profile_workflow.City",
        verbose_name=_("city"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates accounts; the address is the login name."""

    def create_user(
        self, email: str, full_name: str, password: str | None = None, **extra: Any
    ) -> "User":
        """Create an account without any right, in the time zone of the person's city if known.

        Raises:
            ValueError: If the address is empty.
        """
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), full_name=full_name, **extra)
        if "time_zone" not in extra and user.organisation and user.organisation.city:
            user.time_zone = user.organisation.city.time_zone
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, full_name: str, password: str | None = None, **extra: Any
    ) -> "User":
        """Create an account that may use the admin of reference data; it holds no role."""
        return self.create_user(
            email, full_name, password, is_staff=True, is_superuser=True, **extra
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account.

    ``pseudonym`` stands for the person wherever a row must outlive the name (the event log).
    ``is_superuser`` opens the admin of reference data only: no rule of the process asks for it.
    """

    email = models.EmailField(_("e-mail address"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=50, default="UTC")
    muted_mails = models.JSONField(_("kinds of mail turned off"), default=list, blank=True)
    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    joined_at = models.DateTimeField(_("joined at"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.full_name
