"""Compiling the standard library: tokens, equality, speed by phase, beside python-minifier on the same files.

    python benchmarks/compiler/python_clean.py [--minifier VENV/bin/python] [--minify tokens]

The files are those of the running Python without tests, lib2to3, idlelib, encodings and pydoc_data. Equality is told
apart from our own proof: both texts as `ast` spells them, without statements that are `pass` or a constant,
docstrings among them, and of `minify` without annotations and `(object)`. Times are processor time of one process.
The interpreter of `--minifier` has python-minifier installed.
"""

from __future__ import annotations

import argparse
import ast
import gc
import subprocess
import sys
import sysconfig
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile, decode_source
from aifirst_codebase.tokens import UNCOUNTED, get_counter
from aifirst_compiler import compile_file
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompiledFile, CompileOptions
from aifirst_compiler.run_time_docs import kept_documentation, uses_of_reading

LEFT_OUT = frozenset({
    "test", "tests", "lib2to3", "idlelib", "site-packages", "__pycache__", "encodings", "pydoc_data", "idle_test",
})  # fmt: skip
PHASES = (
    "read", "parse_python", "uses_of_reading", "find_cautions", "kept_documentation", "choose_removals", "widen_removals",
    "smallest_edits", "prove", "apply_edits",
)  # fmt: skip
MINIFIER = """
import sys, time, json, python_minifier
options = json.loads(sys.argv[1])
taken, failed = 0.0, 0
for path in sys.stdin.read().splitlines():
    source = open(path, encoding="utf-8", errors="surrogateescape").read()
    started = time.process_time()
    try:
        output = python_minifier.minify(source, path, **options)
    except Exception:
        output, failed = source, failed + 1
    taken += time.process_time() - started
    sys.stdout.buffer.write(json.dumps(output).encode() + b"\\n")
sys.stdout.buffer.write(json.dumps([taken, failed]).encode() + b"\\n")
"""
OFF = (
    "combine_imports", "remove_pass", "remove_literal_statements", "hoist_literals", "rename_locals", "rename_globals",
    "remove_object_base", "convert_posargs_to_args", "preserve_shebang", "remove_asserts", "remove_debug",
    "remove_explicit_return_none", "remove_builtin_exception_brackets", "constant_folding", "remove_annotations",
)  # fmt: skip
LAYOUT: dict[str, bool] = dict.fromkeys(OFF, False)


def corpus() -> list[SourceFile]:
    """The files, in order of their paths."""
    root = Path(sysconfig.get_paths()["stdlib"])
    paths = [path for path in sorted(root.rglob("*.py")) if LEFT_OUT.isdisjoint(path.relative_to(root).parts)]
    return [decode_source(path.as_posix(), path.read_bytes()) for path in paths]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minifier", default="")
    parser.add_argument("--minify", default="", choices=["", "tokens", "bytes"])
    asked = parser.parse_args()
    sources = corpus()
    count = get_counter().count
    megabytes = sum(len(source.data) for source in sources) / 1e6
    before = sum(count(source.text) for source in sources)
    print(f"{len(sources)} files, {megabytes:.2f} MB, {before:,} tokens (o200k_base)\n")
    gc.freeze()
    gc.disable()
    print("| what | tokens | fewer | MB/s | files kept as they were | other programs |")
    print("|---|---|---|---|---|---|")
    for name, options in (
        ("aifirst, clean", CompileOptions()),
        ("aifirst, structural", CompileOptions(mode="structural")),
        ("aifirst, documented", CompileOptions(mode="documented")),
        ("aifirst, clean, drop licences", CompileOptions(drop_licences=True)),
        ("aifirst, minify tokens", CompileOptions(minify="tokens")),
        ("aifirst, minify tokens, drop licences", CompileOptions(minify="tokens", drop_licences=True)),
    ):
        if options.minify and not asked.minify:
            continue
        compile_source(sources[0], options)
        started = time.process_time()
        made = [compile_source(source, options) for source in sources]
        taken = time.process_time() - started
        row(name, [one.data.decode() for one in made], taken, sources, sum(bool(one.copied) for one in made))
    if asked.minifier:
        for name, options in (
            ("layout", LAYOUT),
            ("layout and docstrings", {**LAYOUT, "remove_literal_statements": True}),
        ):
            peer(f"python-minifier, {name}", asked.minifier, options, sources)
    kept(sources)
    phases(sources, megabytes)


