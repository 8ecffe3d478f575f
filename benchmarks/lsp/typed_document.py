"""A document that is open in a server, and a person who types in it.

One message after the other, each timed from the moment it is sent; what a server offers decides how findings are had.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from speaking_server import Json, SpeakingServer

CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "diagnostic": {"dynamicRegistration": False},
        "publishDiagnostics": {"versionSupport": True},
        "completion": {"completionItem": {"snippetSupport": True}},
        "synchronization": {"didSave": True},
    },
    "workspace": {"configuration": True, "workspaceFolders": True, "diagnostics": {"refreshSupport": True}},
    "window": {"workDoneProgress": True},
}


class TypedDocument:
    """A document that is open in a server, and keys that are pressed in it."""

    def __init__(self, server: SpeakingServer, folder: Path, path: Path, text: str) -> None:
        self._server = server
        self._uri = path.as_uri()
        self._text = text
        self._version = 1
        lines = text.splitlines()
        self._line = len(lines) - 1
        self._definition = len(lines) - 5
        self._is_broken = False
        params: Json = {
            "processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": CAPABILITIES,
            "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
            "initializationOptions": {"trusted": True},
        }  # fmt: skip
        self.offered: Json = server.request("initialize", params)["capabilities"]
        server.notify("initialized", {})
        item = {"uri": self._uri, "languageId": "python", "version": 1, "text": text}
        server.notify("textDocument/didOpen", {"textDocument": item})
        self.pulls = bool(self.offered.get("diagnosticProvider"))

    def first(self) -> float:
        """Milliseconds from the start of the process to the first findings."""
        self._findings()
        return (time.perf_counter() - self._server.started) * 1000

    def type_and_wait(self) -> float:
        """Press a key that makes another finding, or none, and wait for what is found then."""
        self._server.forget("textDocument/publishDiagnostics")
        started = time.perf_counter()
        self._press("undefined_name\n" if not self._is_broken else "")
        self._findings()
        return time.perf_counter() - started

    def complete(self) -> float:
        """Press a key and ask for completions behind it."""
        started = time.perf_counter()
        self._press("prob" if not self._is_broken else "")
        position = {"line": self._line + 1, "character": 4 if self._is_broken else 0}
        self._server.request("textDocument/completion", {**self._named(), "position": position})
        return time.perf_counter() - started

    def hover(self) -> float:
        """Rest the mouse on a function's name."""
        started = time.perf_counter()
        position = {"line": self._definition, "character": 6}
        self._server.request("textDocument/hover", {**self._named(), "position": position})
        return time.perf_counter() - started

    def _press(self, text: str) -> None:
        """Put a text on the line below the last, or take away what was put there."""
        self._version += 1
        self._is_broken = bool(text)
        start = {"line": self._line + 1, "character": 0}
        end = {"line": self._line + 3, "character": 0}
        change = {"range": {"start": start, "end": end}, "text": text}
        document = {"uri": self._uri, "version": self._version}
        self._server.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def _findings(self) -> Any:
        if self.pulls:
            return self._server.request("textDocument/diagnostic", self._named())
        return self._server.wait(self._is_told)

    def _is_told(self, message: Json) -> bool:
        params: Json = message.get("params") or {}
        return (
            message.get("method") == "textDocument/publishDiagnostics"
            and params.get("uri") == self._uri
            and params.get("version") in (None, self._version)
        )

    def _named(self) -> Json:
        return {"textDocument": {"uri": self._uri}}
