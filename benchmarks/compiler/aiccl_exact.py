"""Tokens of whole packages at the resolution `exact`, beside simpler ways to make them fewer, in one run.

    python benchmarks/compiler/aiccl_exact.py [--corpus NAME=FOLDER ...] [--humaneval FILE] [--output FILE]

The seven packages of the running Python's standard library are always measured. A further corpus is all files of the
folder whose name ends in .py, .js, .mjs, .cjs, .ts, .go or .java, without tests of Go; scripts are measured with their
types and names, and once more through oxc and esbuild where these are installed. Every document is expanded and
compared with what was written into it before it counts. Speed is CPU time of one process on the source's bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import re
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl.exact import AicclDocument, ExactOptions, write
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.script_tools.find_tools import ToolsMissingError, find_tools

PACKAGES = ("asyncio", "concurrent", "email", "http", "json", "logging", "unittest")
SUFFIXES = (".py", ".js", ".mjs", ".cjs", ".ts", ".go", ".java")
BITS_PER_TOKEN = 17.6
STDLIB = Path(sysconfig.get_paths()["stdlib"])
COUNT = get_counter().count
Files = list[tuple[str, str]]


def read_folder(folder: Path, root: Path) -> Files:
    """Path and text of the folder's source files, in order, but tests of Go and of the standard library."""
    paths = sorted(path for path in folder.rglob("*") if path.name.endswith(SUFFIXES) and path.is_file())
    return [
        (path.relative_to(root).as_posix(), decode_source(path.as_posix(), path.read_bytes()).text)
        for path in paths
        if not path.name.endswith("_test.go")
        and not (root == STDLIB and "test" in path.parts[len(root.parts) :])
    ]


def identifiers_only(texts: Sequence[str]) -> int:
    """Tokens of the texts and a map when only identifiers of several tokens get a symbol, where each pays."""
    words = Counter(word for text in texts for word in re.findall(r"[A-Za-z_]\w{3,}", text))
    used = set[str]().union(*texts)
    free = [sign for sign in "".join(symbols_of("o200k_base")) if sign not in used]
    gains = {word: number * (COUNT(word) - 1) - COUNT(word) - 2 for word, number in words.items()}
    best = sorted((word for word in gains if gains[word] > 0), key=lambda word: (-gains[word], word))
    symbols = dict(zip(best, free, strict=False))
    entries = "".join(f"{symbol}{word}\n" for word, symbol in symbols.items())
    written = [
        re.sub(r"[A-Za-z_]\w{3,}", lambda found: symbols.get(found[0], found[0]), text) for text in texts
    ]
    return COUNT(entries) + sum(map(COUNT, written))


def measured(files: Files, options: ExactOptions) -> tuple[AicclDocument, float]:
    """The document, and megabytes of source a second of CPU time."""
    started = time.process_time()
    document = write(files, options)
    seconds = time.process_time() - started
    return document, sum(len(text.encode()) for _, text in files) / 1e6 / seconds


def row(name: str, files: Files, *, minify_scripts: bool = False) -> str:
    """One line of the table."""
    document, speed = measured(files, ExactOptions(minify_scripts=minify_scripts))
    held = [text for _, text in expand(document.text)]
    few = write(files, ExactOptions(minify_scripts=minify_scripts, max_entries=30, nested=False))
    few_nested = write(files, ExactOptions(minify_scripts=minify_scripts, max_entries=30))
    flat = write(files, ExactOptions(minify_scripts=minify_scripts, nested=False))
    source = document.source_tokens
    stripped = sum(map(COUNT, held))
    packed = len(lzma.compress("\0".join(held).encode(), preset=9 | lzma.PRESET_EXTREME)) * 8 / BITS_PER_TOKEN
    figures = [
        source / stripped,
        source / identifiers_only(held),
        few.ratio,
        few_nested.ratio,
        flat.ratio,
        document.ratio,
        document.ratio_without_map,
        source / packed,
    ]
    cells = " | ".join(f"{figure:.2f}" for figure in figures)
    return (
        f"| {name} | {len(files)} | {source:,} | {document.tokens:,} | {document.map_tokens:,} | {cells} "
        f"| {document.entries} | {document.break_even} | {speed:.2f} |"
    )


def seven_packages() -> Files:
    """The files of all packages."""
    return [file for package in PACKAGES for file in read_folder(STDLIB / package, STDLIB)]


def package_rows() -> list[str]:
    """The packages together, with one map, and each with its own."""
    return [
        row("seven packages", seven_packages()),
        *(row(package, read_folder(STDLIB / package, STDLIB)) for package in PACKAGES),
    ]


def kept_line() -> str:
    """What the packages come to when comments and docstrings stay."""
    document, speed = measured(seven_packages(), ExactOptions(glue="keep"))
    return (
        f'Seven packages with comments and docstrings, byte for byte (`glue="keep"`): {document.ratio:.2f}x, '
        f"{document.ratio_without_map:.2f}x with the map apart, at {speed:.2f} MB/s.\n\n"
    )


HEAD = """\
| corpus | files | source tokens | exact | of it map | no map | names only | ≤30 flat | ≤30 nested | flat | **exact** \
| exact, map apart | xz bound | entries | break-even blocks | MB/s |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def humaneval(path: Path) -> str:
    """How many canonical solutions pass their tests after they went through one document."""
    problems = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    files = [
        (f"{problem['task_id']}.py", problem["prompt"] + problem["canonical_solution"])
        for problem in problems
    ]
    document = write(files)
    passed = 0
    for problem, (_, text) in zip(problems, expand(document.text), strict=True):
        space: dict[str, object] = {}
        try:
            exec(f"{text}\n{problem['test']}\ncheck({problem['entry_point']})", space)  # noqa: S102 - the data set's own tests
            passed += 1
        except Exception as error:  # noqa: BLE001 - whatever a solution raises is a failure of it
            print(f"{problem['task_id']}: {error!r}", file=sys.stderr)
    said = f"{passed} of {len(problems)} canonical solutions pass after compress and expand"
    return f"HumanEval: {said} ({document.ratio:.2f}x).\n"


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--without-packages", action="store_true", help="only what --corpus names")
    parser.add_argument("--humaneval", type=Path)
    parser.add_argument("--output", type=Path)
    chosen = parser.parse_args()
    lines = [HEAD, *([] if chosen.without_packages else package_rows())]
    for corpus in chosen.corpus:
        name, _, folder = corpus.partition("=")
        files = read_folder(Path(folder), Path(folder))
        lines.append(row(name, files))
        print(lines[-1], file=sys.stderr, flush=True)
        if any(path.endswith((".js", ".ts")) for path, _ in files):
            try:
                find_tools()
                lines.append(row(f"{name}, minified", files, minify_scripts=True))
            except ToolsMissingError as error:
                print(f"{name}: not minified: {error}", file=sys.stderr)
    text = "\n".join(lines) + "\n\n"
    text += "" if chosen.without_packages else kept_line()
    text += humaneval(chosen.humaneval) if chosen.humaneval else ""
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
