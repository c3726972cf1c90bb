"""The rules by which byte-pair tokenizers cut a text into pieces before they merge, by the name in the .gguf file.

They are facts of the published models (each model's tokenizer.json; llama.cpp's table in src/llama-vocab.cpp names them
the same). Where a model applies several rules in a row, one after another, there are several.
"""

from __future__ import annotations

_CONTRACTIONS = r"'s|'t|'re|'ve|'m|'ll|'d"
_ANY_CASE = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"

GPT_2 = rf"{_CONTRACTIONS}| ?\p{{L}}+| ?\p{{N}}+| ?[^\s\p{{L}}\p{{N}}]+|\s+(?!\S)|\s+"
GPT_4 = (
    rf"{_ANY_CASE}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_QWEN_2 = (
    rf"{_ANY_CASE}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_QWEN_35 = (
    rf"{_ANY_CASE}|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]+|\p{{N}}| ?[^\s\p{{L}}\p{{M}}\p{{N}}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Every digit stands alone, then GPT-2's rule for what lies between; as one rule, so that a blank before a digit counts
# as a blank at the end.
DIGITS_THEN_GPT_2 = rf"\p{{N}}|{_CONTRACTIONS}| ?\p{{L}}+| ?[^\s\p{{L}}\p{{N}}]+|\s+(?![^\s\p{{N}}])|\s+"
# DeepSeek's first rule names letters with two cases range by range (hexadecimal code points), as Unicode had them then.
_CASED = """
41-5A 61-7A B5 C0-D6 D8-F6 F8-1BA 1BC-1BF 1C4-293 295-2AF 370-373 376 377 37B-37D 37F 386 388-38A 38C 38E-3A1
3A3-3F5 3F7-481 48A-52F 531-556 10A0-10C5 13A0-13F5 13F8-13FD 1C90-1CBA 1CBD-1CBF 1D00-1D2B 1D6B-1D77 1D79-1D9A
1E00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4 1FB6-1FBC 1FBE 1FC2-1FC4
1FC6-1FCC 1FD0-1FD3 1FD6-1FDB 1FE0-1FEC 1FF2-1FF4 1FF6-1FFC 2102 2107 210A-2113 2115 2119-211D 2124 2126 2128
212A-212D 212F-2134 2139 213C-213F 2145-2149 214E 2183 2184 2C00-2C7B 2C7E-2CE4 2CEB-2CEE 2CF2 2CF3 A640-A66D
A680-A69B A722-A76F A771-A787 A78B-A78E AB70-ABBF FB00-FB06 FB13-FB17 FF21-FF3A FF41-FF5A 10400-1044F
104B0-104D3 104D8-104FB 10C80-10CB2 10CC0-10CF2 118A0-118DF 1E900-1E943
"""


def _ranges(listed: str) -> str:
    """Ranges of code points as the inside of a character class."""
    return "".join("-".join(chr(int(end, 16)) for end in part.split("-")) for part in listed.split())


_EAST_ASIAN = f"[{_ranges('4E00-9FA5 800-4E00 AC00-D7FF')}]+"
_PUNCTUATION = _ranges("21-2F 3A-7E FF01-FF0F FF1A-FF5E 2018-201F 3000-3002")  # letters too; they went before

RULES: dict[str, tuple[str, ...]] = {
    "gpt-2": (GPT_2,),
    "mpt": (GPT_2,),
    "llama-bpe": (GPT_4,),
    "llama3": (GPT_4,),
    "qwen2": (_QWEN_2,),
    "qwen35": (_QWEN_35,),
    "command-r": (DIGITS_THEN_GPT_2,),
    "starcoder": (DIGITS_THEN_GPT_2,),
    "refact": (DIGITS_THEN_GPT_2,),
    "smollm": (DIGITS_THEN_GPT_2,),
    "falcon": (r"[\p{P}\$\+<=>\^~\|`]+", GPT_2, r"[0-9][0-9][0-9]"),
    "deepseek-llm": (r"[\r\n]", rf"\s?[{_ranges(_CASED)}]+", rf"\s?[{_PUNCTUATION}]+", r"\s+$", _EAST_ASIAN, r"\p{N}+"),
    "deepseek-coder": (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", _EAST_ASIAN, r"\p{N}"),
}

WHOLE_PIECES_FIRST = {"llama-bpe", "llama3"}
"""Rules whose models take a piece that is a token as it stands, whatever its merges would give."""

NFC_FIRST = {"qwen2"}
"""Rules whose models normalise to NFC first."""
