"""Words as Lucene's StandardTokenizer finds them: the cases of its published tests, written for this project."""

from __future__ import annotations

import random
import unicodedata

import pytest

from core.text import words
from core.text.analysis import LANGUAGES, terms_of
from core.text.words import split
from tests.support.nasty_strings import nasty_strings

CASES = {  # Lucene's TestStandardAnalyzer: scripts, then signs between letters and digits, then emoji
    "การที่ได้ต้องแสดงว่างานดี. แล้วเธอจะไปไหน? ๑๒๓๔": "การที่ได้ต้องแสดงว่างานดี|แล้วเธอจะไปไหน|๑๒๓๔",
    "ภาษาไทย": "ภาษาไทย",
    "ສາທາລະນະລັດ ປະຊາທິປະໄຕ": "ສາທາລະນະລັດ|ປະຊາທິປະໄຕ",
    "我是中国人。 １２３４ Ｔｅｓｔｓ": "我|是|中|国|人|１２３４|Ｔｅｓｔｓ",
    "仮名遣い カタカナ": "仮|名|遣|い|カタカナ",
    "さ\u3099 ザ": "さ\u3099|ザ",
    "안녕하세요 한글입니다": "안녕하세요|한글입니다",
    "الفيلم الوثائقي": "الفيلم|الوثائقي",
    "צה\"ל ג'": "צה\"ל|ג'",
    "ዊኪፔድያ የባለ": "ዊኪፔድያ|የባለ",
    "O'Reilly you're Jim's": "O'Reilly|you're|Jim's",
    "B2B 2B Excite@Home": "B2B|2B|Excite|Home",
    "21.35 216.239.63.104 R2D2 1,000.5": "21.35|216.239.63.104|R2D2|1,000.5",
    "x.y.z A..B a:b _c__d_ __": "x.y.z|A|B|a:b|_c__d_",
    "C embedded, 'quoted' -- e-mail!": "C|embedded|quoted|e|mail",
    "💩 💩💩": "💩|💩|💩",
    "poo💩poo 💩中國💩": "poo|💩|poo|💩|中|國|💩",
    "👩\u200d❤️\u200d👩 👨🏼\u200d⚕️": "👩\u200d❤️\u200d👩|👨🏼\u200d⚕️",
    "🇺🇸🇺🇸 #️⃣ 3️⃣": "🇺🇸|🇺🇸|#️⃣|3️⃣",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿 I love 😀": "🏴󠁧󠁢󠁥󠁮󠁧󠁿|I|love|😀",
    "© ™ ®️": "®️",
    "!?… \u200b": "",
}


@pytest.mark.parametrize("text", CASES)
def test_the_cases_of_lucene_s_own_tests(text):
    expected = [word for word in CASES[text].split("|") if word]
    assert [word for word, _, _ in split(text)] == expected


def test_a_token_longer_than_255_characters_is_cut_into_pieces():
    assert [len(word) for word, _, _ in split("a" * 600 + " é" + "b" * 300)] == [255, 255, 90, 255, 46]


def test_ascii_has_the_same_words_by_the_short_rules_as_by_all():
    chance = random.Random(3)
    for _ in range(20_000):
        text = "".join(chance.choices("ab12_.,;:'\" -@", k=chance.randint(1, 12)))
        assert [match.group() for match in words._TOKEN.finditer(text)] == [word for word, _, _ in split(text)], text


def test_words_lie_in_order_and_spell_what_stands_there():
    for _, text in nasty_strings():
        at = 0
        for word, start, end in split(text):
            assert at <= start < end and text[start:end] == word and len(word) <= words.LONGEST
            assert not any(character.isspace() for character in word)
            at = end


def test_no_letter_and_no_digit_is_left_out():
    """What stands in no word is punctuation, a blank, a sign, a mark without a letter, or unassigned."""
    for _, text in nasty_strings():
        covered = {place for _, start, end in split(text) for place in range(start, end)}
        lost = {text[place] for place in range(len(text)) if place not in covered}
        assert not {one for one in lost if unicodedata.category(one) in ("Lu", "Ll", "Nd")}, ascii(text)


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("german", "Die Häuser und der Garten", ["haus", "gart"]),
        ("french", "L'avion d’aujourd'hui et les chevaux", ["avion", "aujourd'hui", "cheval"]),
        ("italian", "Dell'arte e l'amico", ["arte", "amic"]),
        ("portuguese", "As meninas e os meninos", ["menin", "menin"]),
        ("dutch", "De katten en de honden", ["kat", "hond"]),
        ("swedish", "Jag och bilarna", ["bil"]),
        ("russian", "Кошки и собаки", ["кошк", "собак"]),
        ("standard", "The Cats AND ภาษาไทย", ["the", "cats", "and", "ภาษาไทย"]),
        ("english", "Jim’s and Ann＇s cats", ["jim", "ann", "cat"]),
    ],
)
def test_analysers_by_language(language, text, terms):
    assert terms_of(text, language) == terms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_analyser_bears_every_text(language):
    for _, text in nasty_strings()[::7]:
        assert all(terms_of(text, language))
