"""A git command whose output is read as it comes, ended when time is up or nobody wants it any longer."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from aifirst_codebase.git.command import Git

_CHUNK = 1 << 18
_LOOK_EVERY = 0.05


class GitStream:
    """One running command; iterate over it for its output in pieces, then look at how it ended.

    Use as a context manager: the process never outlives it.
    """

    def __init__(
        self,
        git: Git,
        arguments: Sequence[str],
        *,
        stdin: bytes = b"",
        seconds: float = 300.0,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        # git reads all of it before it writes; a file cannot fill up as a pipe can.
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            self._process = git.open(*arguments, stdin=given)
        self._cancelled = cancelled
        self._deadline = time.monotonic() + seconds
        self._over = threading.Event()
        self.was_cancelled = False
        self.timed_out = False
        self._watch = threading.Thread(target=self._end_in_time, daemon=True)
        self._watch.start()

    def __enter__(self) -> GitStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()
        self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process.wait()

    def __iter__(self) -> Iterator[bytes]:
        """The output in pieces that end anywhere; stops early when time is up or it was cancelled."""
        output = self._process.stdout
        while output is not None and not self._is_over() and (piece := output.read(_CHUNK)):
            yield piece

    @property
    def succeeded(self) -> bool:
        """After the last piece: whether the command came to its own end, with 0."""
        if self.was_cancelled or self.timed_out:
            self._process.kill()
        return self._process.wait() == 0 and not (self.was_cancelled or self.timed_out)

    def _is_over(self) -> bool:
        """Whether nobody wants more; says why from then on."""
        if self._cancelled is not None and self._cancelled():
            self.was_cancelled = True
        elif time.monotonic() > self._deadline:
            self.timed_out = True
        return self.was_cancelled or self.timed_out

    def _end_in_time(self) -> None:
        """Kill the process, so that reading ends even where git itself hangs."""
        while not self._over.wait(_LOOK_EVERY):
            if self._is_over():
                self._process.kill()
                return
