"""History alone: earlier commits with a similar message, and the files they changed.

BM25 over the messages of the commits reachable from the base commit. A file gets the square of the score of
each commit that changed it, so that one commit that is much like the query counts more than many that are little,
divided by the root of how many files that commit changed, and half as much for every two years of its age.
"""

from __future__ import annotations

import math
from functools import lru_cache

from benchmarks.localisation.bm25 import Document, document_of, score_documents
from benchmarks.localisation.git_history import Commit
from benchmarks.localisation.ranker import by_score
from benchmarks.localisation.repository import Question, Repository
from benchmarks.localisation.words import count_words, query_words

TITLE = "history, messages of earlier commits"
SLOW = False
_HALF_LIFE = 730 * 86_400.0


def rank(question: Question) -> list[str]:
    """Files by the scores of the commits that changed them."""
    reachable = question.repository.history.ancestors(question.base_commit)
    earlier = [entry for entry in message_documents(question.repository) if entry[0].sha in reachable]
    scores: dict[str, float] = {}
    found = score_documents(query_words(question.text), [document for _, document in earlier], k1=1.2, b=0.75)
    now = question.repository.history.commits[question.base_commit].time
    for (commit, _), score in zip(earlier, found, strict=True):
        if score > 0:
            age = max(now - commit.time, 0) / _HALF_LIFE
            share = score**2 / math.sqrt(len(commit.changes)) * 0.5**age
            for change in commit.changes:
                if change.path in question.tree:
                    scores[change.path] = scores.get(change.path, 0.0) + share
    return by_score(scores)


@lru_cache(maxsize=1)
def message_documents(repository: Repository) -> list[tuple[Commit, Document]]:
    """Every commit that changed something, with the words of its message."""
    commits = repository.history.commits.values()
    return [(commit, document_of(count_words(commit.message))) for commit in commits if commit.changes]
