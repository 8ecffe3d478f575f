"""Distils a sentence transformer into one vector a word, for the words that code really uses.

The vocabulary is counted over the texts of `make_pairs`; every word, written as people write it and not as its
stem, goes through the sentence transformer alone. After the recipe of model2vec (Tulkens and van Dongen, 2024);
reducing and weighting is left to `train`, which chooses the dimension.

Run: python -m training.distil TEXTS OUT.npz [--words 54000] [--model FOLDER]
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from aifirst_memory.embedding.sentence_transformer import open_sentence_transformer
from aifirst_memory.lexical.stem import stem
from aifirst_memory.lexical.words import words
from training.training_texts import load_projects

_IDENTIFIER = re.compile(r"[A-Za-z0-9_]{2,60}")
_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_AT_ONCE = 2000


def main() -> None:
    """Count, choose, embed, write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("texts", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--words", type=int, default=54_000)
    options.add_argument(
        "--model", default="", help="folder of a sentence transformer; the packaged one by default"
    )
    chosen = options.parse_args()
    counts, projects, written = count_vocabulary(chosen.texts)
    vocabulary = choose_words(counts, projects, chosen.words)
    model = open_sentence_transformer(chosen.model)
    surfaces = [written[word].most_common(1)[0][0] for word in vocabulary]
    vectors = np.zeros((len(vocabulary), model.dimension), np.float16)
    for start in range(0, len(vocabulary), _AT_ONCE):
        vectors[start : start + _AT_ONCE] = model.embed_texts(surfaces[start : start + _AT_ONCE])
        print(f"{start + _AT_ONCE} words", flush=True)
    np.savez(
        chosen.out, words=np.array(vocabulary), surfaces=np.array(surfaces), vectors=vectors,
        counts=np.array([counts[word] for word in vocabulary]), teacher=np.array(model.name),
    )  # fmt: skip


def count_vocabulary(texts: Path) -> tuple[Counter[str], Counter[str], defaultdict[str, Counter[str]]]:
    """How often every word occurs (at most 2,000 times a project), in how many projects, and how it is written."""
    counts: Counter[str] = Counter()
    projects: Counter[str] = Counter()
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, units, commits in load_projects(texts):
        identifiers: Counter[str] = Counter()
        for unit in units:
            identifiers.update(_IDENTIFIER.findall(unit.code))
            identifiers.update(_IDENTIFIER.findall(unit.glue))
        for message in {commit.message for commit in commits}:
            identifiers.update(_IDENTIFIER.findall(message))
        here: Counter[str] = Counter()
        for identifier, count in identifiers.items():
            found = words(identifier)
            for word in found:
                here[word] += count
            _note_spelling(identifier, count, set(found), written)
        for word, count in here.items():
            counts[word] += min(count, 2000)
            projects[word] += 1
    return counts, projects, written


def _note_spelling(
    identifier: str, count: int, found: set[str], written: defaultdict[str, Counter[str]]
) -> None:
    pieces = [piece.lower() for part in identifier.split("_") for piece in _PIECE.findall(part)]
    for piece in pieces:
        if (word := stem(piece)) in found:
            written[word][piece] += count
    if len(pieces) > 1 and (compound := stem("".join(pieces))) in found:
        written[compound][" ".join(pieces)] += count


def choose_words(counts: Counter[str], projects: Counter[str], size: int) -> list[str]:
    """The words that most projects share, the more frequent ones first among equals; sorted."""
    several = [word for word, count in counts.items() if projects[word] >= 2 and count >= 4]
    several.sort(key=lambda word: (-projects[word] * min(counts[word], 500) ** 0.5, word))
    return sorted(several[:size])


if __name__ == "__main__":
    main()
