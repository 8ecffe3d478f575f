"""Shows a saved run of `aifirst generate` or `aifirst agent` from its record: nothing is asked, run or written."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from aifirst_cli.failure import Failure
from aifirst_cli.index_run import printable
from aifirst_cli.output import write_output


def replay_run(folder: Path, name: str | None, shape: str, number: int | None) -> int:
    """Show the record of that name, else the newest in the folder, all its steps or one of them whole; 0."""
    import msgspec
    from aifirst_orchestrator.trajectory.replay import replay, told_step
    from aifirst_orchestrator.trajectory.trajectory import TrajectoryError, read_trajectory

    record = _record(folder, name)
    try:
        steps = replay(read_trajectory(record))
    except TrajectoryError as error:
        raise Failure(str(error)) from error
    if number is not None:
        steps = [step for step in steps if step.number == number] or _no_step(number, len(steps))
    if shape == "json":
        told = {"version": 1, "record": str(record), "steps": steps}
        text = msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"
        write_output(text, None, for_programs=True)
    elif shape == "events":
        write_output(
            "".join(msgspec.json.encode(step).decode() + "\n" for step in steps), None, for_programs=True
        )
    else:
        lines = [line for step in steps for line in told_step(step, whole=number is not None)]
        lines.append(f"{len(steps)} steps of {record}" if number is None else f"of {record}")
        write_output("".join(f"{printable(line)}\n" for line in lines), None)
    return 0


def _record(folder: Path, name: str | None) -> Path:
    """The record: the person's own of this very run, else whichever was written last."""
    if name is not None and (folder / name).is_file():
        return folder / name
    try:
        records = sorted(folder.glob("*.steps"), key=lambda one: (one.stat().st_mtime, one.name))
    except OSError:
        records = []
    if not records:
        raise Failure(f"{folder} has no record of a run. Run it first, without --replay.")
    return records[-1]


def _no_step(number: int, count: int) -> NoReturn:
    raise Failure(f"the record has {count} steps, none with the number {number}.")
