"""Counts the background table and fits the weights of the term carry: logistic regression by Newton's method."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

from aifirst_validator.connectivity import background as table
from aifirst_validator.connectivity.carry import Carry
from connectivity_samples import Sample

PRIOR = 6.0
"""Files that the usual carry counts for beside a term's own."""
MIN_FILES = 6
"""Files a term occurs in before the table knows it."""


def count_background(samples: Sequence[Sample]) -> str:
    """The text of the background table, counted over the samples."""
    code_sets = [sample.layers.code.terms.keys() for sample in samples]
    glue_sets = [sample.layers.glue.terms.keys() for sample in samples]
    code, rare_code = term_rates(code_sets)
    glue, rare_glue = term_rates(glue_sets)
    hits: Counter[str] = Counter()
    beyond: dict[str, float] = {}
    room: dict[str, float] = {}
    for mine, theirs in zip(code_sets, glue_sets, strict=True):
        for term in theirs:
            by_chance = 1.0 - math.exp(-code.get(term, rare_code) * len(mine))
            hits[term] += 1
            beyond[term] = beyond.get(term, 0.0) + (term in mine) - by_chance
            room[term] = room.get(term, 0.0) + 1.0 - by_chance
    usual = sum(beyond.values()) / sum(room.values())

    def row(term: str) -> str:
        carry = (beyond.get(term, 0.0) + PRIOR * usual) / (room.get(term, 0.0) + PRIOR)
        return _row(term, code.get(term, rare_code), glue.get(term, rare_glue), carry)

    seen = Counter(term for terms in code_sets for term in terms) + hits
    kept = sorted(term for term, count in seen.items() if count >= MIN_FILES)
    head = "# term, -10 ln(rate in code), -10 ln(rate in comments), 100 * carry; see background.py\n"
    return head + _row("*", rare_code, rare_glue, usual) + "".join(map(row, kept))


def _row(term: str, code: float, glue: float, carry: float) -> str:
    rates = "\t".join(str(round(-math.log(rate) * table.RATE_STEPS)) for rate in (code, glue))
    return f"{term}\t{rates}\t{round(min(0.95, max(0.01, carry)) * table.CARRY_STEPS)}\n"


def term_rates(texts: Sequence[Collection[str]]) -> tuple[dict[str, float], float]:
    """The rate of each term (see `TermRates`), and that of a term seen in one text only."""
    sizes = sorted(map(len, texts))
    steps = [sizes[(2 * i + 1) * len(sizes) // 40] for i in range(20)]
    solved: dict[int, float] = {}

    def rate(count: int) -> float:
        low, high = 1e-9, 5.0
        for _ in range(40):
            middle = math.sqrt(low * high)
            expected = sum(1.0 - math.exp(-middle * size) for size in steps) / len(steps)
            low, high = (middle, high) if expected < count / len(texts) else (low, middle)
        return low

    found: dict[str, float] = {}
    for term, count in Counter(term for terms in texts for term in terms).items():
        if count not in solved:
            solved[count] = rate(count)
        found[term] = solved[count]
    return found, rate(1)


def fit(
    own_carries: Sequence[Carry], strange_carries: Sequence[Carry], kinds: Sequence[str], own_failing: float
) -> dict[str, float]:
    """Weights of a ridge logistic regression, both classes counted alike, 0.5 at the allowed own failures."""
    own = [_features(carry, kinds) for carry in own_carries]
    strange = [_features(carry, kinds) for carry in strange_carries]
    rows = [(row, 1.0, 0.5 / len(own)) for row in own] + [(row, 0.0, 0.5 / len(strange)) for row in strange]
    weights = [0.0] * (len(kinds) + 1)
    for _ in range(30):
        weights = _newton_step(rows, weights, ridge=1e-4)
    totals = sorted(sum(w * x for w, x in zip(weights, row, strict=True)) for row in own)
    border = totals[int(len(totals) * own_failing)]
    fitted = {"intercept": weights[0] - border, **dict(zip(kinds, weights[1:], strict=True))}
    return {kind: round(weight, 3) for kind, weight in fitted.items()}


def _features(carry: Carry, kinds: Sequence[str]) -> list[float]:
    return [1.0, *(math.asinh(getattr(carry.evidence, kind)) for kind in kinds)]


def _newton_step(
    rows: Sequence[tuple[list[float], float, float]], weights: list[float], ridge: float
) -> list[float]:
    size = len(weights)
    slope = [-ridge * w for w in weights]
    curve = [[ridge if i == j else 0.0 for j in range(size)] for i in range(size)]
    for row, label, part in rows:
        p = 1.0 / (
            1.0 + math.exp(-max(-40.0, min(40.0, sum(w * x for w, x in zip(weights, row, strict=True)))))
        )
        for i in range(size):
            slope[i] += part * (label - p) * row[i]
            for j in range(size):
                curve[i][j] += part * p * (1.0 - p) * row[i] * row[j]
    step = _solve(curve, slope)
    return [w + s for w, s in zip(weights, step, strict=True)]


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination; the matrix is positive definite."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(size):
        for j in range(i + 1, size):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [a - factor * b for a, b in zip(rows[j], rows[i], strict=True)]
    found = [0.0] * size
    for i in range(size - 1, -1, -1):
        rest = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - rest) / rows[i][i]
    return found
