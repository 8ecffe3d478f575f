"""The calibration of a run over a suite, or of any file of lines with confidence and correct."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_model.evaluation.calibration import (
    Bin,
    Guess,
    brier_score,
    calibration_error,
    equal_mass_bins,
    equal_width_bins,
    log_loss,
)
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.given_lines import read_given_lines
from aifirst_model.evaluation.result import Item, Metric, MetricKind, Result, Score, Table, metrics_over
from aifirst_model.evaluation.run_folder import read_answers, read_outcomes, read_plan
from aifirst_model.evaluation.scale_confidence import Scaling, fit_platt, fit_temperature, split_guesses

Taken = Literal["mean", "sequence"]
"""An answer's confidence: the geometric mean of its tokens' probabilities, or the probability of the whole."""
_FEWEST = 20


class _Line(msgspec.Struct):
    confidence: float
    correct: bool | int
    name: str = ""


def read_guesses(path: Path, taken: Taken = "mean") -> tuple[str, list[Guess]]:
    """Who guessed, and the guesses of a run folder or of a .jsonl file. Raises EvaluationError."""
    subject, guesses = _of_run(path, taken) if path.is_dir() else _of_file(path)
    if len(guesses) < _FEWEST:
        raise EvaluationError(
            f"{path} has {len(guesses)} answers with a confidence, which tell nothing",
            f"give at least {_FEWEST}; a run has them where the model tells log-probabilities",
        )
    return subject, guesses


def calibration_result(subject: str, guesses: Sequence[Guess], bins: int, about: dict[str, str]) -> Result:
    """All figures of the half that no scaling saw: as it is, and scaled by what the other half taught."""
    learned, shown = split_guesses(guesses)
    if not learned or not shown:
        raise EvaluationError("all answers are to one problem", "give a run over several problems")
    scalings = {"": Scaling(), "temperature": fit_temperature(learned), "platt": fit_platt(learned)}
    metrics: dict[str, Metric] = {}
    scores: list[dict[str, Score]] = [{} for _ in shown]
    tables: list[Table] = []
    for name, scaling in scalings.items():
        scaled = [scaling.apply(guess) if name else guess for guess in shown]
        end = f"_{name}" if name else ""
        width, mass = equal_width_bins(scaled, bins), equal_mass_bins(scaled, bins)
        metrics[f"ece{end}"] = Metric(calibration_error(width), better="lower", count=len(shown))
        metrics[f"ece_equal_mass{end}"] = Metric(calibration_error(mass), better="lower", count=len(shown))
        tables.append(_table(name, width))
        for kept, guess in zip(scores, scaled, strict=True):
            kept[f"brier{end}"], kept[f"log_loss{end}"] = Score(brier_score(guess)), Score(log_loss(guess))
    seen: Counter[str] = Counter()
    items: list[Item] = []
    for guess, kept in zip(shown, scores, strict=True):
        items.append(Item(f"{guess.group}/{seen[guess.group]}", kept))
        seen[guess.group] += 1
    kinds = {name: MetricKind("lower") for name in scores[0]}
    told = {
        "fitted on": f"{len(learned)} answers, reported on {len(shown)} others",
        "temperature": f"{scalings['temperature'].temperature:.3f}",
        "platt": f"slope {scalings['platt'].slope:.3f}, offset {scalings['platt'].offset:.3f}",
        "right": f"{sum(guess.is_right for guess in shown) / len(shown):.3f}",
    }
    every = metrics | metrics_over(items, kinds)
    return Result("calibration", subject, every, tuple(items), about | told, tables=tuple(tables))


def _table(name: str, bins: Sequence[Bin]) -> Table:
    rows = tuple(
        (f"{each.low:.3f} to {each.high:.3f}", str(each.count), f"{each.confidence:.3f}", f"{each.right:.3f}")
        for each in bins
    )
    title = f"Reliability, scaled by {name}" if name else "Reliability as it is"
    return Table(title, ("Confidence", "Answers", "Mean confidence", "Right"), rows)


def _of_run(folder: Path, taken: Taken) -> tuple[str, list[Guess]]:
    outcomes = read_outcomes(folder)
    guesses: list[Guess] = []
    for answer in read_answers(folder):
        outcome = outcomes.get((answer.name, answer.sample))
        if outcome is None or answer.log_probability is None:
            continue
        length = max(1, answer.tokens or 1) if taken == "mean" else 1
        guesses.append(
            Guess(answer.name, min(1.0, math.exp(answer.log_probability / length)), outcome.verdict.passed)
        )
    return read_plan(folder).model, guesses


def _of_file(path: Path) -> tuple[str, list[Guess]]:
    guesses: list[Guess] = []
    form = 'give lines like {"confidence": 0.8, "correct": true}'
    for number, line in read_given_lines(path, _Line, "guess", form):
        if not 0 <= line.confidence <= 1 or line.correct not in (0, 1):
            raise EvaluationError(
                f"{path}:{number}: confidence has to be 0 to 1, and correct true or false", "correct the line"
            )
        guesses.append(Guess(line.name or str(number), line.confidence, bool(line.correct)))
    return path.name, guesses
