"""Stays with a running command: feeds it, takes what it prints up to the limit, ends it when something passes a limit."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from aifirst_orchestrator.sandbox.limits import Limits
from aifirst_orchestrator.sandbox.outcome import Ending, FileChange, Outcome
from aifirst_orchestrator.sandbox.watch import Watch

_CHUNK: Final = 65_536
_FIRST_LOOK, _LATER_LOOKS = 0.004, 0.02  # seconds


@dataclass(slots=True)
class Attendance:
    """One command's pipes and how it ended; `attend` fills it in."""

    process: subprocess.Popen[bytes]
    limits: Limits
    watch: Watch
    end: Callable[[], None]
    """Kills everything that the command started and returns when it is dead."""
    cancel: threading.Event | None = None
    stdin: memoryview = field(default_factory=lambda: memoryview(b""))
    ending: Ending = "exited"
    seconds: float = 0.0
    outputs: dict[str, bytearray] = field(
        default_factory=lambda: {"stdout": bytearray(), "stderr": bytearray()}
    )

    def attend(self) -> None:
        """Return when the command has ended, by itself or not, and nothing of it runs any more."""
        started = time.monotonic()
        with selectors.DefaultSelector() as selector, _exit_descriptor(self.process) as ended:
            self._register(selector)
            if ended is not None:
                selector.register(ended, selectors.EVENT_READ, "exit")
            try:
                self.ending = self._loop(selector, started + self.limits.wall_seconds)
                self.seconds = time.monotonic() - started
            finally:
                self.end()
            self._drain()

    def outcome(
        self, status: int | None, changes: tuple[FileChange, ...] | None, unreported: int = 0
    ) -> Outcome:
        """Everything about the run, given how it ended and what changed; a negative status is a signal."""
        if status is not None and status < 0:
            status = 128 - status
        return Outcome(
            ending=self.ending,
            status=status if self.ending == "exited" else None,
            stdout=bytes(self.outputs["stdout"]),
            stderr=bytes(self.outputs["stderr"]),
            seconds=self.seconds,
            cpu_seconds=self.watch.cpu_seconds,
            peak_memory_bytes=self.watch.peak_memory_bytes,
            changes=changes,
            unreported=unreported,
        )

    def _register(self, selector: selectors.BaseSelector) -> None:
        """Watch the pipes; none of them ever blocks this process."""
        streams = self.process.stdin, self.process.stdout, self.process.stderr
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                event = selectors.EVENT_WRITE if name == "stdin" else selectors.EVENT_READ
                selector.register(stream, event, name)

    def _loop(self, selector: selectors.BaseSelector, deadline: float) -> Ending:
        look = time.monotonic() + _FIRST_LOOK
        while True:
            now = time.monotonic()
            if self.cancel and self.cancel.is_set():
                return "cancelled"
            if now >= deadline:
                return "wall_time"
            if now >= look:
                if self.process.poll() is not None:
                    return "exited"
                passed = self.watch.exceeded()
                if passed:
                    return passed
                look = time.monotonic() + _LATER_LOOKS
            for key, _ in selector.select(max(0.0, min(look, deadline) - time.monotonic())):
                if key.data == "exit":
                    return "exited"
                if not self._serve(key, selector):
                    return "output"

    def _serve(self, key: selectors.SelectorKey, selector: selectors.BaseSelector) -> bool:
        """Move what one pipe has or takes; False when more was printed than is allowed."""
        if key.data == "stdin":
            self._feed(key, selector)
            return True
        chunk = _read(key.fd)
        if chunk == b"":
            selector.unregister(key.fileobj)
        return self._keep(key.data, chunk or b"")

    def _feed(self, key: selectors.SelectorKey, selector: selectors.BaseSelector) -> None:
        try:
            self.stdin = self.stdin[os.write(key.fd, self.stdin[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.stdin = self.stdin[:0]
        if not self.stdin and self.process.stdin:
            selector.unregister(key.fileobj)
            with suppress(BrokenPipeError):
                self.process.stdin.close()

    def _keep(self, name: str, chunk: bytes) -> bool:
        room = self.limits.output_bytes - sum(map(len, self.outputs.values()))
        self.outputs[name] += chunk[:room]
        return len(chunk) <= room

    def _drain(self) -> None:
        """Take what lay in the pipes when the command ended; a pipe that somebody else holds open is left."""
        for name, stream in (("stdout", self.process.stdout), ("stderr", self.process.stderr)):
            if stream is None:
                continue
            while chunk := _read(stream.fileno()):
                if not self._keep(name, chunk):
                    self.ending = "output" if self.ending == "exited" else self.ending
                    break
            stream.close()
        if self.process.stdin:
            with suppress(BrokenPipeError):
                self.process.stdin.close()


def _read(descriptor: int) -> bytes | None:
    """Some bytes, none at the end of file, None where nothing is there now."""
    try:
        return os.read(descriptor, _CHUNK)
    except BlockingIOError:
        return None


@contextmanager
def _exit_descriptor(process: subprocess.Popen[bytes]) -> Generator[int | None]:
    """A descriptor that becomes readable when the process ends; None where the system has none (macOS)."""
    if sys.platform != "linux":
        yield None
        return
    descriptor = os.pidfd_open(process.pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
