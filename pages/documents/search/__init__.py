"""Parts of the search view: hits, fusion, the index, relevance feedback."""
