"""What a model has in its KV cache, so that a prompt that begins the same way need not be read again.

Several conversations on one model take turns in one context: the keys and values of the one that leaves are saved
in main memory and restored when it returns.
"""

from __future__ import annotations

from collections import OrderedDict

from core.errors import Cancelled
from core.models.llama.context import Context

MOST_SAVED_BYTES = 512_000_000
LEAST_TOKENS = 32  # fewer are read again sooner than fetched


class KVCache:
    """The tokens whose keys and values are in the context, in their order, and those saved of other conversations."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.tokens: list[int] = []
        self.conversation = ""
        self._saved: OrderedDict[str, tuple[list[int], bytes]] = OrderedDict()

    def recall(self, prompt: list[int], conversation: str = "") -> int:
        """Keep or restore what `prompt` begins with and drop the rest; how many of its tokens need not be read.

        The last token is always read: the scores for the next one come from it.
        """
        if conversation != self.conversation:
            self._save_state()
            self.conversation = conversation
            saved = self._saved.pop(conversation, None)
            if saved and common(saved[0], prompt) > common(self.tokens, prompt):
                self.tokens = saved[0] if self.context.restore(saved[1]) else []
        retained = min(common(self.tokens, prompt), len(prompt) - 1)
        if retained < len(self.tokens) and not self.context.keep(retained):
            retained = 0  # a recurrent model has one state and cannot go back
        self.tokens = self.tokens[:retained]
        return retained

    def read(self, tokens: list[int], all_scores: bool = False) -> None:
        """Let the model read on. If that is interrupted, the context is as before."""
        try:
            self.context.decode(tokens, all_scores)
        except Cancelled:
            if not self.context.keep(len(self.tokens)):
                self.tokens = []
            raise
        self.tokens.extend(tokens)

    def forget(self) -> None:
        """Empty the context, and drop what is saved of this conversation."""
        self.context.keep(0)
        self.tokens = []
        self._saved.pop(self.conversation, None)

    @property
    def saved_bytes(self) -> int:
        return sum(len(state) for _, state in self._saved.values())

    def _save_state(self) -> None:
        if len(self.tokens) < LEAST_TOKENS:
            return
        self._saved[self.conversation] = (list(self.tokens), self.context.save())
        while self._saved and self.saved_bytes > MOST_SAVED_BYTES:
            self._saved.popitem(last=False)


def common(a: list[int], b: list[int]) -> int:
    """How many tokens two sequences begin with in common."""
    for number, (left, right) in enumerate(zip(a, b, strict=False)):
        if left != right:
            return number
    return min(len(a), len(b))
