"""How long something may take on a machine that also does other things."""

import os


def within_s() -> int:
    """Ten seconds; more where this machine has far more to do than it has processors."""
    return 10 if not hasattr(os, "getloadavg") or os.getloadavg()[0] < 3 * (os.cpu_count() or 1) else 40
