"""Answering: many people at once on the pages behind their personal links."""
