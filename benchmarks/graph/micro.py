"""How right the dependency graph is on small programs whose edges were written by hand.

    python -m benchmarks.graph.micro [--language go] [--case NAME] [--verbose] [--out]

Prints, by language: cases, true edges, those found, precision, recall, and how many cases came out wholly right.
With `--verbose` also each case that did not, with what is missing (-) and what is wrong (+). `--out` writes
`results/graph_micro.md`, but for what a person wrote there below its last heading. Ends with 1 where a language does
not reach the bar.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_memory.dependencies.model import STATIC_KINDS

from benchmarks.graph.truth_cases import AMENDED, LANGUAGES, TRUTH, Case, TruthEdge, read_cases

PRECISION_BAR: Final = 0.99
RECALL_BAR: Final = 0.95
TITLES: Final = {"typescript": "TypeScript and JavaScript"}
BY_HAND: Final = "## How the truth was checked"
"""Where the part of the page of results begins that is written by hand: a first run happens once."""
RESULTS: Final = Path(__file__).parents[1] / "results" / "graph_micro.md"


class Judged(NamedTuple):
    """What a resolver made of a case: the true edges it found, those it missed, and those that are none."""

    case: Case
    found: frozenset[TruthEdge]
    missing: frozenset[TruthEdge]
    wrong: frozenset[TruthEdge]


class Score(NamedTuple):
    """Counts over the cases of a language, or over one kind of edge there."""

    cases: int
    right: int
    true: int
    found: int
    wrong: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true; 1 where nothing was found."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found; 1 where nothing is."""
        return self.found / self.true if self.true else 1.0

    @property
    def reached(self) -> bool:
        """Whether it reaches both bars."""
        return self.precision >= PRECISION_BAR and self.recall >= RECALL_BAR


def judge_case(case: Case) -> Judged:
    """Resolve a case's files and compare the static edges with its truth."""
    from aifirst_memory.dependencies.project import resolve_project

    graph = resolve_project(case.files)
    every = [TruthEdge(e.source, e.target, e.kind) for e in graph.edges if e.kind in STATIC_KINDS]
    edges = {case.instead.get(edge, edge) for edge in every}
    found, missing = case.required & edges, case.required - edges
    return Judged(case, found, missing, frozenset(edges - case.required - case.optional))


def score_of(judged: Sequence[Judged], kind: str = "") -> Score:
    """The counts of some cases, of all edges or of one kind."""

    def count(edges: frozenset[TruthEdge]) -> int:
        return sum(not kind or edge.kind == kind for edge in edges)

    found = sum(count(one.found) for one in judged)
    missing = sum(count(one.missing) for one in judged)
    right = sum(not count(one.missing) and not count(one.wrong) for one in judged)
    return Score(len(judged), right, found + missing, found, sum(count(one.wrong) for one in judged))


def differences(judged: Sequence[Judged]) -> str:
    """Every case that did not come out right, with what is missing (-) and what is wrong (+)."""
    lines: list[str] = []
    for one in judged:
        if one.missing or one.wrong:
            lines.append(f"{one.case.language}/{one.case.name}: {one.case.about}")
            lines += [f"  - {edge}" for edge in sorted(one.missing)]
            lines += [f"  + {edge}" for edge in sorted(one.wrong)]
    return "\n".join(lines)


def results_table(scores: Sequence[tuple[str, Score]]) -> str:
    """A Markdown table with a row for each named score."""
    rows = ["| | cases | true edges | found | wrong | precision | recall | cases wholly right |"]
    rows.append("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, s in scores:
        figures = f"{s.cases} | {s.true:,} | {s.found:,} | {s.wrong} | {s.precision:.4f} | {s.recall:.4f}"
        rows.append(f"| {name} | {figures} | {s.right} |")
    return "\n".join(rows)


def results_page(by_language: Sequence[tuple[str, Sequence[Judged]]]) -> str:
    """The page of results: the table by language, and one by kind of edge for each."""
    amended = sum(bool(line.strip()) for line in (TRUTH / AMENDED).read_text("utf-8").splitlines())
    page = ["# The dependency graph on small programs", "", "    python -m benchmarks.graph.micro --out", ""]
    page += [
        "The true edges were written by hand before a resolver ran on them; the resolvers were then built with most"
    ]
    page += [
        "of these programs in view, so these figures say that nothing slips back. What they say of other programs"
    ]
    page += [
        f"stands at the end. Truths changed because of what a resolver found, as they broke a rule: {amended}"
    ]
    page += [
        f"(`tests/dependencies/truth/{AMENDED}`). The bar: precision {PRECISION_BAR}, recall {RECALL_BAR}.",
        "",
    ]
    page += [results_table([(name, score_of(judged)) for name, judged in by_language])]
    for name, judged in by_language:
        kinds = [(kind, score_of(judged, kind)) for kind in STATIC_KINDS]
        page += ["", f"## {TITLES.get(name, name.capitalize())}, by kind of edge", ""]
        page += [results_table([(kind, score) for kind, score in kinds if score.true or score.wrong])]
    return "\n".join(page) + "\n"


def main() -> int:
    """Run it; the exit code."""
    given = _options()
    by_language: list[tuple[str, list[Judged]]] = []
    for language in [given.language] if given.language else LANGUAGES:
        cases = [case for case in read_cases(language) if case.name.startswith(given.case or "")]
        by_language.append((language, [judge_case(case) for case in cases]))
    if given.verbose:
        print("\n".join(filter(None, (differences(judged) for _, judged in by_language))))
    print(results_table([(name, score_of(judged)) for name, judged in by_language]))
    if given.out:
        _, heading, by_hand = RESULTS.read_text("utf-8").partition(BY_HAND)
        RESULTS.write_text(results_page(by_language) + "\n" + heading + by_hand, "utf-8")
    return 0 if all(score_of(judged).reached for _, judged in by_language) else 1


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--language", choices=LANGUAGES, help="only this one")
    options.add_argument("--case", help="only the cases whose names begin with this")
    options.add_argument("--verbose", action="store_true", help="name every difference")
    options.add_argument("--out", action="store_true", help=f"write {RESULTS.name}; needs all languages")
    given = options.parse_args()
    if given.out and (given.language or given.case):
        options.error("--out writes the results of all cases: leave out --language and --case")
    return given


if __name__ == "__main__":
    sys.exit(main())
