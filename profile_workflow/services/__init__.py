"""Named writes: verbs, atomic, with `by=` the actor and `at=` the moment."""
