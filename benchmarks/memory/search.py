"""Times `aifirst search` on an indexed project: every level with the index loaded, the start, the whole command.

    python benchmarks/memory/search.py FOLDER [--queries FILE] [--files N]

Queries are those of FILE (JSON lines with a field `query`; a commit message is one), then names of units drawn
from the index, 200 in all at least. The baseline is what one does without an index: `git grep --count` for the words
of the query, files by matching lines. With `--files` FOLDER is made: a project of that many Python files.
Prints milliseconds of CPU of all threads: the wall clock of a machine that others use says little.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))

from measured import measure  # beside the scripts that share it

LEVELS = ("hybrid", "tree", "tag", "vector", "lexical", "graph", "concept")
LEAST = 200
GREPPED = 20
NOUNS = (
    "order", "basket", "price", "session", "customer", "parcel", "invoice", "stock", "label", "refund",
    "tax", "voucher", "address", "card", "shelf",
)  # fmt: skip
VERBS = (
    "read", "write", "check", "send", "merge", "split", "sort", "load", "store", "reserve",
    "expire", "round", "print", "charge", "cancel",
)  # fmt: skip
_START = """
import os, sys, time
from pathlib import Path
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as every door does: an idle thread of BLAS spins for a tenth of a second
started, seen = time.process_time(), time.perf_counter()
from aifirst_memory.memory import Memory
from aifirst_memory.search.result import SearchRequest
with Memory.open(Path(sys.argv[1])) as memory:
    memory.search(SearchRequest(sys.argv[2]))
print(time.process_time() - started, time.perf_counter() - seen)
"""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--queries", type=Path, help="JSON lines with a field `query`")
    parser.add_argument("--files", type=int, help="make FOLDER, with so many files")
    arguments = parser.parse_args()
    if arguments.files:
        make_project(arguments.folder, arguments.files)
    from aifirst_memory.memory import Memory
    from aifirst_memory.search.result import SearchRequest
    from aifirst_memory.update import UpdateRequest, update_memory

    update_memory(UpdateRequest(arguments.folder))
    with Memory.open(arguments.folder) as memory:
        queries = read_queries(arguments.queries) + names_of(memory, LEAST // 2)
        queries += names_of(memory, max(0, LEAST - len(queries)), seed=2)
        files, units, commits = len(memory.files.paths), int(memory.files.units.sum()), len(memory.history)
        print(f"{files:,} files, {units:,} units, {commits:,} commits; {len(queries)} queries; ms of CPU")
        for level in LEVELS:
            options: dict[str, Any] = {"level": level}
            tell(level, lambda text, o=options: memory.search(SearchRequest(text, **o)), queries)
    tell("git grep", lambda text: grep(arguments.folder, text), queries[:: len(queries) // GREPPED], warm=0)
    starts = [measure([sys.executable, "-c", _START, str(arguments.folder), "rows"]) for _ in range(5)]
    cpu, wall = zip(*(map(float, one.output.split()) for one in starts), strict=True)
    print(f"start to first answer, imports included  {min(cpu) * 1000:.0f} (wall {min(wall) * 1000:.0f})")
    command = [str(Path(sys.executable).with_name("aifirst")), "search", queries[0]]
    runs = [measure(command, cwd=arguments.folder) for _ in range(5)]
    kept = [measure([*command, "--no-update"], cwd=arguments.folder) for _ in range(5)]
    for name, several in (("aifirst search, nothing changed", runs), ("  with --no-update", kept)):
        best = min(several, key=lambda run: run.cpu)
        print(f"{name}  {best.cpu * 1000:.0f} (wall {min(r.wall for r in several) * 1000:.0f})")


def tell(name: str, ask: Callable[[str], object], queries: Sequence[str], *, warm: int = 20) -> None:
    """Print the median and the 95th percentile."""
    for query in queries[:warm]:
        ask(query)
    taken: list[float] = []
    for query in queries:
        before = time.process_time()
        told = ask(query)
        taken.append(told if isinstance(told, float) else time.process_time() - before)
    taken.sort()
    middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(f"{name:<10} p50 {middle * 1000:8.2f}  p95 {late * 1000:8.2f}")


def read_queries(path: Path | None) -> list[str]:
    """The queries of a file."""
    return [json.loads(line)["query"] for line in path.read_text().splitlines()] if path else []


def names_of(memory: Any, count: int, seed: int = 1) -> list[str]:
    """Qualified names of units, drawn from all files."""
    from aifirst_memory.tree.level import units_of

    drawn = random.Random(seed)  # noqa: S311  # a draw, no secret
    names: list[str] = []
    while len(names) < count:
        units = units_of(memory.connection, int(drawn.choice(memory.files.file_ids)))
        names += [drawn.choice(units).name or "module"] if units else []
    return names


def grep(folder: Path, text: str) -> float:
    """CPU seconds of counting the lines with a word of the query in every file."""
    from aifirst_memory.search.query import read_query
    from aifirst_memory.search.reasons import Spelling

    spelling = Spelling(text)
    patterns = [part for word in read_query(text).weights for part in ("-e", spelling[word])]
    return measure(["git", "grep", "--no-index", "-I", "-i", "-F", "-c", *patterns], cwd=folder).cpu


def make_project(folder: Path, count: int) -> None:
    """Write a project of modules that call each other, a hundred a package, the same every time."""
    drawn = random.Random(0)  # noqa: S311  # a draw, no secret
    for number in range(count):
        package = folder / f"{NOUNS[number // 100 % len(NOUNS)]}_{number // 100}"
        package.mkdir(parents=True, exist_ok=True)
        (package / f"{drawn.choice(VERBS)}_{number}.py").write_text(module(drawn, number))
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    person = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *person, "commit", "-q", "-m", "Begin"], cwd=folder, check=True)


def module(drawn: random.Random, number: int) -> str:
    """A module of five functions."""
    lines = [f'"""How to {drawn.choice(VERBS)} each {drawn.choice(NOUNS)}."""', ""]
    for place in range(5):
        verb, noun, other = drawn.choice(VERBS), drawn.choice(NOUNS), drawn.choice(NOUNS)
        name = f"{verb}_{noun}_{number}_{place}"
        lines += [
            "", f"def {name}({noun}, {other}):", f'    """{verb.title()} the {noun} of a {other}."""',
            f"    found = {drawn.choice(VERBS)}_{drawn.choice(NOUNS)}_{drawn.randrange(number + 1)}_{place}({noun})",
            f"    return found if {other} else None", "",
        ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()
