"""The lines of Python under the views of the tokens page give what is drawn, with inputs that are not the defaults."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.support.methods import lines_of, open_view, result_of
from tests.support.tokens_page import columns

TEXT = 'Zwölf "Boxkämpfer" <b>jagen</b> 片仮名\\ {0}'


@pytest.fixture
def view(open_page):
    def opened(key: str, **query):
        return open_view(open_page, "tokens", key, tokens_with=["UTF-8 bytes", "Mistral v1", "BERT (MiniLM)"], **query)

    return opened


def page_text(app) -> str:
    """All HTML of the page as a person reads it."""
    text = re.sub(r"<[^>]+>", " ", " ".join(part.proto.body for part in app.get("html")))
    return " ".join(html.unescape(text).split())


def figure(app, name: str) -> dict:
    (found,) = [one for one in app.get("plotly_chart") if one.proto.id.endswith(name)]
    return json.loads(found.proto.spec)


def test_compare(view):
    app = view("compare", tokens_parse="true", tokens_add="true")
    app.text_area(key="tokens_text").set_value(TEXT + "</s>").run()
    result = result_of(lines_of(app))
    drawn = columns(app)
    assert {title: len(tokens) for title, tokens in result.items()} == {
        title: column["tokens"] for title, column in drawn.items()
    }
    ids = {title: [token[0] for _, tokens in column["groups"] for token in tokens] for title, column in drawn.items()}
    assert {title: [token for token, _ in tokens] for title, tokens in result.items()} == ids


def test_the_lines_of_compare_follow_what_is_typed(view):
    app = view("compare")
    first = lines_of(app)
    app.text_area(key="tokens_text").set_value("abc").run()
    assert "'abc'" in lines_of(app) and "'abc'" not in first


def test_steps(view):
    app = view("steps")
    app.text_area(key="tokens_steps_text").set_value(TEXT).run()
    app.selectbox(key="tokens_steps_of").set_value("mistral-v1").run()
    result = result_of(lines_of(app))
    shown = page_text(app)
    assert f"reaches {len(result['ids'])} tokens in {len(result['frames'])} steps" in shown
    (row,) = [part.proto.body for part in app.get("html") if "5  Ids" in part.proto.body]
    assert re.findall(r'opacity:\.8">(\d+)</span>', row) == [str(token) for token in result["ids"]]


def test_languages(view):
    app = view("languages", tokens_language="Tamil", tokens_window="5000", tokens_price="3.5")
    app.text_area(key="tokens_one").set_value("One and two").run()
    app.text_area(key="tokens_other").set_value("Uno, dos, tres y cuatro").run()
    result = result_of(lines_of(app))
    table = next(one.value for one in app.dataframe if "the same in Tamil" in one.value.columns)
    assert [
        list(pair) for pair in table[["English words in 5,000 tokens", "the same in Tamil"]].to_numpy().tolist()
    ] == (list(result["words that fit"].values()))
    assert table["Cost of 1M English words"].tolist() == [round(cost, 2) for cost in result["cost"].values()]
    own = figure(app, "tokens-own-languages")
    assert f"{max(result['own'].values()):.2f} times" in own["layout"]["title"]["text"]
    first = next(iter(result["premiums"].values()))
    assert f"{first:.2f} times" in figure(app, "tokens-by-language")["layout"]["title"]["text"]


def test_vocabulary(view):
    app = view("vocabulary", tokens_substring="jag")
    app.selectbox(key="tokens_vocabulary_of").set_value("mistral-v1").run()
    app.number_input(key="tokens_shortest").set_value(4).run()
    result = result_of(lines_of(app))
    found, longest, overlap = (one.value for one in app.dataframe)
    assert len(result["found"]) and [one for one, _ in result["found"]] == found["Id"].tolist()
    assert result["longest"] == longest["Id"].tolist()
    assert list(result["in both"].values()) == overlap["In both"].tolist()
    assert f"{result['fragments']:,} tokens of Mistral v1 are fragments" in page_text(app)


def test_round_trip(view):
    app = view("round-trip")
    app.selectbox(key="tokens_string").set_value(app.selectbox(key="tokens_string").options[3]).run()
    result = result_of(lines_of(app))
    table = next(one.value for one in app.dataframe if "Decoded" in one.value.columns)
    assert [[title, repr(back)[1:-1]] for title, back in result["one"]] == table[
        ["Tokenizer", "Decoded"]
    ].to_numpy().tolist()
    lost = [sum(row[i] == "lost" for row in result["outcomes"]) for i in range(3)]
    assert (
        f"loses {max(lost)} of {len(result['outcomes'])}" in figure(app, "tokens-round-trip")["layout"]["title"]["text"]
    )


def test_search_engine(view):
    app = view("search-engine", tokens_analysis="Spanish")
    app.text_area(key="tokens_search_text").set_value("Los perros comieron las manzanas").run()
    result = result_of(lines_of(app))
    drawn = columns(app)
    kept = [term for _, term, stop in result["terms"] if not stop]
    assert len(kept) == drawn["Terms in the index"]["tokens"] < drawn["Words"]["tokens"] == len(result["terms"])
    assert ", ".join(kept) in page_text(app)
    assert result["tokens"] == {title: drawn[title]["tokens"] for title in result["tokens"]}
    table = next(one.value for one in app.dataframe if "Pair" in one.value.columns)
    for title, same in result["same"].items():
        assert ["● the same" if one else "different" for one in same] == table[title].tolist()


def test_context(view):
    app = view("context", tokens_context_window="64", tokens_context_room="20")
    app.selectbox(key="tokens_context_of").set_value("smollm2").run()
    result = result_of(lines_of(app))
    drawn = figure(app, "tokens-window")
    total = result["tail"] + sum(turn["own"] + turn["template"] for turn in result["turns"])
    assert f"{total:,} tokens" in page_text(app)
    bars = json.dumps(drawn["data"])
    assert len(result["turns"]) == 5 and str(result["turns"][0]["own"]) in bars
    gone = sum(not turn["kept"] for turn in result["turns"])
    assert gone and f"drops {gone} of {len(result['turns'])}" in drawn["layout"]["title"]["text"]


@pytest.mark.parametrize("way", ["Byte pairs", "Unigram"])
def test_train(view, way):
    app = view("train", tokens_way=way, tokens_size="420")
    app.text_area(key="tokens_training_text").set_value("ein Hund und noch ein Hund, " * 30).run()
    result = result_of(lines_of(app))
    drawn = figure(app, "tokens-trained")
    assert f"{result['premiums']['Your own']:.2f} times" in page_text(app)
    assert len(drawn["data"]) and f"{len(result['tokens'])} tokens for" in page_text(app)
    if way == "Byte pairs":
        assert f"of {len(result['merges'])}" in page_text(app)
