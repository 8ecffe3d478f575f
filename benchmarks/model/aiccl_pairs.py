"""Makes pairs of code and AICCL from real projects, proves all of them again from disk, and prints the page's tables.

    python benchmarks/model/aiccl_pairs.py --out /tmp/pairs --target 20000 ~/src/*

Run it again to prove a set that is there. Seconds are of the CPU, the memory is the most the process had.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "model"))

from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_codebase.tokens import get_counter
from aifirst_model.aiccl.check_pairs import Checked, Row, check_pairs, samples_of_splits
from aifirst_model.aiccl.codec import LANGUAGES, Resolution
from aifirst_model.aiccl.finish_pairs import FinishSettings, Helpers
from aifirst_model.aiccl.grammar import document_grammar
from aifirst_model.aiccl.near_repeats import near_repeats
from aifirst_model.aiccl.quality import MOST_ENTRIES
from aifirst_model.aiccl.run_pairs import PairsRun, run_pairs
from aifirst_model.dataset.collect.project_documents import Project
from aifirst_model.dataset.folder import Dataset, open_dataset
from aifirst_model.dataset.record import SPLITS, answer_of
from aifirst_model.dataset.step_report import StepReport

_CODEC = CompilerCodec()
_COUNT = get_counter("o200k_base").count


def main() -> None:
    """Make the set where it is not there, prove it, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("projects", nargs="*", type=Path)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--target", type=int, default=20_000)
    given = asked.parse_args()
    if not (given.out / "dataset.json").is_file():
        start = time.process_time()
        projects = tuple(Project(root, root.name) for root in sorted(given.projects))
        run = PairsRun(projects, given.out, finish=FinishSettings(target=given.target))
        run_pairs(
            run, _CODEC, Helpers(near_repeats, _COUNT), frozenset(map_symbols(MOST_ENTRIES)), lambda _: None
        )
        print(f"made in {time.process_time() - start:.0f} s of CPU")
    dataset = open_dataset(given.out)
    start = time.process_time()
    checked = check_pairs(samples_of_splits(dataset.samples(split) for split in SPLITS), _CODEC, _COUNT)
    seconds = time.process_time() - start
    _print_table(dataset, checked)
    print(f"\nproved again: {seconds:.0f} s of CPU, {checked.failed} failed, {dict(checked.reasons)}")
    print(f"in the grammar: {_in_grammar(dataset)}")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    for step in dataset.manifest.steps:
        print(
            f"\n{step.name}: {step.came:,} came, {step.went:,} went; {step.dropped}; {step.parameters}; {step.told}"
        )


class _Counts(NamedTuple):
    """What the pairs of a set are, by language or all together."""

    pairs: Counter[str]
    quality: Counter[str]
    """In thousandths, summed up."""
    projects: dict[str, set[str]]
    categories: Counter[str]
    levels: Counter[str]


def _counts(dataset: Dataset) -> _Counts:
    counts = _Counts(Counter(), Counter(), {language: set() for language in LANGUAGES}, Counter(), Counter())
    for split in SPLITS:
        for sample in dataset.samples(split):
            about = sample.about
            if about.task == "aiccl-compress":
                counts.pairs[about.language] += 1
                counts.quality[about.language] += round(1000 * (about.quality or 0))
                counts.projects[about.language].add(about.project)
                counts.categories[about.category or "none"] += 1
                counts.levels[about.level] += 1
    return counts


def _print_table(dataset: Dataset, checked: Checked) -> None:
    made = next(step for step in dataset.manifest.steps if step.name == "generate, expand, compare")
    counts = _counts(dataset)
    print("| language | projects | pairs | exact | with a map | medium | low | ratio exact | medium | low | quality |"
          " proved again | below quality | no program by itself | failed a proof | ms a pair |")  # fmt: skip
    print("|---|" + "---:|" * 15)
    for language in LANGUAGES:
        rows = [checked.rows.get((language, one), Row()) for one in ("exact", "medium", "low")]
        cells = [
            language, len(counts.projects[language]), f"{counts.pairs[language]:,}", rows[0].samples // 2,
            rows[0].with_map, rows[1].samples // 2, rows[2].samples // 2, *(f"{row.ratio:.2f}" for row in rows),
            f"{counts.quality[language] / 1000 / max(1, counts.pairs[language]):.3f}",
            f"{sum(row.proved for row in rows):,} of {sum(row.samples for row in rows):,}",
            _dropped(made, language, "quality below the threshold"), _dropped(made, language, "no program by itself"),
            _failed(made, language), _milliseconds(made, language),
        ]  # fmt: skip
        print(f"| {' | '.join(map(str, cells))} |")
    print(f"\nsplits: { {split: dataset.count(split) // 2 for split in SPLITS} }")
    print(f"levels: {dict(counts.levels.most_common())}\ncategories: {dict(counts.categories.most_common())}")


def _in_grammar(dataset: Dataset) -> str:
    """How many documents the grammar of what a model may write takes in, by a reading of it that is not llama.cpp's."""
    acceptors: dict[tuple[str, str], Any] = {}
    total = accepted = 0
    for split in SPLITS:
        for sample in dataset.samples(split):
            about = sample.about
            if about.task != "aiccl-compress":
                continue
            kind = about.language, about.source
            if kind not in acceptors:
                symbols = map_symbols(MOST_ENTRIES) if about.source == "exact" else ()
                grammar = document_grammar(about.language, cast("Resolution", about.source), symbols)
                acceptors[kind] = import_module("grammar_acceptor").Acceptor(grammar)
            total += 1
            accepted += acceptors[kind].accepts(answer_of(sample))
    return f"{accepted:,} of {total:,} documents"


def _dropped(step: StepReport, language: str, reason: str) -> int:
    return step.dropped.get(f"{language}: {reason}", 0)


def _failed(step: StepReport, language: str) -> int:
    starts = (f"{language}: round trip", f"{language}: the codec")
    return sum(count for reason, count in step.dropped.items() if reason.startswith(starts))


def _milliseconds(step: StepReport, language: str) -> int:
    made = sum(step.counts.get(f"{language} {one}", 0) for one in ("exact", "medium", "low"))
    return round(step.counts.get(f"{language} milliseconds", 0) / max(1, made))


if __name__ == "__main__":
    main()
