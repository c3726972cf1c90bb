"""A tokenizer behind an address: llama-server, vLLM and llama-cpp-python's server cut a text as their model is fed it.

    from core.tokens.engines.remote import connect

    tokenizer = connect("http://127.0.0.1:8080/v1")
    print([token.bytes for token in tokenizer.encode("片仮名")])

Only tokens that came up in a text are known, so there is no vocabulary to look through. Nothing is sent before
`connect`, and afterwards only the text that is to be cut.

Protocols: llama-server's /tokenize with_pieces and /detokenize (llama.cpp, tools/server/README.md); vLLM's /tokenize
and /detokenize (docs.vllm.ai, tokenizer API); llama_cpp.server's /extras/tokenize and /extras/detokenize.
"""

from __future__ import annotations

import abc
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from core.errors import UserError
from core.models.openai_client import Refused, Server
from core.tokens.encoded import Encoded, Plain, joined, marker
from core.tokens.engines.byte_pairs import bytes_of
from core.tokens.engines.offsets import spans as _spans
from core.tokens.engines.sentence_pieces import bytes_of_piece
from core.tokens.tokenizer import Tokenizer, check
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, Vocabulary

PATIENCE_SECONDS = 10.0


class Piece(NamedTuple):
    """A token as a server tells it; `bytes` is None where it does not say."""

    id: int
    bytes: bytes | None


class Protocol(abc.ABC):
    """How one kind of server is asked."""

    name = ""
    reads_special_always = True
    adds_special_always = False

    def __init__(self, server: Server) -> None:
        self.server = server

    @abc.abstractmethod
    def tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[Piece]:
        """The server's tokens for `text`."""

    @abc.abstractmethod
    def detokenize(self, ids: Sequence[int]) -> str:
        """The server's text for tokens."""

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = {"model": self.server.model, **body} if self.server.model else body
        found: dict[str, Any] = self.server.whole("POST", path, asked)
        return found


class LlamaServer(Protocol):
    """llama.cpp's own server: it gives the bytes of every token, and has both switches."""

    name = "llama-server"
    reads_special_always = False

    def tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[Piece]:
        answer = self._ask(
            "/tokenize",
            {"content": text, "add_special": add_special, "parse_special": parse_special, "with_pieces": True},
        )
        return [
            Piece(
                int(token["id"]), token["piece"].encode() if isinstance(token["piece"], str) else bytes(token["piece"])
            )
            for token in answer["tokens"]
        ]

    def detokenize(self, ids: Sequence[int]) -> str:
        return str(self._ask("/detokenize", {"tokens": list(ids)})["content"])


class Vllm(Protocol):
    """vLLM: it gives tokens as their vocabulary spells them, from which their bytes follow."""

    name = "vLLM"

    def tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[Piece]:
        answer = self._ask("/tokenize", {"prompt": text, "add_special_tokens": add_special, "return_token_strs": True})
        spelled = answer["token_strs"]
        return [Piece(int(token), self._bytes(piece)) for token, piece in zip(answer["tokens"], spelled, strict=True)]

    def detokenize(self, ids: Sequence[int]) -> str:
        return str(self._ask("/detokenize", {"tokens": list(ids)})["prompt"])

    def learn_spelling(self) -> None:
        """Ask once how its vocabulary writes a space: Ġ (bytes in GPT-2's alphabet), ▁, or not at all (##)."""
        self.spelling = "alphabet"
        spelled = "".join(
            self._ask("/tokenize", {"prompt": "a b c", "add_special_tokens": False, "return_token_strs": True})[
                "token_strs"
            ]
        )
        self.spelling = "alphabet" if "Ġ" in spelled else "spaces" if "▁" in spelled else "marks"

    def _bytes(self, piece: str) -> bytes:
        if self.spelling == "alphabet":
            return bytes_of(piece.encode())
        if self.spelling == "spaces":
            return bytes_of_piece(piece, BYTE if piece.startswith("<0x") and len(piece) == 6 else NORMAL)
        return piece.removeprefix("##").encode()


class LlamaCppPython(Protocol):
    """llama-cpp-python's server: ids only, always with special tokens; a token's text is asked for once, by its id."""

    name = "llama_cpp.server"
    adds_special_always = True

    def __init__(self, server: Server) -> None:
        super().__init__(server)
        self._texts: dict[int, bytes | None] = {}

    def tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[Piece]:
        return [
            Piece(int(token), self._text(int(token)))
            for token in self._ask("/extras/tokenize", {"input": text})["tokens"]
        ]

    def detokenize(self, ids: Sequence[int]) -> str:
        return str(self._ask("/extras/detokenize", {"tokens": list(ids)})["text"])

    def _text(self, token: int) -> bytes | None:
        if token not in self._texts:
            try:
                self._texts[token] = self.detokenize([token]).encode()
            except Refused:  # it cannot say half a character
                self._texts[token] = None
        return self._texts[token]


