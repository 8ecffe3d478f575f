"""How much of what a model wrote keeps to the style: files without error findings, and the glue in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.protocols import StyleJudge
from aifirst_model.evaluation.result import Item, MetricKind, Result, Score, Table, metrics_over
from aifirst_model.evaluation.run_folder import PLAN_NAME, read_answers, read_plan
from aifirst_model.evaluation.source_files import GivenFile, read_source_files

BAND = (0.70, 0.90)
"""Glue tokens by all tokens, as the product wants it in source."""
KINDS = {
    "style_compliance": MetricKind(wanted=(0.95, None), is_share=True),
    "glue_ratio": MetricKind("", wanted=BAND),
    "glue_in_band": MetricKind(is_share=True),
    "errors_per_file": MetricKind("lower"),
    "warnings_per_file": MetricKind("lower"),
}


class Generated(msgspec.Struct, frozen=True):
    """What was written, and by whom."""

    subject: str
    files: tuple[GivenFile, ...]


def read_generated(paths: Iterable[Path]) -> Generated:
    """The programs of a run over a suite, where one run's folder is given; else the files and folders.

    Raises EvaluationError where there is nothing.
    """
    given = list(paths)
    if len(given) == 1 and (given[0] / PLAN_NAME).is_file():
        plan = read_plan(given[0])
        answers = sorted(read_answers(given[0]), key=lambda answer: (answer.name, answer.sample))
        files = [
            GivenFile(f"{each.name}/{each.sample}", each.code, "python")
            for each in answers
            if each.code.strip()
        ]
        if not files:
            raise EvaluationError(f"{given[0]} has no answers yet", "run the suite first")
        return Generated(plan.model, tuple(files))
    return Generated(", ".join(path.name or str(path) for path in given), tuple(read_source_files(given)))


def style_result(
    judge: StyleJudge, generated: Generated, report: Callable[[int, int], None], subject: str = ""
) -> Result:
    """Judge every file of `subject`, else of whom they are by themselves; an empty file complies with nothing.

    A table says which rules are broken most. Raises EvaluationError where none can be judged.
    """
    items: list[Item] = []
    codes: Counter[str] = Counter()
    for done, file in enumerate(generated.files):
        report(done, len(generated.files))
        verdict = judge.judge(file.text, file.language)
        if verdict is None:
            continue
        low, high = BAND
        codes.update(verdict.codes)
        items.append(
            Item(file.name, {
                "style_compliance": Score(float(verdict.errors == 0 and bool(file.text.strip()))),
                "glue_ratio": Score(verdict.glue_ratio, max(1, verdict.tokens)),
                "glue_in_band": Score(float(low <= verdict.glue_ratio <= high)),
                "errors_per_file": Score(verdict.errors),
                "warnings_per_file": Score(verdict.warnings),
            })
        )  # fmt: skip
    if not items:
        raise EvaluationError("no file is in a language that is judged", "give files of code")
    rows = tuple(
        (code, str(count)) for code, count in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    table = (Table("Rules broken as errors", ("Rule", "Files"), rows),) if rows else ()
    about = {"preset": judge.preset, "files": str(len(items))}
    return Result(
        "style", subject or generated.subject, metrics_over(items, KINDS), tuple(items), about, table
    )
