"""GloVe 6B 50d, embedded: the vectors of the talk, its first 100,000 words, at half precision.

`core/data/glove_6b_50d.npy` holds the matrix (100000, 50) as float16, `glove_6b_50d_words.txt` its words, one per line,
the most frequent first. `core.words.files.pack_glove` makes both from the published file. The published numbers have
five digits, float16 has 11 bits: no cosine moves by more than 0.0003, and none of the talk's in the digits it prints.
Source: Pennington, Socher and Manning 2014; https://nlp.stanford.edu/projects/glove/ (PDDL 1.0).
"""

from __future__ import annotations

import numpy as np

from core.errors import UnreadableFile
from core.models.specs import Spec
from core.storage import DATA
from core.words.vectors import WordVectors

COUNT, DIMENSION = 100_000, 50
MATRIX, WORDS = DATA / "glove_6b_50d.npy", DATA / "glove_6b_50d_words.txt"
SHA256 = {
    MATRIX.name: "0a990316131969220cc22db628c1b452e2dd01f2ed29481201def68feabb028d",
    WORDS.name: "978f89a447cc12596cc69f66a38f0fc9eda1973dc3f38e51574203c3b35ab924",
}
"""Of the two files, by name."""

TITLE = "GloVe 6B 50d"
NOTES = ("the most frequent of 400,000, from Wikipedia 2014 and Gigaword 5", "lower case, not centred")


def from_spec(spec: Spec) -> WordVectors:
    """See `load`."""
    return load()


def load() -> WordVectors:
    """The embedded vectors (100,000 x 50), widened to float32.

    Raises:
        UnreadableFile: the files are missing or are not what they should be.
    """
    try:
        stored = np.load(MATRIX, mmap_mode="r", allow_pickle=False)
        words = WORDS.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError, EOFError) as problem:
        raise UnreadableFile(
            f"The embedded vectors {TITLE} cannot be read ({problem}).",
            "Download core/data again, or choose other vectors.",
        ) from problem
    if stored.shape != (len(words), DIMENSION) or stored.dtype != np.float16:
        raise UnreadableFile(
            f"The embedded vectors {TITLE} hold {len(words):,} words and a matrix {stored.shape}.",
            "Download core/data again, or choose other vectors.",
        )
    matrix = stored.astype(np.float32)
    matrix.setflags(write=False)
    return WordVectors(words, matrix, title=TITLE, notes=NOTES)
