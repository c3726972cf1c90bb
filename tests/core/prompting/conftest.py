"""Small real models, each in its real process, for the tests of this room."""

import pytest

from core.prompting.engine import open_model
from tests.support.gguf_files import with_template


@pytest.fixture(scope="module")
def stories_path():
    from tests.conftest import SHARED, skip_or_fail

    path = SHARED / "stories260k.gguf"
    if not path.exists():
        skip_or_fail("the shared test data has no stories260k.gguf here")
    return path


@pytest.fixture(scope="module")
def model(stories_path):
    opened = open_model(stories_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def chat_model(stories_path, tmp_path_factory):
    opened = open_model(with_template(stories_path, tmp_path_factory.mktemp("chat") / "chat.gguf"))
    yield opened
    opened.close()
