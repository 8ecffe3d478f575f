"""Aider's repo map (https://aider.chat/docs/repomap.html), its files in the order in which it would show them.

The map ranks definitions by PageRank over who mentions whose names; names in the query weigh ten times.
It needs files on disk, so one folder a project follows the trees, and only what differs is written.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from benchmarks.localisation.repository import Question, Tree
from benchmarks.localisation.worker import Worker

TITLE = "Aider's repo map"
SLOW = True

_written: dict[Path, dict[str, str]] = {}


def rank(question: Question) -> list[str]:
    """Files in the order of their best definition."""
    root = question.repository.cache / "trees" / question.repository.name.replace("/", "+")
    write_tree(question, root)
    words = sorted(set(re.split(r"\W+", question.text)) - {""})
    ranked = _worker().ask({"root": str(root), "files": list(question.tree), "idents": words})
    return [path for path in ranked if path in question.tree]


def write_tree(question: Question, root: Path) -> None:
    """Make the folder hold the question's tree; files that stay as they are keep their times."""
    before = _written.setdefault(root, {})
    now: Tree = question.tree
    for path in [path for path in before if path not in now]:
        (root / path).unlink()
        del before[path]
    changed = {path: blob for path, blob in now.items() if before.get(path) != blob}
    for path, data in zip(changed, question.repository.blobs(changed), strict=True):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    before.update(changed)


@cache
def _worker() -> Worker:
    return Worker("rank_by_repo_map", "AIFIRST_AIDER_PYTHON", "aider-chat")
