"""Tests, in the same folders as what they test; plus architecture, access and e2e."""
