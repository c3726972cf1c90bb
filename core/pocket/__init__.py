"""Pocket Base and Pocket Chat: small language models that ship, and how they are trained."""
