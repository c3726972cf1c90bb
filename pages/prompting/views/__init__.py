"""The views of the prompts page, one file each."""
