"""The features of every line of a text for a question, as columns that the trees read.

Three kinds: what the line says of the question, what the lines around and above it, in its paragraph and below it say,
and what kind of line it is. The last is there with or without a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aifirst_model.relevance.asked import Asked, WordSources
from aifirst_model.relevance.line_layout import Layout, layout
from aifirst_model.relevance.line_words import LineWords, line_words

Floats = NDArray[np.float32]
_REACH: Final = (1, 3, 8)
"""Lines to each side that speak for a line, the nearer the more."""

_LEFT_OUT: Final = frozenset({
    "said", "said_words", "said_rarely_before_1", "said_rarely_behind_1", "said_rarely_behind_3", "said_rarely_below",
    "said_rarely_far_above", "said_rarely_beside", "near_below", "near_before_1", "echo", "below", "kind_above",
})  # fmt: skip
"""Columns that trees gain next to nothing from: they are for plain ways to compare with."""


def learnt_features(columns: Iterable[str]) -> list[str]:
    """The columns that trees are trained on."""
    return [name for name in columns if name not in _LEFT_OUT]


class _Told(NamedTuple):
    """A column that speaks of the question, by name: it is also asked of what stands around a line."""

    name: str
    values: Floats


def line_features(
    asked: Asked, lines: Sequence[bytes], sources: WordSources, form: Layout | None = None
) -> dict[str, Floats]:
    """The columns by name, each with a number a line; the same names in the same order for every text.

    `form` is the layout of the lines, where it is known.
    """
    said = line_words(asked, lines, sources)
    form = layout(lines) if form is None else form
    told = _said(asked, said)
    columns = {one.name: one.values for one in told}
    columns |= _echoes(said, told[1].values, len(lines))
    for one in (told[1], told[3]):
        columns |= _around(one, form)
    columns |= _shape(form, len(lines))
    columns |= _question(asked, told)
    return columns


def _said(asked: Asked, words: LineWords) -> list[_Told]:
    """What a line says itself. Shares are of all that the question's words weigh."""
    weights = asked.weights * (0.1 + asked.rarity)
    whole = max(float(weights.sum()), 1e-6)
    count = max(len(words.said), 1)
    rarely = np.log1p(count / (1.0 + words.said.sum(axis=0))).astype(np.float32)
    here = weights * rarely
    nearest = words.near * words.near
    return [
        _Told("said", np.asarray(words.said @ weights / whole, np.float32)),
        _Told("said_rarely", words.said @ here / max(float(here.sum()), 1e-6)),
        _Told("said_most", (words.said * here).max(axis=1, initial=0.0)),
        _Told("near", nearest @ here / max(float(here.sum()), 1e-6)),
        _Told("near_most", (words.near * weights).max(axis=1, initial=0.0)),
        _Told("said_words", words.said.sum(axis=1)),
        _Told("mean", words.mean),
    ]


def _echoes(words: LineWords, said: Floats, count: int) -> dict[str, Floats]:
    """How much the names of a line stand in other lines that say something of the question: what is used there."""
    if not len(words.identifiers):
        return {"echo_most": np.zeros(count, np.float32), "echo": np.zeros(count, np.float32)}
    times = np.bincount(words.identifiers, minlength=words.different)
    sums = np.bincount(words.identifiers, said[words.lines], words.different)
    others = np.maximum(sums[words.identifiers] - said[words.lines], 0.0)
    echo = others / times[words.identifiers] ** 0.75
    total = np.bincount(words.lines, echo, count)
    sizes = np.maximum(np.bincount(words.lines, minlength=count), 1)
    most = np.zeros(count)
    starts = np.flatnonzero(np.diff(words.lines, prepend=-1))
    most[words.lines[starts]] = np.maximum.reduceat(echo, starts)
    return {"echo_most": most.astype(np.float32), "echo": (total / sizes).astype(np.float32)}


