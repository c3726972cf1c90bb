"""Words as a search engine analyses them, and tables as safe text."""
