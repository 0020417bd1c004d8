"""Making PDF files of profiles, and finding those that are made already."""
