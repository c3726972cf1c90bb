"""The words page: sidebar, views, and their parts."""
