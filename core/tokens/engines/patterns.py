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

# The rules of GPT-4o and Tekken as llama.cpp has them: upper and lower case are A-Z and a-z alone.
_NOT_SMALL, _NOT_CAPITAL = r"(?:(?=\p{L})[^a-z])", r"(?:(?=\p{L})[^A-Z])"


def _cased_words(end: str, digits: str) -> str:
    return (
        rf"[^\r\n\p{{L}}\p{{N}}]?{_NOT_SMALL}*{_NOT_CAPITAL}+{end}|[^\r\n\p{{L}}\p{{N}}]?{_NOT_SMALL}+{_NOT_CAPITAL}*{end}"
        rf"|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )


_CAPITALS, _SMALLS = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_CAPITALS}*{_SMALLS}+{_ANY_CASE}?|[^\r\n\p{{L}}\p{{N}}]?{_CAPITALS}+{_SMALLS}*{_ANY_CASE}?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""OpenAI's o200k_base, as tiktoken's openai_public.py has it."""
_DEEPSEEK_3 = (
    r"\p{N}{1,3}",
    "[一-龥\u3040-ゟ゠-ヿ]+",
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+",
)

_NAMES: tuple[tuple[tuple[str, ...], str], ...] = (
    ((GPT_2,), "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert exaone4"),
    ((GPT_2,), "mpt olmo jais trillion granite-docling"),
    ((GPT_4,), "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano"),
    ((GPT_4,), "dbrx smaug-bpe chatglm-bpe glm4 glm5"),
    ((_QWEN_2,), "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 hunyuan solar-open megrez grok-2"),
    ((_QWEN_35,), "qwen35"),
    (
        (DIGITS_THEN_GPT_2,),
        "command-r starcoder refact smollm codeshell exaone minerva-7b mellum2",
    ),
    ((_cased_words(f"{_ANY_CASE}?", r"\p{N}{1,3}"),), "gpt-4o llama4 kanana2 talkie minimax-m2"),
    ((_cased_words("", r"\p{N}"),), "tekken"),
    (_DEEPSEEK_3, "deepseek-v3 hunyuan-dense joyai-llm hy_v4"),
    ((r"[\p{P}\$\+<=>\^~\|`]+", GPT_2, r"[0-9][0-9][0-9]"), "falcon"),
    (
        (r"[\r\n]", rf"\s?[{_ranges(_CASED)}]+", rf"\s?[{_PUNCTUATION}]+", r"\s+$", _EAST_ASIAN, r"\p{N}+"),
        "deepseek-llm",
    ),
    ((r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", _EAST_ASIAN, r"\p{N}"), "deepseek-coder"),
)
RULES: dict[str, tuple[str, ...]] = {name: rules for rules, names in _NAMES for name in names.split()}
"""By the name in `tokenizer.ggml.pre`. What is not here, llama.cpp may know; nothing is assumed."""

WHOLE_PIECES_FIRST = frozenset(
    "llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano glm4 glm5 tekken".split()
)
"""Rules whose models take a piece that is a token as it stands, whatever its merges would give."""

BEGIN_FIRST = WHOLE_PIECES_FIRST - {"glm4", "glm5"}
"""Rules whose models put a beginning token first where the file does not say."""

PROVEN = frozenset("gpt-2 mpt llama-bpe llama3 command-r starcoder refact smollm deepseek-llm deepseek-coder".split())
"""Rules for which our engine gave llama.cpp's ids on every string of tests/support/nasty_strings.py."""
