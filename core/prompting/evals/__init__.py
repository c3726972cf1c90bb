"""Evals: sets of prompts with checks, their runs, reports and verdicts."""
