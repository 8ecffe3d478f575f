"""What making a dataset costs, and what its searches find.

`python benchmarks/model/dataset.py PROJECT… --benchmark HumanEval.jsonl.gz > benchmarks/results/model_dataset.md`. The
making runs in a process of its own, so that its memory is its own; time is CPU time, of each step as its report gives it.
Near duplicates are then compared with measuring every pair of a part of the data, and the search for a benchmark's
problems is given four forms of its own answers. The page goes to standard output.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
from aifirst_model.dataset.folder import Dataset, open_dataset
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.record import SPLITS, Sample, Text, texts_of
from aifirst_model.dataset.sample_store import SampleStore
from aifirst_model.dataset.similar.benchmark_texts import Problem, read_problems
from aifirst_model.dataset.similar.contamination import Contamination
from aifirst_model.dataset.similar.duplicates import describe, find_exact, find_near
from aifirst_model.dataset.similar.min_hash import band_numbers
from aifirst_model.dataset.similar.shingles import Numbers, TokenNumbers, jaccard, shingles_of

THRESHOLD = 0.8


def make(projects: list[Path], benchmark: Path, out: Path) -> tuple[Dataset, float, int, float]:
    """The dataset, CPU seconds, peak memory in MB and wall seconds of the command that a user gives."""
    command = [
        sys.executable, "-m", "aifirst_cli", "model", "dataset", "make", *map(str, projects), "-o", str(out),
        "--benchmark", str(benchmark), "--keep-work", "--jobs", "1",
    ]  # fmt: skip
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.monotonic() - began
    return open_dataset(out), used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, wall


def show_making(dataset: Dataset, cpu: float, memory: int, wall: float) -> Iterator[str]:
    """The table of the steps."""
    steps = {step.name: step for step in dataset.manifest.steps}
    letters = steps["collect"].counts["bytes"]
    made = steps["pairs"].went
    yield "| Step | In | Out | CPU s | What went out, or was left out |"
    yield "|---|---:|---:|---:|---|"
    for step in dataset.manifest.steps:
        figures = "; ".join(f"{reason} {count:,}" for reason, count in step.dropped.items() if count)
        yield f"| {step.name} | {step.came:,} | {step.went:,} | {step.cpu_seconds:.1f} | {figures} |"
    yield ""
    yield (
        f"{letters / 1e6:.0f} MB of source became {made:,} samples in {cpu:.0f} CPU-seconds "
        f"({letters / 1e6 / cpu:.1f} MB/s, {made / cpu:,.0f} samples/s; {wall:.0f} s by the clock of a shared machine), "
        f"{dataset.manifest.samples:,} of them in the dataset. Peak memory {memory} MB."
    )


def sampled(dataset: Dataset, wanted: int) -> list[Sample]:
    """Every so many-th sample before duplicates were left out, and its neighbours, which are of one project."""
    paths = sorted(dataset.folder.with_name(f"{dataset.folder.name}.work").glob("*-pairs-*.jsonl"))
    with SampleStore(paths) as store:
        stride = max(1, len(store) // wanted) * 50
        numbers = [
            number
            for start in range(0, len(store), stride)
            for number in range(start, min(start + 50, len(store)))
        ]
        return [store.at(number) for number in numbers[:wanted]]


def every_pair(sets: list[Numbers]) -> set[tuple[int, int]]:
    """The pairs of Jaccard 0.8 or more, each measured; those whose sizes rule it out are passed over."""
    order = sorted(range(len(sets)), key=lambda number: len(sets[number]))
    found: set[tuple[int, int]] = set()
    for at, one in enumerate(order):
        for other in order[at + 1 :]:
            if len(sets[one]) < THRESHOLD * len(sets[other]):
                break
            if jaccard(sets[one], sets[other]) >= THRESHOLD:
                found.add((min(one, other), max(one, other)))
    return found


def candidates(sets: list[Numbers]) -> set[tuple[int, int]]:
    """The pairs that share a band."""
    matrix = band_numbers(sets)
    found: set[tuple[int, int]] = set()
    for band in range(matrix.shape[1]):
        buckets: dict[int, list[int]] = {}
        for number, value in enumerate(matrix[:, band].tolist()):
            buckets.setdefault(value, []).append(number)
        for bucket in buckets.values():
            found.update(combinations(bucket, 2))
    return found


def show_near(samples: list[Sample], scratch: Path) -> Iterator[str]:
    """How the search by MinHash compares with measuring every pair."""
    known = TokenNumbers()
    began = time.process_time()
    sets = [shingles_of("\n".join(texts_of(sample)), known) for sample in samples]
    shingling = time.process_time() - began
    began = time.process_time()
    true = every_pair(sets)
    naive = time.process_time() - began
    began = time.process_time()
    near = candidates(sets)
    hashed = time.process_time() - began
    path = scratch / "samples.jsonl"
    with SampleWriter(path) as writer:
        for sample in samples:
            writer.write(sample)
    began = time.process_time()
    with SampleStore([path]) as store:
        described = describe(store, np.zeros(len(store), np.uint8))
        verdicts, figures = find_near(store, described, find_exact(described))
    whole = time.process_time() - began
    yield f"{len(samples):,} samples, {len(true):,} pairs of Jaccard 0.8 or more among {len(samples) ** 2 // 2:,}."
    yield ""
    yield "| Way | CPU s | Pairs found |"
    yield "|---|---:|---:|"
    yield f"| every pair measured (sizes that rule it out passed over) | {naive:.2f} | {len(true):,} of {len(true):,} |"
    met = f"{len(true & near):,} of {len(true):,} ({len(near):,} candidates)"
    yield f"| MinHash by rensa, 20 bands of 6, candidates only | {hashed:.2f} | {met} |"
    yield ""
    yield (
        f"Shingling takes {shingling:.2f} s in both. The whole search as it is used (read, shingle, MinHash, measure "
        f"every candidate on its shingles) took {whole:.2f} s, measured {figures['candidates']:,} pairs and left "
        f"{int(np.sum(verdicts > 0)):,} samples out."
    )


class _Renamed(ast.NodeTransformer):
    """Every name of its own for another, annotations and docstrings gone."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def _name(self, name: str) -> str:
        return name if name in dir(builtins) else self._names.setdefault(name, f"v{len(self._names)}")

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._name(node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.arg, node.annotation = self._name(node.arg), None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.name = self._name(node.name)
        self.generic_visit(node)
        node.returns = None
        return _without_docstring(node)


def _without_docstring(node: ast.FunctionDef) -> ast.FunctionDef:
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    return node


def planted(problem: Problem) -> dict[str, str]:
    """An answer in four forms."""
    whole = problem.prompt + problem.solution
    plain = ast.parse(whole)
    for node in ast.walk(plain):
        if isinstance(node, ast.FunctionDef):
            _without_docstring(node)
    return {
        "prompt and solution as published": whole,
        "the body alone": problem.solution,
        "reformatted, without its docstring": ast.unparse(plain),
        "reformatted, without its docstring, every name renamed": ast.unparse(
            _Renamed().visit(ast.parse(whole))
        ),
    }


def show_contamination(benchmark: Path, samples: list[Sample]) -> Iterator[str]:
    """How many planted answers are found, and how many of the data are."""
    problems = read_problems(benchmark)
    search = Contamination(problems)
    found: dict[str, int] = {}
    for problem in problems:
        for form, text in planted(problem).items():
            found[form] = found.get(form, 0) + (search.found_in(Text(text)) is not None)
    began = time.process_time()
    hits = sum(search.found_in(sample) is not None for sample in samples)
    seconds = time.process_time() - began
    letters = sum(len(text) for sample in samples for text in texts_of(sample))
    yield "| Planted form | Found |"
    yield "|---|---:|"
    for form, count in found.items():
        yield f"| {form} | {count} of {len(problems)} |"
    yield ""
    yield (
        f"Among {len(samples):,} samples of real projects {hits} are told to hold a problem "
        f"({letters / 1e6 / seconds:.1f} MB/s of CPU time)."
    )


def main() -> None:
    """Print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="+", type=Path)
    parser.add_argument("--benchmark", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=3_000, help="samples that every pair of is measured")
    given = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="dataset-"))
    try:
        made = make(given.projects, given.benchmark, scratch / "data")
        samples = sampled(made[0], given.pairs)
        counts = ", ".join(f"{split} {made[0].count(split):,}" for split in SPLITS)
        page = [
            "# Making datasets", "", "How this was made: see `benchmarks/model/dataset.py`.", "", "## The steps", "",
            f"{len(given.projects)} projects: {', '.join(sorted(path.name for path in given.projects))}.", "",
            *show_making(*made), "", f"Splits by project: {counts}.", "", "## Near duplicates", "",
            *show_near(samples, scratch), "", "## A benchmark's problems", "",
            *show_contamination(given.benchmark, samples),
        ]  # fmt: skip
        print("\n".join(page))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
