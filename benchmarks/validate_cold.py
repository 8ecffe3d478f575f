"""How long a cold `aifirst validate` of the CPython standard library takes, in one process.

The floor is what nobody can beat: parse every file with tree-sitter and count its tokens once. The bar is at
most twice the floor's process time, and 400 MB. Beside it other tools on the same files: they look at other
things, so the table says what each costs, not which is better.

Run: python benchmarks/validate_cold.py [--runs 3] [--tools]    (--tools needs the `bench` group installed)
"""

from __future__ import annotations

import argparse
import tempfile
from importlib.util import find_spec
from pathlib import Path

from measured import best_in_turn, measure, python, standard_library

FLOOR = """
import sys
from pathlib import Path
import tree_sitter, tree_sitter_python
from aifirst_codebase.tokens import get_counter
parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))
count = get_counter("o200k_base").count
total = 0
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    data = path.read_bytes()
    parser.parse(data)
    total += count(data.decode("utf-8", "replace"))
print(total, "tokens")
"""
OURS = [
    "-m",
    "aifirst_cli",
    "validate",
    ".",
    "--no-cache",
    "--isolated",
    "-j",
    "1",
    "-f",
    "json",
    "-o",
    "../out",
]
TOOLS = {
    "ruff": ["-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", "."],
    "flake8": ["-m", "flake8", "--isolated", "--exit-zero", "--jobs", "1", "."],
    "lizard": ["-m", "lizard", "-l", "python", "."],
    "radon": ["-m", "radon", "cc", "-s", "."],
    "pylint": ["-m", "pylint", "--exit-zero", "--jobs", "1", "--recursive", "y", "--score", "n", "."],
}


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--runs", type=int, default=3, help="runs of the floor and of aifirst; the best counts"
    )
    options.add_argument("--tools", action="store_true", help="measure the other tools too (some minutes)")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "stdlib"
        files = standard_library(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.py"))
        print(f"{files} files, {size / 1e6:.1f} MB\n")
        print(f"{'':28}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}{'x floor':>9}")
        floor, ours = best_in_turn(
            chosen.runs, [python(), "-c", FLOOR, str(folder)], [python(), *OURS], cwd=folder
        )
        show("floor: parse + count", floor.cpu, floor.wall, floor.peak_mb, 1.0)
        assert ours.status in (0, 1), ours.output
        show("aifirst validate", ours.cpu, ours.wall, ours.peak_mb, ours.cpu / floor.cpu)
        for tool, arguments in TOOLS.items() if chosen.tools else ():
            if find_spec(tool) is None:
                print(f"{tool:28}not installed: pip install --group bench")
                continue
            theirs = measure([python(), *arguments], cwd=folder)
            show(tool, theirs.cpu, theirs.wall, theirs.peak_mb, theirs.cpu / floor.cpu)


def show(name: str, cpu: float, wall: float, peak: float, ratio: float) -> None:
    """Print one row."""
    print(f"{name:28}{cpu:8.2f}{wall:8.2f}{peak:9.0f}{ratio:9.2f}", flush=True)


if __name__ == "__main__":
    main()
