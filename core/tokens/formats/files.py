"""A tokenizer out of a file that a person has: a .gguf model, a tokenizer.json, a SentencePiece tokenizer.model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from core.errors import UnreadableFile
from core.models.gguf.reader import read_head
from core.models.specs import Spec
from core.tokens.engines import hugging_face, long_texts, patterns, sentence_pieces, spaced_pairs
from core.tokens.engines.byte_pairs import ALPHABET, MISSING, BytePairs, Engine, Ranked, bytes_of
from core.tokens.engines.word_pieces import WordPieces
from core.tokens.formats import sentence_model
from core.tokens.formats.gguf_fields import Fields
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary

_ENDS = {b"</s>", b"<|im_end|>", b"<|eot_id|>", b"<|endoftext|>", b"<|end|>", b"<end_of_turn>"}


def load(path: Path) -> Tokenizer:
    """The tokenizer in that file.

    Raises:
        UnreadableFile: it is none of the three kinds, is cut short, or holds a vocabulary of a kind not known here.
    """
    name = path.name.lower()
    if name.endswith(".gguf"):
        return from_gguf(path)
    if name.endswith(".json"):
        return hugging_face.read(path)
    if ".model" in name:
        return sentence_pieces.read(path)
    raise UnreadableFile(
        f"{path.name} is not a tokenizer that can be read here.",
        "Choose a .gguf model, a tokenizer.json or a SentencePiece tokenizer.model.",
    )


def from_gguf(path: Path) -> Tokenizer:
    """The tokenizer of a .gguf model, from its metadata alone."""
    metadata = read_head(path).metadata
    makers: dict[str, Callable[[Fields], Tokenizer]] = {
        "llama": _sentence_byte_pairs,
        "t5": _sentence_unigram,
        "gpt2": _byte_pairs,
        "bert": _word_pieces,
        "gemma4": _spaced_byte_pairs,
    }
    model = str(metadata.get("tokenizer.ggml.model"))
    if model not in makers or "tokenizer.ggml.tokens" not in metadata:
        raise UnreadableFile(
            f"{path.name} holds no vocabulary that can be read here (its kind is “{model[:40]}”).",
            f"Kinds known here: {', '.join(makers)}.",
        )
    try:
        made = makers[model](Fields(metadata))
    except Exception as problem:  # the engines raise plain Exception for what they cannot use
        raise UnreadableFile(
            f"The vocabulary in {path.name} does not hold together ({str(problem)[:200]}).",
            "Copy or download the file again.",
        ) from problem
    template = metadata.get("tokenizer.chat_template")
    made.chat_template = template if isinstance(template, str) else ""
    made.proof = "read from the model's own file"
    if model == "gpt2" and metadata.get("tokenizer.ggml.pre") not in patterns.RULES:
        made.proof = "read from the model's own file; it does not name its cutting rule, GPT-2's is assumed"
    return made


def from_spec(spec: Spec) -> Tokenizer:
    """The tokenizer of a published spec whose file is a .gguf model."""
    assert spec.path is not None
    return from_gguf(spec.path)


def _edges(
    fields: Fields, bos: bool, eos: bool, begin_key: str = "bos", end_key: str = "eos"
) -> tuple[list[int], list[int]]:
    """What is added at the beginning and the end; the file's own flags win over what is usual for its kind."""
    edges = []
    for name, key, usual in (("bos", begin_key, bos), ("eos", end_key, eos)):
        token = fields.token(f"{key}_token_id")
        edges.append([token] if token is not None and fields.flag(f"add_{name}_token", usual) else [])
    return edges[0], edges[1]


# ---------------------------------------------------------------- SentencePiece


def _sentence_byte_pairs(fields: Fields) -> Tokenizer:
    kinds, pieces = fields.kinds(), fields.tokens
    scores = fields.numbers("scores", -np.arange(len(pieces), dtype=np.float32), len(pieces))
    unknown = fields.token("unknown_token_id", 0) or 0
    # Phi-3 marks its spare tokens as unknown too; the engine allows one, and never makes an unused one.
    spare = np.where((kinds == UNKNOWN) & (np.arange(len(kinds)) != unknown), UNUSED, kinds)
    # Some files call the end of a turn a usual word; llama.cpp reads it as control all the same.
    spare[[i for i in np.flatnonzero(kinds == USER_DEFINED).tolist() if pieces[i] in _ENDS]] = CONTROL
    model = sentence_model.write(
        pieces,
        scores.tolist(),
        spare.tolist(),
        sentence_model.BYTE_PAIRS,
        unknown,
        fields.flag("add_space_prefix", True),
        bool((kinds == BYTE).any()),
    )
    made = sentence_pieces.from_model(model)
    made.begin, made.end = _edges(fields, bos=True, eos=False)
    return made


def _sentence_unigram(fields: Fields) -> Tokenizer:
    pieces, unknown = fields.tokens, fields.token("unknown_token_id")
    if unknown is None:
        raise ValueError("it does not name its unknown token")
    model = sentence_model.write(
        pieces,
        fields.numbers("scores", length=len(pieces)).tolist(),
        fields.kinds().tolist(),
        sentence_model.UNIGRAM,
        unknown,
        fields.flag("add_space_prefix", True),
        byte_fallback=False,
        charsmap=fields.numbers("precompiled_charsmap", np.zeros(0, np.uint8)).astype(np.uint8).tobytes(),
        remove_extra_spaces=fields.flag("remove_extra_whitespaces", True),
    )
    made = sentence_pieces.from_model(model)
    made.family = "SentencePiece Unigram"
    made.begin, made.end = _edges(fields, bos=False, eos=True)
    return made


