"""Fuzz one reader:  python -m tests.fuzz READER N [--chance SEED] [--first NUMBER] [--keep FOLDER]

Without arguments: the names of the readers. Ends with 1 if anything but a `UserError` came of an input.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from core.runtime import limits

os.environ.update(limits.ENVIRONMENT)  # before any engine is imported: no threads, as at the gate
os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-fuzz-home-"))

from tests.fuzz import harness


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("reader", nargs="?")
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--chance", type=int, default=1, help="another seed of chance gives other inputs")
    parser.add_argument("--first", type=int, default=0, help="begin with the input of this number")
    parser.add_argument("--keep", type=Path, help="write inputs that must not be into this folder")
    given = parser.parse_args(arguments)
    known = harness.targets()
    if given.reader not in known:
        sys.stdout.write("Readers:\n" + "".join(f"  {name}\n" for name in known))
        return 0 if given.reader is None else 2
    report = harness.run(known[given.reader], given.count, given.chance, given.keep, given.first)
    counts = ", ".join(f"{name} {times}" for name, times in report.outcomes.most_common())
    sys.stdout.write(f"{given.reader}: {given.count} inputs; {counts}; the slowest took {report.slowest_s:.1f} s\n")
    for number, said in report.findings[:20]:
        sys.stdout.write(f"--- input {number}: {said}\n")
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
