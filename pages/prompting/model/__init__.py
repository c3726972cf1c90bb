"""Choosing, getting and loading a model; its sampling parameters and response format."""
