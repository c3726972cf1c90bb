"""Objects that all browser sessions share, one module for each area: the only part of core that imports Streamlit.

Keys are spec keys, paths and settings, never arrays: Streamlit hashes only a sample of a large array, so two different
ones can share a cache entry.
"""
