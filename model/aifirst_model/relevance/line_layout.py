"""How the lines of a text nest and what kind each is, by indentation and first words alone: no parser has the time.

Texts are taken to be indented as they nest, which formatters see to; where one is not, the ranker has less to go by.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
_TAB: Final = 4
_KINDS: Final = (
    rb"(?P<comment>#(?!\s*(?:if|include|define|endif|else)\b|\[)|//|/\*|\*(?:\s|/|$)|--\s|\"\"\"|''')"
    rb"|(?P<close>[)\]}>;,\s]+$|end\b|fi$|done$)"
    rb"|(?P<leave>return\b|break\b|continue\b|yield\b)"
    rb"|(?P<fail>raise\b|throw\b|panic\b|assert\b|except\b|catch\b|\}?\s*catch\b|rescue\b|try\b|finally\b)"
    rb"|(?P<branch>\}?\s*(?:if|elif|else|for|foreach|while|switch|case|match|when|unless|until|with|do|loop|select|default)\b)"
    rb"|(?P<bring>import\b|from\b|use\b|using\b|require\b|package\b|#\s*include|namespace\b|export\s+(?:\*|\{))"
    rb"|(?P<define>@|(?:pub|public|private|protected|static|final|async|export|default|abstract|override|\s)*"
    rb"(?:def|class|func|fn|function|interface|struct|enum|type|trait|impl|module|mod)\b)"
)
_KIND: Final = re.compile(_KINDS)
KINDS: Final = ("comment", "close", "leave", "fail", "branch", "bring", "define")
_PLACES: Final[dict[str | None, int]] = {name: place for place, name in enumerate(KINDS, 1)}


class Layout(NamedTuple):
    """Of each line: how deep it stands, the line it stands under (-1 for none), where what stands under it ends, its
    paragraph's number, its kind (0 for a statement, else its place in `KINDS` from 1, -1 for blank), its length.
    """

    depth: Ints
    parent: Ints
    end: Ints
    paragraph: Ints
    kind: Ints
    length: Ints


def layout(lines: Sequence[bytes]) -> Layout:
    """The layout of a text."""
    count = len(lines)
    depth, parent, paragraph, kind, length = ([0] * count for _ in range(5))
    end = [count] * count
    stack: list[tuple[int, int]] = []
    number, above = 0, -1
    match, places = _KIND.match, _PLACES
    for at, line in enumerate(lines):
        text = line.lstrip()
        if not text:
            number += 1
            kind[at], end[at], parent[at], paragraph[at], depth[at] = -1, at + 1, above, number, len(stack)
            continue
        head = line[: len(line) - len(text)]
        indent = len(head) + head.count(b"\t") * (_TAB - 1)
        while stack and stack[-1][0] >= indent:
            end[stack.pop()[1]] = at
        parent[at] = stack[-1][1] if stack else -1
        depth[at] = len(stack)
        stack.append((indent, at))
        above = at
        paragraph[at], length[at] = number, len(text)
        found = match(text)
        if found is not None:
            kind[at] = places[found.lastgroup]
    return Layout(*(np.array(one, np.intp) for one in (depth, parent, end, paragraph, kind, length)))
