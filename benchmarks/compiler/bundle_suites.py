"""The test suites of known packages on their bundle: the whole package as one module in its place.

    python benchmarks/compiler/bundle_suites.py --python VENV/bin/python CLONE:src/click CLONE:src/flask ...

CLONE is a working tree with tests in `tests`, behind the colon the package's folder in it. The interpreter is that of an
environment with their test requirements. Every outcome that differs is told, and what became of the modules.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from aifirst_compiler.bundle.find_modules import find_modules
from aifirst_compiler.bundle.write_bundle import Bundle, bundle_modules
from aifirst_compiler.verify.outcomes import Outcomes, compare_outcomes
from aifirst_compiler.verify.project_copy import copy_project
from aifirst_compiler.verify.run_command import run_command


def main() -> int:
    """Print a row a package; 1 where an outcome changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="+")
    parser.add_argument("--python", default=sys.executable)
    asked = parser.parse_args()
    print("| package | modules | flat | held | bytes before | after | tests | outcomes that changed |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    changed = False
    for given in asked.packages:
        clone, _, folder = given.rpartition(":")
        changed |= _row(Path(clone).resolve(), folder, asked.python)
    return int(changed)


def _row(root: Path, folder: str, python: str) -> bool:
    found = find_modules(root / folder, Path.read_bytes)
    bundle = bundle_modules(found.root, found.known, is_package=found.is_package)
    with tempfile.TemporaryDirectory() as scratch:
        before = _run(root, Path(scratch) / "source" / root.name, folder, python, None)
        after = _run(root, Path(scratch) / "bundle" / root.name, folder, python, bundle)
    differences = compare_outcomes(before, after)
    size = sum(len(module.data) for module in found.known.values())
    print(
        f"| {Path(folder).name} | {len(found.known)} | {len(bundle.flat)} | {len(bundle.held)} | {size:,} "
        f"| {len(bundle.data):,} | {len(before.tests)} | {len(differences)} |",
        flush=True,
    )
    for difference in differences[:20]:
        print(f"    {difference.test}: {difference.source} became {difference.output}", file=sys.stderr)
    return bool(differences)


def _run(root: Path, copy: Path, folder: str, python: str, bundle: Bundle | None) -> Outcomes:
    copy_project(root, copy)
    package = copy / folder
    if bundle is not None:
        shutil.rmtree(package)
        package.with_name(f"{package.name}.py").write_bytes(bundle.data)
    command = f"{python} -m pytest -q -p no:cacheprovider -p no:randomly tests"
    return run_command(command, copy, [package.parent], root / folder, 900.0)


if __name__ == "__main__":
    sys.exit(main())
