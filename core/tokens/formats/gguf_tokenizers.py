"""The tokenizer of a .gguf model: by this lab's own engines from its metadata, or by llama.cpp itself."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.errors import UnreadableFile
from core.models.gguf.reader import read_head
from core.tokens.engines import patterns, sentence_pieces, spaced_pairs
from core.tokens.engines.byte_pairs import MISSING, BytePairs, Engine, Ranked, bytes_of
from core.tokens.engines.llama_cpp import LlamaCpp
from core.tokens.engines.rules_in_a_row import RulesInARow
from core.tokens.engines.word_pieces import WordPieces
from core.tokens.formats import sentence_model
from core.tokens.formats.gguf_fields import Fields
from core.tokens.tokenizer import AddedRule, Tokenizer
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary

_ENDS = {b"</s>", b"<|im_end|>", b"<|eot_id|>", b"<|endoftext|>", b"<|end|>", b"<end_of_turn>"}
_NOT_TAKING = {b"<unk>", b"<s>", b"<|endoftext|>"}
"""Phi-3's special tokens that leave the blanks after them; the others take them."""


def as_llama_cpp_has_it(path: Path) -> Tokenizer:
    """The tokenizer of a .gguf model as llama.cpp runs it; ours where llama.cpp cannot and ours is proven its equal.

    Raises:
        UnreadableFile: neither can.
    """
    try:
        metadata = _vocabulary_of(path)
        is_sentence = metadata.get("tokenizer.ggml.model") in ("llama", "t5")
        unknown = Fields(metadata).token("unknown_token_id", 0 if is_sentence else None)
    except ValueError as problem:
        raise _damaged(path, problem) from problem

    def ours() -> Tokenizer | None:
        with contextlib.suppress(UnreadableFile):
            return from_gguf(path, metadata=metadata)
        return None

    rule = _text(metadata, "tokenizer.ggml.pre")
    try:
        made: Tokenizer = LlamaCpp(path, metadata["tokenizer.ggml.tokens"], unknown, ours)
    except UnreadableFile as refused:
        if _is_proven(metadata):
            made = from_gguf(path, metadata=metadata)
            made.proof += "; llama.cpp does not load it, our engine is its equal for this rule"
            return made
        kind = _text(metadata, "tokenizer.ggml.model")[:40]
        raise UnreadableFile(
            f"llama.cpp does not load the vocabulary of {path.name} (its kind is “{kind}”"
            + (f", its cutting rule “{rule[:40]}”)." if rule else ")."),
            "It may be newer than the installed llama.cpp, or damaged: update llama-cpp-python, or use the "
            "tokenizer.json of the same model.",
        ) from refused
    made.chat_template = _text(metadata, "tokenizer.chat_template")
    made.proof = "llama.cpp's own tokenizer, run on the model's own file"
    if not rule and metadata.get("tokenizer.ggml.model") == "gpt2":
        made.proof += "; the file names no cutting rule, so llama.cpp takes its default one"
    return made


class _UnknownRule(UnreadableFile):
    """A .gguf names a cutting rule, or a kind of vocabulary, that only llama.cpp may know."""


def _vocabulary_of(path: Path) -> dict[str, Any]:
    """The metadata of a .gguf file that has a vocabulary."""
    metadata = read_head(path).metadata
    if "tokenizer.ggml.tokens" not in metadata:
        model = str(metadata.get("tokenizer.ggml.model"))
        raise UnreadableFile(
            f"{path.name} holds no vocabulary (its kind is “{model[:40]}”).",
            "Choose the model's main file: adapters, image encoders and later parts of a split model have none.",
        )
    Fields(metadata).kinds()
    return metadata


def _text(metadata: dict[str, Any], key: str) -> str:
    value = metadata.get(key)
    return value if isinstance(value, str) else ""


def _is_proven(metadata: dict[str, Any]) -> bool:
    """Whether our engine gave llama.cpp's ids on every hard string, for vocabularies of this kind and rule."""
    model, rule = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    return model in ("llama", "gemma4") or (model == "gpt2" and rule in patterns.PROVEN)


