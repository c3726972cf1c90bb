"""Choosing and importing a corpus."""
