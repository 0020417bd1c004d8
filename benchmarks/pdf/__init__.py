"""Printing: how many pages a second, at what cost of memory, and how that grows."""
