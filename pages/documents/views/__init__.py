"""The views of the documents page, one file each."""
