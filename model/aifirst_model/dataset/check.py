"""Whether a dataset is what it says: sums, lines, ids and groups over the splits, secrets, and a benchmark's problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.secrets.find import find_secrets

from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.lines import read_samples
from aifirst_model.dataset.record import SPLITS, Sample, sample_id, texts_of
from aifirst_model.dataset.similar.benchmark_texts import read_problems
from aifirst_model.dataset.similar.contamination import Contamination

_MOST_TOLD: Final = 100


class CheckOutcome(msgspec.Struct):
    """What was found; `problems` is sound where empty, `more` counts those beyond the first hundred."""

    samples: int = 0
    problems: list[str] = msgspec.field(default_factory=list[str])
    more: int = 0
    groups: str = "project"

    def add(self, problem: str) -> None:
        """Note a problem."""
        if len(self.problems) < _MOST_TOLD:
            self.problems.append(problem)
        else:
            self.more += 1


def check_dataset(
    folder: Path, benchmarks: Sequence[Path] = (), progress: Callable[[int, int], None] | None = None
) -> CheckOutcome:
    """Check the dataset in a folder. Raises `DatasetError` where it cannot be opened at all."""
    dataset = open_dataset(folder)
    outcome = CheckOutcome()
    problems = [problem for path in benchmarks for problem in read_problems(path)]
    search = Contamination(problems) if problems else None
    divided = next(
        (step.parameters.get("by") for step in dataset.manifest.steps if step.name == "divide"), None
    )
    outcome.groups = str(divided or "project")
    seen: dict[int, int] = {}
    owners: dict[str, int] = {}
    for number, split in enumerate(SPLITS):
        path = dataset.path(split)
        if split not in dataset.manifest.files:
            continue
        for sample in read_samples(path, "tell", lambda bad: outcome.add(bad.what)):
            outcome.samples += 1
            where = f"{split} {sample_id(sample)}"
            _check_border(sample, number, seen, owners, outcome, where)
            _check_texts(sample, search, outcome, where)
            if progress is not None and outcome.samples % 1_000 == 0:
                progress(outcome.samples, dataset.manifest.samples)
    if outcome.samples != dataset.manifest.samples:
        outcome.add(f"there are {outcome.samples} samples, the manifest says {dataset.manifest.samples}")
    return outcome


def _check_border(
    sample: Sample,
    split: int,
    seen: dict[int, int],
    owners: dict[str, int],
    outcome: CheckOutcome,
    where: str,
) -> None:
    """Whether the same sample, or its group, stands in an earlier split."""
    first = seen.setdefault(int(sample_id(sample), 16), split)
    if first != split:
        outcome.add(f"{where} stands in {SPLITS[first]} too")
    if outcome.groups == "project" and (group := sample.about.group or sample.about.project):
        first = owners.setdefault(group, split)
        if first != split:
            outcome.add(f"{where} is of {group}, which stands in {SPLITS[first]} too")
            owners[group] = split


def _check_texts(sample: Sample, search: Contamination | None, outcome: CheckOutcome, where: str) -> None:
    for text in texts_of(sample):
        for secret in find_secrets(text.encode("utf-8", "surrogatepass")):
            outcome.add(f"{where} ({sample.about.path}) holds {secret.what}")
    if search is not None and (hit := search.found_in(sample)) is not None:
        outcome.add(f"{where} holds {search.problems[hit[0]].name} ({hit[1]})")
