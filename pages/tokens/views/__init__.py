"""The views of the tokens page, one file each."""
