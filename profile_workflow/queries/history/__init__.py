"""The event log as people read it."""

from profile_workflow.queries.history.finding import (
    Subject,
    Wanted,
    events_of,
    people_in,
    told_by_day,
)
from profile_workflow.queries.history.telling import Line, last_reason, lines
from profile_workflow.queries.history.words import move_label

__all__ = [
    "Line",
    "Subject",
    "Wanted",
    "events_of",
    "last_reason",
    "lines",
    "move_label",
    "people_in",
    "told_by_day",
]
