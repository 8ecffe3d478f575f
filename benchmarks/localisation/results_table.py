"""The tables of a run, in Markdown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import stdev

from benchmarks.localisation.metrics import DEPTH, Figures, average, judge
from benchmarks.localisation.queries import Query


class Results:
    """Queries and what each ranker gave for them, in the order of the queries."""

    def __init__(
        self, queries: Sequence[Query], titles: dict[str, str], rankings: dict[str, list[list[str]]]
    ) -> None:
        self.queries = queries
        self.titles = titles
        self.rankings = rankings

    def add(self, name: str, title: str, rankings: list[list[str]]) -> None:
        """Add what one more ranker gave."""
        self.titles[name] = title
        self.rankings[name] = rankings

    def figures(self, name: str, repo: str = "") -> Figures:
        """The mean measures of a ranker over the queries of one project, or of all."""
        pairs = zip(self.queries, self.rankings[name], strict=True)
        return average([judge(ranked, query.gold) for query, ranked in pairs if repo in ("", query.repo)])

    def mrr_interval(self, name: str) -> float:
        """Half of the 95% interval of a ranker's MRR, by the normal approximation."""
        pairs = zip(self.queries, self.rankings[name], strict=True)
        values = [judge(ranked, query.gold).mrr for query, ranked in pairs]
        return 1.96 * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0.0


_INTRODUCTION = """\
# Finding the right file

A commit's message is the question, the non-test source files that the commit changed (one to three) are the
answer, and the tree before it is what is searched. {queries} queries of the {split} projects, {projects} in all, each
ranked over every source file of its tree ({fewest} to {most} files). Queries, filter and split are described
in `benchmarks/localisation/make_queries.py` and the modules it names; no project is on both sides of the split.

    {command}

* acc@1: the first file is right. acc@5: every right file is among the first five. hit@5: one of them is.
* MRR: one over the place of the first right file, ± half of a 95% interval. MAP: mean average precision. Both
  look at {depth} places.
* Fusions add 1 / (60 + place) over the rankings; nothing is weighted and nothing is tuned.

"""


def write_tables(results: Results, command: str, split: str, sizes: Sequence[int]) -> str:
    """The page: how it was measured, all measures over all queries, then MRR and acc@5 by project.

    `sizes` are the numbers of files of the trees.
    """
    projects = Counter(query.repo for query in results.queries)
    text = _INTRODUCTION.format(
        queries=len(results.queries),
        split=split,
        projects=len(projects),
        fewest=min(sizes, default=0),
        most=max(sizes, default=0),
        command=command,
        depth=DEPTH,
    )
    lines = ["| ranker | acc@1 | acc@5 | hit@5 | MRR | ± | MAP |", "|---|---:|---:|---:|---:|---:|---:|"]
    for name, title in results.titles.items():
        acc1, acc5, hit5, mrr, mean = results.figures(name)
        values = (acc1, acc5, hit5, mrr, results.mrr_interval(name), mean)
        lines.append(f"| {title} | " + " | ".join(f"{value:.3f}" for value in values) + " |")
    for field, caption in (("mrr", "MRR"), ("acc5", "acc@5")):
        short = [repo.rpartition("/")[2] for repo in projects]
        lines += ["", f"{caption} by project:", "", "| ranker | " + " | ".join(short) + " | mean |"]
        lines += ["|---|" + "---:|" * (len(projects) + 1)]
        lines += [
            f"| {title} | {_row(results, name, field, list(projects))} |"
            for name, title in results.titles.items()
        ]
    return text + "\n".join(lines) + "\n"


def _row(results: Results, name: str, field: str, projects: Sequence[str]) -> str:
    values = [float(getattr(results.figures(name, repo), field)) for repo in projects]
    values.append(sum(values) / len(values))
    return " | ".join(f"{value:.3f}" for value in values)
