"""`--minify` of the standard library: tokens, bytes and speed of several settings, beside python-minifier.

    python benchmarks/compiler/python_minify.py [--minifier VENV/bin/python] [--every 4]

The files are those of `python_clean`. Equality is told apart from our own proof: of a layout by the trees of `ast`,
docstrings and `pass` left out, and annotations and `(object)` on both sides where those may go; where names changed,
by what both compile to, which only the names of local variables may tell apart. The settings and the peer take turns
file by file, so a busy machine slows all of them alike; times are processor time of one process. `--every` takes
every so many files.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import time
import warnings
from typing import NamedTuple

from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.minify.same_code import is_same_code
from python_clean import LAYOUT, corpus, same_but_needless, same_program

SETTINGS = {
    "aifirst, clean": CompileOptions(),
    "aifirst, clean, drop licences": CompileOptions(drop_licences=True),
    "aifirst, minify tokens, layout only": CompileOptions(minify="tokens", layout_only=True),
    "aifirst, minify tokens": CompileOptions(minify="tokens"),
    "aifirst, minify tokens, drop licences": CompileOptions(minify="tokens", drop_licences=True),
    "aifirst, minify bytes": CompileOptions(minify="bytes"),
    "aifirst, minify tokens, rename": CompileOptions(minify="tokens", rename=True),
    "aifirst, minify bytes, rename": CompileOptions(minify="bytes", rename=True),
    "aifirst, minify tokens, drop licences, rename": CompileOptions(
        minify="tokens", drop_licences=True, rename=True
    ),
}
PEERS: dict[str, dict[str, bool]] = {
    "python-minifier, layout": LAYOUT,
    "python-minifier, default": {},
    "python-minifier, layout, docstrings, annotations": {
        **LAYOUT, "remove_literal_statements": True, "remove_annotations": True,
    },
    "python-minifier, default without hoisting, and docstrings": {
        "hoist_literals": False, "remove_literal_statements": True,
    },
}  # fmt: skip
WORKER = """
import sys, time, json, python_minifier
for line in sys.stdin:
    path, options = json.loads(line)
    source = open(path, encoding="utf-8", errors="surrogateescape").read()
    started = time.process_time()
    try:
        output = python_minifier.minify(source, path, **options)
    except Exception:
        output = None
    taken = time.process_time() - started
    text = None if output is None else output.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    print(json.dumps([text, taken]), flush=True)
"""


class Made(NamedTuple):
    """What one setting made of one file: the text, None where it failed, and processor seconds."""

    text: str | None
    seconds: float


class Peer:
    """python-minifier in an interpreter of its own."""

    def __init__(self, python: str) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def minify(self, path: str, options: dict[str, bool]) -> Made:
        """What it makes of a file."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([path, options]) + "\n")
        self._process.stdin.flush()
        text, seconds = json.loads(self._process.stdout.readline())
        return Made(text, seconds)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minifier", default="")
    parser.add_argument("--every", type=int, default=1)
    asked = parser.parse_args()
    sources = corpus()[:: asked.every]
    peer = Peer(asked.minifier) if asked.minifier else None
    made: dict[str, list[Made]] = {name: [] for name in (*SETTINGS, *(PEERS if peer else ()))}
    for options in SETTINGS.values():
        compile_source(sources[0], options)
    gc.freeze()
    for source in sources:
        for name, options in SETTINGS.items():
            started = time.process_time()
            compiled = compile_source(source, options)
            made[name].append(Made(compiled.data.decode(), time.process_time() - started))
        if peer is not None:
            for name, chosen in PEERS.items():
                made[name].append(peer.minify(source.path, chosen))
    if peer is not None:
        peer.close()
    show(sources, made)


def show(sources: list[SourceFile], made: dict[str, list[Made]]) -> None:
    """Print a row a setting."""
    count = get_counter().count
    before = sum(count(source.text) for source in sources)
    size = sum(len(source.data) for source in sources)
    print(f"{len(sources)} files, {size / 1e6:.2f} MB, {before:,} tokens (o200k_base)\n")
    print("| setting | tokens | fewer | bytes fewer | MB/s | failed | other programs |")
    print("|---|---|---|---|---|---|---|")
    for name, files in made.items():
        texts = [
            one.text if one.text is not None else source.text
            for one, source in zip(files, sources, strict=True)
        ]
        after, left = sum(map(count, texts)), sum(len(text.encode()) for text in texts)
        seconds = sum(one.seconds for one in files)
        failed = sum(one.text is None for one in files)
        print(
            f"| {name} | {after:,} | {before / after:.3f}x | {size / left:.2f}x | {size / 1e6 / seconds:.2f} | {failed}"
            f" | {others(name, sources, texts, made)} |",
            flush=True,
        )


def others(name: str, sources: list[SourceFile], texts: list[str], made: dict[str, list[Made]]) -> str:
    """How many files became another program; of the peer only where it changes no names."""
    if "default" in name:
        return ""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if ", rename" in name:
            plain = [one.text or "" for one in made[name.removesuffix(", rename")]]
            return str(
                sum(not is_same_code(a.encode(), b.encode()) for a, b in zip(plain, texts, strict=True))
            )
        if "annotations" in name:
            return ""
        if "minify" in name and "layout only" not in name:
            return str(
                sum(not same_but_needless(one.text, two) for one, two in zip(sources, texts, strict=True))
            )
        return str(sum(not same_program(one.text, two) for one, two in zip(sources, texts, strict=True)))


if __name__ == "__main__":
    main()
