"""The page Tokens as its visitor meets it, down to bad input."""

from __future__ import annotations

import pytest

from tests.support.tokens_page import PAGE, columns


def test_it_opens_with_a_comparison(open_page):
    app = open_page(PAGE)
    assert not app.exception
    drawn = columns(app)
    assert list(drawn) == ["BERT (MiniLM)", "Mistral v3", "Mistral Tekken"]
    assert [column["tokens"] for column in drawn.values()] == [16, 22, 18]
    assert "38 %" in app.get("html")[0].proto.body


def test_a_link_restores_tokenizers_preset_and_switches(open_page):
    app = open_page(
        PAGE, tokens_with=["UTF-8 bytes", "Mistral Tekken"], tokens_preset="Control tokens", tokens_parse="true"
    )
    drawn = columns(app)
    assert list(drawn) == ["UTF-8 bytes", "Mistral Tekken"]
    kinds = {token[3] for _, tokens in drawn["Mistral Tekken"]["groups"] for token in tokens if len(token) > 3}
    assert "control" in kinds


def test_typing_and_presets(open_page):
    app = open_page(PAGE)
    app.text_area(key="tokens_text").set_value("片仮名").run()
    assert columns(app)["Mistral v3"]["tokens"] == 6
    app.button_group(key="tokens_preset").set_value("From the talk").run()
    assert app.text_area(key="tokens_text").value == "Hello there! Welcome to my talk."
    assert columns(app)["BERT (MiniLM)"]["tokens"] == 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x01\x7f\ufffe\U0010ffff",
        "a" * 300,
        "<script>alert(1)</script> $x$ :red[y] **z** </style>",
        "\u202e\u2066\u200b\ufeff",
        "e\u0301" * 50,
        "👩‍👩‍👧‍👦🇨🇿",
    ],
)
def test_any_text_is_drawn(open_page, text):
    app = open_page(PAGE)
    app.text_area(key="tokens_text").set_value(text).run()
    assert not app.exception
    assert app.text_area(key="tokens_text").value == text
    assert len(columns(app)) == 3


def test_a_hundred_thousand_characters_are_paged(open_page):
    app = open_page(PAGE)
    text = "The quick brown fox. Größe 片仮名 🤖! " * 2950
    app.text_area(key="tokens_text").set_value(text).run()
    assert not app.exception
    drawn = columns(app)
    assert all(sum(len(tokens) for _, tokens in column["groups"]) < 3000 for column in drawn.values())
    assert drawn["Mistral Tekken"]["tokens"] > 30_000
    assert app.get("pagination")


def test_turning_pages(open_page):
    app = open_page(PAGE, tokens_with=["UTF-8 bytes", "BERT (MiniLM)"])
    area = "tokens_text"
    app.text_area(key=area).set_value("".join(f"word{number} " for number in range(2000))).run()
    first, second = (
        [token[1:3] for _, tokens in columns(_turned(app, page))["UTF-8 bytes"]["groups"] for token in tokens]
        for page in (1, 2)
    )
    assert first[0][0] == 0 and second[0][0] == first[-1][1], "the second page goes on where the first ended"
    _turned(app, 9)
    app.text_area(key=area).set_value("word " * 500).run()
    assert not app.exception
    assert columns(app)["BERT (MiniLM)"]["groups"], "a shorter text has fewer pages: the last one is shown"


def _turned(app, page: int):
    app.session_state["tokens_page"] = page
    return app.run()


def test_more_than_can_be_drawn_is_a_note(open_page):
    app = open_page(PAGE)
    app.text_area(key="tokens_text").set_value("x" * 1_000_001).run()
    assert not app.exception
    assert any("1,000,000" in element.proto.body for element in app.get("html"))
    assert len(app.text_area(key="tokens_text").value) == 1_000_001, "nothing typed is lost"


def test_a_model_in_the_models_folder_can_be_chosen(open_page, tmp_path, monkeypatch, shared_data):
    import shutil

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    shutil.copy(shared_data("stories260k.gguf"), tmp_path / "models" / "stories.gguf")
    (tmp_path / "models" / "broken.gguf").write_bytes(b"GGUF\x03\x00")
    app = open_page(PAGE, tokens_with=["stories", "BERT (MiniLM)"])
    assert not app.exception
    assert list(columns(app)) == ["stories", "BERT (MiniLM)"]
    app = open_page(PAGE, tokens_with=["broken", "BERT (MiniLM)"])
    assert not app.exception
    assert any("broken.gguf" in element.proto.body for element in app.get("html"))


def test_a_tokenizer_json_in_the_models_folder(open_page, tmp_path, monkeypatch):
    import shutil

    from core import catalog

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    shutil.copy(catalog.find("bert").path, tmp_path / "models" / "tokenizer.json")
    shutil.copy(catalog.find("mistral-v1").path, tmp_path / "models" / "my.model")
    app = open_page(PAGE, tokens_with=["tokenizer.json", "my.model"])
    assert [column["tokens"] for column in columns(app).values()] == [16, 22]


