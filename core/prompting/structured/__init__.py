"""Structured output: JSON schemas, grammars and choices that bind an answer."""
