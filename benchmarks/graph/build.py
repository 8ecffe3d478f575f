"""How long the dependency graph of a project takes: the whole of it in one process, and after one changed file.

The project is copied; its index is made first and not counted. For a changed file a definition is added at its end,
the index follows, and the graph is timed alone and with the index. The bars for django are 20 s and 50 ms (p95).

Run: python benchmarks/graph/build.py PROJECT [--changes 60]
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

from aifirst_memory.dependencies.build import DependencySession, update_dependencies
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph
from aifirst_memory.update import IndexSession, UpdateRequest, update_memory


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--changes", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "project"
        shutil.copytree(
            arguments.project, root, symlinks=True, ignore=shutil.ignore_patterns(".aifirst", ".git")
        )
        update_memory(UpdateRequest(root))
        print("| what | CPU s | wall s |\n|---|---|---|")
        cpu, wall = time.process_time(), time.perf_counter()
        phases: dict[str, float] = {}

        def note(phase: str, _done: int, _todo: int) -> None:
            phases[phase] = time.process_time() - cpu

        report = update_dependencies(root, progress=note)
        print(
            f"| whole graph, {report.files} files | {time.process_time() - cpu:.2f} | {time.perf_counter() - wall:.2f} |"
        )
        print(f"| … of it until all is read | {phases['read']:.2f} | |")
        print(f"| … until all is resolved | {phases['resolve']:.2f} | |")
        _load(root)
        _change(root, arguments.changes)


def _load(root: Path) -> None:
    with SqliteGraph(root) as graph:
        cpu, wall = time.process_time(), time.perf_counter()
        with graph.arrays() as arrays:
            took = time.process_time() - cpu, time.perf_counter() - wall
            print(
                f"| loaded: {len(arrays)} nodes, {len(arrays.edges)} edges | {took[0]:.3f} | {took[1]:.3f} |"
            )


def _change(root: Path, changes: int) -> None:
    files = sorted(
        path for path in root.rglob("*") if path.suffix in {".py", ".ts", ".go", ".java"} and path.is_file()
    )
    chosen = random.Random(1).sample(files, min(changes, len(files)))  # noqa: S311  which files, not a secret
    alone: list[float] = []
    both: list[float] = []
    resolved: list[int] = []
    with IndexSession(UpdateRequest(root)) as index, DependencySession(root) as session:
        for number, path in enumerate([*chosen[:2], *chosen]):
            with path.open("a") as file:
                file.write(_definition(path, number))
            place = path.relative_to(root).as_posix()
            started = time.process_time()
            index.update([place], history=False)
            between = time.process_time()
            report = session.update([place])
            ended = time.process_time()
            if number >= 2:  # the first open the databases
                alone.append((ended - between) * 1000)
                both.append((ended - started) * 1000)
                resolved.append(report.resolved)
    for name, values in (("the graph", alone), ("index and graph", both)):
        values.sort()
        p50, p95 = values[len(values) // 2], values[int(len(values) * 0.95)]
        print(
            f"| one changed file, {name}: p50, p95, most (CPU ms) | {p50:.1f} · {p95:.1f} · {values[-1]:.1f} | |"
        )
    resolved.sort()
    p50, p95 = resolved[len(resolved) // 2], resolved[int(len(resolved) * 0.95)]
    print(f"| files resolved again: p50, p95, most | {p50} · {p95} · {resolved[-1]} | |")


def _definition(path: Path, number: int) -> str:
    texts = {
        ".py": f"\n\ndef added_{number}():\n    return {number}\n",
        ".go": f"\nfunc added{number}() int {{ return {number} }}\n",
        ".ts": f"\nfunction added{number}() {{ return {number} }}\n",
        ".java": f"\nclass Added{number} {{}}\n",
    }
    return texts[path.suffix]


if __name__ == "__main__":
    main()
