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
"""By the number of their group in the expression, from 1."""
_LOOKED_AT: Final = 4
_WORDS: Final = frozenset(
    b"end fi done return break continue yield raise throw panic assert except catch rescue try finally if elif else for"
    b" foreach while switch case match when unless until with do loop select default import from use using require"
    b" package namespace export pub private protected static final async abstract override def class func fn function"
    b" interface struct enum type trait impl module mod".split()
)
"""The words that a line of a kind begins with (`pub` is also `public`), else it is one of some characters."""
_STARTS: Final = (
    b"#", b"/", b"*", b"-", b'"', b"'", b")", b"]", b"}", b">", b";", b",", b"@",
    *sorted(word for word in _WORDS if len(word) < _LOOKED_AT),
)  # fmt: skip
_BEGINNINGS: Final = frozenset(word[:_LOOKED_AT] for word in _WORDS)


_REMEMBERED: Final = 4_096


class _Beginnings(dict[bytes, bool]):
    """Whether a text that begins so can be of a kind: the expression takes five times as long to say that it is not."""

    def __missing__(self, beginning: bytes) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[beginning] = beginning in _BEGINNINGS or beginning.startswith(_STARTS)
        return found


_has_kind = _Beginnings()


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
    texts = [line.lstrip() for line in lines]
    length = np.fromiter(map(len, texts), np.intp, count)
    indent = np.fromiter(map(len, lines), np.intp, count)
    indent -= length
    if b"\t" in b"".join(lines):
        heads = [line[:width].count(b"\t") for line, width in zip(lines, indent.tolist(), strict=True)]
        indent += np.array(heads, np.intp) * (_TAB - 1)
    match, has_kind = _KIND.match, _has_kind
    found = [match(text) if has_kind[text[:_LOOKED_AT]] else None for text in texts]
    kind = np.array([0 if one is None else one.lastindex for one in found], np.intp)
    blank = length == 0
    kind[blank] = -1
    depth, parent, end = _nested(indent, blank)
    return Layout(depth, parent, end, np.cumsum(blank, dtype=np.intp), kind, length)


def _nested(indent: Ints, blank: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """The depth, parent and end of every line: a line ends what stands as far in as it or further.

    A blank line stands under the last one above it that is not, and ends with itself.
    """
    count = len(indent)
    full = np.flatnonzero(~blank)
    depths: list[int] = []
    parents: list[int] = []
    ends = [count] * count
    open_lines, open_indents, last, deep = [-1], [-1], -1, 0
    for at, width in zip(full.tolist(), indent[full].tolist(), strict=True):
        while width <= last:
            ends[open_lines.pop()] = at
            open_indents.pop()
            last = open_indents[-1]
            deep -= 1
        parents.append(open_lines[-1])
        depths.append(deep)
        open_lines.append(at)
        open_indents.append(width)
        last = width
        deep += 1
    place = np.arange(count)
    above = np.where(blank, -1, place)
    np.maximum.accumulate(above, out=above)
    depth, parent, end = np.full(count + 1, -1), above.copy(), np.array(ends, np.intp)
    depth[full], parent[full] = depths, parents
    depth[:-1][blank] = depth[above[blank]] + 1
    end[blank] = place[blank] + 1
    return depth[:-1], parent, end
