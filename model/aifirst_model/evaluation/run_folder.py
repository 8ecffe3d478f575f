"""The folder of a run over a suite: what was asked, every answer and every outcome, a line each as soon as it is there.

A run that was killed goes on from it. A last line that was cut off is taken away and its work done again; a folder of
another plan is refused, because its answers would be counted as if they were to this one.
"""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from aifirst_model.evaluation.ask_problem import AskedAs
from aifirst_model.evaluation.check_answer import Verdict
from aifirst_model.evaluation.errors import EvaluationError

PLAN_NAME = "run.json"
_ANSWERS, _OUTCOMES = "answers.jsonl", "outcomes.jsonl"


class Plan(msgspec.Struct, frozen=True):
    """What a run asks of whom; two runs with the same plan ask the same."""

    suite: Literal["humaneval", "mbpp"]
    digest: str
    """SHA-256 of the suite's file."""
    problems: int
    model: str
    asked_as: AskedAs = "continuation"
    shots: int = 0
    samples: int = 1
    temperature: float = 0.0
    top_p: float | None = None
    max_tokens: int = 512
    seed: int = 0
    split: str = ""
    version: Literal[1] = 1


class AnswerRecord(msgspec.Struct, frozen=True):
    """One answer. `code` is the program that it was cut to; `refused` says why the model would not be asked."""

    name: str
    sample: int
    text: str
    code: str
    finish: str = ""
    tokens: int | None = None
    log_probability: float | None = None
    """Of the whole answer: the sum over its tokens, natural logarithm."""
    seconds: float = 0.0
    refused: str = ""


class OutcomeRecord(msgspec.Struct, frozen=True):
    """What came of one answer."""

    name: str
    sample: int
    verdict: Verdict


Key = tuple[str, int]
Record = TypeVar("Record", AnswerRecord, OutcomeRecord)


class RunFolder:
    """An open run folder; use it as a context. One process at a time."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Open or begin. Raises EvaluationError for another plan's folder, and for lines that are none."""
        self.folder, self.plan = folder, plan
        folder.mkdir(parents=True, exist_ok=True)
        _begin(folder, plan)
        with ExitStack() as opened:
            self._answer_file = opened.enter_context(_open_lines(folder / _ANSWERS))
            self._outcome_file = opened.enter_context(_open_lines(folder / _OUTCOMES))
            answers = _read(folder / _ANSWERS, AnswerRecord)
            self.answers: dict[Key, AnswerRecord] = {(line.name, line.sample): line for line in answers}
            self.outcomes = read_outcomes(folder)
            self._opened = opened.pop_all()

    def add_answer(self, answer: AnswerRecord) -> None:
        """Keep an answer."""
        _add(self._answer_file, answer)
        self.answers[answer.name, answer.sample] = answer

    def add_outcome(self, outcome: OutcomeRecord) -> None:
        """Keep an outcome."""
        _add(self._outcome_file, outcome)
        self.outcomes[outcome.name, outcome.sample] = outcome

    def __enter__(self) -> RunFolder:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        self._opened.close()


def read_plan(folder: Path) -> Plan:
    """The plan of a run folder. Raises EvaluationError for a folder that is none."""
    try:
        return msgspec.json.decode((folder / PLAN_NAME).read_bytes(), type=Plan)
    except OSError as error:
        raise EvaluationError(
            f"{folder} is no folder of a run ({error.strerror}: {PLAN_NAME})",
            "give the folder that --out named",
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvaluationError(
            f"{folder / PLAN_NAME} is no plan of a run ({error})", "give another folder, or delete this one"
        ) from None


def read_answers(folder: Path) -> list[AnswerRecord]:
    """Every answer of a run folder, in the order in which they came. Raises EvaluationError."""
    read_plan(folder)
    return _read(folder / _ANSWERS, AnswerRecord)


def read_outcomes(folder: Path) -> dict[Key, OutcomeRecord]:
    """Every outcome of a run folder. Raises EvaluationError."""
    return {(line.name, line.sample): line for line in _read(folder / _OUTCOMES, OutcomeRecord)}


def _begin(folder: Path, plan: Plan) -> None:
    file = folder / PLAN_NAME
    if not file.exists():
        if any(folder.iterdir()):
            raise EvaluationError(f"{folder} is not empty and no folder of a run", "give another --out")
        part = file.with_name(file.name + ".part")
        part.write_bytes(msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
        part.replace(file)
        return
    before = msgspec.to_builtins(read_plan(folder))
    changed = [
        "another file of the suite" if name == "digest" else f"{name} {before[name]!r}"
        for name, value in msgspec.to_builtins(plan).items()
        if before[name] != value
    ]
    if changed:
        raise EvaluationError(
            f"{folder} holds a run with {', '.join(changed)}",
            "give that again to go on with it, or another --out",
        )


def _open_lines(path: Path) -> BinaryIO:
    """The file to append whole lines to, for this process alone; a last line that was cut off goes."""
    stream = path.open("a+b", buffering=0)
    with suppress(ImportError):  # Windows, where no run folder is shared by accident of a second terminal
        import fcntl

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            raise EvaluationError(
                f"another process works on {path.parent}", "wait until it ends, or give another --out"
            ) from None
    stream.seek(0)
    data = stream.read()
    if not data.endswith(b"\n"):
        os.ftruncate(stream.fileno(), data.rfind(b"\n") + 1)
    return stream  # pyright: ignore[reportReturnType]  # an unbuffered file is one all the same


def _add(stream: BinaryIO, record: msgspec.Struct) -> None:
    add_line(stream, msgspec.json.encode(record))


def add_line(stream: BinaryIO, data: bytes) -> None:
    """Write a line at once. Raises OSError also where a full disk took a part of it; the next opening takes that away."""
    if stream.write(data + b"\n") != len(data) + 1:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _read(path: Path, kind: type[Record]) -> list[Record]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    decoder = msgspec.json.Decoder(kind)
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise EvaluationError(
                f"{path}:{number}: this is no line of a run ({error})",
                "take the line away: its work is done again",
            ) from None
    return records
