"""Named reads of tasks: a person's own list, the board of all profiles, whose turn it is."""

from workflows.queries.overview import Board, BoardFilter, board
from workflows.queries.personal import Inbox, inbox
from workflows.queries.standing import Standing, Turn, grouped, standings_of
from workflows.queries.tasks import jobs_seen_by, visible_tasks, waiting_of

__all__ = [
    "Board",
    "BoardFilter",
    "Inbox",
    "Standing",
    "Turn",
    "board",
    "grouped",
    "inbox",
    "jobs_seen_by",
    "standings_of",
    "visible_tasks",
    "waiting_of",
]
