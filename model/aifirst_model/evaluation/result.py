"""What an evaluation found: figures with intervals, and the score of every item, so that two can be compared in pairs.

A figure that is a mean over items (problems, files) has their scores; it can be compared item by item. One that is not,
such as a percentile of times, stands alone.
"""

from __future__ import annotations

import os
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.intervals import interval_of_mean, weighted_mean

FILE_NAME = "result.json"
QUESTIONS = "questions"
"""In `about`: a digest of what was asked, where items of one name can be of several versions."""
Better = Literal["higher", "lower", ""]


class Metric(msgspec.Struct, frozen=True):
    """One figure; `low` and `high` bound its 95 % interval, None where there are no items."""

    value: float
    low: float | None = None
    high: float | None = None
    better: Better = "higher"
    unit: str = ""
    count: int = 0
    """Items that it is made of."""
    wanted: tuple[float | None, float | None] | None = None
    """The least and the most that the product asks for."""

    @property
    def is_met(self) -> bool | None:
        """Whether the value is within what is wanted; None where nothing is."""
        if self.wanted is None:
            return None
        least, most = self.wanted
        return (least is None or self.value >= least) and (most is None or self.value <= most)


class Score(msgspec.Struct, frozen=True, array_like=True):
    """What one item scored; the figure is the mean weighted by `weight`, such as tokens or bytes."""

    value: float
    weight: float = 1.0


class Item(msgspec.Struct, frozen=True):
    """One problem, file or text."""

    name: str
    scores: dict[str, Score]


class Table(msgspec.Struct, frozen=True):
    """Something to read beside the figures."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Result(msgspec.Struct, frozen=True):
    """One evaluation. `kind` says of what ("humaneval"), `subject` of which model, `about` how, in words."""

    kind: str
    subject: str
    metrics: dict[str, Metric]
    items: tuple[Item, ...] = ()
    about: dict[str, str] = {}
    tables: tuple[Table, ...] = ()
    version: Literal[1] = 1


class MetricKind(msgspec.Struct, frozen=True):
    """How a figure over items is to be read."""

    better: Better = "higher"
    unit: str = ""
    wanted: tuple[float | None, float | None] | None = None
    is_share: bool = False
    """Whether it is a share of items for which something holds."""


def metrics_over(items: Sequence[Item], kinds: Mapping[str, MetricKind]) -> dict[str, Metric]:
    """The weighted mean of each kind's scores, with its interval; a kind that no item has a score of is left out."""
    metrics: dict[str, Metric] = {}
    for name, kind in kinds.items():
        scores = [item.scores[name] for item in items if name in item.scores]
        if not scores:
            continue
        values, weights = [score.value for score in scores], [score.weight for score in scores]
        low, high = interval_of_mean(values, weights, is_share=kind.is_share)
        metrics[name] = Metric(
            weighted_mean(values, weights), low, high, kind.better, kind.unit, len(scores), kind.wanted
        )
    return metrics


def write_result(result: Result, path: Path) -> None:
    """Write it whole: beside, then renamed."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def require_same_questions(first: Result, second: Result) -> None:
    """Raise EvaluationError where the items of one name were other questions in the other."""
    mine, theirs = (each.about.get(QUESTIONS) for each in (first, second))
    if mine and theirs and mine != theirs:
        raise EvaluationError(
            f"the two were asked other questions: the suite's file has changed ({mine} and {theirs})",
            "evaluate both on one file",
        )


def read_result(path: Path) -> Result:
    """The result of a file, or of the folder of a run. Raises EvaluationError."""
    file = path / FILE_NAME if path.is_dir() else path
    try:
        return msgspec.json.decode(file.read_bytes().removeprefix(BOM_UTF8), type=Result)
    except OSError as error:
        raise EvaluationError(
            f"{file} cannot be read ({error.strerror})",
            "give what `aifirst model eval … --out` wrote; a run that is not finished has none yet",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvaluationError(
            f"{file} is no result of an evaluation ({error})", "run the evaluation again"
        ) from None
