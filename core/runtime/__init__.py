"""Processes: what runs apart from the dashboard, and under which limits."""
