"""What comes out: the PDF, charts, exports and numbers."""
