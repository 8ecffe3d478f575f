"""Whether a text is a sentence of a GBNF grammar, found by following all its stacks; apart from llama.cpp's own reading.

Only what the grammars of this project use: rules, alternatives, groups, `* + ?`, quoted texts and classes of characters.
"""

from __future__ import annotations

import re
from functools import cache

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|[A-Za-z][\w-]*|[|()*+?])')
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NAMED = {"n": "\n", "t": "\t", "r": "\r"}

Symbol = tuple[str, str]
"""What it is, `rule` or `class`, and the rule's name or the expression that a character has to match."""
Stack = tuple[Symbol, ...]


class Acceptor:
    """A grammar that was read."""

    def __init__(self, text: str) -> None:
        self._rules: dict[str, list[Stack]] = {}
        for line in text.splitlines():
            name, _, body = line.partition(" ::= ")
            tokens = _TOKEN.findall(body)
            self._rules[name] = self._alternatives(tokens, name)
        self._known: dict[Stack, frozenset[Stack]] = {}

    def _alternatives(self, tokens: list[str], name: str) -> list[Stack]:
        found: list[Stack] = []
        sequence: list[Symbol] = []
        while tokens:
            token = tokens.pop(0)
            if token == ")":
                break
            if token == "|":
                found.append(tuple(sequence))
                sequence = []
                continue
            item = self._item(token, tokens, name)
            if tokens and tokens[0] in "*+?":
                item = self._repeated(item, tokens.pop(0), name)
            sequence += item
        return [*found, tuple(sequence)]

    def _item(self, token: str, tokens: list[str], name: str) -> list[Symbol]:
        if token == "(":
            return [self._new(name, self._alternatives(tokens, name))]
        if token[0] == '"':
            return [("class", re.escape(sign)) for sign in _unescape(token[1:-1])]
        if token[0] == "[":
            return [
                ("class", re.sub(r"\\U([0-9A-F]{8})", lambda found: re.escape(chr(int(found[1], 16))), token))
            ]
        return [("rule", token)]

    def _repeated(self, item: list[Symbol], sign: str, name: str) -> list[Symbol]:
        if sign == "?":
            return [self._new(name, [(), tuple(item)])]
        inner = self._new(name, [])
        self._rules[inner[1]] = [(), (*item, inner)]
        return [inner] if sign == "*" else [*item, inner]

    def _new(self, name: str, alternatives: list[Stack]) -> Symbol:
        made = f"{name}.{len(self._rules)}"
        self._rules[made] = alternatives
        return ("rule", made)

    def _starts(self, stack: Stack) -> frozenset[Stack]:
        found = self._known.get(stack)
        if found is None:
            found = self._known[stack] = self._unfold(stack)
        return found

    def _unfold(self, stack: Stack) -> frozenset[Stack]:
        """The stacks that begin with a character, and the empty one where it may end."""
        if not stack or stack[0][0] == "class":
            return frozenset((stack,))
        rest = stack[1:]
        found: set[Stack] = set()
        for one in self._rules[stack[0][1]]:
            found |= self._starts((*one, *rest))
        return frozenset(found)

    def accepts(self, text: str) -> bool:
        """Whether the whole text is a sentence."""
        return () in self.follow(text)

    def follow(self, text: str) -> set[Stack]:
        """The stacks behind a text; none where it begins no sentence."""
        stacks = set(self._starts((("rule", "root"),)))
        for sign in text:
            met = {stack[1:] for stack in stacks if stack and _matches(stack[0][1], sign)}
            stacks = {start for stack in met for start in self._starts(stack)}
        return stacks


@cache
def _matches(expression: str, sign: str) -> bool:
    return re.fullmatch(expression, sign, re.DOTALL) is not None


def _unescape(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        number = found[1] or found[2] or found[3]
        return chr(int(number, 16)) if number else _NAMED.get(found[4], found[4])

    return _ESCAPE.sub(one, text)
