"""The lexemes of a unit's text, those in round and square brackets as one, and what is alike in two texts.

A simple reading for all languages: words, numbers, texts in quotes on one line, white space, single signs. Where it is
wrong about a language, fewer patterns are found, never wrong ones: each is filled in again and compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LEXEME = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`(?:[^`\\\n]|\\.)*`|[A-Za-z_$][\w$]*|\d[\w.]*|\s+|.',
    re.DOTALL,
)
_CLOSING = {"(": ")", "[": "]"}
WORD = re.compile(r"[A-Za-z_$][\w$]*")
_VALUE = re.compile(r"""["'`\w$]""")
_KEYWORDS = frozenset[str]().union(
    *map(
        str.split,
        (
            "and as assert async await break case catch class const continue def default defer del do elif else except",
            "export extends fallthrough final finally for from func function go goto if implements import in instanceof",
            "interface is lambda let map new not or package pass private protected public raise range return select",
            "static struct super switch throw throws try type typeof var void while with yield",
            "True False None true false null nil self this",
        ),
    )
)

Node = str | tuple["Node", ...]
"""A lexeme, or the lexemes of a pair of brackets with what they enclose."""


def read_nodes(text: str) -> tuple[Node, ...]:
    """The text's lexemes; brackets that do not match stay lexemes."""
    stack: list[list[Node]] = [[]]
    closing: list[str] = []
    for lexeme in _LEXEME.findall(text):
        if lexeme in _CLOSING:
            stack.append([lexeme])
            closing.append(_CLOSING[lexeme])
            continue
        stack[-1].append(lexeme)
        if closing and lexeme == closing[-1]:
            closing.pop()
            group = tuple(stack.pop())
            stack[-1].append(group)
    while len(stack) > 1:
        stack[-2].extend(stack.pop())
    return tuple(stack[0])


def text_of(node: Node) -> str:
    """What a node was read from."""
    return node if isinstance(node, str) else "".join(leaves(node))


def leaves(nodes: tuple[Node, ...]) -> Iterator[str]:
    """All lexemes in order."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        else:
            stack.extend(reversed(node))


def words_in(lexemes: Iterable[str]) -> int:
    """How many lexemes are words or literals."""
    return sum(_VALUE.match(lexeme) is not None for lexeme in lexemes)


def shape(lexeme: str) -> str:
    """What of a lexeme is structure: keywords and signs, but not words and literals."""
    return lexeme if lexeme in _KEYWORDS or not _VALUE.match(lexeme) else "\0"


def outer_shape(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """The structure without what stands in brackets."""
    return tuple(shape(node) if isinstance(node, str) else "\1" for node in nodes)


def full_shape(nodes: tuple[Node, ...]) -> tuple[str, ...]:
    """The structure with what stands in brackets."""
    return tuple(map(shape, leaves(nodes)))
