"""Analysis of words as a search engine does it, and tables as safe text. Knows no area."""
