"""Nineteen published vocabularies, downloaded by one click and verified before they are offered.

    python -m core.tokens.pack                      fetch the archive through pip, unpack, verify, report
    python -m core.tokens.pack --from archive.tar.gz   the same from an archive that is already here

They lie in the source archive of llama-cpp-python (a dependency of the lab, so the package index is one that the person
trusts already), with pairs of text and ids that their makers' tokenizers gave. The archive is checked by SHA-256, only
files of known names and sizes are taken out of it, and a vocabulary that fails one of its pairs is not offered.
GPT-4's and GPT-3's vocabularies follow from two of them; SHA-256 of the files rebuilt shows that they are the same.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from core import storage
from core.errors import UnreadableFile, UserError
from core.models.gguf.reader import read_head
from core.runtime.worker import Task
from core.tokens import published
from core.tokens.engines.byte_pairs import bytes_of
from core.tokens.formats import gguf_tokenizers, source_archive
from core.tokens.formats.tiktoken_vocabularies import load_rebuilt
from core.tokens.tokenizer import Tokenizer

FILES = {spec.key: spec.archive for spec in published.SPECS if spec.archive}
"""Our keys and the middle of the files' names in the archive."""

REBUILT = {spec.key: spec.rebuilt for spec in published.SPECS if spec.rebuilt}
"""What follows from another vocabulary."""


class Proof(NamedTuple):
    """How a tokenizer did: `good` of `pairs` of the archive came out the same. `note` where there are no pairs."""

    good: int
    pairs: int
    note: str

    @property
    def holds(self) -> bool:
        return self.good == self.pairs


def folder() -> Path:
    return storage.place("tokenizers")


def path_of(key: str) -> Path:
    return folder() / f"{key}.gguf"


def downloaded() -> bool:
    """Whether the pack is on this machine."""
    return (folder() / "proofs.json").exists()


# ---------------------------------------------------------------- using it


def from_spec(spec: published.TokenizerSpec) -> Tokenizer:
    """The tokenizer of a spec of the pack, whose file is here."""
    if spec.rebuilt:
        return load_rebuilt(path_of(spec.key), spec.key)
    made = _from_gguf(spec.key)
    made.proof = _words_for(proofs().get(spec.key), published.find(spec.key))
    return made


def _from_gguf(key: str) -> Tokenizer:
    """The tokenizer as its maker has it: with what the maker's file says and the .gguf leaves out."""
    spec = published.find(key)
    return gguf_tokenizers.from_gguf(path_of(key), spec.rule, spec.normal_form)


