"""How long a person waits for a language server, and what it costs while nobody waits: ours beside others, in one run.

    python benchmarks/lsp/latency.py CHECKOUT [--peers FOLDER] [--only NAME] [--lines 2639] [--rounds 60]

CHECKOUT is a work tree of a large Python project (django); nothing is written to it, runs use copies. A row is a
server and a file: milliseconds at the median and the 95th percentile. Diagnostics are from the moment a key is sent to
the moment the findings of that version are there, pulled where the server can be asked.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from speaking_server import Json, ServerSilentError, SpeakingServer

_LINES = (206, 2_639, 21_000)
_MOST_SECONDS = 25.0
"""For one row; the slow ones then have fewer rounds."""
_PROBE = "\n\ndef probe(first: int, second: str) -> str:\n    return second * first\n\n\nprobe(1, 'a')\n"
_CAPABILITIES: Json = {
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


class Peer(NamedTuple):
    """A server to measure."""

    name: str
    command: list[str]


class Row(NamedTuple):
    """One line of the table."""

    what: str
    values: list[float]
    cpu: float
    """Milliseconds of CPU a round, of all processes of the server."""


def main() -> None:
    """Measure and print the tables of the result page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only")
    parser.add_argument(
        "--lines", type=int, choices=_LINES, help="this file alone, and neither rest nor project"
    )
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    print(f"load at the start: {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sources = _sources(given.checkout)
        small = place / "small"
        small.mkdir()
        (small / "pyproject.toml").write_text("[project]\nname = 'small'\nversion = '1'\n")
        copy = place / "copy"
        if given.lines is None:
            shutil.copytree(given.checkout, copy, ignore=shutil.ignore_patterns(".git", ".aifirst"))
        else:
            sources = {given.lines: sources[given.lines]}
        for peer in _peers(given.peers):
            if given.only in (None, peer.name):
                print(f"## {peer.name}\n")
                _measure_peer(peer, small, sources, given.rounds)
                if given.lines is None:
                    _measure_more(peer, small, copy, sources, given.rounds)
                print(flush=True)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


def _peers(folder: Path | None) -> list[Peer]:
    found = [Peer("aifirst", [sys.executable, "-m", "aifirst_lsp_server.main"])]
    if folder is not None:
        found += [
            Peer("ruff", [str(folder / "ruff"), "server"]),
            Peer("ty", [str(folder / "ty"), "server"]),
            Peer("basedpyright", [str(folder / "basedpyright-langserver"), "--stdio"]),
            Peer("jedi-language-server", [str(folder / "jedi-language-server")]),
        ]
    return [peer for peer in found if Path(peer.command[0]).exists()]


def _sources(checkout: Path) -> dict[int, str]:
    """Real code of so many lines: whole files of the project one after the other, cut where a definition begins."""
    lines: list[str] = []
    for path in sorted((checkout / "django" / "db").rglob("*.py")) + sorted(
        (checkout / "django").rglob("*.py")
    ):
        lines += [line for line in path.read_text().splitlines() if not line.startswith("from __future__")]
        if len(lines) > max(_LINES) + 2000:
            break
    found: dict[int, str] = {}
    for count in _LINES:
        cut = next(number for number in range(count - 9, len(lines)) if lines[number][:4] in ("def ", "clas"))
        found[count] = "\n".join(lines[:cut]) + _PROBE
    return found


def _measure_peer(peer: Peer, small: Path, sources: dict[int, str], rounds: int) -> None:
    for count, text in sources.items():
        try:
            for row in _measure_file(peer, small, count, text, rounds):
                print(_line(f"{count:,} lines: {row.what}", row), flush=True)
        except ServerSilentError:
            print(f"| {count:,} lines | no answer in time |")


def _measure_more(peer: Peer, small: Path, copy: Path, sources: dict[int, str], rounds: int) -> None:
    try:
        _measure_rest(peer, small, sources[_LINES[0]])
        _measure_project(peer, copy, rounds)
    except ServerSilentError:
        print("| project | no answer in time |")


def _line(what: str, row: Row) -> str:
    if not row.values:
        return f"| {what} | not offered |"
    ordered = sorted(row.values)
    tail = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"| {what} | {statistics.median(ordered):.1f} | {tail:.1f} | {row.cpu:.1f} | {len(ordered)} |"


def _measure_file(peer: Peer, folder: Path, count: int, text: str, rounds: int) -> Iterator[Row]:
    path = folder / f"large_{count}.py"
    path.write_text(text)
    with SpeakingServer(peer.command, folder) as server:
        document = _Typed(server, folder, path, text)
        first = document.first()
        yield Row("start to first diagnostics", [first], server.cpu() * 1000)
        time.sleep(4)  # what a server does once after its start is none of a key's
        yield _rounds(server, "key to diagnostics", document.type_and_wait, rounds)
        if document.offered.get("completionProvider"):
            yield _rounds(server, "key and completion", document.complete, rounds)
        if document.offered.get("hoverProvider"):
            yield _rounds(server, "hover", document.hover, rounds)


def _rounds(server: SpeakingServer, what: str, once: Callable[[], float | None], rounds: int) -> Row:
    values: list[float] = []
    before, until = server.cpu(), time.perf_counter() + _MOST_SECONDS
    for _ in range(rounds):
        took = once()
        if took is not None:
            values.append(took * 1000)
        if time.perf_counter() > until:
            break
        time.sleep(0.02)
    return Row(what, values, (server.cpu() - before) * 1000 / max(len(values), 1))


class _Typed:
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
            "processId": os.getpid(), "rootUri": folder.as_uri(), "capabilities": _CAPABILITIES,
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


def _measure_rest(peer: Peer, folder: Path, text: str) -> None:
    """CPU of ten seconds in which nobody does anything."""
    path = folder / "rest.py"
    path.write_text(text)
    with SpeakingServer(peer.command, folder) as server:
        _Typed(server, folder, path, text).first()
        time.sleep(6)
        before = server.cpu()
        time.sleep(10)
        print(f"| idle for 10 s: CPU ms | {(server.cpu() - before) * 1000:.0f} |")


def _measure_project(peer: Peer, folder: Path, rounds: int) -> None:
    """Memory on a large project with one file open, and, where it indexes, hover meanwhile."""
    path = folder / "django" / "db" / "models" / "query.py"
    if peer.name == "aifirst":
        with SpeakingServer(peer.command, folder) as server:
            document = _Typed(server, folder, path, path.read_text())
            document.first()
            _hover_while_indexing(server, document)
        graph = [
            sys.executable,
            "-m",
            "aifirst_cli",
            "graph",
            str(folder),
            "--format",
            "json",
            "-o",
            os.devnull,
        ]
        subprocess.run(graph, check=True)  # the rest is measured with the index there
    with SpeakingServer(peer.command, folder) as server:
        document = _Typed(server, folder, path, path.read_text())
        document.first()
        time.sleep(15)
        if peer.name == "aifirst":
            server.request("aifirst/search", {"query": "build a filter for a lookup"})
        for _ in range(min(rounds, 10)):
            document.type_and_wait()
            document.hover()
        time.sleep(5)
        resident, shared_once = server.memory()
        print(f"| memory on the project, MB | {resident} | {shared_once} with shared pages once |")


def _hover_while_indexing(server: SpeakingServer, document: _Typed) -> None:
    server.request("aifirst/index", {})
    hovers: list[float] = []
    keys: list[float] = []
    until = time.perf_counter() + _MOST_SECONDS
    while time.perf_counter() < until:
        hovers += [document.hover() * 1000 for _ in range(10)]
        keys.append(document.type_and_wait() * 1000)
        status: Json = server.request("aifirst/status", {})
        if status["indexing"] is None:
            break
        time.sleep(0.1)
    print(_line("hover while the project is indexed", Row("", hovers, 0)))
    print(_line("key to diagnostics while the project is indexed", Row("", keys, 0)))


if __name__ == "__main__":
    main()
