"""A small client for tests and benchmarks: the real server over real pipes, one message at a time.

It keeps nothing from its caller: bytes can be sent as they are, and every message that came is there to be looked at.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

Json = dict[str, Any]
_COMMAND = (sys.executable, "-m", "aifirst_lsp_server.main")
_PATIENCE = 30.0
PULLS: Json = {"textDocument": {"diagnostic": {}}}
"""The capabilities of a client that asks for diagnostics itself."""


class ServerGoneError(Exception):
    """The server ended, or did not answer in time."""


class Session:
    """A server process and the messages that came from it."""

    def __init__(
        self, arguments: Sequence[str] = (), *, command: Sequence[str] = _COMMAND, cwd: Path | None = None
    ) -> None:
        self.process = subprocess.Popen(
            [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd,
            env={**os.environ, "PYTHONSAFEPATH": "1"},
        )  # fmt: skip
        self.notifications: list[Json] = []
        self.asked: list[Json] = []
        """Requests of the server, each answered by `answers`."""
        self.answers: dict[str, Any] = {}
        self.errors = ""
        self._numbers = 0
        self._answered: dict[Any, Json] = {}
        self._came: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self._stderr = threading.Thread(target=self._read_errors, daemon=True)
        self._stderr.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: object) -> None:
        """Send a message in its frame."""
        body = json.dumps(message).encode()
        self.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def notify(self, method: str, params: object = None) -> None:
        """Send a notification."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def start_request(self, method: str, params: object = None) -> int:
        """Send a request; its number."""
        self._numbers += 1
        self.send({"jsonrpc": "2.0", "id": self._numbers, "method": method, "params": params})
        return self._numbers

    def wait_for(self, number: object, patience: float = _PATIENCE) -> Json:
        """The whole response to a request."""
        until = time.monotonic() + patience
        while number not in self._answered:
            self.pump(until - time.monotonic())
        return self._answered.pop(number)

    def request(self, method: str, params: object = None, patience: float = _PATIENCE) -> Any:
        """The result of a request; an `AssertionError` where it is an error."""
        response = self.wait_for(self.start_request(method, params), patience)
        assert "error" not in response, response["error"]
        return response.get("result")

    def wait_for_notification(self, method: str, patience: float = _PATIENCE) -> Any:
        """The params of the next notification of this method, taken off the list."""
        until = time.monotonic() + patience
        while True:
            for index, one in enumerate(self.notifications):
                if one["method"] == method:
                    return self.notifications.pop(index).get("params")
            self.pump(until - time.monotonic())

    def pump(self, patience: float) -> None:
        """Take in one message; raises `ServerGoneError`."""
        try:
            message = self._came.get(timeout=max(patience, 0.001))
        except queue.Empty:
            raise ServerGoneError(f"no answer in time; stderr: {self.errors[-2000:]}") from None
        if message is None:
            self._came.put(None)
            self._stderr.join(2)
            raise ServerGoneError(f"the server ended; stderr: {self.errors[-2000:]}")
        if "method" not in message:
            self._answered[message.get("id")] = message
        elif "id" in message:
            self.asked.append(message)
            result = self.answers.get(message["method"])
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        else:
            self.notifications.append(message)

    def initialize(
        self, folders: Sequence[Path] = (), *, capabilities: Json | None = None, options: Json | None = None,
        encodings: Sequence[str] = ("utf-16",), **more: Any,
    ) -> Json:  # fmt: skip
        """Begin the session; what the server offers."""
        given: Json = {"general": {"positionEncodings": list(encodings)}, **(capabilities or {})}
        params: Json = {
            "processId": os.getpid(), "rootUri": None, "capabilities": given, "initializationOptions": options,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name} for folder in folders] or None,
            **more,
        }  # fmt: skip
        result: Json = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        """Open a document."""
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, *changes: Json) -> None:
        """Change a document."""
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def pull(self, uri: str, previous: str | None = None) -> Json:
        """The document's diagnostics."""
        params = {"textDocument": {"uri": uri}, "previousResultId": previous}
        result: Json = self.request("textDocument/diagnostic", params)
        return result

    def end(self) -> int:
        """Shut the server down as the protocol says; its exit code."""
        self.request("shutdown")
        self.notify("exit")
        return self.process.wait(10)

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                break
            self._came.put(json.loads(stream.read(length)))
        self._came.put(None)

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.errors += line.decode("utf-8", "replace")


def insert(line: int, character: int, text: str) -> Json:
    """A change that inserts a text."""
    return replace((line, character), (line, character), text)


def replace(start: tuple[int, int], end: tuple[int, int], text: str) -> Json:
    """A change of a range."""
    place = {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }
    return {"range": place, "text": text}
