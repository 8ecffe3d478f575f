"""What a benchmark asks and answers, read from its own file: HumanEval's and MBPP's, or any file of the same fields."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec

from aifirst_model.dataset.dataset_error import DatasetError

_PROMPTS = ("prompt", "text", "question", "declaration", "docstring")
_ANSWERS = ("canonical_solution", "code", "solution", "answer")


class Problem(msgspec.Struct, frozen=True):
    """One problem: its name, what is asked, what is answered; `name` is `file:task id`."""

    name: str
    prompt: str
    solution: str


def read_problems(path: Path) -> list[Problem]:
    """The problems of a benchmark's file, JSON lines or one list, gzipped or not. Raises `DatasetError`."""
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
        rows = list(_rows(text))
    except (OSError, EOFError, ValueError) as error:
        raise DatasetError(
            f"the benchmark {path} cannot be read: {error}",
            "give HumanEval.jsonl(.gz) or mbpp.jsonl as it is published",
        ) from error
    problems = [_problem(path, number, row) for number, row in enumerate(rows)]
    if not any(problem.prompt or problem.solution for problem in problems):
        raise DatasetError(
            f"the benchmark {path} has no field that is known",
            f"its rows need one of {', '.join(_PROMPTS)} and one of {', '.join(_ANSWERS)}",
        )
    return problems


def _rows(text: str) -> Iterator[dict[str, Any]]:
    whole = (
        [json.loads(text)]
        if text.lstrip().startswith("[")
        else [json.loads(line) for line in text.split("\n") if line.strip()]
    )
    for row in cast("list[Any]", whole[0]) if whole and isinstance(whole[0], list) else whole:
        if isinstance(row, dict):
            yield cast("dict[str, Any]", row)


def _problem(path: Path, number: int, row: dict[str, Any]) -> Problem:
    name = str(row.get("task_id", number))
    prompt = "\n".join(str(row[field]) for field in _PROMPTS if isinstance(row.get(field), str))
    solution = next((str(row[field]) for field in _ANSWERS if isinstance(row.get(field), str)), "")
    return Problem(f"{path.name.partition('.')[0]}:{name}", prompt, solution)
