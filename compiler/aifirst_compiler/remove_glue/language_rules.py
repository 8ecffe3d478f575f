"""What a comment stands for in a language, so that taking it away changes nothing.

In most languages a comment is white space. In JavaScript and Go one that holds a newline counts as a newline; in C it
never does, not even in a directive; in CSS it parts two words without being white space between them.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Blanks = Literal["most", "above"]


class LanguageRules(msgspec.Struct, frozen=True):
    """How comments of a language are taken away.

    `newline`: a comment that holds a newline and has code on both sides leaves one. `parting`: what is left where
    words would run together. `blanks`: which of the blank lines around whole lines that go stay, the longest stretch
    or what stood above. `carriage_return`: a lone one ends a line.
    """

    newline: bool = False
    parting: bytes = b" "
    blanks: Blanks = "most"
    carriage_return: bool = False


_SCRIPT: Final = LanguageRules(newline=True, carriage_return=True)
_CR: Final = LanguageRules(carriage_return=True)
_RULES: Final = {
    "python": _CR,
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": LanguageRules(newline=True),
    "java": _CR,
    "csharp": _CR,
    "kotlin": _CR,
    "php": _CR,
    "css": LanguageRules(parting=b"/**/", carriage_return=True),
    "html": LanguageRules(parting=b""),
    # What stands below a comment may else become part of a block scalar that keeps its blank lines.
    "yaml": LanguageRules(blanks="above"),
}
_USUAL: Final = LanguageRules()


def rules_of(language: str) -> LanguageRules:
    """The rules of a language by its name."""
    return _RULES.get(language, _USUAL)
