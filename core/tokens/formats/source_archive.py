"""The source archive of llama-cpp-python, in which published vocabularies lie: fetched, checked, unpacked.

pip fetches it from the index that it is set up for; it is checked by SHA-256, and only files of known names and sizes
are taken out of it, under names of ours.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from core import storage
from core.errors import UnreadableFile, UserError

PACKAGE, VERSION = "llama-cpp-python", "0.3.36"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
BYTES = 76_589_250
FOLDER = "vendor/llama.cpp/models"

_MOST_BYTES = 32 << 20


def fetch(into: Path, on_progress: Callable[[float], None] | None = None) -> Path:
    """The archive, by pip's own machinery and from the index that pip is set up for. Nothing of it is built.

    `on_progress` is called four times a second with the share that has come (0..1); what it raises ends the download.

    Raises:
        UserError: pip could not download it.
    """
    # pip asks the package for its metadata after the download, for which it sets up the package's build tools aside.
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--no-binary",
        PACKAGE,
        "--progress-bar",
        "off",
        "--disable-pip-version-check",
        "--quiet",
        "--dest",
        str(into),
        f"{PACKAGE}=={VERSION}",
    ]
    # pip loads into a folder of its own below TMPDIR: there its progress can be seen.
    running = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(into), "TEMP": str(into)},
    )
    try:
        while True:
            try:
                said = running.communicate(timeout=0.25)[1]
                break
            except subprocess.TimeoutExpired:
                if on_progress:
                    on_progress(min(_size_below(into) / BYTES, 1.0))
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
    found = sorted(into.glob("llama_cpp_python-*.tar.gz"))
    if not found:
        last = (said.strip().splitlines() or ["pip said nothing"])[-1]
        raise UserError(
            f"The archive could not be fetched: {last[:200]}",
            "Check the connection and try again; the embedded tokenizers need none.",
        )
    return found[0]


def _size_below(folder: Path) -> int:
    """Bytes of the archive that have come, wherever pip keeps it while it comes."""
    sizes = [0]
    for place, inner, names in os.walk(folder):  # folders that pip removes meanwhile are passed over
        inner[:] = [name for name in inner if name.startswith("pip-unpack")]
        for name in names:
            if name.startswith("llama_cpp_python-"):
                with contextlib.suppress(OSError):
                    sizes.append(Path(place, name).stat().st_size)
    return max(sizes)


def check(archive: Path) -> None:
    """Refuse an archive that is not, byte for byte, the one that is known.

    Raises:
        UnreadableFile: its SHA-256 differs.
    """
    if not archive.is_file() or storage.sha256_of(archive) != SHA256:
        raise UnreadableFile(
            f"{archive.name} is not the known archive of {PACKAGE} {VERSION} (its SHA-256 differs).",
            "It was cut short or changed on the way; fetch it again.",
        )


def unpack(archive: Path, vocabularies: Mapping[str, str], into: Path) -> None:
    """Take vocabularies, their pairs and the chat templates out of the archive.

    `vocabularies`: the middle of a file's name there by our key; they are written as `into`/key.gguf, key.gguf.inp and
    key.gguf.out, the templates into `into`/templates.
    """
    wanted = {
        f"ggml-vocab-{name}.gguf{end}": into / f"{key}.gguf{end}"
        for key, name in vocabularies.items()
        for end in ("", ".inp", ".out")
    }
    prefix = f"llama_cpp_python-{VERSION}/{FOLDER}/"
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            name = member.name.removeprefix(prefix)
            if name == member.name or not member.isfile() or member.size > _MOST_BYTES:
                continue
            target = wanted.get(name)
            if name.startswith("templates/") and name.endswith(".jinja") and name.count("/") == 1:
                target = into / "templates" / Path(name).name
            source = tar.extractfile(member) if target else None
            if target and source:
                with storage.writing(target) as part, open(part, "wb") as out:
                    shutil.copyfileobj(source, out)
