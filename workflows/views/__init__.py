"""Pages of the process: tasks, the board, the overview of a profile, its PDF, the outbox."""

from workflows.views.board import board, home
from workflows.views.outbox import outbox, retry_job
from workflows.views.pdf import pdf, pdf_file
from workflows.views.profile import profile, profile_move
from workflows.views.tasks import claim_task, release_task, task, tasks

__all__ = [
    "board",
    "claim_task",
    "home",
    "outbox",
    "pdf",
    "pdf_file",
    "profile",
    "profile_move",
    "release_task",
    "retry_job",
    "task",
    "tasks",
]
