"""A run's folder: what is trained how on what (`run.json`), how it went (`log.jsonl`), and whose turn it is.

`run.json` is written whole beside its place and renamed. One process at a time may work on a run: it holds a lock that
the system lets go of when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec

from aifirst_model.training.recipe import Recipe
from aifirst_model.training.token_table import TableReport
from aifirst_model.training.training_error import TrainingError

VERSION: Final = 1
State = Literal["running", "interrupted", "failed", "done"]
Ending = Literal["", "all steps", "patience", "converged"]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of `log.jsonl`; `loss` is the mean since the line before, in nats a learned token."""

    step: int
    seconds: float
    """Of training, those before an interruption included."""
    loss: float | None = None
    learning_rate: float | None = None
    gradient_norm: float | None = None
    tokens: int = 0
    """Read by the model up to here."""
    evaluation_loss: float | None = None


class Source(msgspec.Struct, frozen=True):
    """Something that was trained on or from: where it lies, and what tells that it is the same still."""

    path: str
    name: str
    sums: dict[str, str]
    licence: str = ""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """How the run went; losses are those of the validation samples, None where there are none."""

    step: int = 0
    steps: int = 0
    best_step: int = 0
    loss_before: float | None = None
    loss_after: float | None = None
    seconds: float = 0.0
    tokens: int = 0
    peak_bytes: int = 0
    """Most memory of one process; of the GPU where there is one."""
    trained_parameters: int = 0
    parameters: int = 0
    held_parameters: int = 0
    """Numbers of the model that one process held: fewer than all where the weights were divided."""
    device: str = ""
    processes: int = 1
    ending: Ending = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """`run.json`."""

    version: int = VERSION
    recipe: Recipe
    base: Source
    data: Source
    processes: int = 1
    shard: bool = False
    state: State = "running"
    told: str = ""
    """What ended it, where it failed."""
    train: TableReport = TableReport()
    validation: TableReport = TableReport()
    figures: Figures = Figures()
    versions: dict[str, str] = {}


class Place(msgspec.Struct, frozen=True):
    """Where the parts of a run lie."""

    folder: Path

    @property
    def record(self) -> Path:
        """`run.json`."""
        return self.folder / "run.json"

    @property
    def log(self) -> Path:
        """`log.jsonl`."""
        return self.folder / "log.jsonl"

    @property
    def checkpoints(self) -> Path:
        """The folder of the whole ones."""
        return self.folder / "checkpoints"

    @property
    def unfinished(self) -> Path:
        """The folder of what is being written; nothing in it is ever read."""
        return self.folder / "unfinished"

    @property
    def tokens(self) -> Path:
        """The folder of the tables of tokens."""
        return self.folder / "tokens"

    @property
    def result(self) -> Path:
        """The folder of the adapter or model that came out."""
        return self.folder / "result"


def read_run(folder: Path) -> Run:
    """The record of a run. Raises `TrainingError` where the folder holds none that can be read."""
    path = Place(folder).record
    try:
        run = msgspec.json.decode(path.read_bytes(), type=Run)
    except FileNotFoundError:
        raise TrainingError(f"{folder} is no run (it has no run.json)", "give the folder of a run") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TrainingError(
            f"{path} cannot be read ({error})", "start the training anew in another folder"
        ) from None
    if run.version != VERSION:
        raise TrainingError(
            f"{path} has version {run.version}, this program reads {VERSION}", "start the training anew"
        )
    return run


def write_run(folder: Path, run: Run) -> None:
    """Write the record, whole or not at all. Raises `OSError`."""
    path = Place(folder).record
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(run), indent=1) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def read_log(folder: Path) -> list[Line]:
    """The lines of the log in order; a last one that is cut off is left out."""
    path = Place(folder).log
    lines: list[Line] = []
    if path.is_file():
        for data in path.read_bytes().splitlines():
            try:
                lines.append(msgspec.json.decode(data, type=Line))
            except msgspec.DecodeError:
                break
    return lines


def cut_log(folder: Path, step: int) -> list[Line]:
    """Take the lines after `step` out of the log, as training goes on from there; those that stay."""
    kept = [line for line in read_log(folder) if line.step <= step]
    path = Place(folder).log
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in kept))
    part.replace(path)
    return kept


@contextmanager
def hold_run(folder: Path) -> Generator[None]:
    """Be the only one who works on the run. Raises `TrainingError` where another process does."""
    with (folder / "run.lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise TrainingError(f"another process trains in {folder}", "wait for it, or end it") from None
        yield
