"""What happens in a file, place by place: words that steer, calls, writes to what outlives the call, blocks.

Found by one query over the syntax tree, made of those parts that the language's grammar knows; calls by its
`calls.scm`. Left out: what unit it happens in, and how that is written (`flow`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

import tree_sitter
from aifirst_codebase.languages.language import Language
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import Reading, bounded_cursor

_WORDS: Final = (
    *("if", "elif", "else", "for", "foreach", "while", "do", "loop", "until", "unless"),
    *("try", "except", "catch", "finally", "rescue", "ensure", "with", "switch", "match", "case", "when"),
    *("return", "raise", "throw", "yield", "await", "break", "continue", "global", "nonlocal", "del"),
    *("go", "defer", "select", "delete", "fallthrough", "synchronized", "lock", "using"),
)  # fmt: skip
_BLOCKS: Final = (
    "block",
    "statement_block",
    "compound_statement",
    "switch_body",
    "switch_block",
    "match_block",
)
_ALONE: Final = "[{}] @block".format(
    " ".join(f"({kind}_statement)" for kind in ("return", "expression", "throw", "continue", "break"))
)
"""Statements that are a branch of their own without braces."""
_BRANCHES: Final = (
    *(f"(if_statement {field}: {_ALONE})" for field in ("consequence", "alternative")),
    f"(else_clause {_ALONE})",
    *(f"({loop}_statement body: {_ALONE})" for loop in ("for", "for_in", "enhanced_for", "while")),
)
_INSIDE_EXPRESSIONS: Final = frozenset(
    ("conditional_expression", "if_clause", "for_in_clause", "export_statement")
)
_WRITES: Final = tuple(
    f"({statement} {field}: {target})"
    for statement, field, target in (
        ("assignment", "left", "(attribute) @write"),
        ("assignment", "left", "(subscript) @write"),
        ("assignment", "left", "(pattern_list [(attribute) (subscript)] @write)"),
        ("augmented_assignment", "left", "[(attribute) (subscript)] @write"),
        ("assignment_expression", "left", "[(member_expression) (subscript_expression)] @write"),
        ("augmented_assignment_expression", "left", "(member_expression) @write"),
        ("update_expression", "argument", "(member_expression) @write"),
        (
            "assignment_statement",
            "left",
            "(expression_list [(selector_expression) (index_expression)] @write)",
        ),
        ("assignment_expression", "left", "(field_access) @write"),
        ("assignment_expression", "left", "(field_expression) @write"),
        ("assignment_expression", "left", "(member_access_expression) @write"),
    )
) + tuple(
    f"({statement} [({target})] @write)"
    for statement, target in (
        ("inc_statement", "selector_expression"),
        ("dec_statement", "selector_expression"),
        ("update_expression", "field_access"),
        ("update_expression", "field_expression"),
    )
)
_READ: Final = "(attribute attribute: (identifier) @read)"
"""Python's attributes; in other languages most are fields."""
_ERRORS: Final = (
    "(except_clause value: (_) @error)",
    "(except_clause (as_pattern . (_) @error))",
    "(global_statement (identifier) @error)",
    "(raise_statement [(identifier) (attribute)] @error)",
    "(catch_clause (catch_formal_parameter (catch_type) @error))",
)
_OUTSIDE: Final = frozenset(
    b"open print input write writelines write_text write_bytes read_text read_bytes unlink remove rmtree "
    b"rmdir mkdir makedirs rename copyfile copytree flush fsync connect bind listen accept send sendall sendto "
    b"recv recvfrom urlopen request fetch execute executemany commit rollback system Popen check_call "
    b"check_output spawn fork exec kill sleep exit putenv setenv chdir chmod readFile readFileSync writeFile "
    b"writeFileSync appendFile mkdirSync unlinkSync println Println Printf Fprintf WriteString ReadAll "
    b"WriteFile ReadFile Dial ListenAndServe Exec Query".split()
)
"""Names of calls that reach outside the program: files, network, processes, time."""
_PLAIN: Final = re.compile(rb"(?:new\s+)?[\w$]+(?:(?:\.|::|->|\?\.)[\w$]+)*")
_ATOM: Final = re.compile(rb"return (?:[A-Za-z_0-9]{1,24}|\[\]|\{\}|\"\")(?= *[;\r\n}])")
"""A result that is one word."""
_FIELD: Final = re.compile(rb"_?[a-z]")
"""How a property is named: no constant, class or name of Python's own."""
_OWN: Final = re.compile(rb"^(?:self|this|cls|\$this)(?:\.|->)")
_MAX_LENGTH: Final = 48
_MAX_ERRORS: Final = 200


class Happening(NamedTuple):
    """One thing at a place: a `word`, `call`, `write`, `read`, an `error` caught or raised, or a block's ends."""

    place: int
    kind: str
    text: str
    end: int = 0


