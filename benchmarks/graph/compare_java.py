"""How right the dependency graph is on real Java projects, compared with javac's own resolution.

    python -m benchmarks.graph.compare_java FOLDER:SOURCE-ROOT[:SOURCE-ROOT...]... [--verbose N] [--out]

Each argument is a project's work tree and the source roots in it that are compiled together (`gson:gson/src/main/java`).
Needs a JDK of at least 17. Libraries need not be there: what depends on theirs is left out by javac too. Compared
are imports between the project's files, and calls of its methods, constructors and classes. With `--verbose` some
differences are shown, `--out` writes `results/graph_java.md`. Ends with 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

from aifirst_memory.dependencies.project import resolve_folder

from benchmarks.graph.compiler_facts import Compared, Positions, compare, differences, reached, table

ORACLE: Final = Path(__file__).parent / "java_oracle" / "JavaOracle.java"
RESULTS: Final = Path(__file__).parents[1] / "results" / "graph_java.md"


def compiler_facts(root: Path, sources: list[str]) -> list[str]:
    """What javac says of a project's sources."""
    done = subprocess.run(
        ["java", str(ORACLE), str(root), *sources], check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def compare_project(root: Path, sources: list[str]) -> list[Compared]:
    """A project compared."""
    return compare(
        resolve_folder(root), compiler_facts(root, sources), Positions(root, wide=True), lambda path: [path]
    )


def main() -> int:
    """Run it; the exit code."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "projects", nargs="+", metavar="FOLDER:SOURCE-ROOT", help="work trees and source roots"
    )
    options.add_argument(
        "--verbose", type=int, default=0, metavar="N", help="show N differences of each sort"
    )
    options.add_argument("--out", action="store_true", help=f"write {RESULTS.name}")
    given = options.parse_args()
    by_project: dict[str, list[Compared]] = {}
    for project in given.projects:
        folder, *sources = project.split(":")
        root = Path(folder).resolve()
        by_project[root.name] = compare_project(root, sources or ["."])
        if given.verbose:
            print(differences(by_project[root.name], given.verbose))
    print(table(by_project))
    if given.out:
        RESULTS.write_text(_page(table(by_project)), "utf-8")
    return 0 if all(reached(compared) for compared in by_project.values()) else 1


def _page(rows: str) -> str:
    return f"""# The dependency graph on Java projects

    python -m benchmarks.graph.compare_java FOLDER:SOURCE-ROOT... --out

Compared with javac's own resolution (Compiler Tree API), unit by unit and file by file, over the main sources. A
call of `new T()` is one of the class and of the constructor that somebody wrote. Methods that may run instead of the
one that the types name are not compared. Bars: precision 0.97, recall 0.90.

{rows}
"""


if __name__ == "__main__":
    sys.exit(main())
