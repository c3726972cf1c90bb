"""What parses bytes of strangers is reached by way of the gate only."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

from core.runtime.gate_child import resolve
from core.runtime.readers import MIB, READERS
from tests.conftest import ROOT
from tests.support import evil_files
from tests.support.sources import SOURCES, imported, name_of
from tests.support.tiny_vocabulary import tiny_gguf

READER_MODULES = {reader.module for reader in READERS.values()}
PARSERS = {
    "core.tokens.formats.files",
    "core.tokens.engines.hugging_face",
    "core.models.gguf.reader",
    "core.tokens.formats.sentence_model",
    "core.tokens.engines.sentence_pieces",
    "jinja2",
    "tokenizers",
    "sentencepiece",
    "tiktoken",
}
"""What the readers use. Parts of the lab use some of them too, for the lab's own files; pages do not."""


def is_of(module: str, modules: set[str]) -> bool:
    return any(module == one or module.startswith(one + ".") for one in modules)


def test_nobody_imports_a_reader_s_module():
    """At no level, and not inside functions: the gate's child finds it by its name."""
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in SOURCES
        if name_of(path) not in READER_MODULES
        for module, line in imported(path)
        if is_of(module, READER_MODULES)
    ]
    assert not offences


def test_nobody_names_a_reader_s_module_but_the_table():
    offences = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if name_of(path) not in READER_MODULES
        for module in READER_MODULES
        if f'"{module}' in path.read_text(encoding="utf-8")
    ]
    assert set(offences) == {"core/runtime/readers.py"}


def test_no_page_imports_a_parser():
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in SOURCES
        if name_of(path).startswith(("pages.", "app"))
        for module, line in imported(path)
        if is_of(module, PARSERS)
    ]
    assert not offences


def test_the_dashboard_opens_no_file_of_a_stranger_and_loads_no_reader(tmp_path):
    """All pages imported, then files of strangers asked every question: as the dashboard's process does it."""
    paths = [tmp_path / "tokenizer.json", tmp_path / "a.gguf"]
    paths[0].write_bytes(evil_files.tokenizer_json())
    paths[1].write_bytes(tiny_gguf())
    code = f"""
import importlib, pathlib, sys

for path in sorted(pathlib.Path("pages").rglob("*.py")):
    if path.parent != pathlib.Path("pages"):  # those draw as they are imported
        importlib.import_module(".".join(path.with_suffix("").parts))
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
from core.prompting import templates
from core.tokens import own_files, steps, tokenizers
from core.tokens.vocabulary_table import Table
for name in {[str(path) for path in paths]!r}:
    made = tokenizers.load_file(pathlib.Path(name))
    made.encode("ab"), made.decode([3]), steps.replay(made, "ab"), Table(made).unreachable()
templates.render("{{{{ messages[0].content }}}}", [{{"role": "user", "content": "Hi"}}])
print(sorted(set(sys.modules) & {READER_MODULES!r}))
print([name for name in opened if {str(tmp_path)!r} in name])
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, text=True, capture_output=True, timeout=200
    )
    assert done.stdout.split("\n")[:2] == ["[]", "[]"], done.stdout + done.stderr[-3000:]


@pytest.mark.parametrize("name", sorted(READERS))
def test_a_declared_reader_is_there_and_its_limits_are_limits(name):
    reader = READERS[name]
    function = resolve(reader.function)
    assert inspect.getdoc(function), "a reader says what it gives"
    # addresses, not memory: a mapped file of vectors and the matrix that is made of it count with all their bytes
    assert 0 < reader.seconds <= 60 and 64 * MIB <= reader.memory_bytes <= 8192 * MIB
    assert reader.doing[0].isupper() and reader.next_step.endswith(".")
