"""Days in English as the United Nations write them, e.g. "22 November 2026"."""

DATE_FORMAT = "j F Y"
