"""Makes the queries of the benchmark from the histories of public projects.

    python -m benchmarks.localisation.make_queries --repos FOLDER

FOLDER holds bare git directories (see `projects`). The commits looked at are the `WINDOW` last ones of
each project; a query is drawn from each of equally long stretches of those that qualify, so queries are
spread over time. A commit qualifies when it is no merge, changed one to three source files, all of
which were there before, and a test with them, and its message makes a query (`commit_messages`). That a test
changed too is what sets apart commits that change what the program does, which is what their messages tell: it is
so of every one of the 180 queries that this benchmark was made in the likeness of, and of half of the others'
commits. Same folder, same bytes out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

from benchmarks.localisation.commit_messages import clean_message, is_query
from benchmarks.localisation.git_history import Commit, GitHistory
from benchmarks.localisation.projects import PROJECTS, git_folder
from benchmarks.localisation.queries import QUERIES, Query, Split, save_queries
from benchmarks.localisation.source_files import is_source_file, is_test_file, language_of

WINDOW = 1_500
"""The last commits of a project that are looked at."""
MAX_GOLD = 3
"""A commit that changed more source files has no answer that fits a short list."""
SAME_GOLD = 4
"""Queries of one project that may have the very same answer: one big file must not decide the figures."""
PER_PROJECT: dict[Split, int] = {"test": 40, "tune": 30}
SEED = 20_25


def main() -> None:
    """Draw the queries and write them; print how many each project gave."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repos", type=Path, required=True, help="folder with the bare git directories")
    parser.add_argument("--out", type=Path, default=QUERIES)
    arguments = parser.parse_args()
    queries: list[Query] = []
    for repo, split in sorted(PROJECTS.items(), key=lambda item: (item[1], item[0].lower())):
        qualified = find_queries(GitHistory(git_folder(arguments.repos, repo)), repo, split)
        drawn = draw(qualified, PER_PROJECT[split], repo)
        print(f"{split} {repo}: {len(drawn)} of {len(qualified)}")
        queries += drawn
    save_queries(queries, arguments.out)
    print(Counter(query.split for query in queries), Counter(query.language for query in queries))


def find_queries(history: GitHistory, repo: str, split: Split) -> list[Query]:
    """Every query that the project's last commits give, oldest first, no message twice."""
    found: list[Query] = []
    seen: set[str] = set()
    for commit in reversed(history.recent(WINDOW)):
        message = clean_message(commit.message)
        gold = gold_files(commit)
        if not gold or message in seen or not is_query(commit.author, message):
            continue
        seen.add(message)
        query = Query(
            id=f"{repo.partition('/')[2]}-{commit.sha[:10]}",
            repo=repo,
            language=language_of(gold[0]) or "",
            commit=commit.sha,
            base_commit=commit.parents[0],
            date=commit.date,
            query=message,
            gold=gold,
            split=split,
        )
        found.append(query)
    return found


def gold_files(commit: Commit) -> tuple[str, ...]:
    """The source files that a commit changed; empty where it does not qualify."""
    changes = [change for change in commit.changes if is_source_file(change.path)]
    if len(commit.parents) != 1 or len(changes) > MAX_GOLD or any(change.status != "M" for change in changes):
        return ()
    if not any(is_test_file(change.path) for change in commit.changes):
        return ()
    return tuple(sorted(change.path for change in changes))


def draw(queries: list[Query], count: int, repo: str) -> list[Query]:
    """At most one query at random from each of `count` equal stretches, and no answer more often than `SAME_GOLD`."""
    chance = random.Random(f"{SEED} {repo}")  # noqa: S311 - a seeded draw, nothing secret
    edges = [round(index * len(queries) / count) for index in range(count + 1)]
    drawn: list[Query] = []
    answers: Counter[tuple[str, ...]] = Counter()
    for start, end in pairwise(edges):
        stretch = queries[start:end]
        chance.shuffle(stretch)
        query = next((query for query in stretch if answers[query.gold] < SAME_GOLD), None)
        if query is not None:
            answers[query.gold] += 1
            drawn.append(query)
    return drawn


if __name__ == "__main__":
    main()