def connect(url: str, model: str = "") -> Remote:
    """The tokenizer of the model behind `url`; `model` is its name where the server has several.

    Raises:
        UserError: nothing answers there, or the server does not tokenize.
    """
    server = Server(url, model, PATIENCE_SECONDS)
    server.path = server.path.removesuffix("/v1")  # these three ways lie beside OpenAI's, not below it
    for kind in (LlamaServer, Vllm, LlamaCppPython):
        protocol = kind(server)
        try:
            if isinstance(protocol, Vllm):
                protocol.learn_spelling()
            protocol.tokenize("a b", False, False)
        except Refused as refusal:
            if refusal.status in (401, 403):
                raise
            continue
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # another server's answer
        return Remote(protocol)
    raise UserError(
        f"The server at {server.address or url} does not tokenize.",
        "llama-server, vLLM and llama_cpp.server do; Ollama and hosted servers do not.",
    )


class Remote(Tokenizer):
    """A server's tokenizer. `vocabulary` holds the tokens that came up so far."""

    has_vocabulary = False

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        super().__init__(Vocabulary([]))
        self.family = f"as {protocol.name} cuts it"
        self.proof = f"the server's own answer ({protocol.server.address})"
        self._known: dict[int, tuple[bytes, int]] = {}
        plain, whole = self._pieces_of("a", False, False), self._pieces_of("a", True, False)
        if protocol.adds_special_always:
            count = len(self._pieces_of("", True, False))
            self.begin, self.end = [piece.id for piece in whole[:count]], []
        else:
            extra = len(whole) - len(plain)
            begin = next((n for n in range(extra + 1) if whole[n : n + len(plain)] == plain), 0)
            self.begin = [piece.id for piece in whole[:begin]]
            self.end = [piece.id for piece in whole[begin + len(plain) :]]
        for piece in (*whole[: len(self.begin)], *whole[len(whole) - len(self.end) :]):
            self._known[piece.id] = (piece.bytes or b"", CONTROL)

    @property
    def about(self) -> str:
        return f"on {self.protocol.server.address}"

    def analyse(self, text: str, add_special: bool = False, parse_special: bool = False) -> Encoded:
        check(text)
        parsed = parse_special or self.protocol.reads_special_always
        pieces = self._middle(text, parsed)
        if parsed and not self.protocol.reads_special_always:
            usual = {piece.id for piece in self._middle(text, False)}
            self._learn([piece for piece in pieces if piece.id not in usual], CONTROL)
        plain = self._placed(text.encode(), pieces)
        begin, end = ([marker(token) for token in edge] if add_special else [] for edge in (self.begin, self.end))
        return joined(text, [*begin, plain, *end], self.vocabulary)

    def encode_plain(self, text: str) -> Plain:
        return self._placed(text.encode(), self._middle(text, False))

    def ids(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[int]:
        check(text)
        middle = [piece.id for piece in self._middle(text, parse_special)]
        return [*self.begin, *middle, *self.end] if add_special else middle

    def decode(self, ids: Sequence[int]) -> str:
        try:
            # Behind the beginning token the servers take off the space that was put in front of the text.
            begin = self.begin if self.protocol.adds_special_always else []
            return self.protocol.detokenize([*begin, *(int(token) for token in ids)])
        except (KeyError, TypeError) as problem:
            raise self._not_understood() from problem

    def _middle(self, text: str, parse_special: bool) -> list[Piece]:
        """The text's own tokens, without those that the server adds."""
        answer = self._pieces_of(text, False, parse_special) if text else []
        return answer[len(self.begin) :] if self.protocol.adds_special_always else answer

    def _pieces_of(self, text: str, add_special: bool, parse_special: bool) -> list[Piece]:
        try:
            return self.protocol.tokenize(text, add_special, parse_special)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise self._not_understood() from problem

    def _not_understood(self) -> UserError:
        return UserError(f"{self.protocol.server.address} answers otherwise than it did.", "Connect to it again.")

    def _learn(self, pieces: Sequence[Piece], kind: int) -> None:
        for piece in pieces:
            self._known[piece.id] = (piece.bytes or b"", kind)

    def _placed(self, raw: bytes, pieces: Sequence[Piece]) -> Plain:
        """Where the tokens lie in the text. A server does not say, so their bytes are looked for, one after another."""
        self._learn([piece for piece in pieces if piece.id not in self._known], NORMAL)
        spans = _spans(raw, [piece.bytes for piece in pieces])
        for number, piece in enumerate(pieces):
            if piece.bytes is None:  # part of a character without bytes: what is between its neighbours
                begin, end = spans[number]
                self._known[piece.id] = (raw[begin:end], BYTE if end - begin == 1 else UNKNOWN)
        size = max(self._known, default=-1) + 1
        tokens = [self._known.get(token, (b"", NORMAL)) for token in range(size)]
        self.vocabulary = Vocabulary([known for known, _ in tokens], [kind for _, kind in tokens])
        ids = np.array([piece.id for piece in pieces], np.int64)
        typed = np.array(spans, np.int64).reshape(-1, 2)
        spelled, starts, ends = self.vocabulary.in_a_row(ids)
        return Plain(spelled, ids, starts, ends, typed[:, 0], typed[:, 1], len(raw))
