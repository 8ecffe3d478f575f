"""Which projects of a set of pairs are held out for validation and test: whole ones, some of each language."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Final

from aifirst_model.aiccl.scored import Scored
from aifirst_model.dataset.record import Split
from aifirst_model.dataset.step_report import StepReport

_HELD_OUT: Final[tuple[Split, ...]] = ("test", "validation")


def split_projects(chosen: list[Scored], held_out: float) -> dict[str, Split]:
    """The split of every project: for each language small projects are held out until they have that share.

    A project is in one split with all its languages. The largest project of a language is never held out. Where that
    leaves a split without any, the smallest of the others is held out for it, however large.
    """
    splits: dict[str, Split] = {}
    by_language: dict[str, Counter[str]] = {}
    for one in chosen:
        by_language.setdefault(one.language, Counter())[one.project] += 1
    keep = {counts.most_common(1)[0][0] for counts in by_language.values()}
    for language in sorted(by_language):
        counts = by_language[language]
        most = held_out * sum(counts.values())
        for split in _HELD_OUT:
            have = sum(count for project, count in counts.items() if splits.get(project) == split)
            for project in sorted(counts, key=lambda name: (_hash(name), name)):
                if have >= most or project in splits or project in keep or counts[project] > 4 * most:
                    continue
                splits[project] = split
                have += counts[project]
    sizes = Counter(one.project for one in chosen)
    others = sorted(sizes.keys() - splits.keys() - keep, key=lambda name: (sizes[name], _hash(name)))
    missing: list[Split] = [split for split in _HELD_OUT if split not in splits.values()]
    splits.update(zip(others, missing, strict=False))
    return {name: splits.get(name, "train") for name in sizes}


def report_of_splits(chosen: list[Scored], splits: dict[str, Split]) -> StepReport:
    """How many pairs and projects each split has, and what is to be done where one has none."""
    counts: Counter[str] = Counter(splits[one.project] for one in chosen)
    counts.update(f"projects of {split}" for split in splits.values())
    empty = [split for split in _HELD_OUT if not counts[split]]
    told = f"no project could be held out for {' and '.join(empty)}: give several of one language"
    return StepReport(
        "divide", len(chosen), len(chosen), parameters={"by": "project"}, counts=dict(sorted(counts.items())),
        told=(told,) if empty else (),
    )  # fmt: skip


def _hash(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8"), digest_size=4).hexdigest()