@pytest.mark.parametrize(
    ("view", "field", "text", "said"),
    [
        ("Steps", "tokens_steps_text", "x" * 201, "201 characters"),
        ("Steps", "tokens_steps_text", "", "text is empty"),
        ("Languages", "tokens_other", " ", "empty"),
        ("Search", "tokens_search_text", "", "0</b> words"),
        ("Search", "tokens_search_text", "word " * 20_000, "100,000 characters"),
        ("Train", "tokens_training_text", "", "no text to train on"),
        ("Train", "tokens_training_text", "x" * 200_001, "200,001 characters"),
    ],
)
def test_bad_input_to_the_other_views(open_page, view, field, text, said):
    app = open_page(PAGE, tokens_view=view)
    app.text_area(key=field).set_value(text).run()
    assert not app.exception
    assert any(said in element.proto.body for element in app.get("html"))
    assert app.text_area(key=field).value == text


def test_searching_a_vocabulary(open_page):
    app = open_page(PAGE, tokens_view="Vocabulary")
    app.text_input(key="tokens_pattern").set_value("(").run()
    assert not app.exception
    assert any("pattern cannot be read" in element.proto.body for element in app.get("html"))
    app.text_input(key="tokens_pattern").set_value("").run()
    app.text_input(key="tokens_substring").set_value("<b>$x$").run()
    assert not app.exception and any("0</b> of" in element.proto.body for element in app.get("html"))


def test_a_conversation_in_pocket_s_window(open_page):
    from core import catalog

    if not catalog.find("pocket").available:
        pytest.skip("the Pocket models are not here")
    app = open_page(PAGE, tokens_view="Context", tokens_context_window="320")
    assert not app.exception
    said = " ".join(element.proto.body for element in app.get("html"))
    assert "Nothing is dropped" in said and "names of control tokens" in said
    app.number_input(key="tokens_context_window").set_value(80).run()
    said = " ".join(element.proto.body for element in app.get("html"))
    assert not app.exception and "dropped, the oldest first" in said


# ---------------------------------------------------------------- which tokenizer is which


def _of_letters(folder, name: str, letters: str):
    """A tokenizer.json of those letters alone, with ids in their order."""
    from tests.support.evil_files import tokenizer_json

    names = {"<unk>": 0, **{letter: i for i, letter in enumerate(letters, 1)}}
    model = {"type": "BPE", "unk_token": "<unk>", "vocab": names, "merges": []}
    return tokenizer_json(model)


def test_two_uploads_of_one_name_are_two_tokenizers(open_page, tmp_path, monkeypatch):
    from core.tokens import own_files

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    first = own_files.keep("tokenizer.json", _of_letters(tmp_path, "a", "ab"))
    second = own_files.keep("tokenizer.json", _of_letters(tmp_path, "b", "ba"))
    app = open_page(PAGE, tokens_with=[first, second])
    assert app.session_state["tokens_with"] == [first, second]
    app.text_area(key="tokens_text").set_value("ab").run()
    drawn = columns(app)
    assert len(drawn) == 2, "no two have one title"
    ids = [[token[0] for _, tokens in column["groups"] for token in tokens] for column in drawn.values()]
    assert ids == [[1, 2], [2, 1]]
    app.run()
    assert app.session_state["tokens_with"] == [first, second]


