"""The tokens page: sidebar, views, and their parts."""
