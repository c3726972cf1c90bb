"""fastText models of five words, byte by byte as facebookresearch/fastText writes them (version 12)."""

from __future__ import annotations

import struct

import numpy as np

DIMENSION, BUCKETS = 4, 50
NAMES = [b"</s>", b"king", b"queen", "könig".encode(), b"man"]
ROWS = np.random.default_rng(4).normal(size=(len(NAMES) + BUCKETS, DIMENSION)).astype(np.float32)


def model(names=NAMES, labels=(), buckets=BUCKETS, longest=4, kind=2, quantized=0, version=12, rows=ROWS) -> bytes:
    """A model with these words, labels and rows; `longest` 0: without pieces of words."""
    arguments = (DIMENSION, 5, 5, 1, 5, 1, 2, kind, buckets, 3, longest, 100, 1e-4)
    entries = b"".join(name + b"\0" + struct.pack("<qb", 3, int(name in labels)) for name in (*names, *labels))
    return (
        struct.pack("<2i", 793712314, version)
        + struct.pack("<12id", *arguments)
        + struct.pack("<3i2q", len(names) + len(labels), len(names), len(labels), 100, -1)
        + entries
        + struct.pack("<b2q", quantized, len(rows), DIMENSION)
        + rows.tobytes()
        + b"\0" * 30
    )
