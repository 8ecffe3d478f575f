r"""GBNF grammars of documents: what holds a model's answer to the notation, so that it can always be read.

A grammar takes in every document that the codec writes of one text with a bounded map, and nothing that its parser would
refuse. What the notation says in words becomes rules:

* a text has no tag, `<comp:` or `</comp:`, but with the backslash that escapes it;
* the n-th entry of a map has the n-th symbol, and a meaning holds none: so no symbol has two meanings;
* a line inside a meaning begins with no character from U+0080 on, or it would be an entry;
* at `low` and `medium` a line stands at most one space deeper than the line above it, down to twelve, and every unit
  has a name. These have no map (`make_pairs`).

What a grammar cannot say is left to the judge: that code parses, that names are those of the source. The notation is
llama.cpp's (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aifirst_model.aiccl.codec import Resolution

EXTENSIONS: Final[dict[str, str]] = {
    "python": "py", "javascript": "js", "typescript": "ts", "tsx": "tsx", "java": "java", "go": "go", "rust": "rs",
    "php": "php",
}  # fmt: skip
_DEPTH: Final = 12
_TAG: Final = "comp:"
_WORD: Final = (
    r"A-Za-z0-9_$#\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02B8\u0391-\u03A1\u03A3-\u03C9\u0400-\u0481\u048A-\u052F"
    r"\u3041-\u3096\u30A1-\u30FA\u4E00-\u9FFF\uAC00-\uD7A3"
)
"""What a name may begin with: words in the scripts that names in code are found in."""


def document_grammar(language: str, resolution: Resolution, symbols: Sequence[str] = ()) -> str:
    """The grammar of the documents of one language and resolution; `symbols` are those that an exact map may use.

    Raises `KeyError` for a language that there is none of.
    """
    path = f"unit.{EXTENSIONS[language]}"
    rules = _exact_rules(path, symbols) if resolution == "exact" else _line_rules(path, resolution)
    return "".join(f"{name} ::= {rule}\n" for name, rule in rules)


def _exact_rules(path: str, symbols: Sequence[str]) -> list[tuple[str, str]]:
    block = f'"<comp:file {path}>\\n" text'
    if not symbols:
        return [("root", block), *_text("text", "")]
    signs = "".join(symbols)
    rules = [("root", f"map? {block}"), ("map", '"<comp:map exact>\\n" entry1 "</comp:map>\\n"')]
    for number, symbol in enumerate(symbols, 1):
        behind = f" entry{number + 1}?" if number < len(symbols) else ""
        rules.append((f"entry{number}", f'"{symbol}" head ("\\n" line)* "\\n"{behind}'))
    plain = r"[^\n\x00<\\/\U00000080-\U0010FFFF] head"
    rules.append(("line", rf'"" | {plain} | "\\" head | "<" head-a | "/" slash'))
    rules.append(("slash", rf'"" | [^\n\x00</{signs}] head | "<" head-a'))
    return [*rules, *_text("head", rf"\n{signs}"), *_text("text", "")]


def _line_rules(path: str, resolution: Resolution) -> list[tuple[str, str]]:
    """Lines that stand for units, each as deep as it is held; at `medium` with key lines behind tabs below them."""
    below = " told*" if resolution == "medium" else ""
    rules = [
        (
            "root",
            f'"<comp:code id=\\"{resolution}\\">\\n{path}" behind? "\\n"{below} unit1* "</comp:code>\\n"',
        ),
        ("behind", '"\\t" text'),
        ("name", f'[{_WORD}] text | "`" quoted "`" text'),
        ("quoted", r'([^`\n\x00<] | "``" | "<" [^`\n\x00<c/])*'),
    ]
    for depth in range(1, _DEPTH + 1):
        inner = f" unit{depth + 1}*" if depth < _DEPTH else ""
        rules.append((f"unit{depth}", f'"{" " * depth}" name "\\n"{below}{inner}'))
    if resolution == "medium":
        rules.append(("told", '"\\t" text "\\n"'))
    return [*rules, *_text("text", r"\n")]


def _text(name: str, without: str) -> list[tuple[str, str]]:
    """Rules of a text that holds no tag, and none of the characters `without`.

    They are the states of the automaton that finds `<comp:` and `</comp:`, each of which may be the end but that a tag's
    colon must not follow; half a tag is no tag.
    """
    never = rf"<\x00{without}"
    rules = [
        (name, f'"" | [^{never}] {name} | "<" {name}-a'),
        (f"{name}-a", f'"" | [^{never}/c] {name} | "<" {name}-a | "/" {name}-b | "c" {name}-1'),
        (f"{name}-b", f'"" | [^{never}c] {name} | "<" {name}-a | "c" {name}-1'),
    ]
    for place, letter in enumerate(_TAG[1:-1], 1):
        rules.append(
            (
                f"{name}-{place}",
                f'"" | [^{never}{letter}] {name} | "<" {name}-a | "{letter}" {name}-{place + 1}',
            )
        )
    rules.append((f"{name}-{len(_TAG) - 1}", f'"" | [^{never}:] {name} | "<" {name}-a'))
    return rules
