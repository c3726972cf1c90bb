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
