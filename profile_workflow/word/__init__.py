"""The text of a profile as a Word file, there and back: what a ``.docx`` holds, and no database."""
