"""Parts of the evals: choosing a set, and the grid of its results."""
