"""How good a pair is, as a number with a formula, and the threshold that it has to reach.

    quality = 0                                                    where a proof failed
    quality = 0.4 * ratio + 0.3 * consistency + 0.3 * readability  else

* **The proofs.** The document is read by its parser. At `exact` the syntax tree of what it expands to is that of the
  source, comments and docstrings left out. At `medium` and `low` it tells of all units of the source by their names, and
  of no others, and the code that a model is to answer with is told in the same lines.
* **ratio** is source tokens for each token of the whole document, map and tags counted, as a share of what is expected:
  2 at `exact`, 3 at `medium`, 5 at `low`, and at most 1.
* **consistency** is the mean of two shares: the document's lines in which another spelling of the program is told too,
  and the pair's constructs that are told as most of the set tells them (`constructs`).
* **readability** is that of the map, 1 without one: the share of places of its symbols that cut no word in two, halved
  where a meaning holds a symbol, times 30 / entries where there are more than 30.

With everything else perfect the threshold of 0.85 asks for 1.25, 1.88 and 3.13 times fewer tokens. The numbers are
conventions, not measurements; what they let through is in benchmarks/results/model_aiccl_pairs.md.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from aifirst_model.aiccl.codec import Document, Resolution
from aifirst_model.aiccl.pair import Pair

THRESHOLD: Final = 0.85
TARGETS: Final[dict[Resolution, float]] = {"exact": 2.0, "medium": 3.0, "low": 5.0}
RATIO, CONSISTENCY, READABILITY = 0.4, 0.3, 0.3
_UNTOLD: Final = re.compile(r"\t+(?:(?:#|//) |…\Z)")
MOST_ENTRIES: Final = 30
"""Of a map that people can follow by eye."""


def quality(pair: Pair, constructs: float = 1.0) -> float:
    """The quality of a pair whose proofs hold; `constructs` is how many of its own are told as most of the set does."""
    ratio = min(1.0, pair.ratio / TARGETS[pair.resolution])
    consistency = ((1.0 - pair.drift) + constructs) / 2
    return RATIO * ratio + CONSISTENCY * consistency + READABILITY * pair.readability


def readability(document: Document) -> float:
    """Of a document's map, 1 where it has none."""
    if not document.entries:
        return 1.0
    meanings = dict(document.entries)
    places = cut = 0
    pattern = re.compile("[" + "".join(map(re.escape, meanings)) + "]")
    for found in pattern.finditer(document.written):
        meaning = meanings[found[0]]
        before = document.written[found.start() - 1 : found.start()]
        behind = document.written[found.end() : found.end() + 1]
        places += 1
        cut += _joins(meanings.get(before, before)[-1:], meaning[:1]) or _joins(
            meaning[-1:], meanings.get(behind, behind)[:1]
        )
    whole = 1.0 - cut / places if places else 0.0
    nested = any(pattern.search(meaning) for meaning in meanings.values())
    return whole * (0.5 if nested else 1.0) * min(1.0, MOST_ENTRIES / len(meanings))


def _joins(one: str, other: str) -> bool:
    """Whether two characters side by side are of one word."""
    return bool(one and other) and (one.isalnum() or one in "_$") and (other.isalnum() or other in "_$")


def lost_lines(document: str, other: str) -> float:
    """The share of a document's lines, as `told_lines` gives them, that the other does not have."""
    ours, theirs = told_lines(document), told_lines(other)
    total = sum(ours.values())
    return sum((ours - theirs).values()) / total if total else 0.0


def told_lines(text: str) -> Counter[str]:
    """What the lines of a block tell, without white space: no documentation, and no `…` for what is left out.

    Where documentation was all that stood in a place, its line becomes `…` once it is gone.
    """
    lines = (line for line in text.split("\n") if not _UNTOLD.match(line))
    return Counter("".join(line.split()) for line in lines if line.strip())
