"""The test suites of known libraries on their own compiled source, outcome by outcome.

    python benchmarks/compiler/own_suites.py SOURCES --python VENV/bin/python [--minify tokens] [--only click]

SOURCES holds unpacked source distributions (`pip download --no-binary :all: …`, then `tar xzf`); toolz, whose tests are
in its wheel, may be an unpacked wheel. The interpreter is that of an environment with their test requirements. Each is
compiled in scratch, its tests run on the source and on the output, and every outcome that differs is told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.project import ProjectRequest, compile_project
from aifirst_compiler.verify.verify import ToVerify, verify_output

SUITES = {
    "attrs": ("src", "tests"),
    "more_itertools": ("more_itertools", "tests"),
    "toolz": ("toolz", "toolz"),
    "requests": ("src", "tests"),
    "flask": ("src", "tests"),
    "click": ("src", "tests"),
}
"""Where the source lies in each, and what pytest is given."""


def main() -> int:
    """Print a row a library; 1 where an outcome changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--minify", default="", choices=["", "tokens", "bytes"])
    parser.add_argument("--mode", default="clean", choices=["clean", "structural", "documented"])
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    options = CompileOptions(mode=asked.mode, minify=asked.minify)
    changed = False
    print("| library | tests | outcomes that changed | flaky | tokens before | after | fewer |")
    print("|---|---|---|---|---|---|---|")
    for name, (source, tests) in SUITES.items():
        folder = next((path for path in sorted(asked.sources.iterdir()) if path.name.startswith(name)), None)
        if folder is None or (asked.only and asked.only != name):
            continue
        changed |= _row(folder, source, tests, asked.python, options)
    return int(changed)


def _row(root: Path, source: str, tests: str, python: str, options: CompileOptions) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        report = compile_project(ProjectRequest(root, root / source, out, options, jobs=1, tokens=True))
        command = f"{python} -m pytest -q -x --maxfail=100000 -p no:cacheprovider -p no:randomly {tests}"
        started = time.monotonic()
        result = verify_output(ToVerify(root, root / source, out, command))
        seconds = time.monotonic() - started
    before, after = next(total.tokens for total in report.totals if total.language == "python")
    print(
        f"| {root.name} | {len(result.source.tests)} | {len(result.differences)} | {len(result.flaky)} "
        f"| {before:,} | {after:,} | {before / after:.2f}x |",
        flush=True,
    )
    for difference in result.differences[:20]:
        print(f"    {difference.test}: {difference.source} became {difference.output}", file=sys.stderr)
    for warned in report.all_warnings:
        print(f"    {warned.path}:{warned.line}: {warned.code}: {warned.message}", file=sys.stderr)
    print(f"    {seconds:.0f} s", file=sys.stderr)
    return not result.equal


if __name__ == "__main__":
    sys.exit(main())
