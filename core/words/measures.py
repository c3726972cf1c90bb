"""Measures of bias other than WEAT. Each is described once, as a `Measure` in `MEASURES`: the rest loops over it.

Conventions differ between libraries (vectors at length 1, or unnormalized), and then their numbers do too; so each
measure names its own.
"""

from __future__ import annotations

import numpy as np

from core.words.bias_measure import BiasInputs, Measure, RandomGroups, RandomLists, RandomWords, Targets, unit
from core.words.dtypes import Floats
from core.words.statistics import spearman

SIMILAR = 0.2
"""Pairs of occupations with a smaller cosine are not asked for their indirect bias, which divides by it."""


def mean(values: Floats) -> float:
    """Their mean."""
    return float(values.mean())


def _direct_bias(inputs: BiasInputs, words: Targets) -> Floats:
    """|cos(w, g)| (N,). Example: (1, 0) and (0, 1) with g = (1, 0): 1 and 0, so 0.5 on the whole."""
    return np.abs(inputs.along(inputs.units(words)))


def similar_pairs(inputs: BiasInputs) -> Targets:
    """Pairs of occupations with a cosine above `SIMILAR`; all pairs where fewer than three have one."""
    units = inputs.units(inputs.occupations)
    first, second = np.nonzero(np.triu(units @ units.T, 1) > SIMILAR)
    if len(first) < 3:
        first, second = np.triu_indices(len(units), 1)
    words = inputs.occupations
    return [(words[i], words[j]) for i, j in zip(first.tolist(), second.tolist(), strict=True)]


def _indirect_bias(inputs: BiasInputs, pairs: Targets) -> Floats:
    """The share of each pair's cosine that comes from the direction (N,); 0 where the cosine is 0.

    Example: (0.6, 0.8), (0.8, 0.6) and g = (1, 0): both are (0, 1) without g, so (0.96 - 1) / 0.96 = -0.042.
    """
    firsts, seconds = zip(*pairs, strict=True)
    positions = {word: position for position, word in enumerate(dict.fromkeys([*firsts, *seconds]))}
    first, second = ([positions[word] for word in words] for words in (firsts, seconds))
    units = inputs.units(list(positions))
    rest = units - np.outer(inputs.along(units), inputs.direction)  # type: ignore[arg-type]
    rest /= np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), 1e-12)
    cosines, without = (units @ units.T)[first, second], (rest @ rest.T)[first, second]
    zero = np.abs(cosines) < 1e-9
    return np.where(zero, 0, (cosines - without) / np.where(zero, 1, cosines))


def _ripa(inputs: BiasInputs, words: Targets) -> Floats:
    """|w . (x - y) / |x - y|| (N,), unnormalized vectors. Example: w (3, 4), x (2, 0), y (0, 2): |3 - 4| / 1.414."""
    high, low = (inputs.vectors.vector(word).astype(np.float64) for word in inputs.pair)
    rows = [inputs.vectors.row(word) for word in words]
    return np.abs(inputs.vectors.matrix[rows].astype(np.float64) @ unit(high - low))


def _norm_distances(inputs: BiasInputs, words: Targets) -> Floats:
    """|w - mean A| - |w - mean B| (N,); negative: nearer to A, the female words."""
    units = inputs.units(words)
    to_a, to_b = (
        np.linalg.norm(units - inputs.units(names).mean(axis=0), axis=1) for names in (inputs.female, inputs.male)
    )
    return np.asarray(to_a - to_b)


def _mean_distances(inputs: BiasInputs, words: Targets) -> Floats:
    """Mean cosine distance of each word from the female and male words (N,), 0..2."""
    middle = inputs.units([*inputs.female, *inputs.male]).mean(axis=0)
    return np.asarray(1 - inputs.units(words) @ middle)


def _group_cosines(inputs: BiasInputs, words: Targets) -> Floats:
    """Each word's cosines with the mean of the female and of the male words (N, 2)."""
    means = [unit(inputs.units(names).mean(axis=0)) for names in (inputs.female, inputs.male)]
    return np.asarray(inputs.units(words) @ np.stack(means, axis=1))


def _rank_correlation(cosines: Floats) -> float:
    """Spearman's rho of two columns, -1..1; 1 where both rank the words equally."""
    return spearman(cosines[:, 0], cosines[:, 1])


