"""numba's cache: in a folder that only this account can open, and what is not whole is compiled again, not read."""

import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core import compiled_code, storage

ROOT = Path(__file__).resolve().parents[2]
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
ATTEMPT = """
    import sys
    sys.path[:0] = [{root!r}, {here!r}]
    import numba
    from core import compiled_code
    from compiled_here import add_one
    compiled_code.guard()
    made = numba.njit(cache=True)(add_one)
    assert made(41) == 42
    print("read" if sum(made.stats.cache_hits.values()) else "compiled")
"""


@pytest.fixture
def attempt(tmp_path, home):
    """Compile a small function, or read its compiled code: which of both it was, in a process of its own."""
    (tmp_path / "compiled_here.py").write_text(FUNCTION)

    def run() -> str:
        made = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(ATTEMPT.format(root=str(ROOT), here=str(tmp_path)))],
            capture_output=True, text=True, timeout=120,
            env={**os.environ, "NUMBA_CACHE_DIR": str(compiled_code.folder()), "PYTHONDONTWRITEBYTECODE": "1"})
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()
    return run


def cut(path):
    path.write_bytes(path.read_bytes()[:50])


def empty(path):
    path.write_bytes(b"")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [cut, empty, flip, Path.unlink])
@pytest.mark.parametrize("kind", ["nbi", "nbc", "nbi.sha256"])
def test_compiled_code_that_is_not_whole_is_compiled_again(attempt, home, kind, damage):
    assert attempt() == "compiled"
    if (kind, damage) == ("nbi", cut):
        assert attempt() == "read", "it is kept"
    (path,) = (home / "compiled").rglob(f"*.{kind}")
    damage(path)
    assert attempt() == "compiled"
    if (kind, damage) == ("nbi", cut):
        assert attempt() == "read", "and kept again"


def test_a_planted_pickle_is_not_read(attempt, home, tmp_path):
    """Somebody who can write the file and not its checksum: the lab does not run what is in it."""
    assert attempt() == "compiled"
    (path,) = (home / "compiled").rglob("*.nbi")
    planted = b"cos\nsystem\n(S'touch " + str(tmp_path / "ran").encode() + b"'\ntR."
    path.write_bytes(planted)
    assert attempt() == "compiled" and not (tmp_path / "ran").exists()


def test_where_there_is_no_room_it_goes_on_without_keeping(attempt, home, monkeypatch):
    compiled_code.folder()
    with open(home / "compiled" / "full.py", "w") as file:
        file.write("import core.storage, errno\n"
                   "def refuse(path):\n    raise OSError(errno.ENOSPC, 'No space left on device')\n"
                   "core.storage.writing = refuse\n")
    monkeypatch.setattr(sys.modules[__name__], "ATTEMPT", ATTEMPT.replace(
        "    import numba\n", f"    exec(open({str(home / 'compiled' / 'full.py')!r}).read())\n    import numba\n"))
    assert attempt() == "compiled"
    assert not list((home / "compiled").rglob("*.nbi"))
