"""The ways of solving an analogy, by key."""

from __future__ import annotations

METHODS = {
    "add": "Add (3CosAdd)",
    "add-raw": "Add, unnormalized",
    "mul": "Multiply (3CosMul)",
    "pair-direction": "PairDirection",
    "only-c": "Baseline (c only)",
}
"""Method -> its label."""

EARLIER_LABELS = {
    "Add, raw vectors": "add-raw",
    "Same direction": "pair-direction",
    "Only c (no relation)": "only-c",
}
"""Labels that shared links may still carry -> method."""

EPSILON = 0.001
"""Keeps 3CosMul from dividing by zero, as in Levy and Goldberg 2014."""
