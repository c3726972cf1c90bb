"""The licences of what is installed, as each distribution's metadata state them."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from email.message import Message
from importlib import metadata

import pytest

from core import licences
from tests.conftest import ROOT


def about(*fields: tuple[str, str]) -> Message:
    message = Message()
    for name, value in fields:
        message[name] = value
    return message


MIT_TEXT = "MIT License\n\nCopyright (c) 2022\n\nPermission is hereby granted ..."
MIT_CLASSIFIER = ("Classifier", "License :: OSI Approved :: MIT License")


@pytest.mark.parametrize(
    "fields, stated",
    [
        ([("License-Expression", "MIT AND PSF-2.0"), ("License", "something"), MIT_CLASSIFIER], "MIT AND PSF-2.0"),
        ([("License", "BSD-3-Clause"), ("Classifier", "License :: OSI Approved :: BSD License")], "BSD-3-Clause"),
        ([("License", "Copyright (c) 2001, 2002\nAll rights reserved"), MIT_CLASSIFIER], "MIT License"),
        ([("License", MIT_TEXT)], "MIT License"),
        ([("License", "UNKNOWN"), MIT_CLASSIFIER], "MIT License"),
        ([("Classifier", "License :: OSI Approved"), ("License", "BSD")], "BSD"),
        (
            [("Classifier", "License :: OSI Approved :: Apache Software License"), MIT_CLASSIFIER],
            "Apache Software License, MIT License",
        ),
        ([("Classifier", "License :: OSI Approved"), ("License", "UNKNOWN")], licences.NOT_STATED),
        ([("Classifier", "License :: Public Domain")], "Public Domain"),
        ([], licences.NOT_STATED),
    ],
)
def test_the_most_exact_field_that_is_filled_in_counts(fields, stated):
    assert licences.stated_licence(about(*fields)) == stated


def test_what_is_listed_is_what_the_requirements_lead_to(tmp_path, monkeypatch):
    (tmp_path / "lonely-1.dist-info").mkdir()
    (tmp_path / "lonely-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: lonely\nVersion: 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    licences.installed.cache_clear()
    assert metadata.version("lonely") == "1"
    rows = {row.name.lower().replace("_", "-"): row for row in licences.installed()}
    roots = [
        need.name for name in ("requirements.txt", "tests/requirements.txt") for need in licences.required(ROOT / name)
    ]
    assert len(roots) > 40 and len(rows) > 100
    assert not set(roots) - set(rows)
    assert rows["llvmlite"].needed_by == ("numba", "pynndescent"), "which come with others themselves"
    assert rows["llvmlite"].part == licences.LAB
    assert rows["iniconfig"].part == licences.TESTS and "pytest" in rows["iniconfig"].needed_by
    assert "lonely" not in rows, "installed, but nothing of the lab needs it"
    assert all(row.version == metadata.version(name) for name, row in rows.items())


def test_an_extra_brings_what_it_asks_for(monkeypatch):
    """Needed twice, once with an extra: what the extra needs is walked to, whatever the order."""

    class Fake:
        version, metadata = "1", about()

        def __init__(self, name):
            needs = {"lab": ["tool", "other"], "other": ["tool[fast]"], "tool": ['engine; extra == "fast"', "absent"]}
            self.name, self.requires = name, needs.get(name, [])

    def distribution(name):
        if name == "absent":
            raise metadata.PackageNotFoundError(name)
        return Fake(name)

    monkeypatch.setattr(licences.metadata, "distribution", distribution)
    found = licences._walk([licences.Requirement("lab")])
    assert {name: askers for name, (_, askers) in found.items()} == {
        "lab": set(),
        "tool": {"lab", "other"},
        "other": {"lab"},
        "engine": {"tool"},
    }


def test_the_script_writes_the_whole_list():
    printed = subprocess.check_output([sys.executable, "-m", "core.licences"], cwd=ROOT, text=True)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [(row["distribution"], row["licence"]) for row in rows] == [
        (row.name, row.licence) for row in licences.installed()
    ]


def test_every_distribution_states_a_licence():
    """One that states none has to be looked into by a person before the lab is given away with it."""
    assert not [row.name for row in licences.installed() if row.licence == licences.NOT_STATED]
