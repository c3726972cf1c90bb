"""What the README says is true: its folders, its commands, its pictures, its examples.

python tests/test_readme.py     writes the folders again, from the first lines of the packages' docstrings
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- folders: begin -->\n```\n", "```\n<!-- folders: end -->"
MOST_BYTES = 10_000
FOLDERS = {
    "app.py": "the table of pages, and what happens once when the server starts",
    "pages/": "choose, compute, show: one file a page, its views in <area>/views/",
    "pages/prompting/": "",
    "pages/words/": "",
    "pages/documents/": "",
    "pages/tokens/": "",
    "pages/shared/": "",
    "pages/server/": "",
    "core/": "everything that is computed; usable from Python, lowest layer first",
    "core/text/": "",
    "core/runtime/": "",
    "core/models/": "",
    "core/words/": "",
    "core/tokens/": "",
    "core/documents/": "",
    "core/prompting/": "",
    "core/pocket/": "",
    "core/workflows/": "",
    "core/cached/": "",
    "core/figures/": "",
    "core/data/": "word vectors, word lists, prompts, sample documents; SOURCES.md says where they are from",
    "tests/": "the same folders; support/ is shared, fuzz/, browser/ and benchmarks/ are of their own kind",
    ".github/": "installing, contributing, reliability, security, changes",
}
"""The folders of the README, in its order; "" takes the first line of the package's docstring."""


def first_line(path: Path) -> str:
    """The first sentence of a module's docstring, without its full stop."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.splitlines()[0].rstrip(".") if docstring else ""


def tree() -> str:
    """A line for each folder: what is in it."""
    rows = []
    for name, note in FOLDERS.items():
        parts = name.rstrip("/").split("/")
        shown = "  " * (len(parts) - 1) + parts[-1] + ("/" if name.endswith("/") else "")
        rows.append(f"{shown:<16}{note or first_line(ROOT / name / '__init__.py')}\n")
    return "".join(rows)


def test_the_folders_are_as_the_readme_says():
    text = README.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) + len(BEGIN) : text.index(END)] == tree(), "run: python tests/test_readme.py"


def test_every_folder_of_the_two_upper_levels_is_there():
    names = subprocess.check_output(["git", "ls-files", "*.py"], cwd=ROOT, text=True).splitlines()
    found = {
        "/".join(Path(name).parts[:depth]) + "/" for name in names for depth in (1, 2) if len(Path(name).parts) > depth
    }
    listed = {name for name in FOLDERS if name.endswith("/")}
    assert {name for name in found if name.startswith(("core/", "pages/"))} <= listed
    assert all((ROOT / name).exists() for name in FOLDERS)


def test_the_readme_is_read_in_five_minutes():
    assert len(README.read_bytes()) < MOST_BYTES


def test_the_two_commands_are_there_and_name_files_that_exist():
    text = README.read_text(encoding="utf-8")
    assert "pip install -r requirements.txt && streamlit run app.py" in text
    assert re.search(r"^pip install -r requirements.txt -r tests/requirements.txt && python -m pytest$", text, re.M)


def test_pictures_and_links_of_the_readme_exist():
    for target in re.findall(r"\]\(([^)#]+)\)|src(?:set)?=\"([^\"]+)\"", README.read_text(encoding="utf-8")):
        name = next(filter(None, target))
        if not name.startswith("http"):
            assert (ROOT / name).exists(), name


def test_the_python_lines_of_the_readme_run():
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        ended = subprocess.run([sys.executable, "-W", "ignore", "-c", block], cwd=ROOT, capture_output=True, text=True)
        assert ended.returncode == 0, block + ended.stderr


def test_every_requirement_is_pinned():
    for name in ("requirements.txt", "tests/requirements.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith("#"):
                # Nothing after the version: uv reads no options there but --hash.
                assert re.match(r"^[a-z0-9-]+==[\w.]+$", line), line


if __name__ == "__main__":
    old = README.read_text(encoding="utf-8")
    README.write_text(old[: old.index(BEGIN) + len(BEGIN)] + tree() + old[old.index(END) :], encoding="utf-8")
