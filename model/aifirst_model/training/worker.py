"""One of several processes of a training: `python -m aifirst_model.training.worker RUN`, started by `launch.py`.

The first process leaves its figures, or what ended it, in the folder.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

import msgspec

from aifirst_model.errors import ModelError
from aifirst_model.heavy import heavy
from aifirst_model.training.run_folder import Line, Place
from aifirst_model.training.train_here import train_here


def main(folder: Path) -> int:
    """Train; the exit status is 0 where a result or a checkpoint was left, 1 where an error was told."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends at once until there is something to save
    rank = os.environ["RANK"]
    torch = heavy("torch", "train")
    if not torch.cuda.is_available():
        torch.set_num_threads(max(1, (os.cpu_count() or 1) // int(os.environ["WORLD_SIZE"])))
    unfinished = Place(folder).unfinished
    try:
        figures = train_here(folder, _tell_nobody)
    except ModelError as error:
        (unfinished / f"error-{rank}.txt").write_text(f"{error.what}\n{error.next_step}", "utf-8")
        return 1
    finally:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
    if rank == "0":
        (unfinished / "figures.json").write_bytes(msgspec.json.encode(figures))
    return 0


def _tell_nobody(_: Line, __: int) -> None:
    """Who started the processes reads the log."""


def _leave(status: int) -> NoReturn:
    """End at once: all is written, and threads of libraries that still run could end an orderly farewell by a signal."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _leave(main(Path(sys.argv[1])))
