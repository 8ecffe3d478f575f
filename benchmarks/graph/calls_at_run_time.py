"""How many of the calls that really happen the dependency graph has: test suites run under `sys.setprofile`.

    python -m benchmarks.graph.calls_at_run_time record SOURCE --python VENV/bin/python --out calls.json [--pytest="ARGS"]
    python -m benchmarks.graph.calls_at_run_time compare SOURCE calls.json [--misses 40] [--out results.md]
    python -m benchmarks.graph.calls_at_run_time sample SOURCE... [--seed 5] [--count 200]

`SOURCE` is an unpacked source distribution with its tests; the interpreter has pytest and what the tests need.
`record` runs the suite there and notes pairs of (calling code, called code) where both are files under `SOURCE`,
in all threads; a generator counts where it is first run. `compare` maps code to units by file, qualified name and
first line, and looks each pair up among the static edges. A lambda or comprehension belongs to the unit around it.
Running a module's or a class's body is no call. A `decorates` edge counts for a decorator's run at import.

Not counted as a miss of calls, and listed apart: pairs where the caller has a `uses` edge to the callee and outside
code made the call (`sorted(key=f)`), which the graph's contract calls a use.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

RECORDER: Final = """
import json, os, sys, threading
ROOT = os.environ["RECORD_ROOT"] + os.sep
OUT = os.environ["RECORD_OUT"]
PAIRS = set()
KNOWN = {}
GENERATING = 0x20 | 0x80 | 0x200

def key_of(code):
    known = KNOWN.get(code)
    if known is None:
        name = code.co_filename
        inside = name.startswith(ROOT) and os.sep + "site-packages" + os.sep not in name
        known = KNOWN[code] = (name[len(ROOT):], code.co_qualname, code.co_firstlineno) if inside else False
    return known

def profile(frame, event, arg):
    if event != "call":
        return
    callee = key_of(frame.f_code)
    if callee is False:
        return
    if frame.f_code.co_flags & GENERATING and frame.f_lasti > 6:
        return
    caller = frame.f_back
    if caller is None:
        return
    origin = key_of(caller.f_code)
    if origin is not False:
        PAIRS.add((origin, callee))

def pytest_runtest_setup(item):
    # Some test may have set a profiler of its own.
    threading.setprofile(profile)
    sys.setprofile(profile)

def pytest_unconfigure(config):
    sys.setprofile(None)
    threading.setprofile(None)
    with open(OUT, "w") as file:
        json.dump(sorted(PAIRS), file)

threading.setprofile(profile)
sys.setprofile(profile)
"""
_INNER: Final = re.compile(r"\.?<(?:lambda|listcomp|setcomp|dictcomp|genexpr)>.*")
_TYPE_BODY: Final = re.compile(r"<generic parameters of .*")


class Code(NamedTuple):
    """A code object: path under the source, qualified name, first line."""

    path: str
    name: str
    line: int


class Pair(NamedTuple):
    """Two nodes of which the first called the second."""

    source: str
    target: str


def main() -> None:
    """Record or compare."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    steps = options.add_subparsers(dest="step", required=True)
    record_options = steps.add_parser("record", help="run the suite and note the calls")
    record_options.add_argument("source", type=Path)
    record_options.add_argument("--python", type=Path, required=True)
    record_options.add_argument("--out", type=Path, required=True)
    record_options.add_argument("--seconds", type=int, default=280, help="after which the suite is stopped")
    record_options.add_argument("--pytest", default="", help="further arguments of pytest, in one text")
    compare_options = steps.add_parser("compare", help="look the calls up in the static graph")
    compare_options.add_argument("source", type=Path)
    compare_options.add_argument("calls", type=Path)
    compare_options.add_argument("--misses", type=int, default=0)
    compare_options.add_argument("--out", type=Path)
    sample_options = steps.add_parser("sample", help="print random static edges for a person to judge")
    sample_options.add_argument("sources", type=Path, nargs="+")
    sample_options.add_argument("--seed", type=int, default=5)
    sample_options.add_argument("--count", type=int, default=200)
    given = options.parse_args()
    if given.step == "sample":
        sample(given.sources, given.seed, given.count)
    elif given.step == "record":
        record(
            given.source.resolve(),
            given.python.absolute(),
            given.out.resolve(),
            shlex.split(given.pytest),
            given.seconds,
        )
    else:
        compare(given.source.resolve(), given.calls, given.misses, given.out)


def record(source: Path, python: Path, out: Path, arguments: Sequence[str], seconds: int) -> None:
    """Run a suite with the recorder as a plug-in of pytest."""
    folder = out.parent / "recorder"
    folder.mkdir(exist_ok=True)
    (folder / "calls_recorder.py").write_text(RECORDER)
    roots = [str(folder), *(str(path) for path in (source / "src", source) if path.is_dir())]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(roots),
        "RECORD_ROOT": str(source),
        "RECORD_OUT": str(out),
    }
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-p",
        "calls_recorder",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    subprocess.run(command, cwd=source, env=environment, timeout=seconds, check=False)


