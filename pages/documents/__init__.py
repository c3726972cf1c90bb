"""The documents page: sidebar, views, and their parts."""
