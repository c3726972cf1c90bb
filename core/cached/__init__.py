"""Objects that all browser sessions share: the only part of core that imports Streamlit.

One module for each area. Keys are spec keys, paths and settings, never arrays: Streamlit hashes only a sample of a
large array, so two different ones can share a cache entry.
"""
