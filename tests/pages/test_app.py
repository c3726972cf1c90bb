import re

from tests.conftest import ROOT


def test_the_bare_address_leads_to_the_first_page():
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    assert not app.exception
    assert app.markdown[0].value == "# Prompts"


def test_an_address_with_a_setting_opens_that_view(open_page):
    app = open_page("word_explorer", words_view="Analogy")
    assert not app.exception
    assert app.segmented_control(key="words_view").value == "analogy"


def test_the_version_is_in_about_and_in_the_changelog():
    import app
    import core

    assert re.fullmatch(r"\d+\.\d+\.\d+", core.__version__)
    assert f"Laptop Text Lab {core.__version__}:" in app.ABOUT
    assert f"## {core.__version__} (" in (ROOT / ".github" / "CHANGELOG.md").read_text(encoding="utf-8")
