"""A language server as a process, spoken to in turn, with what it and its children cost.

Kept apart from the client of the tests: this one knows no server and does nothing but stop the time.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

Json = dict[str, Any]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ServerSilentError(Exception):
    """A server that did not answer in time, or ended."""


class SpeakingServer:
    """A server process; messages that it sends are kept with the moment they came."""

    def __init__(self, command: Sequence[str], cwd: Path) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=cwd
        )
        self.settings: Json = {}
        self._numbers = 0
        self._came: queue.SimpleQueue[tuple[float, Json]] = queue.SimpleQueue()
        self._kept: list[tuple[float, Json]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: object, patience: float = 30.0) -> Any:
        """The result of a request, None for an error."""
        self._numbers += 1
        number = self._numbers
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return self.wait(lambda one: one.get("id") == number and "method" not in one, patience)[1].get(
            "result"
        )

    def wait(self, wanted: Callable[[Json], bool], patience: float = 30.0) -> tuple[float, Json]:
        """The first message that `wanted` is true of, and when it came; requests of the server are answered meanwhile."""
        until = time.perf_counter() + patience
        for index, kept in enumerate(self._kept):
            if wanted(kept[1]):
                return self._kept.pop(index)
        while True:
            try:
                moment, message = self._came.get(timeout=max(until - time.perf_counter(), 0.001))
            except queue.Empty:
                raise ServerSilentError(self.process.args) from None
            if "method" in message and "id" in message:
                self._answer(message)
            elif wanted(message):
                return moment, message
            elif "method" in message:
                self._kept.append((moment, message))

    def forget(self, method: str) -> None:
        """Drop the notifications of a method that came so far."""
        while not self._came.empty():
            self._kept.append(self._came.get())
        kept, self._kept = self._kept, []
        for moment, message in kept:
            if "method" in message and "id" in message:
                self._answer(message)
            elif message.get("method") != method:
                self._kept.append((moment, message))

    def cpu(self) -> float:
        """CPU seconds of the process and all that descend from it, ended ones that were waited for included."""
        return sum(map(_cpu_of, self.family()))

    def memory(self) -> tuple[int, int]:
        """Megabytes held by all processes: each one's resident set added up, and with shared pages counted once."""
        family = self.family()
        return sum(map(rss_of, family)) >> 20, sum(map(pss_of, family)) >> 20

    def family(self) -> list[int]:
        """The process and all that descend from it."""
        found = [self.process.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                with suppress(OSError):
                    found += map(int, children.read_text().split())
        return found

    def _answer(self, message: Json) -> None:
        params: Json = message.get("params") or {}
        asked: list[Json] = params.get("items") or []
        result = [self.settings.get(one.get("section", "")) for one in asked] or None
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _send(self, message: object) -> None:
        assert self.process.stdin is not None
        body = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            if not length:
                return
            body = stream.read(length)
            self._came.put((time.perf_counter(), json.loads(body)))


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


def rss_of(pid: int) -> int:
    """Bytes of memory that a process holds, shared ones included; 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def pss_of(pid: int) -> int:
    """Bytes of memory that a process holds, each shared page divided by those who share it; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
