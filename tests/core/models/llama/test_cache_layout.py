"""A saved state in its two layouts: worked by hand, and with a real model, whose next scores must not change."""

import struct

import numpy as np
import pytest

from core.models.llama import cache_layout
from core.models.llama import model as llama
from core.models.llama.context import Context
from tests.support.gguf_files import Shape, random_model

MARK = struct.pack("<Ii", 0xAF143CD8, 0)


def state(values: bytes, transposed: int, cells: int = 2) -> bytes:
    """One layer of two cells; keys of 2 bytes."""
    head = MARK + struct.pack("<II", 1, cells) + b"".join(struct.pack("<iIi", place, 1, 0) for place in range(cells))
    return head + struct.pack("<II", transposed, 1) + struct.pack("<iQ", 1, 2) + b"kKlL"[: 2 * cells] + values


BY_TOKEN = state(struct.pack("<iQ", 1, 4) + b"aAbBcCdD", 0)  # token 0: a b, token 1: c d
TRANSPOSED = state(struct.pack("<iII", 1, 2, 2) + b"aAcCbBdD", 1)  # component 0: a c, component 1: b d


def test_two_tokens_by_hand():
    assert bytes(cache_layout.converted(BY_TOKEN, transposed=True)) == TRANSPOSED
    assert bytes(cache_layout.converted(TRANSPOSED, transposed=False)) == BY_TOKEN
    assert cache_layout.converted(BY_TOKEN, transposed=False) is BY_TOKEN, "nothing is copied for nothing"


def test_a_state_made_longer_repeats_its_tokens():
    longer = cache_layout.read(cache_layout.repeated(BY_TOKEN, 5, transposed=True))
    assert longer.positions.tolist() == [0, 1, 2, 3, 4] and longer.transposed
    assert [bytes(row) for row in longer.values[0][1]] == [b"aAbB", b"cCdD"] * 2 + [b"aAbB"]


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        MARK,
        BY_TOKEN[:-1],
        BY_TOKEN + b"x",
        b"\1" + BY_TOKEN[1:],
        MARK + struct.pack("<II", 1, 1 << 30),
        state(struct.pack("<iQ", 1, 1 << 60) + b"aAbB", 0),
        state(struct.pack("<iII", 8, 34, 2) + b"a" * 136, 1),
    ],
    ids=["empty", "cut after the mark", "cut", "longer", "another mark", "a billion cells", "endless rows", "blocks"],
)
def test_what_is_no_such_state_is_refused(wrong):
    with pytest.raises(ValueError):
        cache_layout.read(wrong)


@pytest.mark.parametrize("first", [True, False], ids=["from flash attention", "to flash attention"])
def test_a_conversation_goes_on_as_if_nothing_had_changed(tmp_path, first):
    shape = Shape(width=64, layers=3, heads=4, hidden=96, vocabulary=600, context=512)
    model = llama.Model(str(random_model(tmp_path / "model.gguf", shape=shape)), lambda fraction: False)
    tokens = np.random.default_rng(2).integers(300, 600, 90).tolist()

    def scores(changes: bool) -> np.ndarray:
        context = Context(model, 256, 1, 64, flash=first)
        for start in (0, 60):
            context.decode(tokens[start : start + 60])
            if changes:
                assert context.use_flash(not context.flash)
        context.decode([301])
        found = context.logits().copy()
        saved = context.save()
        assert context.use_flash(not context.flash) and context.restore(saved), "a state of before can be restored"
        context.decode([302])
        context.close()
        return found

    once, changed = scores(False), scores(True)
    assert np.corrcoef(once, changed)[0, 1] > 0.9999 and once.argmax() == changed.argmax()
    model.close()
