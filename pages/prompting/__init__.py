"""The prompts page: sidebar, views, and their parts."""
