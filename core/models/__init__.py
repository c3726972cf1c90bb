"""Models and what runs them, for every area."""
