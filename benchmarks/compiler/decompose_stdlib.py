"""Decomposes modules of the standard library to a low limit, and runs CPython's own tests on the result.

    python benchmarks/compiler/decompose_stdlib.py [--limit 150] [--only argparse]
    python benchmarks/compiler/decompose_stdlib.py --survey --limit 700

The running Python has to have its `test` package. Each module is decomposed into a folder that stands first on the path;
its tests run on the original and on that, and what unittest says in the end is compared.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.decompose import DecomposeOptions
from decompose import Tally, decompose_file

MODULES = {
    "argparse": "test_argparse", "ast": "test_unparse", "bdb": "test_bdb", "calendar": "test_calendar",
    "cmd": "test_cmd", "colorsys": "test_colorsys", "configparser": "test_configparser", "copy": "test_copy",
    "csv": "test_csv", "dataclasses": "test_dataclasses", "difflib": "test_difflib", "dis": "test_dis",
    "doctest": "test_doctest", "filecmp": "test_filecmp", "fileinput": "test_fileinput", "fractions": "test_fractions",
    "ftplib": "test_ftplib", "getopt": "test_getopt", "gettext": "test_gettext", "graphlib": "test_graphlib",
    "heapq": "test_heapq", "imaplib": "test_imaplib", "inspect": "test_inspect", "ipaddress": "test_ipaddress",
    "mailbox": "test_mailbox", "mimetypes": "test_mimetypes", "netrc": "test_netrc", "ntpath": "test_ntpath",
    "numbers": "test_abstract_numbers", "optparse": "test_optparse", "pickletools": "test_pickletools",
    "plistlib": "test_plistlib", "pprint": "test_pprint", "pyclbr": "test_pyclbr", "random": "test_random",
    "sched": "test_sched", "shlex": "test_shlex", "shutil": "test_shutil", "smtplib": "test_smtplib",
    "statistics": "test_statistics", "string": "test_string", "tarfile": "test_tarfile", "tempfile": "test_tempfile",
    "textwrap": "test_textwrap", "tokenize": "test_tokenize", "trace": "test_trace", "uuid": "test_uuid",
    "zipapp": "test_zipapp", "zipfile": "test_zipfile",
}  # fmt: skip
_SECONDS = 240
_LEFT_OUT = frozenset(
    {"test", "tests", "lib2to3", "idlelib", "encodings", "pydoc_data", "site-packages", "turtledemo"}
)


def main() -> int:
    """Print a row a module; 1 where a result changed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=int, default=150)
    parser.add_argument("--only", default="", help="names of modules, with commas")
    parser.add_argument("--survey", action="store_true", help="run no tests, look at the whole library")
    asked = parser.parse_args()
    if asked.survey:
        return survey(asked.limit)
    counter, changed, whole = get_counter("o200k_base"), False, Tally()
    chosen = asked.only.split(",") if asked.only else list(MODULES)
    print(
        "| module | tests say | on the result | functions over | split | new functions |\n|---|---|---|---|---|---|"
    )
    for name in chosen:
        path = Path(sysconfig.get_path("stdlib")) / f"{name}.py"
        tally, started = Tally(), time.process_time()
        made = decompose_file(decode_source(path.name, path.read_bytes()), asked.limit, counter, tally)
        tally.seconds = time.process_time() - started
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / path.name).write_bytes(made.encode_back(made.data))
            before, after = run_tests(MODULES[name], None), run_tests(MODULES[name], folder)
        changed |= before != after
        print(f"| {name} | {before} | {after} | {tally.over} | {tally.split} | {tally.pieces} |", flush=True)
        whole.over, whole.split, whole.pieces = (
            whole.over + tally.over, whole.split + tally.split, whole.pieces + tally.pieces
        )  # fmt: skip
        whole.within += tally.within
    print(
        f"in all: {whole.over} over, {whole.split} split, {whole.within} within the limit, {whole.pieces} new functions"
    )
    return int(changed)


def survey(limit: int) -> int:
    """Print what becomes of every function over a limit in files of the library, as a person would ask for it."""
    counter, tally, started = get_counter("o200k_base"), Tally(), time.process_time()
    root = Path(sysconfig.get_path("stdlib"))
    files = [
        path
        for path in sorted(root.rglob("*.py"))
        if not _LEFT_OUT.intersection(path.relative_to(root).parts)
    ]
    for path in files:
        name = path.relative_to(root).as_posix()
        decompose_file(
            decode_source(name, path.read_bytes()), limit, counter, tally, DecomposeOptions().least_tokens
        )
    seconds = time.process_time() - started
    print(
        f"{len(files)} files: {tally.over} functions over {limit} tokens, {tally.split} split, {tally.within} within"
    )
    print(f"the limit, {tally.pieces} new functions, {seconds:.0f} s of CPU; {tally.refused.most_common()}")
    return 0


def run_tests(test: str, folder: str | None) -> str:
    """What unittest says of a module's tests: how many ran, and how they ended; failures by name."""
    environment = {**os.environ, "PYTHONPATH": folder or "", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "unittest", "-q", f"test.{test}"]
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = subprocess.run(
                command,
                env=environment,
                cwd=scratch,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "too long"
    failed = sorted(set(re.findall(r"^(?:FAIL|ERROR): (\S+)", done.stderr, re.MULTILINE)))
    ran = re.findall(r"^Ran (\d+) test", done.stderr, re.MULTILINE)
    ended = done.stderr.strip().rpartition("\n")[2]
    return f"{' '.join(ran)} {ended} {' '.join(failed)}".strip()


if __name__ == "__main__":
    sys.exit(main())
