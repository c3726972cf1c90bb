"""numba's cache: in a folder that only this account can open, and what is not whole is compiled again, not read."""

import json
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core import storage
from core.runtime import compiled_code
from tests.conftest import ROOT

posix = pytest.mark.skipif(os.name == "nt", reason="modes and owners are POSIX matters")


@pytest.fixture
def home(tmp_path, monkeypatch):
    place = tmp_path / "home"
    monkeypatch.setenv("TEXTLAB_HOME", str(place))
    compiled_code._for_this_start.cache_clear()
    yield place
    compiled_code._for_this_start.cache_clear()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_the_folder_is_closed_to_others(home):
    old = os.umask(0o000)
    try:
        storage.home().chmod(0o755)
        assert compiled_code.folder() == home / "compiled" and mode(home / "compiled") == 0o700
    finally:
        os.umask(old)
    (home / "compiled").chmod(0o755)  # as it was made before: others could read there, and no more
    (home / "compiled" / "mine.nbi").touch()
    assert compiled_code.folder() == home / "compiled" and mode(home / "compiled") == 0o700
    assert (home / "compiled" / "mine.nbi").exists()


@posix
@pytest.mark.parametrize("open_to", [0o777, 0o775])
def test_a_folder_that_others_could_write_to_is_emptied(home, open_to):
    (home / "compiled").mkdir(parents=True)
    (home / "compiled" / "planted.nbi").write_bytes(b"cos\nsystem\n")
    (home / "compiled").chmod(open_to)
    assert compiled_code.folder() == home / "compiled" and mode(home / "compiled") == 0o700
    assert list((home / "compiled").iterdir()) == []


@posix
def test_a_link_and_a_folder_of_somebody_else_are_refused_for_one_of_this_start(home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    home.mkdir()
    (home / "compiled").symlink_to(tmp_path / "elsewhere")
    made = compiled_code.folder()
    assert made.name.startswith("textlab-compiled-") and mode(made) == 0o700 and made == compiled_code.folder()
    if os.geteuid():
        pytest.skip("only root can give a folder to somebody else")
    (home / "compiled").unlink()
    (home / "compiled").mkdir(mode=0o700)
    os.chown(home / "compiled", 65534, 65534)
    assert compiled_code.folder() == made


@posix
def test_a_home_in_which_others_could_put_another_folder_is_not_used(home):
    home.mkdir()
    home.chmod(0o777)
    assert compiled_code.folder().name.startswith("textlab-compiled-")
    home.chmod(0o1777)  # as /tmp: others can put files there, and not take ours away
    assert compiled_code.folder() == home / "compiled"


def test_a_home_that_cannot_be_made_leaves_a_folder_for_this_start(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "file" / "home"))
    assert compiled_code.folder().is_dir()


FUNCTION = """
def add_one(value):
    return value + 1
"""
SCRIPT = """
    import json, sys
    from pathlib import Path
    sys.path[:0] = [{root!r}, {here!r}]
    import numba
    from core import storage
    from core.runtime import compiled_code
    from compiled_here import add_one
    compiled_code.guard()
    folder = Path({folder!r})

    def attempt():
        made = numba.njit(cache=True)(add_one)
        assert made(41) == 42
        return "read" if sum(made.stats.cache_hits.values()) else "compiled"

    def cut(path): path.write_bytes(path.read_bytes()[:50])
    def empty(path): path.write_bytes(b"")
    def flip(path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 255
        path.write_bytes(content)
    def swap(path): path.write_bytes(b"cos\\nsystem\\n(S'touch {here}/ran'\\ntR.")  # a pickle that runs a program
"""


@pytest.fixture
def told(tmp_path, home):
    """What a script prints that compiles a small function, or reads its compiled code, in a process of its own."""
    (tmp_path / "compiled_here.py").write_text(FUNCTION)
    folder = compiled_code.folder()

    def run(code: str) -> list:
        script = SCRIPT.format(root=str(ROOT), here=str(tmp_path), folder=str(folder)) + code
        made = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        )
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    return run


def test_compiled_code_that_is_not_whole_is_compiled_again_and_kept_again(told, tmp_path):
    found = told("""
    found = [["kept", "", attempt(), attempt()]]
    for kind in ("nbi", "nbc", "nbi.sha256", "nbc.sha256"):
        for damage in (cut, empty, flip, swap, Path.unlink):
            (path,) = folder.rglob("*." + kind)
            damage(path)
            found.append([kind, damage.__name__, attempt(), attempt()])
    print(json.dumps(found))
    """)
    assert len(found) == 21
    assert [one for one in found if one[2:] != ["compiled", "read"]] == []
    assert not (tmp_path / "ran").exists(), "a pickle was run"


def test_code_of_before_there_were_checksums_is_compiled_again(told):
    assert told("""
    attempt()
    for path in list(folder.rglob("*.sha256")):
        path.unlink()
    print(json.dumps([attempt(), attempt()]))
    """) == ["compiled", "read"]


def test_where_there_is_no_room_or_no_folder_any_more_it_goes_on_without_keeping(told, home):
    assert told("""
    import contextlib, errno, shutil
    real = storage.writing
    def refuse(path):
        raise OSError(errno.ENOSPC, "No space left on device")
    storage.writing = refuse
    found = [attempt(), len(list(folder.rglob("*.nbi")))]
    storage.writing = real
    shutil.rmtree(folder)
    print(json.dumps([*found, attempt()]))
    """) == ["compiled", 0, "compiled"]
    assert compiled_code.folder() == home / "compiled", "numba makes its own folder; it is closed at the next start"
    assert os.name == "nt" or mode(home / "compiled") == 0o700
