"""Parts of the history: what can be done with a past run."""
