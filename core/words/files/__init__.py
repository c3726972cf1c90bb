"""Word vectors in files: published formats, the store of imported sets, GloVe 6B as it ships."""
