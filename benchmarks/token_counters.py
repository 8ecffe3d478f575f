"""The ways to count tokens beside each other: the same counts, at which speed, after how long a start.

    python benchmarks/token_counters.py [FOLDER …]

Counts every `.py` file of the folders, the standard library without any. `tiktoken` takes part where it is installed; it
is fed the same table. Seconds are of the processor, the best of three rounds; the first is told too, since the
portable counter remembers what it met.
"""

from __future__ import annotations

import gc
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aifirst_codebase.tokens.derive_vocabulary import derive_vocabulary
from aifirst_codebase.tokens.openai_bpe import load_native
from aifirst_codebase.tokens.portable_bpe import PortableBytePairs
from aifirst_codebase.tokens.vocabulary import read_vocabulary, write_vocabulary

ENCODING = "o200k_base"
Count = Callable[[str], int]


def main(folders: Sequence[str]) -> int:
    """Print the table; 1 where two ways differ."""
    texts = list(_texts(folders or [sysconfig.get_path("stdlib")]))
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} files, {size:.1f} MB, {sum(not text.isascii() for text in texts)} beyond ASCII\n")
    print("| counter | start, ms | first round, s | best round, s | MB/s | tokens |")
    print("|---|---|---|---|---|---|")
    totals: set[tuple[int, ...]] = set()
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / ENCODING
        write_vocabulary(derive_vocabulary(ENCODING), file)
        for name, start in _ways(file):
            began = time.process_time()
            count = start()
            count("a")
            started = time.process_time() - began
            rounds = [_round(count, texts) for _ in range(3)]
            totals.add(rounds[0][1])
            best = min(seconds for seconds, _ in rounds)
            told = f"{started * 1e3:.0f} | {rounds[0][0]:.2f} | {best:.2f} | {size / best:.1f}"
            print(f"| {name} | {told} | {sum(rounds[0][1]):,} |")
    return 0 if len(totals) == 1 else 1


def _ways(file: Path) -> Iterator[tuple[str, Callable[[], Count]]]:
    yield "bpe-openai", lambda: load_native(ENCODING).count
    yield "portable_bpe", lambda: PortableBytePairs(ENCODING, read_vocabulary(file)).count
    if find_spec("tiktoken") is not None:
        yield "tiktoken", lambda: _tiktoken(file)


def _tiktoken(file: Path) -> Count:
    tokens = read_vocabulary(file).tokens
    public: Any = import_module("bpe_openai.registry")
    about = public.o200k_base()
    about["mergeable_ranks"] = {token.encode("latin-1"): rank for rank, token in enumerate(tokens)}
    encoding: Any = import_module("tiktoken").Encoding(**about)
    return lambda text: len(encoding.encode_ordinary(text))


def _texts(folders: Sequence[str]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.py")):
            try:
                yield path.read_bytes().decode()
            except (OSError, UnicodeDecodeError):
                continue


def _round(count: Count, texts: Sequence[str]) -> tuple[float, tuple[int, ...]]:
    gc.collect()
    began = time.process_time()
    counts = tuple(map(count, texts))
    return time.process_time() - began, counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
