"""The tables of a run, in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.localisation.metrics import Figures, average, judge
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


def write_tables(results: Results, command: str) -> str:
    """A table of all measures over all queries, one of MRR by project, one of acc@5 by project, and the command."""
    queries = results.queries
    projects = Counter(query.repo for query in queries)
    lines = [f"`{command}`", "", f"{len(queries)} queries of {len(projects)} projects.", ""]
    lines += ["| ranker | acc@1 | acc@5 | hit@5 | MRR | MAP |", "|---|---:|---:|---:|---:|---:|"]
    for name, title in results.titles.items():
        lines.append(f"| {title} | " + " | ".join(f"{value:.3f}" for value in results.figures(name)) + " |")
    for field, caption in (("mrr", "MRR"), ("acc5", "acc@5")):
        short = [repo.partition("/")[2] for repo in projects]
        lines += ["", f"{caption} by project:", "", "| ranker | " + " | ".join(short) + " | mean |"]
        lines += ["|---|" + "---:|" * (len(projects) + 1)]
        lines += [
            f"| {title} | {_row(results, name, field, list(projects))} |"
            for name, title in results.titles.items()
        ]
    return "\n".join(lines) + "\n"


def _row(results: Results, name: str, field: str, projects: Sequence[str]) -> str:
    values = [float(getattr(results.figures(name, repo), field)) for repo in projects]
    values.append(sum(values) / len(values))
    return " | ".join(f"{value:.3f}" for value in values)
