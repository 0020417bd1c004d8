"""Sources as other programs write them, as readers see them, and when two of them are one."""
