"""How much memory our language server holds on a large project, by process: while it starts, indexes, answers and rests.

    python benchmarks/lsp/memory.py CHECKOUT [--rest SECONDS]

CHECKOUT is a work tree of a large project (django); nothing is written to it, the run uses a copy without an index. Every
process of the server is looked at fifty times a second: a phase's figure is the largest sum there was in it. RSS counts a
page that two processes share twice, PSS once; PSS costs more to ask for and is looked at less often.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Self

from speaking_server import Json, SpeakingServer, pss_of, rss_of
from typed_document import TypedDocument

_FILE = "django/db/models/query.py"
_MB = 1 << 20
_LINE = 40
"""A line of the file in which other modules' names stand."""


class Sample(NamedTuple):
    """What the processes held at one moment, bytes by role."""

    total: int
    roles: dict[str, int]


class Sampler(threading.Thread):
    """Looks at a server's processes again and again; keeps the largest sums since it was last asked."""

    def __init__(self, server: SpeakingServer) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._end = threading.Event()
        self._rss = self._pss = Sample(0, {})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self.join()

    def run(self) -> None:
        """Look until the run ends."""
        rounds = 0
        while not self._end.wait(0.02):
            rounds += 1
            self._rss = _larger(self._rss, _sample(self._server, rss_of))
            if rounds % 10 == 0:
                self._pss = _larger(self._pss, _sample(self._server, pss_of))

    def take(self) -> tuple[Sample, Sample]:
        """The largest RSS and PSS since the last call."""
        found = self._rss, self._pss
        self._rss = self._pss = Sample(0, {})
        return found


def main() -> None:
    """Measure and print the rows of the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--rest", type=float, default=60.0, help="seconds until “later” (default 60)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(given.checkout, copy, ignore=shutil.ignore_patterns(".git", ".aifirst"))
        measure(copy, given.rest)


def measure(folder: Path, rest: float) -> None:
    """Print what a first session in the folder, which has no index yet, and a second one hold."""
    print("| MB of memory, RSS added up (PSS) | all | by process |")
    print("|---|---:|---|")
    path = folder / _FILE
    command = [sys.executable, "-m", "aifirst_lsp_server.main"]
    with SpeakingServer(command, folder) as server, Sampler(server) as sampler:
        document = TypedDocument(server, folder, path, path.read_text())
        document.first()
        _tell("start, to the first diagnostics", sampler.take())
        began = time.perf_counter()
        _wait_for_index(server, document)
        _tell(f"first index, {time.perf_counter() - began:.0f} s", sampler.take())
        time.sleep(3)
        sampler.take()
        time.sleep(2)
        _tell("after the first index", sampler.take())
    with SpeakingServer(command, folder) as server, Sampler(server) as sampler:
        document = TypedDocument(server, folder, path, path.read_text())
        document.first()
        _wait_for_index(server, document)
        sampler.take()
        for _ in range(20):
            document.type_and_wait()
            document.complete()
            document.hover()
        _tell("typing", sampler.take())
        for what, ask in _QUESTIONS.items():
            began = time.perf_counter()
            ask(server, path.as_uri())
            took = time.perf_counter() - began
            time.sleep(0.5)  # a person reads the answer
            _tell(f"{what} ({took * 1000:.0f} ms)", sampler.take())
        time.sleep(3)
        sampler.take()
        time.sleep(2)
        _tell("at rest, everything asked once", sampler.take())
        time.sleep(rest)
        sampler.take()
        time.sleep(1)
        _tell(f"{rest:.0f} s later", sampler.take())


def _wait_for_index(server: SpeakingServer, document: TypedDocument) -> None:
    """Until nothing works in the background for three seconds; the person types now and then."""
    quiet = 0
    while quiet < 30:
        time.sleep(0.1)
        status: Json = server.request("aifirst/status", {})
        is_busy = status["indexing"] is not None or not status["indexed"] or len(server.family()) > 3
        quiet = 0 if is_busy else quiet + 1
        if quiet == 0:
            document.type_and_wait()
            document.hover()


def _place(uri: str) -> Json:
    return {"textDocument": {"uri": uri}, "position": {"line": _LINE, "character": 8}}


_QUESTIONS: dict[str, Callable[[SpeakingServer, str], object]] = {
    "symbols of the workspace": lambda server, _: server.request("workspace/symbol", {"query": "QuerySet"}),
    "definition": lambda server, uri: server.request("textDocument/definition", _place(uri)),
    "references": lambda server, uri: server.request(
        "textDocument/references", {**_place(uri), "context": {"includeDeclaration": True}}
    ),
    "search": lambda server, _: server.request("aifirst/search", {"query": "build a filter for a lookup"}),
    "context": lambda server, uri: server.request("aifirst/context", {"uri": uri, "budget": 8000}),
    "impact": lambda server, uri: server.request("aifirst/impact", {"uri": uri}),
    "graph": lambda server, uri: server.request("aifirst/graph", {"uri": uri, "level": "unit"}),
    "page of the graph": lambda server, _: server.request("aifirst/graphPage", {}),
    "tickets": lambda server, _: server.request("aifirst/tickets", {}),
    "compiled": lambda server, uri: server.request("aifirst/compiled", {"uri": uri, "mode": "clean"}),
    "compressed": lambda server, uri: server.request("aifirst/aiccl", {"uri": uri, "resolution": "low"}),
}


def _larger(first: Sample, second: Sample) -> Sample:
    return second if second.total > first.total else first


def _sample(server: SpeakingServer, bytes_of: Callable[[int], int]) -> Sample:
    roles: dict[str, int] = {}
    for pid in server.family():
        held = bytes_of(pid)
        role = _role(pid, server.process.pid)
        if held and role:
            roles[role] = roles.get(role, 0) + held
    return Sample(sum(roles.values()), roles)


def _role(pid: int, main_pid: int) -> str:
    """What a process is there for, "" for one that is just being started: until then it has its parent's very pages."""
    if pid == main_pid:
        return "main"
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        if words == Path(f"/proc/{main_pid}/cmdline").read_bytes().decode().split("\0"):
            return ""
    except OSError:
        return ""
    return next((one for one in ("analyst", "librarian", "indexer", "judge") if one in words), "other")


def _tell(what: str, found: tuple[Sample, Sample]) -> None:
    rss, pss = found
    parts = ", ".join(f"{role} {held // _MB}" for role, held in sorted(rss.roles.items()))
    print(f"| {what} | {rss.total // _MB} ({pss.total // _MB}) | {parts} |", flush=True)


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}\n")
    main()
