"""Search: ranking by words and by meaning, fusion, stores, relevance judgements and feedback."""
