"""One problem of a suite of coding problems, whatever the suite; the fields say who is shown what."""

from __future__ import annotations

import gzip
import hashlib
import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from aifirst_model.evaluation.errors import EvaluationError

SuiteName = Literal["humaneval", "mbpp"]
_MOST_BYTES = 1 << 28


class Problem(msgspec.Struct, frozen=True):
    """What a model is asked, and how its answer is tested."""

    name: str
    """As the suite calls it: "HumanEval/0", "MBPP/11"."""
    entry: str
    """The function that is tested."""
    prompt: str
    """Code to go on from, up to and with the function's docstring; "" where there is only a task in words."""
    task: str
    """The task in words, "" where the prompt says it all."""
    shown_tests: tuple[str, ...]
    """Tests that are part of the question."""
    tests: tuple[str, ...]
    """What is run, one text after the other."""
    solution: str
    """The suite's own answer: the rest of the prompt, or the whole code where there is no prompt."""
    own: str = ""
    """Run by the judge before the tests: what they import, and what the prompt gives them."""
    before: str = ""
    """Run in the answer's process before the answer: imports."""
    after: str = ""
    """Run in the answer's process after it: what sets the tests up."""


class Suite(msgspec.Struct, frozen=True):
    """The problems of a file; `digest` is the file's SHA-256."""

    name: SuiteName
    problems: tuple[Problem, ...]
    digest: str


def read_suite(name: SuiteName, path: Path, *, split: str = "") -> Suite:
    """The problems of a file (.jsonl, .jsonl.gz). `split` is of MBPP: "test" (the default), "all" and others.

    Raises EvaluationError for a file that is none of that suite, with the line.
    """
    from aifirst_model.evaluation.humaneval import read_humaneval
    from aifirst_model.evaluation.mbpp import read_mbpp

    data = _read(path)
    rows = _rows(data.removeprefix(BOM_UTF8), path)
    problems = tuple(read_humaneval(rows, path) if name == "humaneval" else read_mbpp(rows, path, split))
    if not problems:
        raise EvaluationError(f"{path} has no problems", "give the suite's own file, or another --split")
    if len({problem.name for problem in problems}) < len(problems):
        raise EvaluationError(f"{path} has a problem twice", "give the suite's own file")
    return Suite(name, problems, hashlib.sha256(data).hexdigest())


def text_of(row: dict[str, Any], field: str, path: Path, number: int) -> str:
    """A field that has to be text. Raises EvaluationError."""
    value = row.get(field)
    if not isinstance(value, str):
        raise EvaluationError(
            f"{path}:{number}: there is no text {field!r}", "give the suite's own file, unchanged"
        )
    return value


def texts_of(row: dict[str, Any], field: str, path: Path, number: int) -> tuple[str, ...]:
    """A field that has to be a list of texts; empty where it is absent. Raises EvaluationError."""
    value = row.get(field, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in cast("list[Any]", value)):
        raise EvaluationError(
            f"{path}:{number}: {field!r} is no list of texts", "give the suite's own file, unchanged"
        )
    return tuple(cast("list[str]", value))


def _read(path: Path) -> bytes:
    try:
        if path.suffix != ".gz":
            return path.read_bytes()
        with gzip.open(path) as stream:
            data = stream.read(_MOST_BYTES + 1)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise EvaluationError(f"{path} cannot be read ({why})", "check its path, or copy it again") from None
    if len(data) > _MOST_BYTES:
        raise EvaluationError(f"{path} holds over {_MOST_BYTES >> 20} MiB", "give the suite's own file")
    return data


def _rows(data: bytes, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each line's number and object; a file may be one JSON list, too, as the sanitized MBPP is."""
    if data.lstrip()[:1] == b"[":
        lines = cast("list[Any]", _decoded(data, path, 1))
        yield from ((number, _object(row, path, number)) for number, row in enumerate(lines, 1))
        return
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip():
            yield number, _object(_decoded(line, path, number), path, number)


def _decoded(data: bytes, path: Path, number: int) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise EvaluationError(
            f"{path}:{number}: this is no JSON", "give a .jsonl or .jsonl.gz file with one object a line"
        ) from None


def _object(row: Any, path: Path, number: int) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise EvaluationError(f"{path}:{number}: this is no object", "give one object a line")
    return cast("dict[str, Any]", row)
