"""The ways of solving an analogy, by key."""

from __future__ import annotations

METHODS = {
    "add": "Add (3CosAdd)",
    "add-raw": "Add, raw vectors",
    "mul": "Multiply (3CosMul)",
    "pair-direction": "Same direction",
    "only-c": "Only c (no relation)",
}
"""Method -> what it is called on the screen."""

EPSILON = 0.001
"""Keeps 3CosMul from dividing by zero, as in Levy and Goldberg 2014."""