def row(name: str, outputs: list[str], taken: float, sources: list[SourceFile], copied: int) -> None:
    """Print what came of one tool."""
    count = get_counter().count
    before = sum(count(source.text) for source in sources)
    after = sum(map(count, outputs))
    megabytes = sum(len(source.data) for source in sources) / 1e6
    same = same_but_needless if "aifirst, minify" in name else same_program
    others = sum(not same(one.text, two) for one, two in zip(sources, outputs, strict=True))
    print(
        f"| {name} | {after:,} | {before / after:.3f}x | {megabytes / taken:.2f} | {copied} | {others} |",
        flush=True,
    )


def peer(name: str, python: str, options: dict[str, bool], sources: list[SourceFile]) -> None:
    """Run python-minifier on the same files and print its row."""
    import json

    paths = "\n".join(source.path for source in sources)
    done = subprocess.run(
        [python, "-c", MINIFIER, json.dumps(options)], input=paths.encode(), capture_output=True, check=True
    )
    *outputs, last = [json.loads(line) for line in done.stdout.splitlines()]
    row(
        name,
        [one.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for one in outputs],
        last[0],
        sources,
        last[1],
    )


def same_program(source: str, output: str) -> bool:
    """Whether two texts are one program to the running Python, but for statements that do nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return spelled(source) == spelled(output)
        except SyntaxError:
            return False


def same_but_needless(source: str, output: str) -> bool:
    """Whether two texts are one program but for annotations, and `object` as what a class derives from."""
    return same_program(without_needless(source), without_needless(output))


def without_needless(text: str) -> str:
    """A program without all that `--minify` may drop, read or not: an oracle apart from the product's own proof."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        elif isinstance(node, ast.ClassDef) and [ast.unparse(base) for base in node.bases] == ["object"]:
            node.bases = []
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                statements = cast("list[ast.stmt]", body)
                statements[:] = [bare(one) for one in statements]
    return ast.unparse(ast.fix_missing_locations(tree))


def bare(statement: ast.stmt) -> ast.stmt:
    """An annotated assignment without its annotation, `pass` where nothing is assigned."""
    if not isinstance(statement, ast.AnnAssign):
        return statement
    return ast.Assign([statement.target], statement.value, lineno=1) if statement.value else ast.Pass()


def spelled(text: str) -> str:
    """The program as `ast` spells it: an oracle apart from the product's own comparison."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not does_nothing(part)]
    return ast.dump(tree)


def does_nothing(statement: ast.stmt) -> bool:
    """Whether a statement only fills a place: `pass`, a docstring, another constant."""
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or is_constant


def kept(sources: list[SourceFile]) -> None:
    """Print the tokens of what looks like glue and stays in `clean`, by the reason."""
    count, python, uncounted = (
        get_counter().count,
        language_named("python"),
        UNCOUNTED,
    )
    tokens: Counter[str] = Counter()
    for source in sources:
        reading = read(source, python, uncounted)
        uses = uses_of_reading(reading, ast.parse(source.text))
        named = kept_documentation(reading, CompileOptions(), uses)
        for comment in reading.comments:
            reason = comment.kept or ("published" if comment.start in named else "")
            if reason:
                tokens[reason] += count(source.data[comment.start : comment.end].decode())
    print("\nWhat stays, in tokens: " + ", ".join(f"{name} {tokens[name]:,}" for name in sorted(tokens)))


def phases(sources: list[SourceFile], megabytes: float) -> None:
    """Print how long each phase of `clean` takes, by a clock around the functions that `compile_file` calls."""
    taken: dict[str, float] = dict.fromkeys(PHASES, 0.0)
    for name in PHASES:
        setattr(compile_file, name, _timed(name, getattr(compile_file, name), taken))
    started = time.process_time()
    made: list[CompiledFile] = [compile_source(source, CompileOptions()) for source in sources]
    whole = time.process_time() - started
    print(f"\n| phase of clean ({len(made)} files) | seconds | MB/s |\n|---|---|---|")
    for name, seconds in taken.items():
        if seconds:
            print(f"| {name} | {seconds:.2f} | {megabytes / seconds:.1f} |")
    rest = whole - sum(taken.values())
    print(f"| rest | {rest:.2f} | |\n| all | {whole:.2f} | {megabytes / whole:.2f} |")


def _timed(name: str, function: Callable[..., object], taken: dict[str, float]) -> Callable[..., object]:
    def timed(*given: object, **named: object) -> object:
        started = time.process_time()
        try:
            return function(*given, **named)
        finally:
            taken[name] += time.process_time() - started

    return timed


if __name__ == "__main__":
    sys.exit(main())
