"""How good completions of lines are: the same line, how near it is, how likely the right one was; and how sure that is.

Exact match compares the rest of the line without the space at its ends. Edit similarity is 1 - Levenshtein distance /
longer length. Perplexity is that of the right rest of the line under the model, its end not counted. Intervals are of
95 %, over lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from aifirst_model.evaluation.intervals import interval_of_difference, interval_of_mean

Interval = tuple[float, float]


class LineScore(msgspec.Struct, frozen=True):
    """Of one line: 1 for the same, similarity, and the likelihood's logarithm with its tokens, where one was asked."""

    exact: float
    similarity: float
    log_probability: float | None = None
    tokens: int = 0


class Summary(msgspec.Struct, frozen=True):
    """Of all lines, for one way to complete them."""

    name: str
    exact: float
    exact_interval: Interval
    similarity: float
    similarity_interval: Interval
    perplexity: float | None = None
    perplexity_interval: Interval | None = None
    milliseconds: float | None = None
    """A line."""


class Difference(msgspec.Struct, frozen=True):
    """How much better the adapted model is than the base, on the same lines."""

    exact: float
    exact_interval: Interval
    log_probability: float
    """Nats a token of the right line."""
    log_probability_interval: Interval

    @property
    def is_better(self) -> bool:
        """Whether the adapted one is: more lines right, or as far as these lines show as many, each more likely."""
        if self.exact_interval[0] > 0:
            return True
        return self.exact_interval[1] >= 0 and self.log_probability_interval[0] > 0


def score_line(wanted: str, given: str, log_probabilities: Sequence[float] | None = None) -> LineScore:
    """The score of a completion; only its first line counts."""
    right, answer = wanted.strip(), given.partition("\n")[0].strip()
    longest = max(len(right), len(answer), 1)
    similarity = 1 - _distance(right, answer) / longest
    if log_probabilities is None:
        return LineScore(float(right == answer), similarity)
    return LineScore(float(right == answer), similarity, math.fsum(log_probabilities), len(log_probabilities))


def summarise(name: str, scores: Sequence[LineScore], milliseconds: float | None = None) -> Summary:
    """The summary of at least one line."""
    ones = [1.0] * len(scores)
    exact, similar = [one.exact for one in scores], [one.similarity for one in scores]
    summary = Summary(
        name, math.fsum(exact) / len(scores), interval_of_mean(exact, ones, is_share=True),
        math.fsum(similar) / len(scores), interval_of_mean(similar, ones), milliseconds=milliseconds,
    )  # fmt: skip
    if any(one.log_probability is None for one in scores):
        return summary
    means, tokens = _likelihoods(scores)
    low, high = interval_of_mean(means, tokens)
    mean = math.fsum(a * b for a, b in zip(means, tokens, strict=True)) / math.fsum(tokens)
    return msgspec.structs.replace(
        summary, perplexity=math.exp(-mean), perplexity_interval=(math.exp(-high), math.exp(-low))
    )


def compare_scores(adapted: Sequence[LineScore], base: Sequence[LineScore]) -> Difference:
    """The difference on the same lines, both with likelihoods."""
    ones = [1.0] * len(base)
    ours, theirs = [one.exact for one in adapted], [one.exact for one in base]
    likely, tokens = _likelihoods(adapted)
    other, other_tokens = _likelihoods(base)
    gain = math.fsum(one.log_probability or 0.0 for one in adapted) / math.fsum(tokens)
    gain -= math.fsum(one.log_probability or 0.0 for one in base) / math.fsum(other_tokens)
    return Difference(
        (math.fsum(ours) - math.fsum(theirs)) / len(base), interval_of_difference(ours, theirs, ones, ones),
        gain, interval_of_difference(likely, other, tokens, other_tokens),
    )  # fmt: skip


def _likelihoods(scores: Sequence[LineScore]) -> tuple[list[float], list[float]]:
    """Nats a token, and tokens, of each line."""
    tokens = [float(max(1, one.tokens)) for one in scores]
    return [(one.log_probability or 0.0) / size for one, size in zip(scores, tokens, strict=True)], tokens


def _distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, second in enumerate(other, 1):
            before, row[place] = (
                row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != second)),
            )  # fmt: skip
    return row[-1]
