"""Settings and addresses: knows everything, is known by nobody."""
