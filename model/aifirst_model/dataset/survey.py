"""What a dataset holds: its samples by task, language, category, level and licence, each with its tokens."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import msgspec

from aifirst_model.dataset.english import is_english
from aifirst_model.dataset.folder import Dataset
from aifirst_model.dataset.record import SPLITS, Conversation, Sample, texts_of

_PROSE: Final = ("", "principle", "pattern", "body-to-docstring", "diff-to-message")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_ENOUGH: Final = 8
FIELDS: Final = ("task", "language", "category", "level", "licence", "project")


class Survey(msgspec.Struct):
    """Counts by field and value; `samples` by split, `tokens` by split where they are known, `letters` of all texts."""

    samples: dict[str, int]
    tokens: dict[str, int]
    by: dict[str, dict[str, int]]
    longest_tokens: int = 0
    letters: int = 0
    ascii_texts: int = 0
    prose: int = 0
    """Answers in prose of eight words or more, by which a language can be told."""
    english: int = 0
    """Those of them that read as English."""


def survey(dataset: Dataset) -> Survey:
    """Read all samples of a dataset and count them."""
    samples, tokens = Counter[str](), Counter[str]()
    by = {field: Counter[str]() for field in FIELDS}
    found = Survey({}, {}, {})
    for split in SPLITS:
        for sample in dataset.samples(split):
            samples[split] += 1
            tokens[split] += sample.about.tokens
            _count(sample, by, found)
    found.samples = {split: samples[split] for split in SPLITS}
    found.tokens = {split: tokens[split] for split in SPLITS}
    found.by = {
        field: dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))) for field, counts in by.items()
    }
    return found


def _count(sample: Sample, by: dict[str, Counter[str]], found: Survey) -> None:
    about = sample.about
    for field in FIELDS:
        by[field][getattr(about, field)] += 1
    found.longest_tokens = max(found.longest_tokens, about.tokens)
    texts = texts_of(sample)
    found.letters += sum(map(len, texts))
    found.ascii_texts += all(text.isascii() for text in texts)
    if about.task in _PROSE and isinstance(sample, Conversation):
        said = _CODE.sub(" ", texts[-1])
        if len(said.split()) >= _ENOUGH:
            found.prose += 1
            found.english += is_english(said)
