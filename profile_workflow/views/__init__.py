"""Pages of the profile: signing in, reading a section, searching."""