def from_gguf(
    path: Path, rule: str = "", normal_form: Literal["", "NFC"] = "", metadata: dict[str, Any] | None = None
) -> Tokenizer:
    """The tokenizer of a .gguf model by this lab's own engines, from its metadata alone.

    `rule`, `normal_form`: what the maker's tokenizer does and the file does not say. `metadata`: the file's, if read.

    Raises:
        UnreadableFile: it is damaged, or no engine of ours has its cutting rule: none is guessed.
    """
    try:
        metadata = metadata or _vocabulary_of(path)
    except ValueError as problem:
        raise _damaged(path, problem) from problem
    makers: dict[str, Callable[[Fields], Tokenizer]] = {
        "llama": _sentence_byte_pairs,
        "t5": _sentence_unigram,
        "gpt2": functools.partial(_byte_pairs, named=rule, normal_form=normal_form),
        "bert": _word_pieces,
        "gemma4": _spaced_byte_pairs,
    }
    model = str(metadata.get("tokenizer.ggml.model"))
    if model not in makers:
        raise _UnknownRule(
            f"{path.name} holds no vocabulary that can be read here (its kind is “{model[:40]}”).",
            f"Kinds known here: {', '.join(makers)}.",
        )
    try:
        made = makers[model](Fields(metadata))
    except _UnknownRule as unknown:
        raise _UnknownRule(f"{path.name} {unknown.what}", unknown.next_step) from unknown
    except Exception as problem:  # the engines raise plain Exception for what they cannot use
        raise _damaged(path, problem) from problem
    made.chat_template = _text(metadata, "tokenizer.chat_template")
    made.begin_name, made.end_name = _names(Fields(metadata))
    made.proof = "read from the model's own file"
    return made


def _names(fields: Fields) -> tuple[str, str]:
    """How the beginning and the end of a sequence are written in a template."""
    ids = (fields.token(f"{name}_token_id") for name in ("bos", "eos"))
    begin, end = ("" if token is None else fields.tokens[token].decode("utf-8", "replace") for token in ids)
    return begin, end


def _damaged(path: Path, problem: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"The vocabulary in {path.name} does not hold together ({str(problem)[:200]}).",
        "Copy or download the file again.",
    )


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
    if any(name in fields.model_name for name in ("phi-3", "phi3")):  # no field says it; llama.cpp knows it by the name
        taking = [i for i in np.flatnonzero(np.isin(spare, (CONTROL, USER_DEFINED))) if pieces[i] not in _NOT_TAKING]
        made.added_rules = {int(i): AddedRule(strips_right=True) for i in taking}
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


def _byte_pairs(fields: Fields, named: str = "", normal_form: Literal["", "NFC"] = "") -> Tokenizer:
    rule = named or fields.text("pre", "")
    if rule not in patterns.RULES:
        raise _UnknownRule(
            f"names a cutting rule that no engine of ours has (“{rule[:40]}”)." if rule else "names no cutting rule.",
            "Load it as a file (core.tokens.tokenizers.load_file): llama.cpp itself is asked then.",
        )
    rules = patterns.RULES[rule]
    kinds, spelled = fields.kinds(), fields.tokens
    tokens = [
        bytes_of(piece) if kind in (NORMAL, UNUSED) else piece for piece, kind in zip(spelled, kinds, strict=True)
    ]
    if len(rules) > 1:
        engine: Engine = RulesInARow(spelled, fields.texts("merges"), rules)
    elif rule in patterns.WHOLE_PIECES_FIRST:
        merged = {token: i for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True)) if kind == NORMAL}
        lacking = [byte for byte in (bytes([value]) for value in range(256)) if byte not in merged]
        merged |= {byte: len(tokens) + number for number, byte in enumerate(lacking)}
        engine = Ranked(merged, rules[0], np.append(np.arange(len(tokens)), [MISSING] * len(lacking)).astype(np.int64))
    else:
        engine = Ranked(*_in_order_of_merges(tokens, kinds, fields.texts("merges"), rules[0]), whole_pieces_first=False)
    begin, end = _edges(fields, bos=rule in patterns.BEGIN_FIRST, eos=False)
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
