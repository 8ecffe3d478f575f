"""Decomposes the functions of known libraries to a low limit, and runs their own tests on the result.

    python benchmarks/compiler/decompose.py SOURCES --python VENV/bin/python [--limit 150] [--only click]

SOURCES is what `own_suites.py` beside this takes. Every function over the limit is decomposed as far as can be proved,
one after another in each file; then the tests run on the source and on the result, and every outcome that differs is
told. A low limit makes hundreds of functions too large, so that the tests try the analysis and not a few examples.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile, decode_source
from aifirst_codebase.tokens import TokenCounter, get_counter
from aifirst_compiler.decompose import DecomposeOptions, Decomposition, Refusal, plan_decomposition
from aifirst_compiler.verify.verify import ToVerify, verify_output
from msgspec.structs import replace

SUITES = {
    "attrs": ("src", "tests"),
    "more_itertools": ("more_itertools", "tests"),
    "toolz": ("toolz", "toolz"),
    "requests": ("src", "tests"),
    "flask": ("src", "tests"),
    "click": ("src", "tests"),
}
"""Where the source lies in each, and what pytest is given."""


_COLUMNS = (
    "library", "tests", "outcomes that changed", "flaky", "functions over", "split", "within the limit",
    "new functions", "CPU s",
)  # fmt: skip


_LEAST = 12
"""Tokens of the smallest part: less than is sensible, since here parts are to be many."""


class Tally:
    """What became of the functions of a library."""

    def __init__(self) -> None:
        self.over = self.split = self.within = self.pieces = self.files = 0
        self.refused: Counter[str] = Counter()
        self.seconds = 0.0


def main() -> int:
    """Print a row a library; 1 where an outcome changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, help="keep what is made below this folder, and run no tests")
    asked = parser.parse_args()
    changed = False
    print("| " + " | ".join(_COLUMNS) + " |\n" + "|---" * len(_COLUMNS) + "|", flush=True)
    for name, (source, tests) in SUITES.items():
        folder = next((path for path in sorted(asked.sources.iterdir()) if path.name.startswith(name)), None)
        if folder is None or (asked.only and asked.only != name):
            continue
        changed |= _row(folder, source, tests, asked)
    return int(changed)


def _row(root: Path, source: str, tests: str, asked: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        out = (asked.keep / root.name) if asked.keep else Path(scratch) / "out"
        tally = decompose_folder(root / source, out, asked.limit)
        counts, equal = "- | - | -", True
        if not asked.keep:
            command = (
                f"{asked.python} -m pytest -q -x --maxfail=100000 -p no:cacheprovider -p no:randomly {tests}"
            )
            result = verify_output(ToVerify(root, root / source, out, command))
            counts = f"{len(result.source.tests)} | {len(result.differences)} | {len(result.flaky)}"
            equal = result.equal
            for difference in result.differences[:20]:
                print(
                    f"    {difference.test}: {difference.source} became {difference.output}", file=sys.stderr
                )
    cells = (root.name, counts, tally.over, tally.split, tally.within, tally.pieces, f"{tally.seconds:.0f}")
    print("| " + " | ".join(map(str, cells)) + " |")
    told = ", ".join(f"{why} {count}" for why, count in tally.refused.most_common())
    print(f"    what stood in the way: {told}", flush=True)
    return not equal


def decompose_folder(source: Path, out: Path, limit: int) -> Tally:
    """Write every module below a folder to another one, its functions decomposed; tests are left as they are."""
    tally = Tally()
    counter = get_counter("o200k_base")
    started = time.process_time()
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        place = out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        file = decode_source(name, path.read_bytes())
        if "tests/" not in name:
            file = decompose_file(file, limit, counter, tally)
        place.write_bytes(file.encode_back(file.data))
    tally.seconds = time.process_time() - started
    return tally


def decompose_file(
    file: SourceFile, limit: int, counter: TokenCounter, tally: Tally, least: int = _LEAST
) -> SourceFile:
    """A file with its functions decomposed as far as they can be."""
    options = DecomposeOptions(limit=limit, partial=True, least_tokens=least)
    for unit in list(_over(file, limit, counter)):
        tally.over += 1
        done = plan_decomposition(file, unit, counter, options)
        if isinstance(done, Refusal):
            tally.refused[done.reason.why] += 1
            continue
        tally.split += 1
        tally.within += done.within_limit
        tally.pieces += len(done.new_units)
        if not done.within_limit:
            tally.refused[f"in part: {_first(done)}"] += 1
        file = replace(file, data=done.data)
    return file


def _first(done: Decomposition) -> str:
    return done.left[0].why if done.left else "one-statement"


def _over(file: SourceFile, limit: int, counter: TokenCounter) -> Iterator[str]:
    language = language_of(file.path, file.data)
    if language is not None:
        for unit in read(file, language, counter).units:
            if unit.kind == "function" and unit.total_tokens > limit:
                yield unit.name


if __name__ == "__main__":
    sys.exit(main())
