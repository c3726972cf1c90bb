"""llama.cpp's samplers: the other half of `core.models.llama.model`, and like it only for a model's own process."""

from __future__ import annotations

import ctypes
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import UserError
from core.models.llama.model import Model, library
from core.prompting.structured.grammar_prefilter import GrammarPrefilter, Ids, ends_within_a_letter

TOKEN_DATA = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])  # llama_token_data
Scores = npt.NDArray[np.float32]  # (vocabulary,)
Candidates = npt.NDArray[np.void]  # rows of TOKEN_DATA


class Sampler:
    """One chain of llama.cpp's samplers, built once for an answer, with the grammar beside it.

    The chain draws first and the grammar is asked about that one token; only if it refuses is the vocabulary filtered
    and drawn from again. That is llama.cpp's own way (common/sampling.cpp), and what keeps grammars quick. Filtering
    asks about as few tokens as decide the draw: asked about 150,000, llama.cpp takes 30 to 170 ms.
    """

    def __init__(
        self,
        model: Model,
        *,
        temperature: float,
        top_k: int,
        top_p: float,
        min_p: float,
        repeat_penalty: float,
        repeat_window: int,
        seed: int,
        grammar: str | None = None,
    ) -> None:
        self._lib = lib = library()
        self.chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        parts = (
            [lib.llama_sampler_init_penalties(model.size, repeat_window, repeat_penalty, 0.0, 0.0)]
            if repeat_penalty != 1 and repeat_window
            else []
        )
        if temperature <= 0:
            parts.append(lib.llama_sampler_init_greedy())
        else:
            parts += [lib.llama_sampler_init_top_k(top_k)] if top_k else []
            parts += [lib.llama_sampler_init_top_p(top_p, 1)] if top_p < 1 else []
            parts += [lib.llama_sampler_init_min_p(min_p, 1)] if min_p > 0 else []
            parts += [lib.llama_sampler_init_temp(temperature), lib.llama_sampler_init_dist(seed)]
        for part in parts:
            lib.llama_sampler_chain_add(self.chain, part)
        self.highest: float | None = None  # of the scores last drawn from, where it had to be found
        self._all = np.zeros(model.size, TOKEN_DATA)
        self._all["id"] = np.arange(model.size)
        self._candidates = self._all.copy()
        self._place = self._candidates.ctypes.data_as(lib.llama_token_data_p)
        self._grammar = grammar_sampler(model, grammar) if grammar else None
        self.refused: int | None = None
        """The token that the chain drew and the grammar refused, in the last `draw`."""
        self._model, self._tail = model, b""
        self._by_letter = bool(grammar) and not re.search(r"<\[?\w", grammar or "")  # a token named by its id has none
        unchanged = len(parts) > 0 and (repeat_penalty == 1 or not repeat_window)
        self._remembers = repeat_penalty != 1 and repeat_window > 0  # only a penalty looks at earlier tokens
        self._likeliest_only = unchanged and temperature <= 0
        self._shortlist_of = top_k if unchanged and 0 < top_k <= 256 else 0

    def close(self) -> None:
        for sampler in (self.chain, self._grammar):
            if sampler:
                self._lib.llama_sampler_free(sampler)
        self.chain = self._grammar = None

    def draw(self, logits: Scores) -> tuple[int, Candidates]:
        """The next token, and the candidates (id, logit, p) that were left to draw from; p is 0 where unknown."""
        self.refused = self.highest = None
        if self._likeliest_only:
            token, left = int(logits.argmax()), self._candidates[:0]
            self.highest = float(logits[token])
        else:
            token, left = self._apply(logits, self._shortlist(logits), self.chain)
        if self._grammar and not self._allowed(np.array([token], np.int32))[0]:
            self.refused = token
            token, left = self._apply(logits, self._allowed_ids(logits), self.chain)
        return token, left

    def _allowed_ids(self, logits: Scores) -> Ids:
        """Ids that the grammar allows: all of them, or as many of the likeliest as decide the draw."""
        enough = 1 if self._likeliest_only else self._shortlist_of
        highest = logits.max()
        for margin in (4.0, 8.0, 14.0) if enough else ():
            ids = np.flatnonzero(logits >= highest - margin).astype(np.int32)
            if len(ids) > len(logits) // 8:
                break
            allowed: Ids = ids[self._allowed(ids)]
            if len(allowed) >= enough:
                return allowed
        if self._by_letter and not ends_within_a_letter(self._tail):
            allowed = _prefilter_of(self._model).allowed(self._allowed)
        else:
            ids = np.asarray(self._all["id"], np.int32)
            allowed = ids[self._allowed(ids)]
        if not len(allowed):
            raise UserError("The grammar allows none of the model's tokens here.", "Loosen the grammar at this place.")
        return allowed

    def accept(self, token: int, of_prompt: bool = False) -> None:
        """Pass `token` to the penalties, which look at earlier tokens, and, if it is of the answer, to the grammar."""
        if self._remembers:
            self._lib.llama_sampler_accept(self.chain, token)
        if self._grammar and not of_prompt:
            self._lib.llama_sampler_accept(self._grammar, token)
            self._tail = (self._tail + self._model.piece(token))[-4:]

    def _apply(self, logits: Scores, chosen: Ids | None, sampler: Any) -> tuple[int, Candidates]:
        if chosen is None:
            candidates = self._candidates
            candidates[:] = self._all
            candidates["logit"] = logits
        else:
            candidates = self._candidates[: len(chosen)]
            candidates["id"], candidates["logit"] = chosen, logits[chosen]
        array = self._lib.llama_token_data_array(self._place, len(candidates), -1, False)
        self._lib.llama_sampler_apply(sampler, ctypes.byref(array))
        left = candidates[: array.size]
        return int(left["id"][array.selected]), left

    def _shortlist(self, logits: Scores) -> Ids | None:
        """Ids that surely hold the top-k: all scores above a line, if there are k of them. Saves sorting the rest."""
        if not self._shortlist_of:
            return None
        self.highest = highest = float(logits.max())
        for margin in (3.0, 8.0):
            chosen = np.flatnonzero(logits >= highest - margin).astype(np.int32)
            if len(chosen) >= self._shortlist_of:
                return chosen
        return None

    def _allowed(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Which of the tokens `ids` (N,) the grammar takes next, as booleans (N,)."""
        asked = np.zeros(len(ids), TOKEN_DATA)
        asked["id"], asked["logit"] = ids, 1.0
        place = asked.ctypes.data_as(self._lib.llama_token_data_p)
        array = self._lib.llama_token_data_array(place, len(asked), -1, False)
        self._lib.llama_sampler_apply(self._grammar, ctypes.byref(array))
        allowed: npt.NDArray[np.bool_] = np.isfinite(asked["logit"])
        return allowed


def _prefilter_of(model: Model) -> GrammarPrefilter:
    if model not in _prefilters:
        _prefilters.clear()  # a process has one model
        _prefilters[model] = GrammarPrefilter(model)
    return _prefilters[model]


_prefilters: dict[Model, GrammarPrefilter] = {}


def grammar_sampler(model: Model, grammar: str) -> Any:
    """A sampler for a GBNF grammar.

    Raises:
        UserError: llama.cpp refuses the grammar. (Some broken ones end the process: try them in one that may die.)
    """
    sampler = library().llama_sampler_init_grammar(model.vocabulary, grammar.encode(), b"root")
    if not sampler:
        raise UserError(
            "llama.cpp cannot read this grammar.",
            "It needs a rule called root, every rule it names, and no rule that begins with itself.",
        )
    return sampler
