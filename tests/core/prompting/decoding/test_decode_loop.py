import types

import numpy as np
import pytest

from core.prompting.decoding.decode_loop import Scale

WORDS = [b"a", b"b", b"c", b"d"]


def scale(size: int = 4) -> Scale:
    model = types.SimpleNamespace(size=size, piece=lambda token, special=False: WORDS[token % 4])
    return Scale(model)


def test_softmax_entropy_and_rank_by_hand():
    """Scores ln 4, ln 2, ln 1, ln 1: p = 1/2, 1/4, 1/8, 1/8; entropy 1/2 + 2/4 + 3/8 + 3/8 = 1.75 bits."""
    step = scale().step(1, np.log(np.array([4, 2, 1, 1], np.float32)), 3)
    assert step.probability == pytest.approx(0.25) and step.entropy == pytest.approx(1.75, abs=1e-5) and step.rank == 2
    assert [round(other.probability, 4) for other in step.alternatives] == [0.5, 0.25, 0.125]
    assert [other.text for other in step.alternatives[:2]] == ["a", "b"]


def test_against_scipy_with_scores_that_are_minus_infinity():
    from scipy.stats import entropy

    chance = np.random.default_rng(2)
    logits = chance.normal(0, 6, 5000).astype(np.float32)
    logits[10:20] = -np.inf
    p = np.exp(logits - logits.max()).astype(np.float64)
    step = scale(5000).step(7, logits, 10)
    assert step.entropy == pytest.approx(entropy(p, base=2), abs=1e-3)
    assert step.probability == pytest.approx(p[7] / p.sum(), rel=1e-4)
    assert [other.token_id for other in step.alternatives] == list(np.argsort(-p, kind="stable")[:10])
