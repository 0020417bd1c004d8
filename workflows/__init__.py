"""Whose turn it is: the process that moves a profile."""
