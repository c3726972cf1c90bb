from streamlit.testing.v1 import AppTest

import app
from core.licences import installed
from pages.licences import what_comes_with_the_lab


def test_the_page_lists_every_distribution_and_what_comes_with_the_lab():
    shown = AppTest.from_string("from pages.licences import show_licences\nshow_licences()", default_timeout=60).run()
    assert not shown.exception
    table = shown.dataframe[0].value
    assert list(table["Distribution"]) == [row.name for row in installed()]
    assert list(table.iloc[:, 2]) == [row.licence for row in installed()]
    assert any("all-MiniLM-L6-v2" in block.value and "Pocket" in block.value for block in shown.markdown)
    assert f"{len(installed())} distributions" in shown.markdown[1].value


def test_about_leads_to_the_page():
    assert "](licences)" in app.ABOUT


def test_what_comes_with_the_lab_is_the_section_of_the_readme_and_nothing_after_it():
    text = what_comes_with_the_lab()
    assert text.startswith("The lab is under the Apache License 2.0.") and "\n## " not in text and "|" in text