def _people(inputs: BiasInputs) -> Targets:
    return [*inputs.female, *inputs.male]


def _negative_probabilities(inputs: BiasInputs, words: Targets) -> Floats:
    """P(unpleasant | word) (N,), by logistic regression."""
    weights, intercept = inputs.classifier
    return np.asarray(1 / (1 + np.exp(-(inputs.units(words) @ weights + intercept))))


def divergence(probabilities: Floats) -> float:
    """Kullback-Leibler divergence (nats) of their shares from equal ones. Example: 0.3 and 0.1 give 0.131."""
    shares = probabilities / probabilities.sum()
    return float((shares * np.log(np.maximum(shares * len(shares), 1e-300))).sum())


def _sum(values: Floats) -> float:
    return float(values.sum())


MEASURES: tuple[Measure, ...] = (
    Measure(
        key="direct",
        title="Direct bias",
        per_target=_direct_bias,
        summary=mean,
        formula=r"\frac1N \sum_w |\cos(w, g)|",
        convention="unit vectors; g = she − he",
        source="Bolukbasi et al. 2016",
        unbiased=None,
        direction="higher",
        null=RandomWords(),
        groups=RandomGroups(),
    ),
    Measure(
        key="indirect",
        title="Indirect bias",
        per_target=_indirect_bias,
        summary=mean,
        formula=r"\frac{w \cdot v - \cos(w_\perp, v_\perp)}{w \cdot v}",
        convention=f"unit vectors; mean over pairs of similar occupations (cosine above {SIMILAR})",
        source="Bolukbasi et al. 2016",
        unbiased=0,
        direction="either way",
        null=RandomLists(400),
        groups=RandomGroups(400),
        targets=similar_pairs,
    ),
    Measure(
        key="ripa",
        title="RIPA",
        per_target=_ripa,
        summary=mean,
        formula=r"\frac1N \sum_w \left| w \cdot \frac{x - y}{|x - y|} \right|",
        convention="unnormalized vectors",
        source="Ethayarajh, Duvenaud and Hirst 2019",
        unbiased=None,
        direction="higher",
        null=RandomWords(),
        groups=RandomGroups(),
    ),
    Measure(
        key="rnd",
        title="RND",
        per_target=_norm_distances,
        summary=_sum,
        formula=r"\sum_w |w - \bar A| - |w - \bar B|",
        convention="unit vectors; A female, B male words",
        source="Garg et al. 2018",
        unbiased=0,
        direction="either way",
        null=RandomWords(),
        groups=RandomGroups(),
        lists=("occupations", "female words", "male words"),
    ),
    Measure(
        key="mac",
        title="MAC",
        per_target=_mean_distances,
        summary=mean,
        formula=r"\frac1N \sum_t \frac1{|A|} \sum_a \left(1 - \cos(t, a)\right)",
        convention="unit vectors; a mean distance, despite its name",
        source="Manzini et al. 2019",
        unbiased=1,
        direction="lower",
        null=RandomWords(),
        groups=RandomGroups(),
        lists=("occupations", "female words", "male words"),
    ),
    Measure(
        key="ect",
        title="ECT",
        per_target=_group_cosines,
        summary=_rank_correlation,
        formula=r"\rho\left(\cos(a, \bar T_1),\ \cos(a, \bar T_2)\right)",
        convention="unit vectors; Spearman over the occupations",
        source="Dev and Phillips 2019",
        unbiased=1,
        direction="lower",
        null=RandomWords(500),
        groups=RandomGroups(500),
        lists=("occupations", "female words", "male words"),
    ),
    Measure(
        key="rnsb",
        title="RNSB",
        per_target=_negative_probabilities,
        summary=divergence,
        formula=r"\sum_i p_i \log (N p_i), \quad p_i \propto P(\text{negative} \mid w_i)",
        convention="unit vectors; logistic regression on pleasant and unpleasant words",
        source="Sweeney and Najafian 2019",
        unbiased=0,
        direction="higher",
        null=RandomWords(),
        targets=_people,
        lists=("female words", "male words", "pleasant words", "unpleasant words"),
    ),
)
"""All measures, in the order of the report. A new one is one entry here."""
