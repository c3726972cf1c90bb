"""Views of the page on tokens, one file each."""