def test_two_files_of_one_name_in_two_folders_are_two_tokenizers(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    keys = []
    for place, letters in (("one", "ab"), ("two", "ba")):
        folder = tmp_path / "models" / "hub" / f"{place}--model" / "x"
        folder.mkdir(parents=True)
        (folder / "my_tokenizer.json").write_bytes(_of_letters(tmp_path, "", letters))
        keys.append(f"file:hub/{place}--model/x/my_tokenizer.json")
    app = open_page(PAGE, tokens_with=keys)
    app.text_area(key="tokens_text").set_value("a").run()
    assert [column["groups"][0][1][0][0] for column in columns(app).values()] == [1, 2]


def test_a_replaced_file_has_its_new_tokenizer_even_with_the_old_time(open_page, tmp_path, monkeypatch):
    import os

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    path = tmp_path / "models" / "tokenizer.json"
    path.write_bytes(_of_letters(tmp_path, "", "ab"))
    app = open_page(PAGE, tokens_with=["file:tokenizer.json"])
    app.text_area(key="tokens_text").set_value("a").run()
    (column,) = columns(app).values()
    assert column["groups"][0][1][0][0] == 1
    old = path.stat()
    other = tmp_path / "other.json"
    other.write_bytes(_of_letters(tmp_path, "", "ba"))
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    assert other.stat().st_size == old.st_size
    os.replace(other, path)
    app.run()
    (column,) = columns(app).values()
    assert column["groups"][0][1][0][0] == 2


def test_a_bad_file_costs_its_own_column_and_no_other(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "bad_tokenizer.json").write_bytes(b"{")
    app = open_page(PAGE, tokens_with=["bert", "file:bad_tokenizer.json", "tekken"])
    assert not app.exception
    assert list(columns(app)) == ["BERT (MiniLM)", "Mistral Tekken"]
    assert any("bad_tokenizer.json" in element.proto.body for element in app.get("html"))


def test_a_link_names_tokenizers_by_key_and_says_which_are_not_here(open_page, tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    app = open_page(PAGE, tokens_with=["o200k", "gpt-2", "own:0123"])
    assert list(columns(app)) == ["GPT-4o, GPT-5 (o200k)"]
    said = " ".join(element.proto.body for element in app.get("html"))
    assert "GPT-2" in said and "Add 19 tokenizers" in said and "own:0123" in said
    assert app.query_params["tokens_with"] in ("o200k", ["o200k"]), "the address carries keys"
    app = open_page(PAGE, tokens_with=["gpt-2"])
    said = " ".join(element.proto.body for element in app.get("html"))
    assert "GPT-2" in said and len(columns(app)) == 3, "and what is shown instead is said"
    assert "Shown instead" in said


def test_the_text_is_in_the_link_only_by_choice(open_page):
    app = open_page(PAGE)
    app.text_area(key="tokens_text").set_value("secret").run()
    assert "tokens_linked_text" not in app.query_params
    app.toggle(key="tokens_link").set_value(True).run()
    assert app.query_params["tokens_linked_text"] in ("secret", ["secret"])
    app = open_page(PAGE, tokens_linked_text="from a link")
    assert app.text_area(key="tokens_text").value == "from a link" and app.toggle(key="tokens_link").value
    app.toggle(key="tokens_link").set_value(False).run()
    assert "tokens_linked_text" not in app.query_params


def test_a_difference_of_less_than_one_percent_is_said_in_tokens(open_page):
    app = open_page(PAGE, tokens_with=["mistral-v1", "mistral-v3"])
    app.text_area(key="tokens_text").set_value("a").run()
    from pages.tokens.views.compare import _more

    assert (_more(1000, 1001), _more(1000, 1007), _more(100, 150), _more(0, 3)) == (
        "1 token",
        "7 tokens",
        "50 %",
        "3 tokens",
    )


def test_ids_are_copied_and_turned_into_text(open_page):
    app = open_page(PAGE, tokens_view="Round trip", tokens_with=["utf-8-bytes", "o200k"])
    app.text_area(key="tokens_ids_text").set_value("Hi é").run()
    assert any(code.value == "72 105 32 195 169" for code in app.code)
    app.text_input(key="tokens_ids_typed").set_value("72, 105").run()
    assert any(code.value == "Hi" for code in app.code)
    app.text_input(key="tokens_ids_typed").set_value("999").run()
    assert not app.exception and any("no token 999" in element.proto.body for element in app.get("html"))


def test_a_vocabulary_is_searched_by_ids(open_page):
    app = open_page(PAGE, tokens_view="Vocabulary", tokens_with=["utf-8-bytes", "bert"])
    app.text_input(key="tokens_substring").set_value("").run()
    app.text_input(key="tokens_ids_wanted").set_value("101 102").run()
    assert not app.exception
    assert any("<b>2</b> of" in element.proto.body for element in app.get("html"))


def test_the_files_section_opens_on_our_texts_with_their_costs(open_page):
    app = open_page(PAGE, tokens_view="Languages", tokens_with=["o200k", "utf-8-bytes"])
    assert not app.exception
    said = " ".join(element.proto.body for element in app.get("html"))
    assert "2 sample texts of ours" in said
    costs = next(frame.value for frame in app.dataframe if "cost of the input" in frame.value.columns)
    assert set(costs["model"]) >= {"GPT-4o", "GPT-5"} and (costs["tokens"] > 400).all()


def test_today_s_tokenizers_are_counted_on_another_text_and_what_is_missing_is_said(open_page):
    app = open_page(PAGE, tokens_view="Languages", tokens_parallel="Human rights")
    said = " ".join(element.proto.body for element in app.get("html"))
    assert not app.exception and "164 languages" in said and "not at hand" in said


def test_context_has_a_pasted_template_prefill_and_tools(open_page):
    app = open_page(PAGE, tokens_view="Context")
    app.selectbox(key="tokens_template").set_value("pasted below").run()
    assert any("empty" in element.proto.body for element in app.get("html"))
    template = "{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{% for m in messages %}"
    template += "{{ m.content }}|{% endfor %}"
    app.text_area(key="tokens_context_template").set_value(template).run()
    assert not app.exception
    app.toggle(key="tokens_context_tools").set_value(True).run()
    assert not app.exception
    app.text_area(key="tokens_context_tools_text").set_value("{").run()
    assert any("no JSON" in element.proto.body for element in app.get("html"))
    app.toggle(key="tokens_context_prefill").set_value(False).run()
    assert not app.exception


def test_training_says_which_size_was_reached_and_that_pairs_were_equal(open_page):
    app = open_page(PAGE, tokens_view="Train")
    app.text_area(key="tokens_training_text").set_value("ab ab cd cd").run()
    app.slider(key="tokens_merge").set_value(1).run()
    said = " ".join(element.proto.body for element in app.get("html"))
    assert "of the 600 tokens asked for" in said and "as often as" in said
