"""Simple documents on the product's own machines: state, a little text, who takes part."""

from typing import Any

from django.conf import settings
from django.db import models

from profile_workflow.machines import ProfileMachine, SectionMachine, SignOffMachine
from profile_workflow.states import ValidationKind


def _person() -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


class PlainProfile(ProfileMachine):
    """A profile with one person for each role."""

    title = models.CharField(max_length=200)
    team = _person()
    expert = _person()
    reviewer = _person()
    focal_point = _person()
    authority = _person()
    stakeholders = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    def __str__(self) -> str:
        return self.title


class PlainSection(SectionMachine):
    """A section with its text."""

    profile = models.ForeignKey(PlainProfile, on_delete=models.PROTECT, related_name="sections")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.profile_id}/{self.number}"


class PlainAnswer(SignOffMachine):
    """The answer of a person who was asked to agree."""

    profile = models.ForeignKey(PlainProfile, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=20, choices=ValidationKind.choices)
    number = models.PositiveSmallIntegerField()
    person = _person()

    def __str__(self) -> str:
        return f"{self.profile_id}/{self.kind}/{self.number}"

    def round_is_open(self) -> bool:
        """Whether answers are still taken; here they always are."""
        return True


class PlainEvent(models.Model):
    """One row a move."""

    profile = models.ForeignKey(PlainProfile, on_delete=models.PROTECT, related_name="events")
    document = models.CharField(max_length=60)
    move = models.CharField(max_length=40)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.document} {self.move}"
