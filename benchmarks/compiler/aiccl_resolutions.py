"""Tokens of whole projects at the resolutions `outline` and `meta`, maps counted.

    python benchmarks/compiler/aiccl_resolutions.py [--corpus NAME=FOLDER ...] [--output FILE]

Always measured: the running Python's standard library without tests, lib2to3, idlelib, encodings and pydoc_data. Every
outline is read back, and its ids have to be those of the units. Uses are the imports that a simple reading finds:
Python's by its own parser, relative ones of scripts by their text, none of other languages. The plain list of public
names is what `meta` is without its uses. Speed is CPU time of one process, reading included.
"""

from __future__ import annotations

import argparse
import ast
import posixpath
import re
import sysconfig
import time
from collections.abc import Set
from pathlib import Path

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.meta import write_meta
from aifirst_compiler.aiccl.outline import outline_ids, write_outline

SUFFIXES = (".py", ".js", ".ts", ".go", ".java")
LEFT_OUT = {"test", "tests", "lib2to3", "idlelib", "encodings", "pydoc_data", "__pycache__", "site-packages"}
_RELATIVE = re.compile(r"""(?:require\(|from )["'](\.[^"']+)["']""")


def read_folder(root: Path, left_out: Set[str] = frozenset()) -> list[Reading]:
    """All source files of the folder, read, but tests of Go and what lies in a folder that is left out."""
    readings: list[Reading] = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if (
            path.name.endswith(SUFFIXES)
            and not path.name.endswith("_test.go")
            and not left_out & set(relative.parts)
        ):
            source = decode_source(relative.as_posix(), path.read_bytes())
            language = language_of(source.path, source.data)
            if language is not None:
                readings.append(read(source, language, UNCOUNTED))
    return readings


def uses_of(reading: Reading, paths: set[str]) -> set[tuple[str, str]]:
    """The files of the project that a file imports."""
    places: set[str] = set()
    if reading.language.name == "python":
        try:
            tree = ast.parse(reading.data)
        except SyntaxError:
            return set()
        for node in ast.walk(tree):
            for name in imported_names(node, reading.path):
                place = name.replace(".", "/")
                places |= {f"{place}.py", f"{place}/__init__.py"}
    else:
        for found in _RELATIVE.findall(reading.text):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(reading.path), found))
            places |= {place, f"{place}.js", f"{place}.ts", f"{place}/index.ts", f"{place}/index.js"}
    return {(reading.path, place) for place in places & paths}


def imported_names(node: ast.AST, path: str) -> list[str]:
    """The modules and members that an import names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    above = path.split("/")[: -node.level] if node.level else []
    module = ".".join([*above, *([node.module] if node.module else [])])
    return [module, *(f"{module}.{alias.name}" for alias in node.names)]


def row(name: str, root: Path, left_out: Set[str] = frozenset()) -> str:
    """One line of the table."""
    started = time.process_time()
    readings = read_folder(root, left_out)
    outline = write_outline(readings)
    seconds = time.process_time() - started
    expected = sorted((reading.path, unit.name) for reading in readings for unit in reading.units)
    assert sorted(outline_ids(outline.text)) == expected
    paths = {reading.path for reading in readings}
    uses = set[tuple[str, str]]().union(*(uses_of(reading, paths) for reading in readings))
    meta = write_meta(readings, sorted(uses))
    size = sum(len(reading.data) for reading in readings) / 1e6
    ratios = [
        write_outline(readings, ExactOptions(max_entries=0)).ratio,
        write_outline(readings, ExactOptions(max_entries=30)).ratio,
        outline.ratio,
        write_meta(readings).ratio,
        meta.ratio,
    ]
    cells = " | ".join(f"{ratio:.1f}" for ratio in ratios)
    return (
        f"| {name} | {len(readings)} | {len(expected):,} | {outline.source_tokens:,} | {outline.tokens:,} | "
        f"{outline.map_tokens:,} | {meta.tokens:,} | {len(uses):,} | {cells} | {size / seconds:.1f} |"
    )


HEAD = """\
| corpus | files | units | source tokens | outline | of it map | meta | uses | outline, no map | outline, ≤30 entries \
| **outline** | names only | **meta** | outline MB/s |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--output", type=Path)
    chosen = parser.parse_args()
    lines = [HEAD, row("standard library", Path(sysconfig.get_paths()["stdlib"]), LEFT_OUT)]
    for corpus in chosen.corpus:
        name, _, folder = corpus.partition("=")
        lines.append(row(name, Path(folder)))
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
