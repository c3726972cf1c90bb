"""Parts of the lessons, by subject."""
