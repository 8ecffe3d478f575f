"""The other way of a commit: what was wanted and the code before it asked, the change answered.

It is how a ticket reads in a project that keeps none in its source: the message is the order, the code before stands in
the question as far as the change shows it, so that the answer can be worked out from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
from aifirst_codebase.languages.registry import language_of_name

from aifirst_model.dataset.pairs.material import ask, fenced
from aifirst_model.dataset.record import About, Sample

_SUMS = re.compile(r"^index [0-9a-f]{4,}\.\.[0-9a-f]{4,}.*\n", re.MULTILINE)
"""Of the files before and after, which nobody can work out."""
_FILE = re.compile(r"^diff --git a/.+ b/(?P<path>.+)$", re.MULTILINE)
_HUNK = re.compile(r"^@@ -(?P<line>\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*$", re.MULTILINE)


def ask_change(diff: str, message: str, about: About) -> Sample:
    """A conversation that orders the change of a commit; `diff` and `message` hold no secrets any more."""
    before = "\n\n".join(_before(diff))
    question = f"Make this change, and answer with a diff.\n\n{message}\n\n{before}"
    answer = fenced(_SUMS.sub("", diff), "diff")
    return ask(question, answer, msgspec.structs.replace(about, task="message-to-diff"))


def _before(diff: str) -> Iterator[str]:
    """Each place that the change touches as it was, with its path and line."""
    heads = list(_FILE.finditer(diff))
    for number, head in enumerate(heads):
        part = diff[head.end() : heads[number + 1].start() if number + 1 < len(heads) else len(diff)]
        path = head["path"]
        language = language_of_name(path.rpartition("/")[2])
        hunks = list(_HUNK.finditer(part))
        if re.search(r"^new file mode ", part[: hunks[0].start() if hunks else len(part)], re.MULTILINE):
            yield f"`{path}` is not there yet."
            continue
        for index, hunk in enumerate(hunks):
            end = hunks[index + 1].start() if index + 1 < len(hunks) else len(part)
            lines = part[hunk.end() : end].strip("\n").split("\n")
            old = "\n".join(line[1:] for line in lines if line[:1] in (" ", "-", ""))
            yield f"`{path}` from line {hunk['line']}:\n\n{fenced(old, language.name if language is not None else '')}"
