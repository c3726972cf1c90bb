"""The views of the words page, one file each."""
