"""Any kind of tokenizer.json: ids as Hugging Face's engine gives them, places, lost bytes, and steps that end there."""

from __future__ import annotations

import pytest

from core.tokens import steps, tokenizers
from core.tokens.formats import files
from core.tokens.vocabulary_table import Table, overlap
from tests.support.json_tokenizers import KINDS, written
from tests.support.nasty_strings import nasty_strings

pytestmark = pytest.mark.timeout(300)
TEXTS = [*(text for _, text in nasty_strings()), "a</s>  b <mask>  foo food x foo", "Hi </s>\n </s>", "<unk> it a it"]


@pytest.fixture(params=KINDS, scope="module")
def both(request, tmp_path_factory):
    path, engine = written(request.param, tmp_path_factory.mktemp("kind"))
    return files.load(path), engine


def test_ids_are_the_engine_s_whether_names_are_read_or_not(both):
    made, engine = both
    for special in (False, True):
        engine.encode_special_tokens = not special
        theirs = [engine.encode(text, add_special_tokens=False).ids for text in TEXTS]
        ours = [made.ids(text, parse_special=special) for text in TEXTS]
        assert [ascii(text) for text, a, b in zip(TEXTS, ours, theirs, strict=True) if a != b] == []
    engine.encode_special_tokens = True
    assert [made.ids(text, add_special=True) for text in TEXTS] == [engine.encode(text).ids for text in TEXTS]


def test_every_token_has_a_place_inside_the_text(both):
    made, _ = both
    for text in TEXTS:
        for special in (False, True):
            found = made.analyse(text, special, special)
            size, typed = len(found.normalised), len(text.encode())
            assert found.ids.tolist() == made.ids(text, special, special), ascii(text)
            assert all(0 <= start <= end <= size for start, end in zip(found.starts, found.ends, strict=True))
            assert all(
                0 <= start <= end <= typed for start, end in zip(found.typed_starts, found.typed_ends, strict=True)
            )
            assert 0 <= found.lost_bytes <= max(size, typed)


def test_the_last_step_is_the_engine_s_on_every_hard_string(both):
    made, engine = both
    engine.encode_special_tokens = True
    for text in TEXTS:
        if len(text) <= 200:
            found = steps.replay(made, text)
            assert found.agrees and list(found.ids) == engine.encode(text, add_special_tokens=False).ids, ascii(text)
            surfaces = made.analyse(text)
            assert (found.frames[-1].pieces if found.frames else ()) == tuple(
                surfaces.normalised[token.start : token.end] for token in surfaces.tokens
            )
            assert "every byte is a token" not in found.rule


def test_a_table_of_any_vocabulary(both):
    made, _ = both
    table = Table(made)
    assert len(table) == made.vocabulary_size and sum(table.script_counts().values()) == len(table)
    assert overlap(table, table).only_first == 0 and table.longest().size


def of(kind, tmp_path):
    return tokenizers.load_file(written(kind, tmp_path)[0])


def test_clip_s_end_of_a_word_is_a_mark_and_no_text(tmp_path):
    made = of("end of word", tmp_path)
    found = made.encode("Word ab!")
    assert [token.bytes for token in found] == [b"word", b"ab", b"!"]
    assert [made.piece(token.id) for token in found] == ["word</w>", "ab</w>", "!</w>"]


def test_what_no_token_covers_is_counted(tmp_path):
    made = of("byte level", tmp_path)
    assert made.analyse("naïve 片").lost_bytes == 0
    dropped = made.analyse("ab \U00040000 c")  # SmolLM2 has no token for the byte F1
    assert dropped.lost_bytes > 0 and made.decode(dropped.ids.tolist()).startswith("ab ")
    assert of("end of word", tmp_path).analyse("ab ß😀").lost_bytes == len("ß😀".encode())
    assert of("WordPiece of MPNet", tmp_path).analyse("hello xyz").lost_bytes == 3


def test_mpnet_s_names_are_control_tokens_and_are_added(tmp_path):
    made = of("WordPiece of MPNet", tmp_path)
    assert [(token.bytes, token.kind) for token in made.encode("hello xyz", add_special=True)] == [
        (b"<s>", "control"),
        (b"hello", "normal"),
        (b"<unk>", "unknown"),
        (b"</s>", "control"),
    ]
    assert made.ids("hello <mask> world", parse_special=True) == [4, 14, 5]


def test_holes_in_the_ids_are_unused_and_harm_nothing(tmp_path):
    made = of("whole words", tmp_path)
    assert made.vocabulary_size == 6 and made.vocabulary.kind_of(3) == "unused" and made.piece(4) == ""
    assert [token.id for token in made.encode("it a x")] == [5, 1, 0]
    assert len(Table(made)) == 6


def test_a_tokenizer_that_cuts_by_chance_says_that_it_has_no_steps(tmp_path):
    import json

    from core.errors import UserError

    path, _ = written("byte fallback", tmp_path)
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["model"]["dropout"] = 0.5
    path.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(UserError, match="by chance"):
        steps.replay(tokenizers.load_file(path), "a b")
