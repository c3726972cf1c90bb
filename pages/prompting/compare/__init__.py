"""Parts of the comparison: who takes part, and the columns."""
