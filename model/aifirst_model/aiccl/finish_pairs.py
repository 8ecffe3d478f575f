"""From what was made of files to a dataset of so many pairs: the steps of the quality control that need the whole set.

Pairs of one program twice go, then those that are too much like another (`similar`), then those whose constructs are told
unlike most of the set, so that the quality falls below the threshold. Of what is left each language gets its share, no
project more than its part of that. A pair becomes two samples, to compress and to expand, always in one split.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from aifirst_model.aiccl.codec import Codec
from aifirst_model.aiccl.constructs import Construct, SetOfConstructs, constructs_of
from aifirst_model.aiccl.journal import Journal
from aifirst_model.aiccl.pair import Pair
from aifirst_model.aiccl.prompt_format import ask_to_compress, ask_to_expand
from aifirst_model.aiccl.quality import THRESHOLD, quality
from aifirst_model.aiccl.scored import Scored
from aifirst_model.aiccl.split_projects import report_of_splits, split_projects
from aifirst_model.dataset.category import category_of
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.folder import DatasetWriter, Manifest
from aifirst_model.dataset.record import About, Conversation, Message, Split
from aifirst_model.dataset.step_report import StepReport

SHARES: Final[dict[str, int]] = {
    "javascript": 2500, "python": 5000, "java": 3000, "typescript": 2500, "php": 2000, "go": 2000, "rust": 1000,
}  # fmt: skip
"""How the pairs are shared out; the numbers are parts of their sum."""
_OF_PROJECT: Final = 0.6
"""The most of a language's share that one project gives, as long as others have enough."""


class FinishSettings(msgspec.Struct, frozen=True):
    """What of a set is chosen and how it is split."""

    target: int = 20_000
    threshold: float = THRESHOLD
    held_out: float = 0.05
    """The share of pairs each of validation and test, in whole projects."""


class Helpers(NamedTuple):
    """What may be exchanged: which of some texts are nearly others, by their numbers, and how tokens are counted."""

    similar: Callable[[Iterable[str]], set[int]]
    count_tokens: Callable[[str], int]


