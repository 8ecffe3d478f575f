"""The plain baseline of a completer: what follows the same beginning of a line elsewhere in the project.

An editor can do that without a model, in microseconds; a model that does not beat it is not worth its memory.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from aifirst_model.dataset.record import Gap, Text


class PrefixLookup:
    """The lines of a project, asked by how they begin."""

    def __init__(self, texts: Iterable[Text]) -> None:
        """`texts` are the files that may be looked at."""
        lines: Counter[str] = Counter()
        for text in texts:
            lines.update(stripped for line in text.text.splitlines() if (stripped := line.strip()))
        self._counts = lines
        self._lines = sorted(lines)

    def complete(self, gap: Gap) -> str:
        """The rest of the line as it most often stands; the first in order among equals, "" where there is none.

        Lines around the gap in its own file count too, each as one more.
        """
        begun = gap.before.rpartition("\n")[2].lstrip()
        if not begun:
            return ""
        near = Counter(
            stripped
            for line in (*gap.before.split("\n")[:-1], *gap.after.split("\n")[1:])
            if (stripped := line.strip()).startswith(begun) and stripped != begun
        )
        at = bisect_left(self._lines, begun)
        while at < len(self._lines) and self._lines[at].startswith(begun):
            if self._lines[at] != begun.rstrip():
                near[self._lines[at]] += self._counts[self._lines[at]]
            at += 1
        if not near:
            return ""
        best = min(near, key=lambda line: (-near[line], line))
        return best[len(begun) :]
