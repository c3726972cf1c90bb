"""Fixtures of the tests that drive pages."""

from tests.support.prompting_pages import home

__all__ = ["home"]
