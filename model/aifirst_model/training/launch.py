"""Several processes that train one run together, each with a part of every batch (DDP), or of the weights too (FSDP).

They are started with the variables that PyTorch's launchers set, and end together: Ctrl-C reaches all of them once, and
where one fails the others are ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.training.run_folder import Figures, Line, Place
from aifirst_model.training.training_error import TrainingError

_PATIENCE: Final = 120.0
"""Seconds to save in after a first Ctrl-C."""
GRACE = 10.0
"""Seconds for the others to end in after one has failed: they wait for it in vain."""


def launch(folder: Path, processes: int, tell: Callable[[Line, int], None], steps: int) -> Figures:
    """Train the run in `processes` processes; the first one's figures. Raises `TrainingError` where one failed.

    Raises `KeyboardInterrupt` where they were interrupted before there was anything to save.
    """
    unfinished = Place(folder).unfinished
    for old in [*unfinished.glob("error-*.txt"), unfinished / "figures.json"]:
        old.unlink(missing_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fixed = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(processes)}
    command = [sys.executable, "-m", "aifirst_model.training.worker", str(folder)]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for rank in range(processes):
            environment = {**os.environ, **fixed, "RANK": str(rank), "LOCAL_RANK": str(rank)}
            with (unfinished / f"process-{rank}.log").open("wb") as told:
                running.append(
                    subprocess.Popen(  # noqa: S603  # this interpreter and this package
                        command, env=environment, stdout=told, stderr=told, start_new_session=True
                    )
                )
        failed = _wait(running, _LogReader(folder, tell, steps))
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
            process.wait()
    if any(process.returncode == -signal.SIGINT for process in running):
        raise KeyboardInterrupt
    return _outcome(unfinished, running, failed)


class _LogReader:
    """Tells the lines that are new in the log."""

    def __init__(self, folder: Path, tell: Callable[[Line, int], None], steps: int) -> None:
        self._path, self._tell, self._steps = Place(folder).log, tell, steps
        self._at = self._path.stat().st_size if self._path.is_file() else 0

    def read(self) -> None:
        if not self._path.is_file():
            return
        with self._path.open("rb") as stream:
            stream.seek(min(self._at, self._path.stat().st_size))
            data = stream.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._at = stream.tell() - len(data) + len(whole)
        for text in whole.splitlines():
            with contextlib.suppress(msgspec.DecodeError):
                self._tell(msgspec.json.decode(text, type=Line), self._steps)


def _wait(running: list[subprocess.Popen[bytes]], log: _LogReader) -> int:
    """Until all have ended, or one has failed, or they were told to stop and did not; the one that failed, or -1."""
    asked, failed = 0.0, -1
    while any(process.poll() is None for process in running):
        try:
            log.read()
            if failed < 0 and (failed := _failed(running)) >= 0:
                asked = time.monotonic() - _PATIENCE + GRACE
            if asked and time.monotonic() - asked > _PATIENCE:
                return failed
            time.sleep(0.2)
        except KeyboardInterrupt:
            if asked:
                raise
            asked = time.monotonic()
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGINT)
    log.read()
    return failed if failed >= 0 else _failed(running)


def _failed(running: list[subprocess.Popen[bytes]]) -> int:
    """Which process failed, -1 for none: one that a signal ended before those that then missed it."""
    codes = [process.poll() or 0 for process in running]
    return codes.index(min(codes)) if min(codes) < 0 else codes.index(max(codes)) if max(codes) else -1


def _outcome(unfinished: Path, running: list[subprocess.Popen[bytes]], failed: int) -> Figures:
    if all(process.returncode == 0 for process in running):
        return msgspec.json.decode((unfinished / "figures.json").read_bytes(), type=Figures)
    for path in sorted(unfinished.glob("error-*.txt")):
        what, _, step = path.read_text("utf-8").partition("\n")
        raise TrainingError(what, step)
    failed = max(0, failed)
    lines = (unfinished / f"process-{failed}.log").read_text("utf-8", errors="replace").strip().splitlines()
    code = running[failed].returncode
    told = f"signal {signal.Signals(-code).name}" if code < 0 else lines[-1] if lines else "it said nothing"
    raise TrainingError(
        f"process {failed} of the training ended ({told})",
        f"read {unfinished / f'process-{failed}.log'}; what was saved can be resumed",
    )
