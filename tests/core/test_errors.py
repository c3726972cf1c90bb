from core.errors import UnknownWord, UserError


def test_says_what_happened_and_what_to_do_next():
    error = UserError("The file is empty.", "Choose another one.")
    assert (error.what, error.next_step) == ("The file is empty.", "Choose another one.")
    assert str(error) == "The file is empty. Choose another one."


def test_unknown_word_suggests_near_spellings_and_cuts_what_is_too_long():
    error = UnknownWord("kingg", ("king", "kings"))
    assert "kingg" in error.what and error.next_step == "Did you mean king, kings?"
    assert len(UnknownWord("x" * 100_000).what) < 200
