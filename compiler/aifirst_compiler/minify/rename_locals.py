"""Shorter names for local variables of Python functions, where that saves what is counted.

Before: `total_size = total_size + 1` in a function. After: `a=a+1`. Only plain local variables get another name: no
parameter (it may be passed by name), nothing a nested function or class sees, no global, import, function or class.

Limits: a function is left alone where its names can be read as text: it, or what is nested in it, says `locals`,
`vars`, `dir`, `eval`, `exec` or asks for frames; so is a name that a string of the function holds as a word, which
covers f-strings and queries. Names are chosen by what they save, the same ones on every run. That the program is the
same is proved by `same_code`, not here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from keyword import iskeyword
from string import ascii_lowercase, ascii_uppercase
from types import CodeType
from typing import NamedTuple

import numpy as np
from aifirst_codebase.reading import Reading
from aifirst_codebase.tokens import get_counter

from aifirst_compiler.compiled import Minify
from aifirst_compiler.edits import Edit
from aifirst_compiler.layout.blank_out import STRING, blank_out
from aifirst_compiler.layout.white_space import bracket_depths
from aifirst_compiler.minify.same_code import compile_quietly

_READS_NAMES = re.compile(
    rb"\b(?:locals|vars|dir|eval|exec|globals|_getframe|currentframe|f_locals|stack|trace|query|evaluate|ic)\b"
)
_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_DECLARED = re.compile(
    rb"\b(?:def|class)\s+[\w\x80-\xff]+|\b(?:from|import|global|nonlocal)\b[^\n(;]*(?:\([^)]*\))?"
)
_KEYWORD_ARGUMENT = re.compile(rb"\s*=(?!=)")
_BEFORE = ("\n", " ", "(", "=", ",", "+")
_AFTER_DOT = re.compile(rb"\.[ \t\r\n\\\f]*\Z")
_LONGEST_GAP = 200
_STRING = bytes([STRING])
_OPTIMIZED, _VARARGS, _VARKEYWORDS = 1, 4, 8


class _Function(NamedTuple):
    """A function's stretch of the file and what it compiles to."""

    start: int
    end: int
    code: CodeType


class _File(NamedTuple):
    """A file's text without strings and comments, the strings alone, how deep each byte stands in brackets.

    `declared` are words of statements that bind more than a variable: imports, `global`, names of functions. Python
    calls a method of what has the name of an import by other instructions, so none of those is given or taken.
    """

    code: bytes
    strings: bytes
    depths: Sequence[int]
    declared: frozenset[str]


def rename_locals(reading: Reading, removed: Sequence[Edit], unit: Minify) -> list[Edit]:
    """The edits that rename, in order, each with the name that stood there; none where nothing can be proved."""
    code = compile_quietly(reading.data)
    blanked = blank_out(reading.data, removed) if code is not None else None
    if code is None or blanked is None:
        return []
    text = np.frombuffer(bytes(blanked), dtype=np.uint8)
    strings = np.where(text == STRING, np.frombuffer(reading.data, dtype=np.uint8), ord(" ")).astype(np.uint8)
    file = _File(bytes(blanked), strings.tobytes(), bracket_depths(text).tolist(), _declared(bytes(blanked)))
    edits: list[Edit] = []
    enclosing: list[tuple[int, dict[str, bytes]]] = []
    for function in _functions(reading, code):
        while enclosing and enclosing[-1][0] <= function.start:
            enclosing.pop()
        outer = {old: new for _, names in enclosing for old, new in names.items()}
        names = _chosen(file, function, unit, outer)
        edits += _renamed(file, function, names)
        enclosing.append((function.end, names))
    return sorted(edits)


def _declared(code: bytes) -> frozenset[str]:
    statements = b" ".join(_DECLARED.findall(code))
    return frozenset(_words(statements))


def _functions(reading: Reading, code: CodeType) -> Iterator[_Function]:
    """The functions that begin on a line of their own, the outer ones first."""
    starts = reading.lines.starts
    units: dict[int, list[tuple[int, int]]] = {}
    for unit in reading.units[1:]:
        if unit.kind in {"function", "method"}:
            units.setdefault(bisect_right(starts, unit.code_start), []).append((unit.start, unit.end))
    found: list[_Function] = []
    stack = [code]
    while stack:
        inner = _nested(stack.pop())
        stack.extend(inner)
        for one in inner:
            spans = units.get(one.co_firstlineno, ())
            if len(spans) == 1 and one.co_flags & _OPTIMIZED and not one.co_name.startswith("<"):
                found.append(_Function(*spans[0], one))
    found.sort(key=lambda one: (one.start, -one.end))
    return iter(found)


