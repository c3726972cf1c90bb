from hypothesis import given
from hypothesis import strategies as st

from core.prompting.decoding.detokenizer import Detokenizer
from core.prompting.settings import Step


def read(pieces: list[bytes], stop: tuple[str, ...] = ()) -> tuple[list[str], Detokenizer]:
    readable, texts = Detokenizer(stop), []
    for number, piece in enumerate(pieces):
        texts += [step.text for step in readable.add(Step(readable.text_of(piece), number, 1.0))]
        if readable.stopped_by is not None:
            return texts, readable
    return texts + [step.text for step in readable.finish()], readable


def test_a_character_spread_over_tokens_appears_with_its_last_byte():
    cheese = "🧀".encode()
    assert read([b"a", cheese[:1], cheese[1:3], cheese[3:], b"b"])[0] == ["a", "", "", "🧀", "b"]


def test_a_stop_text_over_two_tokens_is_cut_away():
    texts, readable = read([b"one #", b"## two"], stop=("###",))
    assert "".join(texts) == "one " and readable.stopped_by == "###"


def test_what_only_looked_like_a_stop_text_is_shown_later():
    texts, readable = read([b"a#", b"b"], stop=("##",))
    assert texts == ["a#", "b"] and readable.stopped_by is None


def test_the_earliest_of_several_stop_texts_counts():
    texts, readable = read([b"x END y STOP"], stop=("STOP", "END"))
    assert "".join(texts) == "x " and readable.stopped_by == "END"


def test_bytes_that_never_become_a_character_end_as_a_mark():
    assert "".join(read([b"a", "é".encode()[:1]])[0]) == "a\N{REPLACEMENT CHARACTER}"


@given(st.text(), st.lists(st.integers(1, 6), min_size=1), st.text(min_size=1, max_size=4))
def test_any_cutting_of_a_text_gives_the_text_up_to_the_stop(text, sizes, stop):
    content, pieces, at, number = text.encode("utf-8", "replace"), [], 0, 0
    while at < len(content):
        pieces.append(content[at : at + sizes[number % len(sizes)]])
        at, number = at + len(pieces[-1]), number + 1
    whole = content.decode()
    assert "".join(read(pieces)[0]) == whole
    assert "".join(read(pieces, (stop,))[0]) == whole.split(stop)[0]
