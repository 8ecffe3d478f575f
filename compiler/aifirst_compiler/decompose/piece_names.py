"""Names and first lines for pieces: of the comment that leads them, else of what they make or do.

Nothing is invented: a piece without a comment is called after the variables it gives back, the loop it holds, or the
function it was part of.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Set
from typing import Final

from aifirst_compiler.decompose.outcome import NameProposer, PieceFacts
from aifirst_compiler.decompose.region import Region

_DROPPED: Final = frozenset(
    {"the", "a", "an", "of", "all", "its", "their", "our", "any", "each", "that", "is", "are"}
)
_OPENING: Final = frozenset(
    {"then", "now", "first", "next", "finally", "also", "please", "second", "third", "lastly"}
)
_NO_NAME: Final = frozenset({
    "if", "when", "we", "this", "it", "note", "todo", "fixme", "xxx", "hack", "because", "since", "in", "on", "for",
    "why", "how", "here", "otherwise", "else", "unless", "there", "these", "those", "at", "after", "before", "by", "no",
    "not", "only", "see", "type", "noqa", "pragma", "mypy", "pylint", "with", "without", "and", "or", "but", "so", "i",
    "you", "they", "as", "to", "from", "once", "while", "until", "try", "default", "edge", "what", "which", "where",
    "example",
})  # fmt: skip
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_PLAIN: Final = re.compile(r"[A-Za-z][\w ,'’/\-]*")
_MOST_WORDS: Final = 5
_MOST_CHARACTERS: Final = 45
_MOST_SHOWN: Final = 48
_MOST_LISTED: Final = 2
_FURTHER: Final = re.compile(r", and \d+ more steps?$")


def piece_name(
    function: str, region: Region, comment: str, code: str, taken: Set[str], proposer: NameProposer | None
) -> str:
    """A private name in snake_case that nothing in the module has."""
    own = re.sub(r"\W", "", function.rpartition(".")[2].strip("_")) or "part"
    suggested = _free(_from_comment(comment) or _from_data(own, region), own, taken)
    if proposer is not None:
        facts = PieceFacts(function, code, comment, region.parameters, region.results, suggested)
        proposed = (proposer.propose(facts) or "").strip()
        if re.fullmatch(r"_?[a-z][a-z0-9_]*", proposed) and not keyword.iskeyword(proposed):
            proposed = "_" + proposed.lstrip("_")
            if proposed not in taken:
                return proposed
    return suggested


def with_further_steps(comment: str, count: int) -> str:
    """What leads a piece, with how many steps follow that it says nothing of; "" where nothing leads it."""
    if not comment or not count:
        return comment
    return f"{comment.rstrip('.:;,')}, and {count} more step{'s' if count > 1 else ''}"


def _free(name: str, own: str, taken: Set[str]) -> str:
    name = "_" + name[:_MOST_CHARACTERS].strip("_").lower()
    if name not in taken:
        return name
    longer = f"{name}_of_{own.lower()}"[: _MOST_CHARACTERS + 15].rstrip("_")
    if longer not in taken:
        return longer
    number = 2
    while f"{longer}_{number}" in taken:
        number += 1
    return f"{longer}_{number}"


def _from_comment(comment: str) -> str:
    """A name of what a comment says, empty where it does not begin like one."""
    clause = re.split(r"[.;:,(!?]", comment, maxsplit=1)[0].strip()
    if not comment.isascii() or not _PLAIN.fullmatch(clause):
        return ""
    words = [word.lower() for word in _WORD.findall(clause)]
    while words and words[0] in _OPENING:
        words.pop(0)
    words = [word for word in words if word not in _DROPPED and len(word) > 1]
    if not words or words[0] in _NO_NAME or not 1 < len(words) <= _MOST_WORDS:
        return ""
    return "_".join([*words, "and", "more"] if _FURTHER.search(comment) else words)


def _from_data(own: str, region: Region) -> str:
    results = [name.strip("_") for name in region.results if name.strip("_")]
    if len(results) == 1:
        return f"compute_{results[0]}"
    if results:
        return f"compute_{results[0]}_and_{results[1] if len(results) == _MOST_LISTED else 'more'}"
    if region.ends == "returns":
        return f"finish_{own}"
    if region.never_ends:
        return f"fail_{own}"
    return _from_statements(own, region)


def _from_statements(own: str, region: Region) -> str:
    large = max(region.statements, key=lambda one: (one.end_lineno or one.lineno) - one.lineno)
    if isinstance(large, ast.For | ast.AsyncFor):
        name = _last_identifier(large.iter) or _last_identifier(large.target)
        return f"process_{name}" if name else f"loop_in_{own}"
    if isinstance(large, ast.Assign) and isinstance(large.targets[0], ast.Attribute):
        return f"set_{large.targets[0].attr.strip('_')}"
    if isinstance(large, ast.If):
        name = _last_identifier(large.test)
        return f"handle_{name}" if name else f"part_of_{own}"
    return f"part_of_{own}"


def _last_identifier(node: ast.AST) -> str:
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
    attributes = [part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)]
    found = next((name.strip("_") for name in [*attributes, *names] if name not in ("self", "cls")), "")
    return found if found.isascii() else ""


def piece_docstring(function: str, region: Region, comment: str) -> str:
    """One line that says what a piece is, without anything that its code or comment does not say."""
    said = comment.strip().rstrip(".:;,")
    if said and '"' not in said and "\\" not in said and len(said.split()) > 1:
        return f"{said[0].upper()}{said[1:]}."
    own = function.rpartition(".")[2]
    if region.results:
        return f"Return {_listed(region.results)} for `{own}`."
    if region.ends == "returns":
        return f"Return what `{own}` returns from here on."
    first = region.statements[0]
    shown = _shown(first) if len(region.statements) == 1 else ""
    if shown and isinstance(first, ast.For | ast.AsyncFor):
        return f"Go through {shown} for `{own}`."
    if shown and isinstance(first, ast.If):
        return f"Do what `{own}` does if {shown}."
    return f"Raise what `{own}` raises here." if region.never_ends else f"Do a part of `{own}`."


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > _MOST_LISTED:
        return f"{quoted[0]} and {len(quoted) - 1} more values"
    return " and ".join(quoted)


def _shown(statement: ast.stmt) -> str:
    """What a loop goes through or a condition asks, where that is short."""
    if isinstance(statement, ast.For | ast.AsyncFor):
        text = ast.unparse(statement.iter)
    elif isinstance(statement, ast.If) and not statement.orelse:
        text = ast.unparse(statement.test)
    else:
        return ""
    plain = len(text) <= _MOST_SHOWN and not set(text) & set('"\\`\n') and text.isascii()
    return f"`{text}`" if plain else ""
