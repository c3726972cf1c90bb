"""How a tokenizer comes to its tokens, one step at a time.

Each family is replayed from its vocabulary in plain Python, beside the engine that does the work; a replay that did not
end in the engine's own tokens would be refused (`Replay.agrees`).

Sources: byte pairs, Sennrich, Haddow and Birch 2016, algorithm 1; Unigram, Kudo 2018, section 3.2 (Viterbi); longest
match, Devlin et al. 2019 (WordPiece).
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

from core.errors import UserError
from core.tokens import json_steps
from core.tokens.engines.byte_pairs import BytePairs
from core.tokens.engines.hugging_face import FromJson
from core.tokens.engines.llama_cpp import LlamaCpp
from core.tokens.engines.plain_bytes import PlainBytes
from core.tokens.engines.sentence_pieces import SentencePieces
from core.tokens.engines.spaced_pairs import SpacedPairs
from core.tokens.engines.word_pieces import WordPieces
from core.tokens.foreign import Foreign
from core.tokens.replay import Frame, Replay
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import BYTE, NORMAL


def replay(tokenizer: Tokenizer, text: str) -> Replay:
    """The steps of `tokenizer` over `text`, control tokens in the text not read as such."""
    if isinstance(tokenizer, Foreign):
        return tokenizer.replay(text)
    if isinstance(tokenizer, LlamaCpp):
        return _of_llama_cpp(tokenizer, text)
    tokenizer.check_vocabulary()
    rule = ""
    pieces: list[bytes] = []
    frames: list[Frame] = []
    ids: list[int] = []
    stretches = list(tokenizer.parts(text, False))
    for number, (part, special) in enumerate(stretches):
        rest = tuple(tokenizer.normalise(later).encode() for later, _ in stretches[number + 1 :])
        done = frames[-1].pieces[: len(frames[-1].pieces) - len(rest) - 1] if frames else ()  # this one was still whole
        if special is not None:
            pieces.append(part.encode())
            ids.append(special)
            frames.append(Frame((*done, part.encode(), *rest), len(done), "always one token: cut out before the rule"))
            continue
        if isinstance(tokenizer, FromJson):
            rule, cut_first, own, found = json_steps.replay(tokenizer.definition, tokenizer.normalise(part), not number)
            ids += found
        else:
            rule, cut_first, own = _steps(tokenizer, tokenizer.normalise(part))
        pieces += cut_first
        own = own or [Frame(tuple(cut_first), -1, rule)]
        frames += [
            Frame((*done, *frame.pieces, *rest), frame.fresh + len(done) if frame.fresh >= 0 else -1, frame.why)
            for frame in own
        ]
    encoded = tokenizer.analyse(text)
    surfaces = tuple(encoded.normalised[token.start : token.end] for token in encoded.tokens)
    if isinstance(tokenizer, FromJson):
        agrees = ids == encoded.ids.tolist()
        if agrees and frames:  # an unknown token stands for what was typed, not for what normalising made of it
            frames[-1] = dataclasses.replace(frames[-1], pieces=surfaces)
    else:
        agrees = (frames[-1].pieces if frames else ()) == surfaces
    return Replay(
        text,
        "".join(tokenizer.normalise(part) for part, _ in stretches),
        rule,
        tuple(pieces),
        tuple(frames),
        tuple(encoded.ids.tolist()),
        tuple(tokenizer.ids(text, add_special=True)),
        agrees,
    )


def _of_llama_cpp(tokenizer: LlamaCpp, text: str) -> Replay:
    """The steps of our own engine for the same file, where it comes to llama.cpp's ids.

    Raises:
        UserError: it does not, or there is none for the file's rule.
    """
    ids = tokenizer.ids(text)
    if tokenizer.ours is None or tokenizer.ours.ids(text) != ids:
        raise UserError(
            "llama.cpp tokenizes this file by a rule that has no steps here: it gives the tokens, not how it came to "
            "them.",
            "The view Compare shows the tokens; choose the tokenizer.json of the same model for its steps.",
        )
    return dataclasses.replace(
        replay(tokenizer.ours, text), with_special=tuple(tokenizer.ids(text, add_special=True)), ids=tuple(ids)
    )


def _steps(tokenizer: Tokenizer, normalised: str) -> tuple[str, list[bytes], list[Frame]]:
    if isinstance(tokenizer, WordPieces):
        words = [word for word, _ in tokenizer.engine.pre_tokenizer.pre_tokenize_str(normalised)]
        return (
            json_steps.described(tokenizer.pre_tokenizer),
            [word.encode() for word in words],
            list(_longest_match(tokenizer, words)),
        )
    if isinstance(tokenizer, BytePairs):
        pieces = cut(normalised, tokenizer.patterns)
        return "  then  ".join(tokenizer.patterns), pieces, list(_byte_merges(tokenizer, pieces))
    if isinstance(tokenizer, SentencePieces):
        rule = "not cut: the whole text is one piece, a blank is written ▁"
        frames = _viterbi if tokenizer.family.endswith("Unigram") else _character_merges
        return rule, [normalised.encode()] if normalised else [], list(frames(tokenizer, normalised))
    if isinstance(tokenizer, SpacedPairs):
        lines = [line for line in re.split(r"(\n+)", normalised) if line]
        return "cut at line ends only", [line.encode() for line in lines], list(_spaced_merges(tokenizer, lines))
    if isinstance(tokenizer, PlainBytes):
        return "every byte is a token", [bytes([value]) for value in normalised.encode()], []
    raise UserError(
        f"This tokenizer ({tokenizer.family}) has no steps here.",
        "The view Compare shows its tokens; choose another one.",
    )


def cut(text: str, rules: Sequence[str]) -> list[bytes]:
    """`text` cut by each rule in turn; what a rule does not match stays a piece of its own."""
    from tokenizers import Regex, pre_tokenizers

    if not text:
        return []
    splits = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(rule), "isolated") for rule in rules])
    return [piece.encode() for piece, _ in splits.pre_tokenize_str(text)]


# ---------------------------------------------------------------- byte pairs


def _byte_merges(tokenizer: BytePairs, pieces: list[bytes]) -> Iterator[Frame]:
    """All pieces as single bytes; then, of the pairs inside a piece, the one whose merge came first."""
    engine = tokenizer.engine
    parts = [
        [piece] if engine.whole_pieces_first and engine.rank(piece) is not None else [bytes([value]) for value in piece]
        for piece in pieces
    ]
    yield Frame(
        _flat(parts),
        -1,
        "every piece in single bytes"
        if not engine.whole_pieces_first
        else "pieces that are tokens stand; the others in single bytes",
    )
    for number, part in enumerate(parts):
        while True:
            ranked = [
                (rank, i) for i in range(len(part) - 1) if (rank := engine.rank(part[i] + part[i + 1])) is not None
            ]
            if not ranked:
                break
            rank, at = min(ranked)
            part[at : at + 2] = [part[at] + part[at + 1]]
            yield Frame(_flat(parts), sum(map(len, parts[:number])) + at, f"merge number {rank:,} is the earliest here")


def _flat(parts: list[list[bytes]]) -> tuple[bytes, ...]:
    return tuple(piece for part in parts for piece in part)


# ---------------------------------------------------------------- SentencePiece


def _character_merges(tokenizer: SentencePieces, normalised: str) -> Iterator[Frame]:
    """Characters; then the pair whose union has the highest score, the leftmost of equals; then bytes for the rest."""
    parts = list(normalised.replace(" ", "▁"))
    if not parts:
        return
    yield Frame(_spelled(parts), -1, "single characters")
    while True:
        scored = [
            (-score, i)
            for i in range(len(parts) - 1)
            if (score := _score(tokenizer, parts[i] + parts[i + 1])) is not None
        ]
        if not scored:
            break
        score, at = min(scored)
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
        yield Frame(_spelled(parts), at, f"its score, {-score:g}, is the highest here")
    yield from _fall_back(tokenizer, parts)


def _score(tokenizer: SentencePieces, piece: str) -> float | None:
    token = tokenizer.engine.piece_to_id(piece)
    if token < 0 or tokenizer.vocabulary.kinds[token] != NORMAL:
        return None
    return tokenizer.engine.get_score(token)


def _fall_back(tokenizer: SentencePieces, parts: list[str]) -> Iterator[Frame]:
    unknown = {part for part in parts if _score(tokenizer, part) is None}
    if unknown and BYTE in tokenizer.vocabulary.kinds:
        spelled: list[bytes] = []
        for part in parts:
            raw = part.replace("▁", " ").encode()
            spelled += [bytes([value]) for value in raw] if part in unknown else [raw]
        yield Frame(tuple(spelled), -1, "characters that are no token fall back to their bytes")


def _spelled(parts: list[str]) -> tuple[bytes, ...]:
    return tuple(part.replace("▁", " ").encode() for part in parts)


def _viterbi(tokenizer: SentencePieces, normalised: str) -> Iterator[Frame]:
    """For each longer beginning of the text, the most probable way to cut it: the best over its last piece."""
    text = normalised.replace(" ", "▁")
    lowest = float(tokenizer.scores[tokenizer.vocabulary.kinds == NORMAL].min())
    pieces: list[str] = []
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        options = [
            (best[start][0] + score, start)
            for start in range(max(0, end - tokenizer.longest), end)
            if (score := _score(tokenizer, text[start:end])) is not None
        ]
        options.append((best[end - 1][0] + lowest - 10, end - 1))  # an unknown character costs 10 more than the rarest
        best.append(max(options))
        pieces, at = [], end
        while at:
            pieces.append(text[best[at][1] : at])
            at = best[at][1]
        probability = best[end][0] / math.log(10)
        yield Frame(
            _spelled(pieces[::-1]),
            len(pieces) - 1,
            f"the best of {len(options)} last pieces; log10 probability so far {probability:.2f}",
        )
    joined = _with_unknown_joined(tokenizer, pieces[::-1])
    if len(joined) < len(pieces):
        yield Frame(_spelled(joined), -1, "unknown characters side by side are one unknown token")


def _with_unknown_joined(tokenizer: SentencePieces, pieces: list[str]) -> list[str]:
    joined: list[str] = []
    after_unknown = False
    for piece in pieces:
        is_unknown = _score(tokenizer, piece) is None
        if is_unknown and after_unknown:
            joined[-1] += piece
        else:
            joined.append(piece)
        after_unknown = is_unknown
    return joined


def _spaced_merges(tokenizer: SpacedPairs, lines: list[str]) -> Iterator[Frame]:
    """Characters; then the pair whose merge came first; then bytes for characters that are no token."""
    parts = [list(line.replace(" ", "▁")) for line in lines]
    yield Frame(_spelled([piece for part in parts for piece in part]), -1, "single characters")
    for number, part in enumerate(parts):
        while ranked := [
            (rank, i) for i in range(len(part) - 1) if (rank := tokenizer.ranks.get((part[i], part[i + 1]))) is not None
        ]:
            rank, at = min(ranked)
            part[at : at + 2] = [part[at] + part[at + 1]]
            yield Frame(
                _spelled([piece for part in parts for piece in part]),
                sum(map(len, parts[:number])) + at,
                f"merge number {rank:,} is the earliest here",
            )
    spelled = _spelled([piece for part in parts for piece in part])
    known = tokenizer.engine.token_to_id
    if any(known(piece.decode().replace(" ", "▁")) is None for piece in spelled):
        spelled = tuple(
            one
            for piece in spelled
            for one in (
                [piece] if known(piece.decode().replace(" ", "▁")) is not None else [bytes([value]) for value in piece]
            )
        )
        yield Frame(spelled, -1, "characters that are no token fall back to their bytes")


# ---------------------------------------------------------------- WordPiece


def _longest_match(tokenizer: WordPieces, words: list[str]) -> Iterator[Frame]:
    """In each word from the left: the longest beginning that is a token; ## marks one inside a word."""
    done: list[bytes] = []
    names = tokenizer.engine
    for number, word in enumerate(words):
        rest = [later.encode() for later in words[number + 1 :]]
        pieces, at = [], 0
        while at < len(word):
            mark = tokenizer.prefix if at else ""
            end = next(
                (end for end in range(len(word), at, -1) if names.token_to_id(mark + word[at:end]) is not None), None
            )
            if end is None or len(word) > tokenizer.longest_word:
                pieces = [word.encode()]
                yield Frame((*done, *pieces, *rest), len(done), "no token fits: the whole word is unknown")
                break
            pieces.append(word[at:end].encode())
            at = end
            left = [word[at:].encode()] if at < len(word) else []
            yield Frame(
                (*done, *pieces, *left, *rest),
                len(done) + len(pieces) - 1,
                f"{mark}{word[at - len(pieces[-1].decode()) : at]} is the longest token that fits",
            )
        done += pieces
