"""Named reads of tasks: a person's own list, the board of all profiles, whose turn it is."""

from workflows.queries.lengths import profile_length
from workflows.queries.overview import Board, BoardFilter, board, board_choices
from workflows.queries.personal import Inbox, inbox
from workflows.queries.staffing import workload
from workflows.queries.standing import Standing, Turn, grouped, standings_of
from workflows.queries.tasks import (
    JobFilter,
    jobs_seen_by,
    jobs_wanted,
    may_claim,
    visible_tasks,
    waiting_of,
)
from workflows.queries.waiting import next_steps

__all__ = [
    "Board",
    "BoardFilter",
    "Inbox",
    "JobFilter",
    "Standing",
    "Turn",
    "board",
    "board_choices",
    "grouped",
    "inbox",
    "jobs_seen_by",
    "jobs_wanted",
    "may_claim",
    "next_steps",
    "profile_length",
    "standings_of",
    "visible_tasks",
    "waiting_of",
    "workload",
]
