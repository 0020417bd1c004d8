"""The profile, its laws and its screens."""
