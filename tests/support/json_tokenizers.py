"""One tokenizer.json of each kind, made here: byte pairs in four spellings, Unigram, WordPiece, whole words."""

from __future__ import annotations

import json
from pathlib import Path

import tokenizers as engines
from tokenizers import AddedToken, Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers

from core import catalog
from core.models.gguf.reader import read_head
from core.tokens.training import sample_texts

_GPT_4 = r"(?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def _smollm2(ignore_merges: bool) -> engines.Tokenizer:
    """SmolLM2's vocabulary under GPT-4's rule, after NFC, with tokens that change the text around them."""
    head = read_head(catalog.find("smollm2").path).metadata  # type: ignore[arg-type]
    names = {piece.decode(): i for i, piece in enumerate(head["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.decode().split(" ", 1)) for merge in head["tokenizer.ggml.merges"]]
    made = engines.Tokenizer(models.BPE(names, merges, ignore_merges=ignore_merges))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(_GPT_4), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken("</s>", rstrip=True), AddedToken("<mask>", lstrip=True)])
    made.add_tokens([AddedToken("foo", single_word=True, normalized=True), AddedToken("  ")])
    return made


def _clip() -> engines.Tokenizer:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,!"
    names = {one: i for i, one in enumerate([*letters, *(f"{one}</w>" for one in letters)])}
    merges = [("a", "b</w>"), ("o", "r"), ("or", "d</w>"), ("w", "ord</w>"), ("1", "2")]
    for left, right in merges:
        names[left + right] = len(names)
    names["<|endoftext|>"] = len(names)
    made = engines.Tokenizer(models.BPE(names, merges, end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    made.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+"), "removed", invert=True)]
    )
    return made


def _fallback(fuse: bool) -> engines.Tokenizer:
    """As Llama 2's: ▁ for the blank, bytes for what is no token."""
    letters = [*"▁abcdefghijklmnopqrstuvwxyzé12,.", *(f"<0x{value:02X}>" for value in range(256))]
    names = {one: i for i, one in enumerate(["<unk>", *letters])}
    merges = [("▁", "a"), ("i", "n"), ("▁", "t"), ("h", "e"), ("▁t", "he")]
    for left, right in merges:
        names[left + right] = len(names)
    made = engines.Tokenizer(models.BPE(names, merges, unk_token="<unk>", byte_fallback=not fuse, fuse_unk=fuse))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    made.decoder = decoders.Metaspace(prepend_scheme="first")
    made.add_tokens([AddedToken("  ")])
    return made


def _unigram() -> engines.Tokenizer:
    made = engines.Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=400, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False)
    made.train_from_iterator(sample_texts()["Spanish"].splitlines(), trainer)
    return made


def _mpnet() -> engines.Tokenizer:
    names = {one: i for i, one in enumerate("<s> <pad> </s> <unk> hello world ##s ##o the a ##b 1 , .".split())}
    made = engines.Tokenizer(models.WordPiece(names, unk_token="<unk>"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    made.post_processor = processors.TemplateProcessing("<s> $A </s>", None, [("<s>", 0), ("</s>", 2)])
    return made


def _without_a_normalizer() -> engines.Tokenizer:
    names = {one: i for i, one in enumerate("[UNK] hello world ##s a ##b".split())}
    made = engines.Tokenizer(models.WordPiece(names, unk_token="[UNK]", max_input_chars_per_word=12))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


def _whole_words() -> engines.Tokenizer:
    made = engines.Tokenizer(models.WordLevel({"<unk>": 0, "a": 1, "b": 2, "it": 5}, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return made


KINDS = {
    "byte level": lambda: _smollm2(False),
    "byte level, whole pieces first": lambda: _smollm2(True),
    "end of word": _clip,
    "byte fallback": lambda: _fallback(False),
    "unknown fused": lambda: _fallback(True),
    "Unigram": _unigram,
    "WordPiece of MPNet": _mpnet,
    "WordPiece bare": _without_a_normalizer,
    "whole words": _whole_words,
}


def written(kind: str, folder: Path) -> tuple[Path, engines.Tokenizer]:
    """The file of that kind, and the engine of Hugging Face's that reads it, nothing of ours around it."""
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(KINDS[kind]().to_str())), encoding="utf-8")
    return path, engines.Tokenizer.from_file(str(path))
