"""Measures rankers on the localisation queries and writes the table.

    python -m benchmarks.localisation.run --repos FOLDER [--split test] [--rankers a,b] [--fuse a+b] [--out FILE]

FOLDER holds the bare git directories of the projects (see `projects`). Every query is asked of the tree
before its commit. Rankings of slow rankers are kept in the cache folder and taken from there the next
time; `--fresh` makes them anew. Without `--out` the table goes to standard output.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import msgspec

from benchmarks.localisation.metrics import DEPTH
from benchmarks.localisation.projects import git_folder
from benchmarks.localisation.queries import QUERIES, Query, load_queries
from benchmarks.localisation.ranker import fuse, load_ranker, ranker_names
from benchmarks.localisation.repository import Question, Repository, default_cache
from benchmarks.localisation.results_table import Results, write_tables


def main() -> None:
    """Read the command line, rank, judge, write."""
    arguments = parse_arguments()
    fusions = [tuple(fusion.split("+")) for fusion in arguments.fuse]
    names = list(dict.fromkeys([*arguments.rankers, *(name for fusion in fusions for name in fusion)]))
    queries = choose_queries(
        load_queries(arguments.queries), arguments.split, arguments.repo, arguments.every
    )
    rankings, sizes = rank_all(queries, names, arguments.repos, arguments.cache, fresh=arguments.fresh)
    results = Results(queries, {name: load_ranker(name).TITLE for name in names}, rankings)
    for fusion in fusions:
        results.add("+".join(fusion), "fused: " + " + ".join(fusion), fuse_all(results, fusion))
    text = write_tables(results, command_line(arguments), arguments.split, sizes)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    else:
        print(text)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ranker_names()
    parser.add_argument("--repos", type=Path, required=True, help="folder with the bare git directories")
    parser.add_argument("--split", choices=("test", "tune"), default="test")
    parser.add_argument(
        "--repo", action="append", default=[], help="only this project (owner/name); may be repeated"
    )
    parser.add_argument("--every", type=int, default=1, help="only every N-th query of a project")
    parser.add_argument("--rankers", type=lambda text: text.split(","), default=names, help=", ".join(names))
    parser.add_argument(
        "--fuse", action="append", default=[], help="a+b: reciprocal rank fusion; may be repeated"
    )
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--fresh", action="store_true", help="do not take kept rankings of slow rankers")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def command_line(arguments: argparse.Namespace) -> str:
    """The command that makes the same figures again, whatever this machine calls its folders."""
    words = ["python -m benchmarks.localisation.run --repos FOLDER --split", arguments.split]
    words += [f"--repo {repo}" for repo in arguments.repo]
    words += [f"--every {arguments.every}"] * (arguments.every > 1)
    words += [f"--queries {arguments.queries.name}"] * (arguments.queries != QUERIES)
    words += [f"--rankers {','.join(arguments.rankers)}", *(f"--fuse {fusion}" for fusion in arguments.fuse)]
    return " ".join(words)


def choose_queries(queries: Sequence[Query], split: str, repos: Sequence[str], every: int) -> list[Query]:
    """The queries of one split, by project, of some projects or all, thinned out to every N-th."""
    chosen = [query for query in queries if query.split == split and (not repos or query.repo in repos)]
    projects = groupby(sorted(chosen, key=lambda query: query.repo), key=lambda query: query.repo)
    return [query for _, group in projects for query in list(group)[::every]]


def rank_all(
    queries: Sequence[Query], names: Sequence[str], repos: Path, cache: Path, *, fresh: bool
) -> tuple[dict[str, list[list[str]]], list[int]]:
    """The ranked paths of every query, in order, by ranker, and the sizes of the trees.

    One project is held at a time.
    """
    rankings: dict[str, list[list[str]]] = {name: [] for name in names}
    sizes: list[int] = []
    spent = dict.fromkeys(names, 0.0)
    for name, group in groupby(queries, key=lambda query: query.repo):
        repository = Repository(name, git_folder(repos, name), cache)
        for query in group:
            sizes.append(len(repository.tree(query.base_commit)))
            for ranker in names:
                started = time.perf_counter()
                rankings[ranker].append(rank_one(ranker, query, repository, fresh=fresh))
                spent[ranker] += time.perf_counter() - started
        repository.save()
        repository.close()
        print(name, *(f"{ranker} {seconds:.0f} s" for ranker, seconds in spent.items()), file=sys.stderr)
    return rankings, sizes


def rank_one(name: str, query: Query, repository: Repository, *, fresh: bool) -> list[str]:
    """The first `DEPTH` paths for one query, kept in the cache where the ranker is slow."""
    ranker = load_ranker(name)
    kept = repository.cache / "rankings" / name / f"{query.id}.json"
    if ranker.SLOW and not fresh and kept.is_file():
        return msgspec.json.decode(kept.read_bytes(), type=list[str])
    tree = repository.tree(query.base_commit)
    ranked = ranker.rank(Question(query.query, tree, repository, query.base_commit))[:DEPTH]
    if ranker.SLOW:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(msgspec.json.encode(ranked))
    return ranked


def fuse_all(results: Results, names: Sequence[str]) -> list[list[str]]:
    """The fused ranking of every query."""
    columns = [results.rankings[name] for name in names]
    return [fuse(rankings)[:DEPTH] for rankings in zip(*columns, strict=True)]


if __name__ == "__main__":
    main()
