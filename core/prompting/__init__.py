"""Language models: an engine in a process of its own, its settings, timings and context window."""
