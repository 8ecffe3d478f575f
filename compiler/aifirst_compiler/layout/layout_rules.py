"""How white space may be left out, language by language. A language that is not here keeps its layout.

Not here, because white space says too much in them: Bash, HTML, Markdown, SQL, TOML, YAML. JavaScript and TypeScript
are not here either: tools of their own make them small.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Lines = Literal["free", "kept", "go"]
Spaces = Literal["least", "one", "css"]


class LayoutRules(msgspec.Struct, frozen=True):
    """What the white space between two tokens means.

    `lines`: a newline is a space like any other; or it stays, without blank lines and indentation; or it stays where
    Go would put a semicolon. `spaces`: only those between tokens that would grow together stay; or one stays wherever
    there was white space; or those stay that part selectors and values of CSS. `one_in` are nodes in which one stays,
    because what is in them may be made a text. `directives`: a line that opens with `#` is one to the language.
    `word_before_quote`: a word directly before a quote is no prefix of it.
    """

    lines: Lines = "free"
    spaces: Spaces = "least"
    one_in: frozenset[str] = frozenset()
    directives: bool = False
    word_before_quote: bool = True


# What may be a macro's argument may be made a text, in which white space of any length is one space, and none is none.
_MACRO_ARGUMENTS: Final = frozenset({"argument_list", "parameter_list", "parenthesized_declarator", "ERROR"})
_RULES: Final = {
    "go": LayoutRules(lines="go"),
    "java": LayoutRules(),
    "csharp": LayoutRules(directives=True),
    "php": LayoutRules(),
    "json": LayoutRules(),
    # Rust 2021 takes any word before a quote for a prefix, and a macro may make a text of its tokens.
    "rust": LayoutRules(
        one_in=frozenset({"token_tree", "token_tree_pattern", "macro_definition"}), word_before_quote=False
    ),
    "c": LayoutRules(lines="kept", one_in=_MACRO_ARGUMENTS, directives=True),
    "cpp": LayoutRules(lines="kept", one_in=_MACRO_ARGUMENTS, directives=True),
    "kotlin": LayoutRules(lines="kept", spaces="one"),
    "ruby": LayoutRules(lines="kept", spaces="one"),
    "css": LayoutRules(spaces="css"),
}


def rules_of(language: str) -> LayoutRules | None:
    """The rules of a language by its name; None where its layout stays."""
    return _RULES.get(language)