# ---------------------------------------------------------------- byte pairs


def _byte_pairs(fields: Fields) -> Tokenizer:
    rule = fields.text("pre", "gpt-2")
    rules = patterns.RULES.get(rule, patterns.RULES["gpt-2"])
    kinds, spelled = fields.kinds(), fields.tokens
    tokens = [
        bytes_of(piece) if kind in (NORMAL, UNUSED) else piece for piece, kind in zip(spelled, kinds, strict=True)
    ]
    if len(rules) > 1:
        engine: Engine = _RulesInARow(spelled, fields.texts("merges"), rules)
    elif rule in patterns.WHOLE_PIECES_FIRST:
        merged = {token: i for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True)) if kind == NORMAL}
        engine = Ranked(merged, rules[0], np.arange(len(tokens)))
    else:
        engine = Ranked(*_in_order_of_merges(tokens, kinds, fields.texts("merges"), rules[0]), whole_pieces_first=False)
    begin, end = _edges(fields, bos=rule in patterns.WHOLE_PIECES_FIRST, eos=False)
    normal_form: Literal["", "NFC"] = "NFC" if rule in patterns.NFC_FIRST else ""
    return BytePairs(Vocabulary(tokens, kinds), engine, rules, begin, end, normal_form)


def _in_order_of_merges(
    tokens: list[bytes], kinds: np.ndarray, merges: list[bytes], rule: str
) -> tuple[dict[bytes, int], str, np.ndarray]:
    """Ranks for tiktoken: the 256 bytes, then what each merge makes, in the order of the merges."""
    ids = {token: i for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True)) if kind == NORMAL}
    ranks: dict[bytes, int] = {}
    of_rank: list[int] = []
    for value in range(256):
        ranks[bytes([value])] = len(of_rank)
        of_rank.append(ids.get(bytes([value]), MISSING))
    for merge in merges:
        left, _, right = merge.partition(b" ")
        made = bytes_of(left) + bytes_of(right)
        if made not in ranks:
            ranks[made] = len(of_rank)
            of_rank.append(ids[made])
    return ranks, rule, np.array(of_rank)


class _RulesInARow:
    """Hugging Face's engine, where one rule cuts what another left: tiktoken knows a single rule only."""

    whole_pieces_first = False

    def __init__(self, spelled: list[bytes], merges: list[bytes], rules: Sequence[str]) -> None:
        import tokenizers as engines
        from tokenizers import Regex, models, pre_tokenizers

        vocabulary = {piece.decode("utf-8", "replace"): i for i, piece in enumerate(spelled)}
        halves = (merge.decode().partition(" ") for merge in merges)
        # Where the first rule sets line ends apart, no later one sees over them.
        self._cut_after = re.compile("\n") if rules[0] == r"[\r\n]" else None
        self._engine = engines.Tokenizer(models.BPE(vocabulary, [(left, right) for left, _, right in halves]))
        self._engine.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(rule), "isolated") for rule in rules]
            + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )

    def __call__(self, text: str) -> np.ndarray:
        return np.asarray(long_texts.ids(self._engine, text, self._cut_after), np.int64)

    def rank(self, token: bytes) -> int | None:
        """These vocabularies list their tokens in the order of the merges, so the id tells it."""
        return self._engine.token_to_id(token.decode("latin-1").translate(ALPHABET))

    def id_of(self, rank: int) -> int:
        return rank


def _spaced_byte_pairs(fields: Fields) -> Tokenizer:
    made = spaced_pairs.make(
        fields.tokens, fields.texts("merges"), fields.kinds(), fields.token("unknown_token_id", 0) or 0
    )
    made.begin, made.end = _edges(fields, bos=True, eos=False)
    return made


# ---------------------------------------------------------------- WordPiece


def _word_pieces(fields: Fields) -> Tokenizer:
    """BERT in a .gguf: ▁ stands at the beginning of words and nothing inside them; turned back into BERT's own ##."""
    import tokenizers as engines
    from tokenizers import models, normalizers, pre_tokenizers

    kinds = fields.kinds()
    names: dict[str, int] = {}
    for i, (piece, kind) in enumerate(zip(fields.tokens, kinds, strict=True)):
        spelled = piece.decode("utf-8", "replace")
        if kind == NORMAL:
            spelled = spelled[1:] if spelled.startswith("▁") else "##" + spelled
        names[spelled] = i
    marked = fields.token("unknown_token_id")
    if marked is None:
        raise ValueError("it does not name its unknown token")
    unknown = fields.tokens[marked].decode()
    engine = engines.Tokenizer(models.WordPiece(names, unk_token=unknown))
    engine.normalizer = normalizers.BertNormalizer()
    engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    engine.decoder = engines.decoders.WordPiece()
    made = WordPieces(engine)
    made.begin, made.end = _edges(fields, True, True, begin_key="cls", end_key="seperator")
    return made
