"""Proves the pairs of a dataset again from what is on disk, apart from how they were made: each sample by itself.

Left out: quality, which needs the whole set, and whether a text is worth learning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import cast

import msgspec

from aifirst_model.aiccl.codec import Codec, CodecError, Resolution
from aifirst_model.aiccl.prompt_format import read_question
from aifirst_model.aiccl.quality import told_lines
from aifirst_model.dataset.record import Conversation, Sample, sample_id

_MOST_FAILURES = 100


class Failed(msgspec.Struct, frozen=True):
    """A sample whose proof failed."""

    sample: str
    path: str
    reason: str


class Row(msgspec.Struct):
    """The samples of one language and resolution; tokens of the source and of the document, by those that compress."""

    samples: int = 0
    proved: int = 0
    source_tokens: int = 0
    tokens: int = 0
    with_map: int = 0

    @property
    def ratio(self) -> float:
        """Source tokens for each token of the documents."""
        return self.source_tokens / self.tokens if self.tokens else 0.0


class Checked(msgspec.Struct):
    """What came of it: rows by language and resolution, failures (the first hundred), and samples that are no pairs."""

    rows: dict[tuple[str, str], Row] = {}
    failures: list[Failed] = []
    others: int = 0
    reasons: Counter[str] = msgspec.field(default_factory=Counter[str])

    @property
    def failed(self) -> int:
        """How many proofs failed."""
        return sum(row.samples - row.proved for row in self.rows.values())


def check_pairs(
    samples: Iterable[Sample],
    codec: Codec,
    count: Callable[[str], int],
    tell: Callable[[int], None] | None = None,
) -> Checked:
    """Prove every sample again that compresses or expands."""
    checked = Checked({}, [])
    for number, sample in enumerate(samples, 1):
        if tell is not None and number % 100 == 0:
            tell(number)
        if not isinstance(sample, Conversation) or not sample.about.task.startswith("aiccl-"):
            checked.others += 1
            continue
        language, asked, text = read_question(sample.messages[0].content)
        answer = sample.messages[-1].content
        resolution = asked if asked != "expand" else sample.about.source or "exact"
        row = checked.rows.setdefault((language, resolution), Row())
        row.samples += 1
        if asked != "expand":
            row.source_tokens += count(text)
            row.tokens += count(answer)
            row.with_map += answer.startswith("<comp:map")
        reason = _reason(language, asked, text, answer, codec)
        if not reason:
            row.proved += 1
            continue
        checked.reasons[reason] += 1
        if len(checked.failures) < _MOST_FAILURES:
            checked.failures.append(Failed(sample_id(sample), sample.about.path, reason))
    return checked


def _reason(language: str, asked: str, text: str, answer: str, codec: Codec) -> str:
    """Why a sample is no proved pair, empty where it is."""
    try:
        if not language:
            return "its question is in another form"
        if asked == "expand":
            return unproved_expansion(text, answer, language, codec)
        if asked == "exact":
            return "" if codec.is_same(text, codec.expand(answer), language) else "the syntax tree is another"
        again = codec.compress(text, language, cast("Resolution", asked), 0).text
        if codec.units(again) != codec.units(answer):
            return "the units are others"
        return "" if codec.read(again).expanded == codec.read(answer).expanded else "the lines are others"
    except CodecError as error:
        return str(error)


def unproved_expansion(document: str, code: str, language: str, codec: Codec) -> str:
    """Why code is not what a document tells of, empty where it is. Raises `CodecError` for what cannot be read."""
    read = codec.read(document)
    if read.resolution == "exact":
        return "" if codec.is_same(code, read.expanded, language) else "the syntax tree is another"
    again = codec.read(codec.compress(code, language, read.resolution, 0).text).expanded
    return "" if told_lines(read.expanded) == told_lines(again) else "the code is told in other lines"


def samples_of_splits(splits: Iterable[Iterator[Sample]]) -> Iterator[Sample]:
    """All samples of several splits, one after the other."""
    for split in splits:
        yield from split