def _nested(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _arguments(code: CodeType) -> tuple[str, ...]:
    flags = code.co_flags
    many = code.co_argcount + code.co_kwonlyargcount + bool(flags & _VARARGS) + bool(flags & _VARKEYWORDS)
    return code.co_varnames[:many]


def _chosen(file: _File, function: _Function, unit: Minify, outer: dict[str, bytes]) -> dict[str, bytes]:
    """The names that get another one, each with that."""
    text = file.code[function.start : function.end]
    worth = {name for name in _variables(function.code) - outer.keys() if _saving(name, unit) > 0}
    if not worth or _READS_NAMES.search(text):
        return {}
    worth -= _seen_by_nested(function.code) | file.declared
    worth -= _words(file.strings[function.start : function.end]) | _words(_header(file, function))
    counts = Counter(word.decode() for word in _WORD.findall(text))
    taken = {*counts, *file.declared, *(new.decode() for old, new in outer.items() if old in counts)}
    short = (name for name in _short_names() if name not in taken)
    ranked = sorted(worth, key=lambda name: (-counts[name] * _saving(name, unit), name))
    pairs = zip(ranked, short, strict=False)
    return {old: new.encode() for old, new in pairs if _cost(new, unit) < _cost(old, unit)}


def _variables(code: CodeType) -> set[str]:
    """The local variables that only the function itself uses, but those of one letter and mangled ones."""
    local = set(code.co_varnames[len(_arguments(code)) :]) - set(code.co_cellvars)
    return {name for name in local if len(name) > 1 and not name.startswith("__")}


def _words(text: bytes) -> set[str]:
    return {word.decode() for word in _WORD.findall(text)}


def _header(file: _File, function: _Function) -> bytes:
    """The function's text up to the colon before its body: decorators, defaults and annotations are the outside's."""
    code, start, end = file.code, function.start, function.end
    at = code.find(b":", max(code.find(b"def", start, end), start), end)
    while at >= 0 and file.depths[at] > 0:
        at = code.find(b":", at + 1, end)
    return code[start:at] if at >= 0 else code[start:end]


def _seen_by_nested(code: CodeType) -> set[str]:
    """Names that mean something else, or the same thing from inside, in what is nested in the function."""
    found: set[str] = set()
    stack = _nested(code)
    while stack:
        inner = stack.pop()
        stack.extend(_nested(inner))
        found.update(_arguments(inner), inner.co_cellvars, inner.co_freevars)
        if not inner.co_flags & _OPTIMIZED:
            found.update(inner.co_names)
    return found


def _renamed(file: _File, function: _Function, names: dict[str, bytes]) -> Iterator[Edit]:
    """An edit for each place where one of the names stands for the variable."""
    if not names:
        return
    new_names = {old.encode(): new for old, new in names.items()}
    code = file.code
    for word in _WORD.finditer(code, function.start, function.end):
        new = new_names.get(word[0])
        if (
            new is None
            or code.startswith(_STRING, word.end())
            or _AFTER_DOT.search(code, *_before(word.start()))
        ):
            continue
        if file.depths[word.start()] > 0 and _KEYWORD_ARGUMENT.match(code, word.end()):
            continue
        yield Edit(word.start(), word.end(), new, word[0].decode())


def _before(at: int) -> tuple[int, int]:
    return max(0, at - _LONGEST_GAP), at


@cache
def _saving(name: str, unit: Minify) -> float:
    """What another name of one letter saves each time, negative where nothing."""
    return _cost(name, unit) - _cost("a", unit)


@cache
def _cost(name: str, unit: Minify) -> float:
    """What a name costs each time; in tokens the mean over what usually stands before it."""
    if unit == "bytes":
        return len(name.encode())
    count = get_counter().count
    return sum(count(before + name) for before in _BEFORE) / len(_BEFORE)


@cache
def _short_names() -> tuple[str, ...]:
    letters = ascii_lowercase + ascii_uppercase
    pairs = ("".join(pair) for pair in product(ascii_lowercase, repeat=2))
    count = get_counter().count
    return (
        *letters,
        *(pair for pair in pairs if not iskeyword(pair) and count(pair) == 1 == count(f" {pair}")),
    )