def proofs() -> dict[str, Proof]:
    """How each tokenizer of the pack did when it was verified, by key."""
    try:
        stored = json.loads((folder() / "proofs.json").read_text(encoding="utf-8"))
        return {key: Proof(int(good), int(pairs), str(note)) for key, (good, pairs, note) in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _words_for(proof: Proof | None, spec: published.TokenizerSpec | None = None) -> str:
    """Whose pairs verify it, and what they do not cover."""
    if proof is None:
        return "not verified"
    words = f"{proof.good} of {proof.pairs} pairs of llama.cpp's own tests" if proof.pairs else proof.note
    if spec and spec.normal_form:
        words += f"; {spec.normal_form} first, as in the maker's tokenizer.json, which no pair covers"
    if spec and spec.rule:
        words += f"; its file names no cutting rule, the maker's is {spec.rule}'s"
    return words


def pairs_of(key: str) -> list[tuple[str, list[int]]]:
    """llama.cpp's own pairs of text and ids for that tokenizer; none where the archive has none."""
    texts, ids = path_of(key).with_suffix(".gguf.inp"), path_of(key).with_suffix(".gguf.out")
    if not texts.exists() or not ids.exists():
        return []
    parts = texts.read_bytes().decode().split("\n__ggml_vocab_test__\n")
    lines = ids.read_text(encoding="ascii").split("\n")
    if len(lines) == len(parts) + 1 and not lines[-1]:
        lines.pop()  # one of the files has no empty text at its end
    if len(parts) != len(lines):
        raise UnreadableFile(f"The pairs of “{key}” do not fit each other.", "Download the pack again.")
    return [(text, [int(number) for number in line.split()]) for text, line in zip(parts, lines, strict=True)]


def prove(key: str, tokenizer: Tokenizer | None = None) -> Proof:
    """Encode every text of the pairs and count how many give the same ids. `tokenizer`: that one, if it is loaded."""
    tokenizer = tokenizer or _from_gguf(key)
    pairs = pairs_of(key)
    good = sum(tokenizer.ids(text) == ids for text, ids in pairs)
    return Proof(good, len(pairs), "" if pairs else "the archive has no pairs for it")


# ---------------------------------------------------------------- downloading it


def download(archive: Path | None = None, on_progress: Callable[[float, str], None] | None = None) -> dict[str, Proof]:
    """Download (unless `archive` is given), check, unpack, verify; gives the proofs by key.

    Raises:
        UserError: no connection to the package index, or the archive is not the one that is known.
    """
    report = on_progress or (lambda fraction, doing: None)
    with tempfile.TemporaryDirectory(dir=storage.folder("passing"), prefix=storage.mine()) as scratch:
        if archive is None:
            megabytes = source_archive.BYTES / 1e6
            archive = source_archive.fetch(
                Path(scratch),
                lambda share: report(0.02 + 0.38 * share, f"fetching: {megabytes * share:.0f} of {megabytes:.0f} MB"),
            )
        report(0.4, "checking the archive")
        source_archive.check(archive)
        report(0.5, "unpacking")
        source_archive.unpack(archive, FILES, folder())
    found: dict[str, Proof] = {}
    for number, key in enumerate(FILES):
        report(0.55 + 0.4 * number / len(FILES), f"verifying {key}")
        found[key] = prove(key)
        if not found[key].holds:
            path_of(key).unlink()  # not verified, so not offered
    report(0.97, "rebuilding GPT-4 and GPT-3")
    found |= _rebuild()
    with storage.writing(folder() / "proofs.json") as part:
        part.write_text(json.dumps(found), encoding="utf-8")
    report(1.0, "done")
    return found


def _rebuild() -> dict[str, Proof]:
    """GPT-4's and GPT-3's vocabularies as tiktoken's files, kept only if their SHA-256 is the published one."""
    found = {}
    for key, rebuilt in REBUILT.items():
        if not path_of(rebuilt.source).exists():
            continue
        body = tiktoken_file(path_of(rebuilt.source), rebuilt.count)
        if hashlib.sha256(body).hexdigest() == rebuilt.sha256:
            with storage.writing(path_of(key)) as part:
                part.write_bytes(body)
            found[key] = Proof(0, 0, f"its file has the SHA-256 that tiktoken expects ({rebuilt.sha256[:8]}…)")
    return found


def tiktoken_file(path: Path, count: int) -> bytes:
    """The first `count` tokens of a byte-pair vocabulary in tiktoken's format: a line `base64 rank` for each."""
    tokens = read_head(path).metadata["tokenizer.ggml.tokens"][:count]
    return b"".join(b"%s %d\n" % (base64.b64encode(bytes_of(piece)), rank) for rank, piece in enumerate(tokens))


class PackWorker:
    """The download in a process of its own: verifying takes memory that the page should not keep."""

    def download(self, task: Task) -> dict[str, Proof]:
        return download(on_progress=task.progress)


def main(arguments: list[str]) -> int:
    """The command line; 0 if everything is verified."""
    archive = Path(arguments[1]) if len(arguments) == 2 and arguments[0] == "--from" else None
    say = sys.stdout.write
    try:
        found = download(archive, lambda fraction, doing: None if say(f"{fraction:4.0%} {doing}\n") else None)
    except UserError as error:
        say(f"{error}\n")
        return 1
    for key, proof in found.items():
        say(f"{key:16} {_words_for(proof, published.find(key))}\n")
    return 0 if all(proof.holds for proof in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
