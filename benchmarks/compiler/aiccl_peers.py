"""AICCL beside repomix on the same files in the same run, and what packers make of the same code.

    python benchmarks/compiler/aiccl_peers.py --repomix BIN --packers PYTHON --corpus NAME=FOLDER ... [--output FILE]

`BIN` is repomix's command, `PYTHON` an interpreter that has pyppmd and zstandard. Files are chosen as in
`aiccl_exact.py` and copied into a folder of their own, so that both tools are given the same. repomix writes its plain
style without its summary and its tree of folders. All tokens are counted by the same tokenizer, the marks of files
included. Packers get the compiled text that `exact` holds, as bits of 17.6 a token: no model reads that.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from aiccl_exact import BITS_PER_TOKEN, COUNT, Files, read_folder, seven_packages
from aifirst_codebase.languages.registry import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import UNCOUNTED
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.low import write_low
from aifirst_compiler.aiccl.outline import write_outline
from aifirst_compiler.script_tools.find_tools import ToolsMissingError, find_tools

PACK = """
import sys, lzma, json, pyppmd, zstandard
data = sys.stdin.buffer.read()
print(json.dumps({
    "xz": len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)),
    "zstd": len(zstandard.ZstdCompressor(level=22).compress(data)),
    "ppmd": len(pyppmd.compress(data, max_order=8, mem_size=256 << 20)),
}))
"""
HEAD = """\
| corpus | files | source tokens | repomix | repomix, no comments | repomix --compress | names it tells | exact \
| exact, minified | low | outline | zstd bound | xz bound | PPMd bound | s, ours | s, repomix |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def readings(files: Files) -> list[Reading]:
    """The files read, without counting."""
    counter = UNCOUNTED
    found: list[Reading] = []
    for path, text in files:
        data = text.encode()
        language = language_of(path, data)
        if language is not None:
            found.append(read(SourceFile(path, data, "utf-8", ""), language, counter))
    return found


def repomix(command: str, folder: Path, *options: str) -> tuple[str, float]:
    """What repomix writes of the folder, and seconds of its CPU."""
    with tempfile.TemporaryDirectory() as elsewhere:
        output = Path(elsewhere) / "out.txt"
        started = _children()
        subprocess.run(
            [command, str(folder), "--style", "plain", "--no-file-summary", "--no-directory-structure", "--quiet",
             "--no-security-check", "--no-gitignore", "--no-default-patterns", "-o", str(output), *options],
            check=True, capture_output=True, cwd=elsewhere, timeout=280,
        )  # fmt: skip
        return output.read_text(encoding="utf-8"), _children() - started


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def row(name: str, files: Files, command: str, packers: str) -> str:
    """One line of the table."""
    source = sum(COUNT(text) for _, text in files)
    started = time.process_time()
    exact = write(files)
    ours = time.process_time() - started
    held = "\0".join(text for _, text in expand(exact.text))
    small = "–"
    if any(path.endswith((".js", ".ts")) for path, _ in files):
        try:
            find_tools()
            small = f"{write(files, ExactOptions(minify_scripts=True)).ratio:.2f}"
        except ToolsMissingError as error:
            print(f"{name}: not minified: {error}", file=sys.stderr)
    read_files = readings(files)
    packed = json.loads(
        subprocess.run([packers, "-c", PACK], input=held.encode(), capture_output=True, check=True).stdout
    )
    with tempfile.TemporaryDirectory() as given:
        for path, text in files:
            target = Path(given) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        whole, _ = repomix(command, Path(given))
        bare, seconds = repomix(command, Path(given), "--remove-comments", "--remove-empty-lines")
        outline, _ = repomix(command, Path(given), "--compress", "--remove-comments", "--remove-empty-lines")
    figures = [source / COUNT(whole), source / COUNT(bare), source / COUNT(outline), exact.ratio]
    behind = [write_low(read_files).ratio, write_outline(read_files).ratio]
    behind += [source / (packed[kind] * 8 / BITS_PER_TOKEN) for kind in ("zstd", "xz", "ppmd")]
    names = {unit.name.rpartition(".")[2] for reading in read_files for unit in reading.units[1:]}
    told = len(names & set(re.findall(r"[\w$]+", outline))) / len(names)
    cells = [
        *(f"{figure:.2f}" for figure in figures[:3]),
        f"{told:.0%}",
        f"{figures[3]:.2f}",
        small,
        *(f"{figure:.2f}" for figure in behind),
    ]
    return f"| {name} | {len(files)} | {source:,} | {' | '.join(cells)} | {ours:.1f} | {seconds:.1f} |"


def main() -> None:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--repomix", required=True)
    parser.add_argument("--packers", required=True)
    parser.add_argument(
        "--packages", action="store_true", help="measure seven packages of the standard library, too"
    )
    parser.add_argument("--output", type=Path)
    chosen = parser.parse_args()
    lines = [HEAD]
    if chosen.packages:
        lines.append(row("seven packages", seven_packages(), chosen.repomix, chosen.packers))
    for corpus in chosen.corpus:
        name, _, folder = corpus.partition("=")
        lines.append(row(name, read_folder(Path(folder), Path(folder)), chosen.repomix, chosen.packers))
        print(lines[-1], flush=True)
    text = "\n".join(lines) + "\n"
    print(text)
    if chosen.output:
        chosen.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
