"""Views of the page on prompting, one file each."""
