"""The export of a table's numbers: safe for a spreadsheet, or as it is on request."""

from streamlit.testing.v1 import AppTest


def page():
    from pages.shared.csv_button import show_csv

    show_csv({"word": ["=1+1"], "value": [-1]}, "words", "here")


def test_the_switch_gives_the_cells_as_they_are(monkeypatch):
    from pages.shared import csv_button

    made, real = [], csv_button.as_csv
    monkeypatch.setattr(csv_button, "as_csv", lambda table, raw: made.append(real(table, raw)) or made[-1])
    app = AppTest.from_function(page).run()
    assert not made, "nothing is computed before it is opened"
    app.session_state["csv_open_here"] = True
    app.run()
    app.toggle(key="raw_here").set_value(True).run()
    assert made == ["word,value\r\n'=1+1,-1\r\n", "word,value\r\n=1+1,-1\r\n"]
    assert not app.exception
