"""Processes: workers, jobs, the gate for files of strangers, what survives a rerun."""
