"""Lessons: what is asked, how answers are compared, and the sentences computed from them."""
