"""Views of the page on documents, one file each."""