def compare(source: Path, calls: Path, misses: int, out: Path | None) -> None:
    """Print how many of the pairs the static graph has."""
    from aifirst_memory.dependencies.project import resolve_folder

    graph = resolve_folder(source)
    edges: dict[tuple[str, str], set[str]] = {}
    for edge in graph.edges:
        edges.setdefault((edge.source, edge.target), set()).add(edge.kind)
    parents = {node.id: node.parent for node in graph.nodes}
    units = unit_table(source, graph.nodes)
    pairs = sorted(set(pairs_of(json.loads(calls.read_text()), units)))
    lines: list[str] = []
    for title, chosen in (
        (
            "between units of the project, tests left out",
            [p for p in pairs if not is_test(p.source) and not is_test(p.target)],
        ),
        ("all, tests too", pairs),
    ):
        found, used, missed = judge(chosen, edges, parents)
        total = len(found) + len(missed)
        lines.append(
            f"{source.name}: {title}: {len(found)} of {total} pairs found, recall {len(found) / max(total, 1):.4f}; "
            f"{len(used)} more are run by outside code from a `uses`"
        )
        lines.extend(f"  - {pair.source} -> {pair.target}" for pair in missed[:misses])
    print("\n".join(lines))
    if out is not None:
        out.write_text("\n".join(lines) + "\n")


def sample(sources: Sequence[Path], seed: int, count: int) -> None:
    """Print random static edges of Python files, with the line that says each."""
    from aifirst_memory.dependencies.model import STATIC_KINDS
    from aifirst_memory.dependencies.project import resolve_folder

    rows: list[tuple[str, str, str, str, float, str]] = []
    for source in sources:
        for edge in resolve_folder(source).edges:
            if edge.kind in STATIC_KINDS and edge.path.endswith(".py"):
                line = (source / edge.path).read_text("utf-8").splitlines()[edge.line - 1].strip()
                pair = f"{edge.source} -> {edge.target}"
                rows.append(
                    (source.name, f"{edge.path}:{edge.line}", pair, edge.kind, edge.confidence, line[:90])
                )
    rows.sort()
    for row in sorted(random.Random(seed).sample(rows, min(count, len(rows)))):  # noqa: S311  a sample, no secret
        print(*row, sep="\t")


def judge(
    pairs: Iterable[Pair], edges: dict[tuple[str, str], set[str]], parents: dict[str, str]
) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """The pairs that are calls, those that are uses run by outside code, and those that are missed."""
    decorated: dict[str, set[str]] = {}
    for (source, target), kinds in edges.items():
        if "decorates" in kinds:
            decorated.setdefault(parents.get(source, ""), set()).add(target)
    found: list[Pair] = []
    used: list[Pair] = []
    missed: list[Pair] = []
    for pair in pairs:
        kinds = edges.get((pair.source, pair.target), set[str]())
        decorators = decorated.get(pair.source, set[str]())
        if "calls" in kinds or any(
            pair.target == node or pair.target.startswith(f"{node}.") for node in decorators
        ):
            found.append(pair)
        elif "uses" in kinds:
            used.append(pair)
        else:
            missed.append(pair)
    return found, used, missed


def is_test(node: str) -> bool:
    """Whether a node lies in a test."""
    parts = node.partition("::")[0].split("/")
    return any(part in ("tests", "test", "testing_data", "conftest.py") for part in parts) or parts[
        -1
    ].startswith("test_")


UnitTable = dict[tuple[str, str], list[tuple[int, int, str, str]]]
"""By path and name without a number: first line, last line, node, kind of unit."""


def unit_table(source: Path, nodes: Iterable[object]) -> UnitTable:
    """The units of the graph by what a code object tells of itself."""
    from aifirst_memory.dependencies.model import Node

    del source
    table: UnitTable = {}
    for node in nodes:
        if isinstance(node, Node) and node.kind in ("unit", "file"):
            name = node.id.partition("::")[2]
            plain = ".".join(part.partition("#")[0] for part in name.split("."))
            table.setdefault((node.path, plain), []).append(
                (node.line, node.end_line, node.id, node.unit_kind)
            )
    return table


def pairs_of(recorded: Iterable[Sequence[Sequence[object]]], units: UnitTable) -> Iterable[Pair]:
    """The recorded calls as nodes; runs of modules and class bodies and calls inside one unit left out."""
    for caller, callee in recorded:
        source, _ = node_of(Code(*caller), units)  # pyright: ignore[reportArgumentType]  the recorder's own rows
        target, kind = node_of(Code(*callee), units)  # pyright: ignore[reportArgumentType]  the recorder's own rows
        if source and target and source != target and kind == "function":
            yield Pair(source, target)


def node_of(code: Code, units: UnitTable) -> tuple[str, str]:
    """The node and the kind of the unit that a code object is the body of; empty where there is none."""
    name = code.name.replace("<locals>.", "")
    inner = bool(_INNER.search(name))
    name = _INNER.sub("", name)
    if name in ("<module>", ""):
        return code.path, "inner" if inner else "module"
    candidates = units.get((code.path, _TYPE_BODY.sub("", name)), [])
    for line, end, node, kind in candidates:
        if line <= code.line <= end:
            return node, "inner" if inner else kind
    return (candidates[0][2], "inner" if inner else candidates[0][3]) if len(candidates) == 1 else ("", "")


def summary(counts: Counter[str]) -> str:
    """Counts in one line."""
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
