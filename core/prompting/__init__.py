"""Language models: engine, settings, context window, lessons, evals, history."""
