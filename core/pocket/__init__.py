"""Pocket Base and Pocket Chat: the small language models that ship with the lab, and how they are made."""
