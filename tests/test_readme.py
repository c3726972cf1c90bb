"""What the README says is true: its file tree, its commands, its pictures, its examples.

python tests/test_readme.py     writes the file tree anew, from the first line of every module's docstring
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BEGIN, END = "<!-- file tree: begin -->\n```\n", "```\n<!-- file tree: end -->"
OTHER = {
    "requirements.txt": "what the app needs, pinned",
    "README.md": "this page",
    "LICENSE": "Apache-2.0",
    "tests/requirements.txt": "what only the tests need",
    ".streamlit/config.toml": "this computer only; the theme",
    ".ci/run": "installs, lints, type-checks, tests",
    ".ci/audit.py": "known vulnerabilities of the locked versions",
    ".lock/constraints.txt": "versions and hashes of everything that is installed",
    ".lock/build.txt": "the same of what compiles llama-cpp-python",
    ".lock/renew.py": "writes both again",
    ".lock/torch-cpu.sha256": "hashes of torch's CPU builds",
    ".github/SECURITY.md": "what is protected, and reporting",
    ".github/CONTRIBUTING.md": "what a change has to pass; how the lock is renewed",
    ".pytest.ini": "how the tests run",
    ".ruff.toml": "the linter",
    ".mypy.ini": "the type checker",
}
FOLDERS = {
    "core": "computes; knows nothing of browsers",
    "core/figures": "results in, plotly figures out",
    "core/data": "word vectors, word lists, prompts, sample documents, with SOURCES.md",
    "pages": "choose, compute, show",
    "tests": "mirror the above",
    "tests/core": "",
    "tests/pages": "",
    "tests/browser": "the real app in Chromium",
    "tests/benchmarks": "the figures, as ratios: python -m tests.benchmarks.NAME",
}


def first_line(path: Path) -> str:
    """The first sentence of a module's docstring, without its full stop."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.splitlines()[0].rstrip(".") if docstring else ""


def listed() -> list[Path]:
    """What the tree shows: the project's files as git knows them, of the kinds a reader looks for."""
    names = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
    ).splitlines()
    paths = [Path(name) for name in names if (ROOT / name).exists()]
    shown = (
        path
        for path in paths
        if str(path) in OTHER
        or path.suffix == ".gguf"
        or (path.suffix == ".py" and path.parts[0] in {"app.py", "core", "pages"})
        or (path.suffix == ".py" and path.parts[:2] == ("tests", "benchmarks"))
    )
    return sorted(shown, key=lambda path: (path.parts[0].startswith("."), path.parts))


def tree() -> str:
    """The file tree, a line each: folders before what is in them, the docstring's first line beside each module."""
    rows: list[tuple[str, str]] = []
    seen: set[Path] = set()
    top = [path for path in listed() if len(path.parts) == 1]
    deeper = [path for path in listed() if len(path.parts) > 1]
    for path in top + deeper:
        for folder in reversed(list(path.parents)[:-1]):
            if folder not in seen:
                seen.add(folder)
                inside = ROOT / folder / "__init__.py"
                note = FOLDERS.get(str(folder)) or (first_line(inside) if inside.exists() else "")
                rows.append(("  " * (len(folder.parts) - 1) + folder.name + "/", note))
        if path.name != "__init__.py":
            note = OTHER.get(str(path)) or (first_line(ROOT / path) if path.suffix == ".py" else "")
            rows.append(("  " * (len(path.parts) - 1) + path.name, note))
    return "".join(f"{name:<32}{note}".rstrip() + "\n" for name, note in rows)


def test_the_file_tree_is_as_the_readme_says():
    text = README.read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) + len(BEGIN) : text.index(END)]
    assert shown == tree(), "run: python tests/test_readme.py"


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
