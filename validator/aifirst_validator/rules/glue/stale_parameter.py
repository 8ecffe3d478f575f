"""AF207: documentation names a parameter that the function does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

import tree_sitter
from aifirst_codebase.glue import Comment
from aifirst_codebase.units import Unit

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import Example, FileRule

# No field reaches over the next `@param`, so that each byte is looked at once.
# Sphinx fields; JSDoc, Javadoc and Doxygen tags; PHPDoc tags, whose type comes first. The name is the only group.
_FIELD = re.compile(
    rb":param(?:eter)?[ \t]{1,8}(?:[\w.\[\],|][\w.\[\], |]{0,80}[ \t]{1,8})?\\?\*{0,2}(\w+)[ \t]*:"
    rb"|@param(?:\[[a-z, ]+\])?[ \t]+(?:\{(?:[^}\n@]|@(?!param))*+\}[ \t]+)?"
    rb"(?:\[?)(\$?\w++)(?![\w.$\[{(|<\\])"
)
_PHP_FIELD = re.compile(rb"@param[ \t]+[^\n$@]*+(?:@(?!param)[^\n$@]*+)*+(\$\w+)")
_AFTER_NAME = re.compile(rb"[ \t]+\[?([A-Za-z_]\w*)")
_GOOGLE = re.compile(rb"^([ \t]*)(?:Args|Arguments|Parameters):[ \t]*\r?$", re.MULTILINE)
_GOOGLE_ENTRY = re.compile(
    rb"^([ \t]+)\*{0,2}([A-Za-z_]\w*)(?:[ \t]*\([^)\n]*\))?:(?:[ \t]|\r?$)", re.MULTILINE
)
_NUMPY = re.compile(rb"^([ \t]*)Parameters[ \t]*\r?\n\1-{3,}[ \t]*\r?\n", re.MULTILINE)
_NUMPY_ENTRY = re.compile(
    rb"[ \t]*(\*{0,2}[A-Za-z_]\w*(?:[ \t]*,[ \t]*\*{0,2}[A-Za-z_]\w*)*)[ \t]+:(?:[ \t]|\r?$)"
)
_ELSEWHERE = re.compile(rb"@(?:callback|typedef|overload|event|method|function|name)\b")
"""Tags of blocks that document something else than what stands below them."""
_HINTS: Final = (b"param ", b"param\t", b"Args:", b"Arguments:", b"Parameters:", b"Parameters\n")
_FILE_HINTS: Final = (b"param ", b"Args:", b"Arguments:", b"Parameters:", b"Parameters\n")
_OPEN_ENDED = re.compile(rb"\*\*|\.\.\.|(?:\A|[(,])\s*[{\[]|\barguments\b|\*\w")
_WORD = re.compile(rb"\$?[A-Za-z_]\w*")
_LOOSE = (".js", ".jsx", ".mjs", ".cjs", ".php")
"""Languages in which a function may be passed more than it names, and may read it (`arguments`)."""
_GOOGLE_STYLE = (
    'def add(left):\n    """Add.\n\n    Args:\n        left: first\n        lhs: second\n    """\n'
)


class StaleParameter(FileRule):
    """A parameter was renamed or removed and the documentation still speaks of it. A person notices; a model
    passes it. Read are Sphinx fields (`:param x:`), Google and NumPy sections (`Args:`, underlined
    `Parameters`), JSDoc, Javadoc, PHPDoc and Doxygen tags (`@param x`). Functions that take arbitrary
    arguments (`**kwargs`, rest and destructured parameters) are not judged, since what they document may be
    in there, nor are properties, whose value may be called. Overloads share their documentation.
    """

    code: ClassVar[str] = "AF207"
    name: ClassVar[str] = "stale-parameter"
    summary: ClassVar[str] = "Documentation names a parameter that the function does not have."
    valid = (
        Example(
            'def add(left, right):\n    """Add.\n\n    :param left: first\n    :param int right: second\n    """\n'
        ),
        Example('def add(*args, **kwargs):\n    """Add.\n\n    :param left: first\n    """\n'),
        Example(
            "/**\n * @param {number} left\n */\nfunction add(left) { return left; }\n", path="example.js"
        ),
        Example(
            "/** @callback done\n * @param {Error} error\n */\n\n/** Save.\n * @param {Row} row\n */\n"
            "function save(row) { return row; }\n",
            path="example.js",
            title="a block that documents something else",
        ),
        Example(
            "/**\n * @param fields what to select\n */\nexport declare function select(): void;\n"
            "export declare function select(fields: string): void;\n",
            path="example.ts",
            title="overloads share documentation",
        ),
        Example(
            "<?php\n/**\n * @param string $left first\n * @param array<string, int> $right second\n */\n"
            "function add($left, $right) { return $left; }\n",
            path="example.php",
            title="the type stands first",
        ),
        Example(
            'class Graph:\n    @property\n    def nodes(self):\n        """The nodes, which can be called.\n\n'
            '        Parameters\n        ----------\n        data : bool\n        """\n        return 1\n',
            title="a property",
        ),
    )
    invalid = (
        Example('def add(left, right):\n    """Add.\n\n    :param lhs: first\n    """\n', lines=(4,)),
        Example('def add(left: list[int]):\n    """Add.\n\n    :param lhs: first\n    """\n', lines=(4,)),
        Example(_GOOGLE_STYLE, lines=(6,)),
        Example(
            "/**\n * @param {number} lhs\n */\nfunction add(left) { return left; }\n",
            path="example.js",
            lines=(2,),
        ),
        Example(
            'def add(left, right):\n    """Add.\n\n    Parameters\n    ----------\n    left, rhs : int\n        terms\n'
            '\n    Returns\n    -------\n    total : int\n    """\n',
            lines=(6,),
        ),
        Example(
            "<?php\n/**\n * @param string $lhs first\n */\nfunction add($left) { return $left; }\n",
            path="example.php",
            lines=(3,),
        ),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem at each documented name that is no parameter."""
        data = file.data
        if not any(hint in data for hint in _FILE_HINTS):
            return
        units = file.reading.units
        overloads = _overloads(units)
        known_of: dict[int, set[bytes] | None] = {}
        for comment in file.reading.comments:
            if any(data.find(hint, comment.start, comment.end) >= 0 for hint in _HINTS):
                unit = units[comment.unit]
                if unit.kind == "function" and _documents(data, comment, unit):
                    # All overloads have the same names: many comments on many of them cost one look.
                    group = overloads.get(comment.unit) or [comment.unit]
                    if group[0] not in known_of:
                        known_of[group[0]] = _known_names(file, [units[index] for index in group])
                    yield from self._judge(file, comment, unit, known_of[group[0]])

    def _judge(
        self, file: FileContext, comment: Comment, unit: Unit, known: set[bytes] | None
    ) -> Iterator[Problem]:
        if known is None:
            return
        php = file.reading.language.name == "php"
        for start, end in documented_names(file.data, comment.start, comment.end, php=php):
            name = file.data[start:end].lstrip(b"$")
            if name not in known and not _is_type(file.data, end, known):
                shown = name.decode("utf-8", "replace")
                yield Problem(
                    start, end, f"{unit.name} has no parameter {shown}",
                    "Rename it as the signature does, or delete the entry.", anchor=f"{unit.name}:{shown}",
                )  # fmt: skip


def _documents(data: bytes, comment: Comment, unit: Unit) -> bool:
    """Whether the comment is the unit's docstring or the block directly above it."""
    if comment.kind == "docstring":
        head = data[unit.code_start : unit.name_start]
        return b"property" not in head and not data[unit.name_end : comment.start].count(b"\n\n\n")
    block = data.startswith(b"/**", comment.start)
    return (
        comment.end <= unit.code_start
        and (block or data.startswith(b"///", comment.start))
        and not (block and data.find(b"/**", comment.end, unit.code_start) >= 0)
        and _ELSEWHERE.search(data, comment.start, comment.end) is None
    )


def _known_names(file: FileContext, units: Sequence[Unit]) -> set[bytes] | None:
    """The words in the parameter lists of a function's overloads; None where anything may be passed."""
    loose = file.path.endswith(_LOOSE)
    known: set[bytes] = set()
    for unit in units:
        parameters = _parameters(file, unit)
        if parameters is None:
            return None
        text = file.data[parameters.start_byte : parameters.end_byte]
        words = _WORD.findall(text)
        if _OPEN_ENDED.search(text) or (loose and not words):
            return None
        if loose and file.data.find(b"arguments", unit.name_end, unit.code_end) >= 0:
            return None
        known.update(word.lstrip(b"$") for word in words)
    return known


def _overloads(units: Sequence[Unit]) -> dict[int, list[int]]:
    """The indices of the functions that share a name and a place, by the index of each; empty where none do."""
    if not any("#" in unit.name for unit in units):
        return {}
    groups: dict[tuple[int, str], list[int]] = {}
    for index, unit in enumerate(units):
        if unit.kind == "function":
            groups.setdefault((unit.parent, unit.name.partition("#")[0]), []).append(index)
    return {index: group for group in groups.values() if len(group) > 1 for index in group}


def _is_type(data: bytes, end: int, known: set[bytes]) -> bool:
    """Whether the word is a type, since a parameter's name follows it."""
    after = _AFTER_NAME.match(data, end)
    return after is not None and after.group(1) in known


def _parameters(file: FileContext, unit: Unit) -> tree_sitter.Node | None:
    """The parameter list of a function, or None where the grammar shows none."""
    node = file.reading.tree.root_node.descendant_for_byte_range(unit.name_start, unit.name_end)
    for _ in range(4):
        if node is None:
            return None
        found = node.child_by_field_name("parameters")
        if found is not None:
            return found
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        found = value.child_by_field_name("parameters") if value is not None else None
        if found is not None:
            return found
        node = node.parent
    return None


def documented_names(data: bytes, start: int, end: int, *, php: bool = False) -> Iterator[tuple[int, int]]:
    """Where the parameter names stand that a docstring or comment documents."""
    for match in (_PHP_FIELD if php else _FIELD).finditer(data, start, end):
        yield match.span(1) if match.group(1) else match.span(2)
    yield from _google_names(data, start, end)
    for section in _NUMPY.finditer(data, start, end):
        yield from _numpy_names(data, section, end)


def _numpy_names(data: bytes, section: re.Match[bytes], end: int) -> Iterator[tuple[int, int]]:
    outer, at = len(section.group(1)), section.end()
    while at < end:
        stop = data.find(b"\n", at, end)
        stop = end if stop < 0 else stop
        line = data[at:stop]
        indent = len(line) - len(line.lstrip())
        # A section ends where text stands further out, or at the heading of the next one.
        if line.strip() and (indent < outer or line.strip().startswith(b"---")):
            return
        entry = _NUMPY_ENTRY.match(line) if indent == outer else None
        if entry is not None:
            for name in _WORD.finditer(data, at + entry.start(1), at + entry.end(1)):
                yield name.span()
        at = stop + 1


def _google_names(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    for section in _GOOGLE.finditer(data, start, end):
        outer = len(section.group(1))
        entry_indent: int | None = None
        at = section.end() + 1
        while at < end:
            stop = data.find(b"\n", at, end)
            stop = end if stop < 0 else stop
            line = data[at:stop]
            indent = len(line) - len(line.lstrip())
            if line.strip():
                if indent <= outer:
                    break
                entry = _GOOGLE_ENTRY.match(line)
                if entry is not None and (entry_indent is None or indent == entry_indent):
                    entry_indent = indent
                    yield at + entry.start(2), at + entry.end(2)
            at = stop + 1
