"""A conversation with the packed server, started as the extension starts it, without a network where that can be had."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import threading
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Self

Json = dict[str, Any]
LONGEST = 400.0
"""Seconds until a server is ended that does not answer: many times what the whole session takes."""


@cache
def _without_network() -> tuple[str, ...]:
    """The words before a command that take the network from it; none where this machine does not let us."""
    unshare = shutil.which("unshare")
    command = (unshare or "", "--map-root-user", "--net", "--")
    if unshare is None or subprocess.run([*command, "true"], capture_output=True).returncode != 0:
        return ()
    return command


class BundledSession:
    """The server in `bundled`, run by `python` with next to no environment; requests are answered one by one."""

    def __init__(self, python: str, bundled: Path, storage: Path, project: Path) -> None:
        self._project = project
        self._numbers = itertools.count(1)
        self._said = TemporaryFile()  # noqa: SIM115  # closed where the session ends
        self._process = subprocess.Popen(
            [*_without_network(), python, "-I", "-S", str(bundled / "start.py"), str(storage)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd=project,
            env={"PATH": "/usr/bin:/bin", "HOME": str(storage.parent), "PYTHONPATH": str(project)},
        )

        self._end = threading.Timer(LONGEST, self._process.kill)
        self._end.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._end.cancel()
        self._process.communicate()
        self._said.close()

    def initialize(self, *, trusted: bool = True) -> None:
        """Open the project."""
        uri = self._project.as_uri()
        params: Json = {
            "processId": None,
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": "project"}],
            "capabilities": {"textDocument": {"diagnostic": {}}},
            "initializationOptions": {"trusted": trusted},
        }
        self.request("initialize", params)
        self._send({"method": "initialized", "params": {}})

    def open(self, name: str) -> str:
        """Open a file of the project; its uri."""
        path = self._project / name
        item = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text()}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": item}})
        return path.as_uri()

    def request(self, method: str, params: Json | None = None) -> Any:
        """The result of a request; an `AssertionError` with what the server said where there is none."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message:
                if "id" in message:
                    self._send({"id": message["id"], "result": None})
            elif message["id"] == number:
                result = message.get("result")
                assert "error" not in message, f"{message} {self.errors()}"
                result: Any = message.get("result")
                assert "error" not in (result or ()), f"{result} {self.errors()}"
                return result

    def end(self) -> int:
        """Shut the server down; its exit code."""
        self.request("shutdown")
        self._send({"method": "exit", "params": None})
        return self._process.wait(60)

    def errors(self) -> str:
        """What the server wrote to standard error so far."""
        size = os.fstat(self._said.fileno()).st_size
        return os.pread(self._said.fileno(), size, 0).decode(errors="replace")

    def _send(self, message: Json) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> Json:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, f"the server ended; {self.errors()}"
        message: Json = json.loads(self._process.stdout.read(length))
        return message
