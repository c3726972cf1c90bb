"""The map in two dimensions: its canvas, and the selection on it; of documents, of words."""
