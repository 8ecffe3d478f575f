"""The tests of JavaScript packages on their bundle, and what bundles of TypeScript export beside the unbundled build.

    python benchmarks/compiler/script_suites.py --suite CLONE "COMMAND" [KEPT …]
    python benchmarks/compiler/script_suites.py --exports CLONE:src/index.ts TYPESCRIPT

The first: CLONE is a working tree with its dependencies installed; its entry becomes one file, what the bundle holds of
its `lib` goes, and COMMAND (which prints TAP) runs on source and bundle, compared outcome by outcome. KEPT are files of
`lib` that tests ask for by path: bundled too, each in its place; with `=` behind it, one that hands on the bundle.

The second: tsc of TYPESCRIPT (a folder with `lib/tsc.js`) compiles the entry file by file, types not checked; all
exports are compared by their names, arities, methods and statics.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aifirst_compiler.script_bundle.bundle_scripts import ScriptBundle, ScriptBundleOptions, bundle_scripts
from aifirst_compiler.script_bundle.entry import find_entry
from aifirst_compiler.verify.outcomes import Outcomes, compare_outcomes
from aifirst_compiler.verify.project_copy import copy_project
from aifirst_compiler.verify.run_command import run_command

WAYS = {
    "imports left": ScriptBundleOptions(),
    "packages included": ScriptBundleOptions(packages="included"),
    "imports left, small": ScriptBundleOptions(minify="tokens"),
    "packages included, small": ScriptBundleOptions(packages="included", minify="tokens"),
}
TSC = [
    "--target", "es2022", "--module", "commonjs", "--moduleResolution", "node", "--experimentalDecorators",
    "--emitDecoratorMetadata", "--useDefineForClassFields", "false", "--importHelpers", "--skipLibCheck",
    "--esModuleInterop", "--resolveJsonModule", "--noCheck",
]  # fmt: skip
DESCRIBE = """
const always = ["name", "length", "prototype"];
const own = (one) => Object.getOwnPropertyNames(one).filter((name) => !always.includes(name)).sort();
const describe = (one) => typeof one !== "function" ? typeof one
  : [one.length, one.prototype ? Object.getOwnPropertyNames(one.prototype).sort() : 0, own(one)];
const made = require(process.argv[1]);
console.log(JSON.stringify(Object.fromEntries(Object.keys(made).sort().map((name) => [name, describe(made[name])]))));
"""


def main() -> int:
    """Print a row a way of bundling; 1 where an outcome or an export changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--suite", nargs="+", metavar="ARGUMENT")
    parser.add_argument("--exports", nargs=2, metavar=("CLONE:ENTRY", "TYPESCRIPT"))
    asked = parser.parse_args()
    changed = False
    if asked.suite:
        changed |= _suite(Path(asked.suite[0]).resolve(), asked.suite[1], asked.suite[2:])
    if asked.exports:
        clone, _, entry = asked.exports[0].rpartition(":")
        changed |= _exports(Path(clone).resolve(), entry, Path(asked.exports[1]).resolve())
    return int(changed)


def _suite(root: Path, command: str, kept: Sequence[str]) -> bool:
    print("| package | bundle | files | bytes before | after | tests | outcomes that changed |")
    print("|---|---|---:|---:|---:|---:|---:|")
    changed = False
    with tempfile.TemporaryDirectory() as scratch:
        before = _run(root, Path(scratch) / "source" / root.name, command, None, kept, ScriptBundleOptions())
        for way, options in WAYS.items():
            bundle = _bundle(root, root, options)
            after = _run(root, Path(scratch) / way / root.name, command, bundle, kept, options)
            differences = compare_outcomes(before, after)
            changed |= bool(differences)
            print(
                f"| {root.name} | {way} {_row(bundle)} | {len(before.tests):,} | {len(differences)} |",
                flush=True,
            )
            for one in differences[:20]:
                print(f"    {one.test}: {one.source} became {one.output}", file=sys.stderr)
    return changed


def _row(bundle: ScriptBundle) -> str:
    used = [one for one in bundle.sources if one.kept]
    return f"| {len(used)} | {sum(one.size for one in used):,} | {len(bundle.data):,}"


def _bundle(
    root: Path, source: Path, options: ScriptBundleOptions, place: Path | None = None
) -> ScriptBundle:
    entry = find_entry(source, root)
    return bundle_scripts(entry, options, place or entry.file)


def _run(
    root: Path,
    copy: Path,
    command: str,
    bundle: ScriptBundle | None,
    kept: Sequence[str],
    options: ScriptBundleOptions,
) -> Outcomes:
    copy_project(root, copy)
    if bundle is not None:
        begins = find_entry(root, root).file.relative_to(root)
        shutil.rmtree(copy / "lib")
        (copy / begins).write_bytes(bundle.data)
        for given in kept:
            path = given.removesuffix("=")
            shim = f"module.exports = require('{'../' * path.count('/')}{begins.as_posix()}')\n".encode()
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            (copy / path).write_bytes(
                shim if given.endswith("=") else _bundle(root, root / path, options).data
            )
    return run_command(command, copy, [], root, 300.0)


def _exports(root: Path, entry: str, typescript: Path) -> bool:
    print("| package | bundle | files | bytes before | after | exports | differ |")
    print("|---|---|---:|---:|---:|---:|---:|")
    changed = False
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        (out / "node_modules").symlink_to((root / "node_modules").resolve())
        command = ["node", typescript / "lib" / "tsc.js", entry, "--outDir", out / "built", *TSC]
        subprocess.run(command, cwd=root, check=False, stdout=subprocess.DEVNULL)
        before = _described(out / "built" / Path(entry).with_suffix(".js").name)
        for way, options in WAYS.items():
            place = out / f"{way.replace(' ', '-')}.cjs"
            bundle = _bundle(root, root / entry, options, place)
            place.write_bytes(bundle.data)
            after = _described(place)
            differ = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            changed |= bool(differ)
            print(f"| {root.name} | {way} {_row(bundle)} | {len(before)} | {len(differ)} |", flush=True)
    return changed


def _described(script: Path) -> dict[str, object]:
    done = subprocess.run(["node", "-e", DESCRIBE, script], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
