"""The name of a pattern: one of a small vocabulary that says to a reader what its units are.

Asked in order: what the code does by its structure, then the word that most units' names begin (functions) or end
(classes) with. What neither tells is a `pattern`, or a `class`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_OF_VERB: Final = {
    verb: name
    for name, verbs in {
        "create": "create add insert new save store register",
        "read": "get find fetch load read list query lookup select search retrieve",
        "update": "set update change patch edit modify replace rename with",
        "delete": "delete remove drop clear destroy unset discard",
        "factory": "make build factory construct spawn of",
        "validation": "validate check ensure assert verify require must",
        "observer": "subscribe unsubscribe notify emit publish dispatch listen attach detach trigger fire on off observe "
        "broadcast",
        "predicate": "is has can should equals contains supports needs was are allows",
        "conversion": "to as from parse format encode decode convert serialize deserialize dump dumps loads stringify",
        "visitor": "visit accept leave enter walk",
        "handler": "handle process run execute call invoke apply perform",
        "test": "test it should bench benchmark",
    }.items()
    for verb in verbs.split()
}
_OF_CLASS: Final = {
    word: name
    for name, words in {
        "error": "error exception warning fault",
        "repository": "repository repo dao store",
        "factory": "factory builder maker",
        "observer": "observer listener subscriber watcher signal event",
        "visitor": "visitor",
        "handler": "handler command controller",
        "test": "test tests case spec",
        "adapter": "adapter wrapper proxy",
        "strategy": "strategy policy",
        "model": "model entity record",
        "view": "view serializer form widget",
    }.items()
    for word in words.split()
}
_SAID: Final = (
    (
        "endpoint",
        re.compile(r"@\s*[\w.]*\b(?:route|get|post|put|patch|delete|websocket|\w+Mapping|Path)\s*\(", re.I),
    ),
    ("singleton", re.compile(r"\b(?:get_?instance|shared_?instance)\b", re.I)),
)
"""What stands anywhere in a function."""
_WHOLE: Final = (
    ("constructor", re.compile(r"\s*(?:async\s+)?(?:def\s+__init__|constructor)\s*\(.*", re.S)),
    ("validation", re.compile(r"[^{:]*[{:]\s*if\b[^{}]*?(?:raise|throw)\b[^{}]*\}*\s*")),
    ("getter", re.compile(r"[^{]*\{\s*return (?:this|\w+)[.]\w+;?\s*\}\s*")),
    ("getter", re.compile(r"\s*(?:@property\s+)?def [^:]*:\s*return self[.]\w+\s*")),
    (
        "setter",
        re.compile(r"[^{]*\{\s*(?:this|\w+)[.]\w+\s*=\s*\w+;?\s*\}\s*|[^{]*:\s*self[.]\w+\s*=\s*\w+\s*"),
    ),
)
"""What a function is from its first sign to its last."""
_DELEGATE: Final = re.compile(r"[^{]*[{:]\s*(?:return\s+)?(?:await\s+)?[\w.]+\([^{};\n]*\);?\s*\}?\s*")
_IN_CLASS: Final = (
    ("singleton", re.compile(r"\b_?instance\b")),
    ("observer", re.compile(r"\b(?:subscribe|notify|add_?listener|attach)\w*\s*\(", re.I)),
)
_REPOSITORY: Final = tuple(
    re.compile(rf"\b(?:{verbs})\w*\s*\(") for verbs in ("find|get", "save|add|insert", "delete|remove")
)


def name_pattern(names: Sequence[str], text: str, *, is_class: bool) -> str:
    """The name for units of these qualified names, one of which is the text."""
    if is_class:
        return _named(names, _OF_CLASS, last=True) or _class_structure(text) or "class"
    structural = next((name for name, said in _SAID if said.search(text)), "")
    structural = structural or next((name for name, whole in _WHOLE if whole.fullmatch(text)), "")
    said = structural or _named(names, _OF_VERB, last=False)
    return said or ("delegate" if _DELEGATE.fullmatch(text) else "pattern")


def _class_structure(text: str) -> str:
    """What a class is by what it has; empty where that says nothing."""
    if all(said.search(text) for said in _REPOSITORY):
        return "repository"
    return next((name for name, said in _IN_CLASS if said.search(text)), "")


def _named(names: Sequence[str], known: Mapping[str, str], *, last: bool) -> str:
    """What most of the names say; empty where they say nothing, or different things."""
    said = Counter(known.get(_word(name, last=last), "") for name in names)
    name, count = min(said.items(), key=lambda item: (-item[1], item[0]))
    return name if count * 2 >= len(names) else ""


def _word(name: str, *, last: bool) -> str:
    """The word that a unit's own name begins or ends with, in lower case."""
    words = _WORDS.findall(name.rpartition(".")[2].partition("#")[0])
    return words[-1 if last else 0].lower() if words else ""
