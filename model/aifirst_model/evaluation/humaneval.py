"""Reads HumanEval (Chen et al. 2021, 164 problems; task_id, prompt, entry_point, canonical_solution, test)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aifirst_model.evaluation.problem import Problem, text_of


def read_humaneval(rows: Iterable[tuple[int, dict[str, Any]]], path: Path) -> Iterator[Problem]:
    """The problems, in the file's order. Raises EvaluationError."""
    for number, row in rows:
        prompt = text_of(row, "prompt", path, number)
        test = text_of(row, "test", path, number)
        yield Problem(
            name=text_of(row, "task_id", path, number),
            entry=text_of(row, "entry_point", path, number),
            prompt=prompt,
            task="",
            shown_tests=(),
            tests=(f"{test}\ncheck(candidate)\n",),
            solution=text_of(row, "canonical_solution", path, number),
            # Some tests use a function that the prompt gives in full, such as `poly` and `encode_cyclic`.
            own=f"{prompt}\n    pass\n",
        )
