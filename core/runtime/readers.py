"""What reads bytes of strangers: one registration each. `core.runtime.gate` runs them, in a process apart.

A new reader is one `declare(...)` below. Its function is named, not imported: only the gate's child
imports the module, so nothing of it is ever loaded into the dashboard's process (held by tests/test_architecture.py).
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Reader:
    """A function that reads what a stranger wrote, and what it may cost.

    `function`: "package.module:function"; its arguments and answer are what `core.runtime.payload` can carry. If it has
    a parameter `task` it gets the request's `Task`, to report progress and to notice a cancellation.
    `doing`: how a sentence about it begins ("Reading the tokenizer").
    `seconds`: the longest it may work without reporting progress; then its process is ended.
    `memory_bytes`: address space it may take beyond what its process had before (where the system can limit it).
    """

    name: str
    function: str
    doing: str
    seconds: float = 10.0
    memory_bytes: int = 1024 * MIB
    next_step: str = "Nothing else is affected. Choose another file, or get this one again from its source."

    @property
    def module(self) -> str:
        return self.function.partition(":")[0]


READERS: dict[str, Reader] = {}


def declare(reader: Reader) -> Reader:
    """Put a reader into the table. A name may be declared once."""
    if reader.name in READERS:
        raise ValueError(f"there already is a reader {reader.name!r}")
    READERS[reader.name] = reader
    return reader


# ---------------------------------------------------------------- tokenizers (asked by core.tokens.foreign)

_TOKENIZER = "Get the file again from its source, or choose another tokenizer."

declare(Reader("tokenizer facts", "core.tokens.isolated:facts", "Reading the tokenizer", 7.0, 2048 * MIB, _TOKENIZER))
for _question, _doing in (
    ("analyse", "Tokenizing with"),
    ("ids", "Tokenizing with"),
    ("decode", "Decoding with"),
    ("normalise", "Normalizing with"),
    ("replay", "Taking the steps of"),
):
    declare(Reader(f"tokenizer {_question}", f"core.tokens.isolated:{_question}", _doing, 7.0, 2048 * MIB, _TOKENIZER))
declare(
    Reader(
        "tokenizer unreachable",
        "core.tokens.isolated:unreachable",
        "Looking through the vocabulary of",
        60.0,
        2048 * MIB,
        _TOKENIZER,
    )
)
declare(
    Reader(
        "tokenizer row norms",
        "core.tokens.isolated:row_norms",
        "Reading the input rows of",
        60.0,
        2048 * MIB,
        _TOKENIZER,
    )
)


# ---------------------------------------------------------------- chat templates (asked by core.prompting.templates)

declare(
    Reader(
        "chat template",
        "core.prompting.template_engine:render",
        "Rendering the model's chat template",
        4.0,
        512 * MIB,
        "Use the completion view, where you write the whole prompt yourself.",
    )
)


# ---------------------------------------------------------------- documents (asked by core.documents.ingest.sources)

_DOCUMENTS = "Choose another file, or save this one in another format and try again."

declare(Reader("documents look", "core.documents.isolated:look", "Looking into", 10.0, 2048 * MIB, _DOCUMENTS))
declare(Reader("documents import", "core.documents.isolated:import_corpus", "Reading", 30.0, 4096 * MIB, _DOCUMENTS))
declare(
    Reader(
        "documents bundle",
        "core.documents.isolated:open_bundle",
        "Opening the bundle",
        30.0,
        6144 * MIB,
        "Export the map again, or open another one.",
    )
)
declare(
    Reader(
        "judged folder",
        "core.documents.isolated:judged",
        "Reading the judged set",
        30.0,
        4096 * MIB,
        "Choose another folder.",
    )
)


# ---------------------------------------------------------------- words (asked by core.words.files.foreign)

_VECTORS = "Choose another file, or get this one again from its source."

declare(Reader("vectors archive", "core.words.isolated:entries", "Listing the archive", 8.0, 512 * MIB, _VECTORS))
declare(Reader("vectors file", "core.words.isolated:import_file", "Reading the vectors", 60.0, 8192 * MIB, _VECTORS))
declare(Reader("table of shares", "core.words.isolated:shares", "Reading the table", 4.0, 512 * MIB, _VECTORS))
for _name, _function in (
    ("word lists", "word_lists"),
    ("own analogies", "own_analogies"),
    ("own ratings", "own_ratings"),
):
    declare(
        Reader(_name, f"core.words.isolated:{_function}", "Reading the lists", 8.0, 1024 * MIB, "Choose another file.")
    )


# ---------------------------------------------------------------- prompts (asked by foreign_sets and forms)

declare(
    Reader(
        "prompt set",
        "core.prompting.isolated:prompt_set",
        "Reading the set",
        8.0,
        512 * MIB,
        "Make it simpler, or choose another file.",
    )
)
declare(
    Reader(
        "schema verdict",
        "core.prompting.isolated:verdict",
        "Judging an answer by a schema",
        4.0,
        512 * MIB,
        "Simplify the schema's patterns.",
    )
)
