"""The interface between moves, which ask for effects, and whatever executes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Job:
    """One effect that a move asks for.

    Attributes:
        kind: Which handler executes it, e.g. ``mail``.
        key: Name of the effect; a second job of the same key is the same effect and is dropped.
        payload: What the handler needs, as JSON; ids rather than words.
        profile_id: The profile that the effect belongs to.
        not_before: Moment before which it must not be executed; now if ``None``.
    """

    kind: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    profile_id: int | None = None
    not_before: datetime | None = None


class Executor(Protocol):
    """Takes effects from a move and sees to it that each is executed at least once, after commit.

    An executor of another kind (a distributed workflow engine, a message queue) must keep the
    promise that the embedded one keeps: a job exists exactly if the transaction of its move was
    committed, so it has to write to the same database or relay from it.
    """

    def enqueue(self, jobs: Sequence[Job]) -> None:
        """Accept jobs within the transaction of the caller."""
        ...


class JobFailed(Exception):
    """Trying again cannot help; the message is a sentence fit to show to an administrator."""


class TryLater(Exception):
    """This try failed for a reason that may pass; the message is a sentence for administrators."""


class ServiceDown(Exception):
    """A service that all jobs of a kind need cannot be reached; no job is to blame for it."""


def get_executor() -> Executor:
    """Return the executor that ``OUTBOX_EXECUTOR`` names."""
    return cast("Executor", import_string(settings.OUTBOX_EXECUTOR)())
