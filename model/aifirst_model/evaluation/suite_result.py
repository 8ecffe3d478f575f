"""What a run over a suite comes to: pass@k with intervals, and what the answers were like."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.pass_at_k import pass_at_k
from aifirst_model.evaluation.result import Item, Metric, MetricKind, Result, Score, metrics_over
from aifirst_model.evaluation.run_folder import AnswerRecord, OutcomeRecord, RunFolder

WANTED_PASS_AT_1 = 0.8
"""What the product asks of a model for code."""


def suite_result(folder: RunFolder, ks: Iterable[int], about: dict[str, str]) -> Result:
    """The result of a finished run. Raises EvaluationError otherwise, for a k above the samples, and without answers."""
    plan = folder.plan
    wanted = sorted(set(ks))
    if wanted and wanted[-1] > plan.samples:
        raise EvaluationError(
            f"pass@{wanted[-1]} cannot be told from {plan.samples} answer(s) to a problem",
            f"ask for --samples {wanted[-1]} or more",
        )
    if len(folder.outcomes) < len(folder.answers):
        raise EvaluationError("the run is not finished", "run it again with the same --out: it goes on")
    refused = [answer.refused for answer in folder.answers.values() if answer.refused]
    if refused and len(refused) == len(folder.answers):
        raise EvaluationError(
            f"no answer could be judged: all {len(refused)} questions were refused ({refused[0]})",
            "mend that, and run it again with another --out",
        )
    right: defaultdict[str, int] = defaultdict(int)
    count: Counter[str] = Counter()
    for outcome in folder.outcomes.values():
        right[outcome.name] += outcome.verdict.passed
        count[outcome.name] += 1
    items = tuple(
        Item(name, {f"pass@{k}": Score(pass_at_k(count[name], right[name], k)) for k in wanted})
        for name in count
    )
    kinds = {
        f"pass@{k}": MetricKind(wanted=(WANTED_PASS_AT_1, None) if k == 1 else None, is_share=True)
        for k in wanted
    }
    metrics = metrics_over(items, kinds) | _described(folder.answers.values(), folder.outcomes.values())
    return Result(plan.suite, plan.model, metrics, items, about)


def _described(answers: Iterable[AnswerRecord], outcomes: Iterable[OutcomeRecord]) -> dict[str, Metric]:
    """Figures without a better or worse: how long answers were, how many were cut off, refused or ended by a limit."""
    every = list(answers)
    tokens = [answer.tokens for answer in every if answer.tokens is not None]
    ended = sum(outcome.verdict.ending != "exited" for outcome in outcomes)
    shares = {
        "cut_off": sum(answer.finish == "length" for answer in every),
        "refused": sum(bool(answer.refused) for answer in every),
        "ended_by_limit": ended,
    }
    figures = {
        name: Metric(value / max(1, len(every)), better="", count=len(every))
        for name, value in shares.items()
    }
    if tokens:
        mean = math.fsum(tokens) / len(tokens)
        figures["answer_tokens"] = Metric(mean, better="", unit="tokens", count=len(tokens))
    return figures
