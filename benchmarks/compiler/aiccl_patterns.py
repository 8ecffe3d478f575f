"""The patterns of projects, and documents at `exact` without and with them, flat with few entries and nested with all.

    python benchmarks/compiler/aiccl_patterns.py [--packages] [--corpus NAME=FOLDER ...] [--scripts]

Files are chosen as in `aiccl_exact.py`; `--scripts` makes scripts small by oxc first. Every document is expanded and
compared before it counts. A unit is an instance where its whole text is a template's, with values in its holes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
from aiccl_exact import Files, read_folder, seven_packages
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.exact.list_patterns import list_patterns
from aifirst_compiler.aiccl.notation import parse

PATTERNS = """\
| corpus | patterns | units | ≤100 flat, without | with | used | exact, without | with | used |
|---|---:|---:|---:|---:|---:|---:|---:|---:|"""


def pattern_row(name: str, files: Files, *, minify_scripts: bool = False) -> str:
    """One line of the table of patterns: how many there are, and documents without and with them."""
    options = ExactOptions(minify_scripts=minify_scripts)
    found = list_patterns(files, options)
    cells: list[str] = []
    for limits in ({"max_entries": 100, "nested": False}, {}):
        for patterns in (False, True):
            document = write(files, msgspec.structs.replace(options, patterns=patterns, **limits))
            used = sum(len(part.entries) for part in parse(document.text).maps if part.holes)
            cells.append(f"{document.tokens:,}" + (f" | {used}" if patterns else ""))
    units = sum(len(pattern.places) for pattern in found)
    return f"| {name} | {len(found)} | {units:,} | {' | '.join(cells)} |"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--packages", action="store_true", help="seven packages of the standard library, too")
    parser.add_argument("--scripts", action="store_true")
    chosen = parser.parse_args()
    print(PATTERNS)
    if chosen.packages:
        print(pattern_row("seven packages", seven_packages()), flush=True)
    for corpus in chosen.corpus:
        name, _, folder = corpus.partition("=")
        files = read_folder(Path(folder), Path(folder))
        print(pattern_row(name, files, minify_scripts=chosen.scripts), flush=True)


if __name__ == "__main__":
    main()
