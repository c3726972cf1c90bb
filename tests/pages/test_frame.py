from pages.shared import frame
from pages.shared.export import as_csv


def test_views_are_found_in_their_order():
    views = frame.find_views("words")
    assert list(views) == [view.key for view in sorted(views.values(), key=lambda view: view.order)]


def test_csv_keeps_every_digit_and_quotes_text():
    import numpy as np

    table = {"word": ['say "hi"', "a,b"], "cosine": np.array([0.1, 1 / 3])}
    assert as_csv(table) == 'word,cosine\r\n"say ""hi""",0.1\r\n"a,b",0.3333333333333333\r\n'


def test_a_user_error_quotes_text_as_text():
    from streamlit.testing.v1 import AppTest

    def page():
        from core.errors import UserError
        from pages.shared.user_errors import user_errors

        with user_errors():
            raise UserError("No file <script>alert(1)</script>.", "Try $x$ & :red[this].")

    app = AppTest.from_function(page).run()
    assert not app.exception
    shown = app.get("html")[0].proto.body
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "$x$ &amp; :red[this]" in shown
