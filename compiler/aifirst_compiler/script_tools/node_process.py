"""One Node process for many scripts: a request a line in, an answer a line out, each in bounded time.

A process that does not answer in time, or dies, is ended, and the next request starts another.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

import msgspec

from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_tools.find_tools import find_node, find_tools

_WORKER = Path(__file__).with_name("worker.mjs")
_SECONDS = 30.0
_SECONDS_PER_BYTE = 2e-5
# They would load code of somebody else's choice into the process, or send it elsewhere for packages.
_NOT_PASSED = ("NODE_OPTIONS", "NODE_PATH", "ESBUILD_BINARY_PATH", "NAPI_RS_NATIVE_LIBRARY_PATH")


class Made(msgspec.Struct, frozen=True):
    """What one tool made of a script; `map` is its source map, decoded.

    `before` is the map of the text that the tool was given, where that is not the script but another tool's output.
    """

    tool: str
    code: str
    map: dict[str, object] | None = None
    before: dict[str, object] | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the tools made of a script, and what those said that could not."""

    results: tuple[Made, ...] = ()
    errors: tuple[str, ...] = ()


class ToolsEndedError(CompileError):
    """The process hung, or died; it is ended, and the next request starts another."""


class NodeProcess:
    """The process, started with the first request; not shared between threads."""

    def __init__(self, tools: Path | None = None, worker: Path = _WORKER) -> None:
        self._tools = tools
        self._worker = worker
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._owner = os.getpid()

    def ask(self, request: Mapping[str, object], *, seconds: float | None = None) -> Answer:
        """The answer to one request; its `errors` say so where the process hung or died.

        Raises `ToolsMissingError` where Node or the tools are not there.
        """
        try:
            return msgspec.json.decode(self.exchange(request, seconds=seconds), type=Answer)
        except ToolsEndedError as error:
            return Answer(errors=(str(error),))

    def exchange(self, request: Mapping[str, object], *, seconds: float | None = None) -> bytes:
        """The answer to one request, as it came.

        Raises `ToolsEndedError` where the process hung or died, `ToolsMissingError` where Node or tools are missing.
        """
        line = msgspec.json.encode(request)
        try:
            stream = self._input()
            stream.write(line + b"\n")
            stream.flush()
            answer = self._lines.get(timeout=seconds or _SECONDS + len(line) * _SECONDS_PER_BYTE)
        except Empty:
            self.close()
            raise ToolsEndedError("the tools did not answer in time") from None
        except OSError as error:
            self.close()
            raise ToolsEndedError(f"the tools ended: {error}") from error
        if not answer:
            self.close()
            raise ToolsEndedError("the tools ended before they answered")
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was not written yet cannot be any more
                        stream.close()
        atexit.unregister(self.close)

    def _input(self) -> IO[bytes]:
        """Where requests are written, to a process that has said that it is there."""
        if self._owner != os.getpid():
            self._process, self._owner = (
                None,
                os.getpid(),
            )  # it answers the process that this one was forked from
        if self._process is not None and self._process.poll() is None and self._process.stdin is not None:
            return self._process.stdin
        self.close()
        tools = self._tools or find_tools()
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}
        self._process = subprocess.Popen(  # noqa: S603 - node, found on the path, with our own arguments
            [find_node(), str(self._worker), str(tools)],
            cwd=tools,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        to_it, from_it = self._process.stdin, self._process.stdout
        if to_it is None or from_it is None:
            raise BrokenPipeError("no pipes to the process")
        self._lines = SimpleQueue()
        atexit.register(self.close)
        threading.Thread(target=_hand_over, args=(from_it, self._lines), daemon=True).start()
        if not self._lines.get(timeout=_SECONDS):  # the greeting
            raise BrokenPipeError("they did not start")
        return to_it


def _hand_over(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Put each line that the process writes into the queue, and an empty one at its end."""
    try:
        for line in stream:
            lines.put(line)
    except (OSError, ValueError):
        pass
    lines.put(b"")
