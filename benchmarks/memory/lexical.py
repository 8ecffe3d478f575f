"""Times the lexical index on a folder of source files, beside bm25s and rank_bm25 on the same words.

    python benchmarks/memory/lexical.py FOLDER [--baselines PYTHON]

Prints the CPU seconds of splitting into words and of building, the bytes a posting, the time to load, and the
milliseconds of queries of 8 and of 30 words, drawn as often as they occur, stop words left out. PYTHON is an
interpreter that has both baselines (`pip install bm25s rank_bm25`); each gets every unit as one document of all
its words, so it answers for one field of units where the index answers for four, and for files too.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

QUERIES = 100
SIZES = (8, 30)


def main() -> None:
    """Measure, or, as the baselines' own process, measure those."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--suffix", default=".py", help="which files")
    parser.add_argument("--baselines", metavar="PYTHON", help="an interpreter with bm25s and rank_bm25")
    parser.add_argument("--documents", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.documents:
        measure_baselines(arguments.folder)
        return
    documents, queries = measure_index(arguments.folder, arguments.suffix)
    if arguments.baselines:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "documents.json"
            path.write_text(json.dumps({"documents": documents, "queries": queries}))
            subprocess.run([arguments.baselines, __file__, str(path), "--documents"], check=True)


def measure_index(folder: Path, suffix: str) -> tuple[list[list[str]], list[list[str]]]:
    """Build and ask the index; returns the words of every unit and the queries."""
    import numpy as np
    from aifirst_memory.lexical.level import LexicalLevel
    from aifirst_memory.lexical.reader import LexicalReader
    from aifirst_memory.lexical.stored import read_base

    added, documents = read_folder(folder, suffix)
    level: Any = LexicalLevel()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "memory.db"
        connection = sqlite3.connect(path)
        connection.executescript(level.schema)
        started = time.process_time()
        level.apply(connection, SimpleNamespace(added=added, removed=(), initial=True))
        connection.commit()
        report("build and store", time.process_time() - started, "s CPU")
        level.apply(connection, SimpleNamespace(added=added[:1], removed=(), initial=False))
        postings = len(read_base(connection).segment.units)
        report("postings", postings, "")
        kept = connection.execute("SELECT TOTAL(length(data)) FROM lexical_base").fetchone()[0]
        report("bytes a posting", kept / postings, "")
        report("load", best_ms(lambda: LexicalReader.load(connection), 10), "ms")
        reader = LexicalReader.load(connection)
        queries = make_queries(documents)
        for size in SIZES:
            asked = [dict.fromkeys(query, 1.0) for query in queries if len(query) == size]
            times = [best_ms(lambda query=query: reader.score(query), 5) for query in asked]
            report(f"query of {size} words, median", statistics.median(times), "ms")
            report(f"query of {size} words, 95th percentile", float(np.percentile(times, 95)), "ms")
        connection.close()
    return documents, queries


def read_folder(folder: Path, suffix: str) -> tuple[list[Any], list[list[str]]]:
    """Every file as an addition to the index, and the words of every unit with repeats."""
    from aifirst_codebase.languages.registry import language_of
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import decode_source
    from aifirst_codebase.tokens import get_counter
    from aifirst_memory.lexical.extract import extract_lexical
    from aifirst_memory.lexical.file_words import file_words
    from aifirst_memory.lexical.unit_words import unit_words

    counter = get_counter("o200k_base")
    added: list[Any] = []
    documents: list[list[str]] = []
    splitting = 0.0
    total = 0
    gc.disable()  # The words kept here for the baselines would be looked through again and again.
    for file in sorted(folder.rglob(f"*{suffix}")):
        path, raw = file.relative_to(folder).as_posix(), file.read_bytes()
        language = language_of(path, raw)
        if language is None:
            continue
        reading = read(decode_source(path, raw), language, counter)
        started = time.process_time()
        units = unit_words(reading)
        part = extract_lexical(file_words(units))
        splitting += time.process_time() - started
        stored = SimpleNamespace(
            file_id=len(added) + 1, path=path, first_unit=len(documents) + 1, units=len(units)
        )
        added.append(SimpleNamespace(stored=stored, record=SimpleNamespace(lexical=part)))
        for unit in units:
            words = [word for field in unit for word, times in field.items() for _ in range(times)]
            documents.append(words)
            total += len(words)
    gc.enable()
    print(f"{len(added)} files, {len(documents)} units, {total} words")
    report("split and extract", splitting, "s CPU")
    report("words a second", total / max(splitting, 1e-9), "")
    return added, documents


def make_queries(documents: list[list[str]]) -> list[list[str]]:
    """Queries of different words, drawn with a fixed seed as often as they occur."""
    from aifirst_memory.lexical.words import STOP_WORDS

    chance = random.Random(0)  # noqa: S311 - draws queries, not secrets
    filled = [words for words in documents if words]
    queries: list[list[str]] = []
    for size in SIZES:
        for _ in range(QUERIES):
            query: dict[str, None] = {}
            while len(query) < size:
                word = chance.choice(chance.choice(filled))
                if word not in STOP_WORDS:
                    query[word] = None
            queries.append(list(query))
    return queries


def measure_baselines(path: Path) -> None:
    """Time bm25s and rank_bm25 on the documents and queries of a file."""
    # Only the interpreter given for the baselines has them.
    bm25s: Any = importlib.import_module("bm25s")
    rank_bm25: Any = importlib.import_module("rank_bm25")
    data = json.loads(path.read_text())
    documents: list[list[str]] = data["documents"]
    started = time.process_time()
    retriever: Any = bm25s.BM25()
    retriever.index(documents, show_progress=False)
    report("bm25s: build", time.process_time() - started, "s CPU")
    with tempfile.TemporaryDirectory() as folder:
        retriever.save(folder)
        kept = sum(file.stat().st_size for file in Path(folder).iterdir())
        report("bm25s: bytes a posting", kept / len(retriever.scores["data"]), "")
        report("bm25s: load", best_ms(lambda: bm25s.BM25.load(folder), 5), "ms")
    started = time.process_time()
    okapi: Any = rank_bm25.BM25Okapi(documents)
    report("rank_bm25: build", time.process_time() - started, "s CPU")
    for size in SIZES:
        asked = [query for query in data["queries"] if len(query) == size]
        times = [best_ms(lambda query=query: retriever.get_scores(query), 5) for query in asked]
        report(f"bm25s: query of {size} words, median", statistics.median(times), "ms")
        times = [best_ms(lambda query=query: okapi.get_scores(query), 1) for query in asked[:5]]
        report(f"rank_bm25: query of {size} words, median", statistics.median(times), "ms")


def best_ms(run: Callable[[], object], repeat: int) -> float:
    """The least wall time of some runs, in milliseconds: other work on the machine only ever adds."""
    times: list[float] = []
    for _ in range(repeat):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return min(times)


def report(what: str, figure: float, unit: str) -> None:
    """Print one figure."""
    print(f"{what:40}{figure:14.2f} {unit}".rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
