"""Pages of the process: tasks, the board, the overview of a profile, its PDF, the outbox."""