def share_out(target: int) -> dict[str, int]:
    """How many pairs each language is to have; together `target`."""
    parts = sum(SHARES.values())
    shares = {language: target * part // parts for language, part in SHARES.items()}
    for language in sorted(SHARES, key=lambda one: -SHARES[one])[: target - sum(shares.values())]:
        shares[language] += 1
    return shares


def finish_pairs(
    journal: Journal,
    codec: Codec,
    out: DatasetWriter,
    settings: FinishSettings,
    helpers: Helpers,
    before: Sequence[StepReport] = (),
) -> Manifest:
    """Write the dataset and return its manifest, with the reports of steps `before`. `out` is entered by who calls.

    Raises `DatasetError` where no pair is left to be written.
    """
    reports = [*before, _report_of_making(journal)]
    unique = _without_repeats(journal, helpers, reports)
    scored = _scored(journal, codec, unique, settings.threshold, reports)
    chosen = choose(scored, settings.target, reports)
    if not chosen:
        told = "; ".join(sentence for report in before for sentence in report.told)
        raise DatasetError("no pair was made", told or "give projects with source in one of the languages")
    splits = split_projects(chosen, settings.held_out)
    reports.append(report_of_splits(chosen, splits))
    _write(journal, {one.key: one.quality for one in chosen}, splits, out, helpers)
    return out.finish(reports)


def _pairs(journal: Journal) -> Iterator[Pair]:
    for file in journal.files():
        yield from file.pairs


def _report_of_making(journal: Journal) -> StepReport:
    dropped: Counter[str] = Counter()
    made: Counter[str] = Counter()
    files = 0
    seconds = 0.0
    for file in journal.files():
        files += 1
        seconds += file.seconds
        dropped.update(piece.reason for piece in file.dropped)
        dropped.update(f"{file.language}: {piece.reason}" for piece in file.dropped)
        made.update(f"{file.language} {pair.resolution}" for pair in file.pairs)
        made[f"{file.language} milliseconds"] += round(1000 * file.seconds)
    went = sum(len(file.pairs) for file in journal.files())
    came = went + sum(count for reason, count in dropped.items() if reason.split(":")[0] not in SHARES)
    return StepReport(
        "generate, expand, compare", came, went, dict(sorted(dropped.items())), round(seconds, 1),
        counts={"files": files, **dict(sorted(made.items()))},
    )  # fmt: skip


def _without_repeats(journal: Journal, helpers: Helpers, reports: list[StepReport]) -> set[str]:
    """The keys of pairs that are not another's program, nor nearly."""
    order: dict[str, int] = {}
    came = 0
    for pair in _pairs(journal):
        came += 1
        order.setdefault(pair.key, len(order))
    seen: set[str] = set()

    def texts() -> Iterator[str]:
        for pair in _pairs(journal):
            if pair.key not in seen:
                seen.add(pair.key)
                yield pair.clean

    similar = helpers.similar(texts())
    keys = {key for key, number in order.items() if number not in similar}
    dropped = {"the same program": came - len(order), "nearly the same program": len(order) - len(keys)}
    reports.append(StepReport("deduplicate", came, len(keys), dropped))
    return keys


def _constructs(pair: Pair, codec: Codec) -> list[Construct]:
    if pair.resolution != "exact":
        return []
    return constructs_of(pair.source, codec.expand(pair.document), pair.language)


def _scored(
    journal: Journal, codec: Codec, keys: set[str], threshold: float, reports: list[StepReport]
) -> list[Scored]:
    """Every pair of the set with its quality, those below the threshold left out; in the order of their hashes."""
    whole = SetOfConstructs()
    found: dict[str, list[Construct]] = {}
    left = set(keys)
    for pair in _pairs(journal):
        if pair.key in left:
            left.discard(pair.key)
            found[pair.key] = _constructs(pair, codec)
            whole.add(found[pair.key])
    scored: list[Scored] = []
    below = 0
    for pair in _pairs(journal):
        constructs = found.pop(pair.key, None)
        if constructs is None:
            continue
        value = quality(pair, whole.agreement(constructs))
        if value < threshold:
            below += 1
            continue
        scored.append(Scored(pair.key, pair.language, pair.project, pair.resolution, value))
    places, same = whole.consistency
    reports.append(
        StepReport(
            "standardise",
            len(keys),
            len(scored),
            {"told unlike most of the set": below},
            parameters={"threshold": threshold},
            counts={"places of repeated constructs": places, "told as most of them": same},
        )
    )
    return sorted(scored, key=lambda one: one.key)


def choose(scored: list[Scored], target: int, reports: list[StepReport]) -> list[Scored]:
    """So many pairs as are wanted of each language; where one has too few, others give more."""
    chosen: list[Scored] = []
    spare: list[Scored] = []
    missing: dict[str, int] = {}
    for language, share in share_out(target).items():
        of_project: Counter[str] = Counter()
        first: list[Scored] = []
        second: list[Scored] = []
        for one in scored:
            if one.language == language:
                of_project[one.project] += 1
                (first if of_project[one.project] <= _OF_PROJECT * share else second).append(one)
        ready = [*first, *second]
        chosen += ready[:share]
        spare += ready[share:]
        if len(ready) < share:
            missing[language] = share - len(ready)
    spare.sort(key=lambda one: one.key)
    chosen += spare[: max(0, target - len(chosen))]
    mean = sum(one.quality for one in chosen) / len(chosen) if chosen else 0.0
    counts = Counter(f"{one.language} {one.resolution}" for one in chosen)
    told = tuple(f"{language} has {count} pairs too few" for language, count in missing.items())
    reports.append(
        StepReport(
            "choose",
            len(scored),
            len(chosen),
            {"more than asked for": len(scored) - len(chosen)},
            parameters={"target": target, "mean quality": round(mean, 4)},
            counts=dict(sorted(counts.items())),
            told=told,
        )
    )
    return chosen


def _write(
    journal: Journal, chosen: dict[str, float], splits: dict[str, Split], out: DatasetWriter, helpers: Helpers
) -> None:
    left = dict(chosen)
    for pair in _pairs(journal):
        value = left.pop(pair.key, None)
        if value is not None:
            for sample in samples_of(pair, value, helpers):
                out.write(splits[pair.project], sample)


def samples_of(pair: Pair, value: float, helpers: Helpers) -> tuple[Conversation, Conversation]:
    """The pair both ways: its source to its document, and its document to the source without glue."""
    category = category_of(pair.path, pair.name, pair.source)
    both = (
        ("aiccl-compress", ask_to_compress(pair.source, pair.language, pair.resolution), pair.document),
        ("aiccl-expand", ask_to_expand(pair.document, pair.language), pair.clean),
    )
    compress, expand = (
        Conversation(
            (Message("user", question), Message("assistant", answer)),
            About(
                task=task, language=pair.language, project=pair.project, path=pair.path, licence=pair.licence,
                category=category, level=pair.level, tokens=helpers.count_tokens(question) + helpers.count_tokens(answer),
                group=pair.project, quality=round(value, 4), source=pair.resolution,
            ),
        )
        for task, question, answer in both
    )  # fmt: skip
    return compress, expand