def _around(told: _Told, form: Layout) -> dict[str, Floats]:
    """The same of the lines before and behind, of those above in the nesting, of the paragraph, of what stands below."""
    name, values = told
    count = len(values)
    padded = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    found: dict[str, Floats] = {}
    place = np.arange(count)
    for reach in _REACH:
        before = padded[place] - padded[np.maximum(place - reach, 0)]
        behind = padded[np.minimum(place + reach + 1, count)] - padded[place + 1]
        found[f"{name}_before_{reach}"] = (before / reach).astype(np.float32)
        found[f"{name}_behind_{reach}"] = (behind / reach).astype(np.float32)
    under = np.where(form.parent >= 0, values[form.parent], 0.0)
    over = np.where(form.parent >= 0, form.parent[form.parent], -1)
    found[f"{name}_above"] = under.astype(np.float32)
    found[f"{name}_far_above"] = np.where(over >= 0, values[over], 0.0).astype(np.float32)
    inner = np.maximum(form.end - place - 1, 0)
    below = (padded[form.end] - padded[np.minimum(place + 1, count)]) / np.maximum(inner, 1)
    found[f"{name}_below"] = below.astype(np.float32)
    beside = np.bincount(form.parent + 1, values, count + 1)
    beside /= np.maximum(np.bincount(form.parent + 1, minlength=count + 1), 1)
    found[f"{name}_beside"] = beside[form.parent + 1].astype(np.float32)
    width = int(form.paragraph.max(initial=0)) + 1
    sizes = np.maximum(np.bincount(form.paragraph, form.kind >= 0, width), 1)
    found[f"{name}_paragraph"] = (np.bincount(form.paragraph, values, width) / sizes)[form.paragraph].astype(
        np.float32
    )
    most = np.zeros(width, np.float32)
    np.maximum.at(most, form.paragraph, values)
    found[f"{name}_paragraph_most"] = most[form.paragraph]
    found[f"{name}_relative"] = (values / max(float(values.max(initial=0.0)), 1e-6)).astype(np.float32)
    smooth = (
        values + 0.5 * (found[f"{name}_before_1"] + found[f"{name}_behind_1"]) + found[f"{name}_paragraph"]
    )
    order = np.empty(count, np.float32)
    order[np.argsort(-smooth, kind="stable")] = np.arange(count, dtype=np.float32)
    found[f"{name}_rank"] = np.asarray(order / max(count, 1), np.float32)
    return found


def _shape(form: Layout, count: int) -> dict[str, Floats]:
    """What a line is, whatever is asked."""
    place = np.arange(count)
    first = np.flatnonzero(np.diff(form.paragraph, prepend=-1))
    starts = np.zeros(int(form.paragraph.max(initial=0)) + 1, np.intp)
    if count:
        starts[form.paragraph[first]] = first
    sizes = np.bincount(form.paragraph, minlength=len(starts))
    before = np.concatenate(([-2], form.kind[:-1])) if count else form.kind
    columns = {
        "depth": form.depth,
        "kind": form.kind,
        "kind_before": before,
        "kind_above": np.where(form.parent >= 0, form.kind[form.parent], -2) if count else form.kind,
        "length": form.length,
        "below": np.minimum(form.end - place - 1, 200),
        "place": place / max(count, 1),
        "from_start": np.minimum(place, 200),
        "from_end": np.minimum(count - place, 200),
        "from_above": np.minimum(place - form.parent, 200),
        "in_paragraph": place - starts[form.paragraph] if count else place,
        "paragraph_size": np.minimum(sizes[form.paragraph], 200) if count else place,
        "lines": np.full(count, min(count, 2_000)),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def _question(asked: Asked, told: Sequence[_Told]) -> dict[str, Floats]:
    """What is the same for all lines of a text: how much is asked, and how much of it the text says."""
    count = len(told[0].values)
    numbers = {
        "asked_words": len(asked.words),
        "asked_rarity": float(asked.rarity.mean()) if len(asked.words) else 0.0,
        "text_said": float(told[0].values.max(initial=0.0)),
        "text_near": float(told[3].values.max(initial=0.0)),
        "text_said_mean": float(told[0].values.mean()) if count else 0.0,
    }
    return {name: np.full(count, number, np.float32) for name, number in numbers.items()}
