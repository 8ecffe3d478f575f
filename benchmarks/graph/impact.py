"""How long questions to the graph in SQLite take: the impact of units drawn at random, and all that concern the whole.

The bar is 5 ms (p95) for the impact of any unit, answers made in full. The project needs an index; its graph is
brought up to date first.

Run: python benchmarks/graph/impact.py PROJECT [--units 500]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

from aifirst_memory.dependencies.build import update_dependencies
from aifirst_memory.dependencies.questions.answers import Impact
from aifirst_memory.dependencies.questions.arrays import UNIT
from aifirst_memory.dependencies.sqlite.graph_store import SqliteGraph


def main() -> None:
    """Print the figures as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--units", type=int, default=500)
    arguments = parser.parse_args()
    update_dependencies(arguments.project)
    with SqliteGraph(arguments.project) as graph:
        with graph.arrays() as arrays:
            units = [id for id, kind in zip(arrays.ids, arrays.kinds.tolist(), strict=True) if kind == UNIT]
        chosen = random.Random(1).sample(units, min(arguments.units, len(units)))  # noqa: S311  which units
        graph.impact(chosen[:1])
        print(
            "| impact of a unit, CPU ms | p50 | p95 | most | dependents p50 | p95 | most |\n|---|---|---|---|---|---|---|"
        )
        _impacts("as asked by default: 0.5 and surer", chosen, lambda id: graph.impact([id]))
        _impacts("depth 4, however unsure", chosen, lambda id: graph.impact([id], 4, least=0.0))
        _impacts("all, however far and unsure", chosen, lambda id: graph.impact([id], least=0.0))
        print("\n| question | CPU ms |\n|---|---|")
        questions: dict[str, Callable[[], object]] = {
            "cycles of files": graph.cycles,
            "cycles of units": lambda: graph.cycles("unit"),
            "layers of files": graph.layers,
            "hubs": graph.hubs,
            "dead code": graph.dead_code,
            "whole, folders": lambda: graph.whole("folder"),
            "whole, units": graph.whole,
        }
        for name, ask in questions.items():
            started = time.process_time()
            ask()
            print(f"| {name} | {(time.process_time() - started) * 1000:.0f} |")


def _impacts(name: str, chosen: list[str], ask: Callable[[str], Impact]) -> None:
    times: list[float] = []
    sizes: list[int] = []
    for id in chosen:
        started = time.process_time()
        answer = ask(id)
        times.append((time.process_time() - started) * 1000)
        sizes.append(len(answer.dependents))
    times.sort()
    sizes.sort()
    at = len(times) // 2, int(len(times) * 0.95), -1
    figures = " | ".join([*(f"{times[i]:.2f}" for i in at), *(str(sizes[i]) for i in at)])
    print(f"| {name} | {figures} |")


if __name__ == "__main__":
    main()
