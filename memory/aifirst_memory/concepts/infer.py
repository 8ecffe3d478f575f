"""Rules that infer links between concepts, as data, and the one small engine that follows them.

A rule says what two links, one after the other, amount to. From one concept all that follows is found by
walking links and composing them, so nothing is computed for concepts that nobody asks of; every inferred
link keeps the links that it was derived from. With rules of this form the walk finds exactly what forward
chaining over all facts would (the tests compare them).

Left out: negation and certainty; a conflict is a link like any other, to be judged by who reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

INVERSE: Final = {
    "is-a": "has-kind",
    "part-of": "has-part",
    "documents": "documented-by",
    "related-to": "related-to",
    "conflicts-with": "conflicts-with",
    "implements": "implemented-by",
}
"""How a link reads from its other end; a relation that is its own inverse is symmetric."""
FORWARD: Final = {backward: forward for forward, backward in INVERSE.items()}


class Fact(msgspec.Struct, frozen=True, gc=False, order=True):
    """One link that is asserted. `source` says by what: `path:line`, or what about the names says so."""

    subject: str
    relation: str
    target: str
    source: str = ""


class Inference(msgspec.Struct, frozen=True, gc=False):
    """A link with what it was derived from, in the order of the walk: a single fact where it is asserted."""

    subject: str
    relation: str
    target: str
    derivation: tuple[Fact, ...]

    @property
    def inferred(self) -> bool:
        """Whether nobody says so, and it follows from what is said."""
        return len(self.derivation) > 1


class Rule(msgspec.Struct, frozen=True, gc=False):
    """`a first b` and `b then c` amount to `a gives c`."""

    first: str
    then: str
    gives: str


RULES: Final = (
    Rule("is-a", "is-a", "is-a"),
    Rule("part-of", "part-of", "part-of"),
    Rule("implements", "part-of", "implements"),
    Rule("implements", "is-a", "implements"),
    Rule("is-a", "conflicts-with", "conflicts-with"),
)
"""What follows from what. Besides, `related-to` and `conflicts-with` hold both ways."""

_COVERS: Final = "covers"
"""Being the whole or the general term of something at any remove: a step to its implementation, no link to tell."""


def walking_rules(rules: tuple[Rule, ...] = RULES) -> tuple[Rule, ...]:
    """The same rules for a walk from either end: with their inverses, and what leads to implementations."""
    back = [Rule(_inverse(rule.then), _inverse(rule.first), _inverse(rule.gives)) for rule in rules]
    down = [_inverse(rule.then) for rule in rules if rule.first == rule.gives == "implements"]
    steps = [Rule(first, then, _COVERS) for first in down for then in down if first != then]
    steps += [Rule(_COVERS, then, _COVERS) for then in down] + [
        Rule(_COVERS, "implemented-by", "implemented-by")
    ]
    return (*rules, *back, *steps)


def _inverse(relation: str) -> str:
    return INVERSE.get(relation) or FORWARD[relation]


DEPTH: Final = 4
"""Links that a derivation has at most."""


Neighbours = Callable[[str, frozenset[str]], Iterable[tuple[str, str, Fact]]]
"""The links of a node, among these relations: (relation as read from the node, the other end, the fact)."""


def infer(
    start: str,
    neighbours: Neighbours,
    *,
    depth: int = DEPTH,
    most: int | None = None,
) -> list[Inference]:
    """All links of `start` that are asserted or follow, the shortest derivation of each, nearest first.

    Links are read from `start`: what is asserted the other way round has the inverse relation. `most` bounds
    the links of one relation: the nearest are found, in the order of their names.
    """
    follow: dict[str, dict[str, str]] = {}
    for rule in _WALKING:
        follow.setdefault(rule.first, {})[rule.then] = rule.gives
    found: dict[tuple[str, str], Inference] = {}
    counts: Counter[str] = Counter()
    reached = [Inference(start, "", start, ())]
    for _ in range(depth):
        following: list[Inference] = []
        for one in reached:
            then = follow.get(one.relation, {}) if one.relation else _AS_ASSERTED
            wanted = frozenset([name for name, gives in then.items() if most is None or counts[gives] < most])
            if not wanted:
                continue
            for relation, target, fact in sorted(neighbours(one.target, wanted)):
                gives = then[relation]
                if (
                    target == start
                    or (gives, target) in found
                    or (most is not None and counts[gives] >= most)
                ):
                    continue
                more = found[gives, target] = Inference(start, gives, target, (*one.derivation, fact))
                counts[gives] += 1
                following.append(more)
        reached = following
    return [one for one in found.values() if one.relation != _COVERS]


_AS_ASSERTED: Final = {relation: relation for relation in (*INVERSE, *INVERSE.values())}
_WALKING: Final = walking_rules()
