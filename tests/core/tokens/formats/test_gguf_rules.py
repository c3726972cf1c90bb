"""A .gguf file is cut as llama.cpp cuts it, whatever rule it names; a rule that nobody here knows is refused."""

from __future__ import annotations

import pytest

from core import catalog
from core.errors import UnreadableFile, UserError
from core.tokens import steps, tokenizers
from core.tokens.engines import patterns
from core.tokens.formats import gguf_tokenizers
from tests.support.gguf_vocabularies import theirs, vocabulary_only
from tests.support.nasty_strings import nasty_strings

pytestmark = pytest.mark.timeout(300)
SOME = [text for _, text in nasty_strings()][::9] + ["IT'S 2024\n\nfoo  </think>"]
# Rules that no engine of ours has, and rules that one has: both are llama.cpp's to answer.
RULES = "bloom superbpe kimi-k2 exaone-moe tiny_aya viking youtu jais-2 gpt-4o llama4 tekken deepseek-v3 glm4".split()


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """SmolLM2's vocabulary under another rule."""
    source = catalog.find("smollm2").path
    assert source
    folder = tmp_path_factory.mktemp("renamed")
    return lambda rule, **other: vocabulary_only(source, folder / f"{rule}.gguf", rule, **other)


@pytest.mark.parametrize("rule", RULES)
def test_a_file_of_any_rule_that_llama_cpp_knows_gives_llama_cpp_s_ids(renamed, rule):
    path = renamed(rule)
    made = tokenizers.load_file(path)
    for text, (plain, special) in zip(SOME, theirs(path, SOME), strict=True):
        assert made.ids(text) == plain, ascii(text)
        assert made.ids(text, parse_special=True) == special, ascii(text)
        found = made.analyse(text)
        assert found.ids.tolist() == plain
        assert (found.typed_ends >= found.typed_starts).all() and len(found.text.encode()) >= max(
            found.typed_ends, default=0
        )
    assert made.proof.startswith("llama.cpp's own tokenizer")
    added = theirs(path, ["a b"], add_special=True)[0][0]
    assert made.ids("a b", add_special=True) == added
    assert [token.id for token in made.encode("a b", add_special=True)] == added


def test_a_file_that_names_no_rule_gets_llama_cpp_s_default_and_the_page_says_so(renamed):
    path = renamed(None)
    made = tokenizers.load_file(path)
    assert [made.ids(text) for text in SOME] == [plain for plain, _ in theirs(path, SOME)]
    assert "names no cutting rule" in made.proof


def test_a_rule_that_not_even_llama_cpp_knows_is_refused_by_its_name(renamed):
    with pytest.raises(UnreadableFile, match="“next-year-s-rule”") as caught:
        tokenizers.load_file(renamed("next-year-s-rule"))
    assert "tokenizer.json" in caught.value.next_step
    with pytest.raises(UnreadableFile, match="no engine of ours"):
        gguf_tokenizers.from_gguf(renamed("next-year-s-rule"))


def test_a_proven_rule_of_an_architecture_newer_than_llama_cpp_is_ours_and_says_so(renamed):
    newer = renamed("smollm", general__architecture="of-next-year")
    made = tokenizers.load_file(newer)
    assert "llama.cpp does not load it" in made.proof
    assert [made.ids(text) for text in SOME] == [plain for plain, _ in theirs(renamed("smollm"), SOME)]
    with pytest.raises(UnreadableFile, match="does not load"):
        tokenizers.load_file(renamed("qwen35", general__architecture="of-next-year"))


@pytest.mark.parametrize("rule", sorted(set(patterns.RULES) - {"falcon", "deepseek-llm", "deepseek-coder"})[::4])
def test_where_our_engine_has_the_rule_too_there_are_steps_to_llama_cpp_s_ids(renamed, rule):
    made = tokenizers.load_file(renamed(rule))
    found = steps.replay(made, "It's 2024, naïve 片!")
    assert found.agrees and list(found.ids) == made.ids("It's 2024, naïve 片!")


def test_a_rule_without_steps_is_said_to_have_none(renamed):
    with pytest.raises(UserError, match="no steps here"):
        steps.replay(tokenizers.load_file(renamed("bloom")), "It's 2024.")


def test_a_text_of_half_a_million_characters_costs_no_process(renamed):
    made = tokenizers.load_file(renamed("gpt-4o"))
    assert len(made.ids("word " * 100_000)) > 100_000
