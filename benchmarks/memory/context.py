"""Times the assembly of contexts from a loaded index, and how often the right file is in them.

    python benchmarks/memory/context.py FOLDER QUERIES [--index] [--most N]

FOLDER is a project, QUERIES a file of lines `{"query": …, "gold": [paths]}` (see `benchmarks/localisation`).
Half of the contexts are for these queries, half for the edit of a unit, drawn evenly from the index.
Prints the 50th and 95th percentile in milliseconds of wall and of this thread's processor time, what of it the
search takes, the tokens used of the budget, and the share of queries for which a file that was changed is in the
context, among the best of whole units, and by files of the search alone cut to the same number of tokens.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

from aifirst_memory.context.memory_sources import Contexts
from aifirst_memory.context.request import ContextAnswer, ContextRequest
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest
from aifirst_memory.tree.level import units_of
from aifirst_memory.update import UpdateRequest, update_memory

MOST = 120


class Timed(NamedTuple):
    """A context with the seconds it took."""

    answer: ContextAnswer
    wall: float
    processor: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--index", action="store_true", help="bring the index up to date first")
    parser.add_argument("--most", type=int, default=MOST, help="how many queries, and how many units")
    arguments = parser.parse_args()
    if arguments.index:
        update_memory(UpdateRequest(arguments.folder, jobs=0))
    with Memory.open(arguments.folder) as memory:
        contexts = Contexts(memory)
        asked = wanted(memory, arguments.queries, arguments.most)
        timed(contexts, ContextRequest("load every level"))
        tasks = [timed(contexts, ContextRequest(query)) for query, _ in asked]
        tell("task", tasks)
        edits = [timed(contexts, ContextRequest(files=(name,))) for name in units(memory, arguments.most)]
        tell("edit", edits)
        known = [number for number, (_, gold) in enumerate(asked) if gold]
        if known:
            tell_found([asked[number][1] for number in known], [tasks[number] for number in known])
            tell_search(memory, [asked[number] for number in known])


def wanted(memory: Memory, path: Path, most: int) -> list[tuple[str, set[str]]]:
    """Queries with the files that were changed, none where these are not in the project: first those that have some."""
    present = set(memory.files.paths)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [(line["query"], present & set(line["gold"])) for line in lines]
    return sorted(found, key=lambda one: not one[1])[:most]


def units(memory: Memory, most: int) -> list[str]:
    """Units spread evenly over the index."""
    names: list[str] = []
    files = memory.files
    for position in range(0, len(files.paths), max(1, len(files.paths) // most)):
        own = [one.name for one in units_of(memory.connection, int(files.file_ids[position])) if one.name]
        if own:
            names.append(f"{files.paths[position]}::{own[len(own) // 2]}")
    return names[:most]


def timed(contexts: Contexts, request: ContextRequest) -> Timed:
    """Assemble, on the clock."""
    wall, processor = time.perf_counter(), time.thread_time()
    answer = contexts.assemble(request)
    return Timed(answer, time.perf_counter() - wall, time.thread_time() - processor)


def percentile(values: list[float], share: float) -> float:
    """In milliseconds."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] * 1000


def tell(kind: str, all_timed: list[Timed]) -> None:
    """Print the times of one kind of request, and how much of the budget is used."""
    wall, processor = [one.wall for one in all_timed], [one.processor for one in all_timed]
    used = sum(one.answer.tokens for one in all_timed) / sum(one.answer.budget for one in all_timed)
    over = sum(one.answer.tokens > one.answer.budget for one in all_timed)
    print(
        f"{kind}: {len(all_timed)} contexts, wall p50 {percentile(wall, 0.5):.1f} ms p95 {percentile(wall, 0.95):.1f} ms,"
        f" processor p50 {percentile(processor, 0.5):.1f} ms p95 {percentile(processor, 0.95):.1f} ms,"
        f" {used:.0%} of the budget used, {over} over it"
    )


def tell_found(gold: list[set[str]], tasks: list[Timed]) -> None:
    """Print how often a changed file is in the context."""
    anywhere = whole = every = 0
    for files, one in zip(gold, tasks, strict=True):
        items = one.answer.items
        anywhere += bool(files & {item.path for item in items})
        every += files <= {item.path for item in items}
        whole += bool(files & {item.path for item in items if item.resolution == "exact"})
    count = len(gold)
    print(
        f"a changed file is in {anywhere / count:.1%} of the contexts, by whole units in {whole / count:.1%};"
    )
    print(f"all of them are in {every / count:.1%}")


def tell_search(memory: Memory, asked: list[tuple[str, set[str]]]) -> None:
    """Print how often whole files in the order of the search hold one within the same budget."""
    hits = 0
    seconds: list[float] = []
    for query, gold in asked:
        started = time.perf_counter()
        results = memory.search(SearchRequest(query, k=20, kind="file")).results
        seconds.append(time.perf_counter() - started)
        left = ContextRequest(query).tokens
        for result in results:
            if result.tokens > left:
                continue
            left -= result.tokens
            if result.path in gold:
                hits += 1
                break
    told = f"search p50 {percentile(seconds, 0.5):.1f} ms p95 {percentile(seconds, 0.95):.1f} ms with its reasons"
    print(f"whole files of the search within the same budget: {hits / len(asked):.1%}; {told}")


if __name__ == "__main__":
    main()
