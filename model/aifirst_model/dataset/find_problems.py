"""Decides which samples hold a problem of a benchmark, and names the problems that were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.benchmark_texts import Problem
from aifirst_model.dataset.similar.contamination import Contamination
from aifirst_model.dataset.step_report import StepReport
from aifirst_model.dataset.workshop import Bytes

_TOLD_HITS: Final = 20


def find_problems(
    store: SampleStore,
    kept: npt.NDArray[np.bool_],
    problems: Sequence[Problem],
    paths: Sequence[Path],
    tell: Callable[[int, int], None],
) -> tuple[Bytes, StepReport]:
    """1 for every sample that was kept so far and holds one of the problems, else 0; `paths` are where those stand."""
    came = int(kept.sum())
    search = Contamination(problems)
    hits = np.zeros(len(store), np.uint8)
    rules, found = Counter[str](), Counter[str]()
    for number, sample in enumerate(store):
        if kept[number] and (hit := search.found_in(sample)) is not None:
            hits[number] = 1
            rules[hit[1]] += 1
            found[problems[hit[0]].name] += 1
        if number % 1_000 == 0:
            tell(number, len(store))
    listed = [f"{name} in {count}" for name, count in sorted(found.items())]
    more = [f"and {len(listed) - _TOLD_HITS} problems more"] if len(listed) > _TOLD_HITS else []
    return hits, StepReport(
        "decontaminate", came, came - int(hits.sum()), dict(rules),
        parameters={"benchmarks": [path.name for path in paths]},
        counts={"problems": len(problems), "problems found": len(found)},
        told=(f"found: {', '.join([*listed[:_TOLD_HITS], *more])}",) if listed else (),
    )  # fmt: skip
