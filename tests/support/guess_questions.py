"""A question for the guessing game whose every text would be markup, were it not escaped."""

from __future__ import annotations

from core.words.guess import Question

EVIL = Question("own", "</script><img src=x onerror=alert(1)> “<b>”?", "x", ("<i>one</i>", "two & three"), "<u>so</u>")
