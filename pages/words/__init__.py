"""Views of the page on words, one file each."""
