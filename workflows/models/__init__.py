"""What the process stores: runs, tasks and the outbox."""

from workflows.models.outbox import JobKind, JobState, OutboxJob
from workflows.models.process import HUMAN, ProfileProcess, Task

__all__ = ["HUMAN", "JobKind", "JobState", "OutboxJob", "ProfileProcess", "Task"]