def find_happenings(reading: Reading) -> list[Happening]:
    """All of the file in the order of their places."""
    data = reading.data
    found: list[Happening] = []
    told: list[tuple[int, int]] = []
    for call, callee in _calls(reading):
        text, start = _call(data, call, callee)
        found.append(Happening(callee.start_byte, "call", text))
        told.append((start, callee.end_byte))
    captures = bounded_cursor(_query(reading.language.name)).captures(reading.tree.root_node)
    for node in captures.get("word", ()):
        if node.parent is None or node.parent.type not in _INSIDE_EXPRESSIONS:
            returned = _ATOM.match(data, node.start_byte)
            word = data[node.start_byte : node.end_byte] if returned is None else returned[0]
            text = word.decode("utf-8", "replace")
            found.append(Happening(node.start_byte, "word", text))
    for node in captures.get("write", ()):
        found.append(Happening(node.start_byte, "write", _written(data, node)))
        told.append((node.start_byte, node.end_byte))
    found += [
        Happening(node.start_byte, "error", _text(data, node))
        for node in captures.get("error", ())
        if node.type not in ("as_pattern", "call")
    ]
    found += _reads(data, captures.get("read", ()), sorted(told))
    for node in captures.get("block", ()):
        if node.start_byte == node.end_byte:  # a block that is missing in broken code
            continue
        found.append(Happening(node.start_byte, "(", "(", node.end_byte))
        found.append(Happening(node.end_byte, ")", ")", node.start_byte))
    return sorted(found, key=_order)


def _reads(
    data: bytes, nodes: Iterable[tree_sitter.Node], told: Sequence[tuple[int, int]]
) -> Iterator[Happening]:
    """Attributes that are read, since reading one may run a property's code; none that a call or write names."""
    behind = 0
    last = 0
    for node in sorted(nodes, key=lambda node: node.start_byte):
        while last < len(told) and told[last][0] <= node.start_byte:
            behind = max(behind, told[last][1])
            last += 1
        if node.start_byte >= behind and _FIELD.match(data, node.start_byte):
            yield Happening(node.start_byte, "read", "." + _text(data, node))


_RANK: Final = {")": 0, "(": 1}


def _order(happening: Happening) -> tuple[int, int, int]:
    """By place; a block that ends there before one that begins, the inner end first, the outer beginning first."""
    return happening.place, _RANK.get(happening.kind, 2), -happening.end


def _calls(reading: Reading) -> list[tuple[tree_sitter.Node, tree_sitter.Node]]:
    matches = bounded_cursor(reading.language.query("calls")).matches(reading.tree.root_node)
    return [(match["call"][0], match["callee"][0]) for _, match in matches if "callee" in match]


def _call(data: bytes, call: tree_sitter.Node, callee: tree_sitter.Node) -> tuple[str, int]:
    """The call with what it is called on, where that is names alone; else a dot and its name; and its place."""
    whole = data[call.start_byte : callee.end_byte]
    name = data[callee.start_byte : callee.end_byte]
    start = callee.start_byte
    if len(whole) <= _MAX_LENGTH and _PLAIN.fullmatch(whole):
        text = _OWN.sub(b".", whole).removeprefix(b"new ").strip()
        start = call.start_byte
    else:
        text = name if start == call.start_byte else b"." + name
    return (text + b"!" * (name in _OUTSIDE)).decode("utf-8", "replace"), start


def _written(data: bytes, node: tree_sitter.Node) -> str:
    text = re.sub(
        rb"\s+",
        b"",
        _OWN.sub(b".", re.sub(rb"\[.*", b"[]", data[node.start_byte : node.end_byte], flags=re.S)),
    )
    return (text if len(text) <= _MAX_LENGTH else b"." + text.rpartition(b".")[2][-_MAX_LENGTH:]).decode(
        "utf-8", "replace"
    )


def _text(data: bytes, node: tree_sitter.Node) -> str:
    text = re.sub(rb"\s+", b"", data[node.start_byte : node.end_byte])[:_MAX_ERRORS]
    return text.removeprefix(b"(").removesuffix(b")").decode("utf-8", "replace")


@cache
def _query(name: str) -> tree_sitter.Query:
    """Those patterns that the language's grammar knows, as one query."""
    language: Language = language_named(name)
    words = " ".join(f'"{word}"' for word in _WORDS if language.grammar.id_for_node_kind(word, False))
    return known_patterns(
        language, (f"[{words}] @word", *block_patterns(language), _READ, *_WRITES, *_ERRORS)
    )


def block_patterns(language: Language) -> tuple[str, ...]:
    """Patterns that capture blocks of statements, and statements that are a branch of their own, as `block`."""
    kinds = " ".join(f"({block})" for block in _BLOCKS if language.grammar.id_for_node_kind(block, True))
    return f"[{kinds}] @block", *_BRANCHES


def known_patterns(language: Language, patterns: Iterable[str]) -> tree_sitter.Query:
    """Those of the patterns that the language's grammar knows, as one query."""
    return tree_sitter.Query(
        language.grammar, "\n".join(pattern for pattern in patterns if _known(language, pattern))
    )


def _known(language: Language, pattern: str) -> bool:
    try:
        tree_sitter.Query(language.grammar, pattern)
    except tree_sitter.QueryError:
        return False
    return True
