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
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from speaking_server import Json, ServerSilentError, SpeakingServer
from typed_document import TypedDocument

_LINES = (206, 2_639, 21_000)
_IDLE = 60
_BACKGROUND = 120
"""Seconds that are measured."""
_MOST_SECONDS = 25.0
"""For one row; the slow ones then have fewer rounds."""
_PROBE = "\n\ndef probe(first: int, second: str) -> str:\n    return second * first\n\n\nprobe(1, 'a')\n"


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
    measure(given.checkout, given.peers, given.only, given.lines, given.rounds)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


def measure(checkout: Path, peers: Path | None, only: str | None, lines: int | None, rounds: int) -> None:
    """Measure the servers in turn, or `only` one of them; with `lines` one file alone."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        sources = _sources(checkout)
        small = place / "small"
        small.mkdir()
        (small / "pyproject.toml").write_text("[project]\nname = 'small'\nversion = '1'\n")
        copy = place / "copy"
        if lines is None:
            shutil.copytree(checkout, copy, ignore=shutil.ignore_patterns(".git", ".aifirst"))
        else:
            sources = {lines: sources[lines]}
        for peer in _peers(peers):
            if only in (None, peer.name):
                print(f"## {peer.name}\n")
                _measure_peer(peer, small, sources, rounds)
                if lines is None:
                    _measure_more(peer, small, copy, sources, rounds)
                print(flush=True)


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
        document = TypedDocument(server, folder, path, text)
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


def _measure_rest(peer: Peer, folder: Path, text: str) -> None:
    """CPU of a minute in which nobody does anything; the clock of the system counts in steps of 10 ms."""
    path = folder / "rest.py"
    path.write_text(text)
    with SpeakingServer(peer.command, folder) as server:
        TypedDocument(server, folder, path, text).first()
        time.sleep(6)
        before = server.cpu()
        time.sleep(_IDLE)
        print(f"| idle for {_IDLE} s: CPU ms | {(server.cpu() - before) * 1000:.0f} |", flush=True)


def _measure_project(peer: Peer, folder: Path, rounds: int) -> None:
    """A large project with one file open: what a server holds then or, of ours, how it answers while it indexes."""
    path = folder / "django" / "db" / "models" / "query.py"
    if peer.name == "aifirst":
        _measure_background(peer, folder, path)
        return
    with SpeakingServer(peer.command, folder) as server:
        document = TypedDocument(server, folder, path, path.read_text())
        document.first()
        time.sleep(15)
        for _ in range(min(rounds, 10)):
            document.type_and_wait()
            document.hover()
        time.sleep(5)
        resident, shared_once = server.memory()
        print(
            f"| memory on the project, MB | {resident} | {shared_once} with shared pages once |", flush=True
        )


def _measure_background(peer: Peer, folder: Path, path: Path) -> None:
    """Two minutes of hovers and keys in a project that is judged and indexed for the first time, again and again."""
    firsts: list[float] = []
    hovers: list[float] = []
    keys: list[float] = []
    until = time.perf_counter() + _BACKGROUND
    while time.perf_counter() < until:
        shutil.rmtree(folder / ".aifirst", ignore_errors=True)
        with SpeakingServer(peer.command, folder) as server:
            document = TypedDocument(server, folder, path, path.read_text())
            firsts.append(document.first())
            is_done = False
            while not is_done and time.perf_counter() < until:
                hovers += [document.hover() * 1000 for _ in range(10)]
                keys.append(document.type_and_wait() * 1000)
                status: Json = server.request("aifirst/status", {})
                is_done = bool(status["indexed"]) and status["indexing"] is None
                time.sleep(0.1)
    print(_line("project without an index: start to first diagnostics", Row("", firsts, 0)))
    print(_line("hover while the project is judged and indexed", Row("", hovers, 0)))
    print(_line("key to diagnostics while the project is judged and indexed", Row("", keys, 0)), flush=True)


if __name__ == "__main__":
    main()
