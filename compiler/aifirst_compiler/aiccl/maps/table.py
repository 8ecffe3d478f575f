"""What symbols stand for, fully expanded, and a text with its symbols expanded.

A table is what one map and the maps it uses come to. Sigils (symbols of exact maps) are single characters and
expand wherever they occur; words (symbols of other maps) are matched on tokens, never inside a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.maps.templates import Template, fill_templates

MAX_EXPANDED = 64_000_000
"""Characters that one document may expand to, its maps counted: far more than a project's code."""

_MAX_WIDTH = 64
"""Tokens of one symbol; a bound on what matching costs."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass
class Budget:
    """The characters that may still be made."""

    left: int = MAX_EXPANDED

    def spend(self, characters: int) -> None:
        """Take from the budget; AicclError where it is too much."""
        self.left -= characters
        if self.left < 0:
            raise AicclError(
                "the document expands to more than is allowed",
                "check where it comes from: aliases of aliases can grow without bound; raise the limit if it is yours",
            )


@dataclass
class Table:
    """Symbols and their meanings, expanded. Not changed once made."""

    sigils: dict[str, str] = field(default_factory=dict[str, str])
    words: dict[str, str] = field(default_factory=dict[str, str])
    templates: dict[str, Template] = field(default_factory=dict[str, Template])

    def __post_init__(self) -> None:
        widths: dict[str, set[int]] = {}
        for symbol in self.words:
            tokens = _TOKEN.findall(symbol)
            if len(tokens) > _MAX_WIDTH:
                raise AicclError(
                    f"a symbol of {len(tokens)} words and signs", f"give it a name of at most {_MAX_WIDTH}"
                )
            widths.setdefault(tokens[0], set()).add(len(tokens))
        self._widths = {first: sorted(found, reverse=True) for first, found in widths.items()}

    def expand(self, text: str, budget: Budget) -> str:
        """The text with every symbol expanded; unknown symbols stay. Spends the length of what it makes."""
        if self.templates:
            text = fill_templates(text, self.templates, budget.left)
        if self.words:
            return self._expand_words(text, budget)
        return expand_sigils(text, self.sigils, budget)

    def _expand_words(self, text: str, budget: Budget) -> str:
        tokens = self._tokens(text)
        made: list[str] = []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            width, meaning = 1, self.sigils.get(token, token)
            for wide in self._widths.get(token, ()):
                found = self.words.get("".join(tokens[at : at + wide]))
                if found is not None:
                    width, meaning = wide, found
                    break
            budget.spend(len(meaning))
            made.append(meaning)
            at += width
        return "".join(made)

    def _tokens(self, text: str) -> list[str]:
        """Words, white space and single signs; a sigil is a token of its own wherever it stands."""
        tokens: list[str] = []
        for token in _TOKEN.findall(text):
            if len(token) > 1 and any(sign in self.sigils for sign in _NOT_ASCII.findall(token)):
                tokens.extend(_split_sigils(token, self.sigils))
            else:
                tokens.append(token)
        return tokens


def _split_sigils(word: str, sigils: dict[str, str]) -> list[str]:
    parts: list[str] = []
    plain = 0
    for at, sign in enumerate(word):
        if sign in sigils:
            parts.extend((word[plain:at], sign) if at > plain else (sign,))
            plain = at + 1
    return [*parts, word[plain:]] if plain < len(word) else parts


def expand_sigils(text: str, sigils: dict[str, str], budget: Budget) -> str:
    """The text with every sigil expanded. What it will come to is spent before it is made."""
    used = [sigils[sign] for sign in _NOT_ASCII.findall(text) if sign in sigils]
    budget.spend(len(text) + sum(map(len, used)) - len(used))
    return _NOT_ASCII.sub(lambda found: sigils.get(found[0], found[0]), text) if used else text
