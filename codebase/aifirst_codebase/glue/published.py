"""Documentation that the program reads when it runs: it is code, so it is not glue.

Decided for each object: a module whose own `__doc__` is read keeps its docstring, an object whose
`__doc__` is read by name keeps its own, and so does one whose decorator, base class or attribute
publishes it (a command's help, an endpoint's description). Which ones do is data of the language.

Left out: an object that another file reads by name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

import tree_sitter

from aifirst_codebase.glue.span import Comment
from aifirst_codebase.languages.language import Language
from aifirst_codebase.units.unit import Unit

_READ_BEFORE = re.compile(
    rb"(?:\b([A-Za-z_][A-Za-z0-9_]*)|\b(?:type|super)[ \t]*\([^()\n]*\)|([\])]))[ \t]*\.[ \t]*\Z"
)
_GETATTR = re.compile(rb"\bgetattr[ \t]*\(\s*(?:\w+[ \t]*\.[ \t]*)*(\w+)\s*,\s*[\"']\Z")
_COPIED = re.compile(rb"\.__doc__[ \t]*=[ \t]*(?:\w+\.)+\Z")
_STATEMENT_ENDS = re.compile(rb"[ \t]*(?:[#;\r\n]|\Z)")
_ASSIGNED = re.compile(rb"\s*=(?!=)")
_DECORATOR = re.compile(rb"^[ \t]*@[ \t]*(?:\w+[ \t]*\.[ \t]*)*(\w+)", re.MULTILINE)
_AT = 64
_WORD = re.compile(rb"\w+")
_OF_CLASS = frozenset({b"self", b"cls", b"__class__"})


def keep_published(
    data: bytes,
    captures: Mapping[str, Sequence[tree_sitter.Node]],
    comments: Sequence[Comment],
    units: Sequence[Unit],
    language: Language,
) -> None:
    """Mark the documentation that is read at run time as kept; `comments` know their units."""
    if language.published_head is not None:
        _keep_below_heads(data, comments, units, language)
    if language.data.string_docs:
        _keep_docstrings(data, captures, comments, units, language)


def keep_doctests(data: bytes, comments: Sequence[Comment], language: Language) -> None:
    """Mark runs of documentation comments that hold a fenced example as kept."""
    docs = language.docs
    if docs is None or b"```" not in data:
        return
    run: list[Comment] = []
    for comment in comments:
        if run and data.count(b"\n", run[-1].end, comment.start) > 1:
            _keep_examples(data, run)
            run = []
        if docs.match(data, comment.start, comment.end):
            run.append(comment)
    _keep_examples(data, run)


def _keep_examples(data: bytes, run: Sequence[Comment]) -> None:
    if run and data.find(b"```", run[0].start, run[-1].end) >= 0:
        for comment in run:
            comment.kept = comment.kept or "doctest"


def _keep_below_heads(
    data: bytes, comments: Sequence[Comment], units: Sequence[Unit], language: Language
) -> None:
    head, docs = language.published_head, language.docs
    if head is None or docs is None or not head.search(data):
        return
    published = {
        index
        for index, unit in enumerate(units)
        if index and head.search(data, unit.start, max(unit.name_start, unit.code_start))
    }
    for comment in comments:
        if comment.unit in published and not comment.kept and docs.match(data, comment.start, comment.end):
            comment.kept = "published"


def _keep_docstrings(
    data: bytes,
    captures: Mapping[str, Sequence[tree_sitter.Node]],
    comments: Sequence[Comment],
    units: Sequence[Unit],
    language: Language,
) -> None:
    published = language.data.published
    names, places = _objects_read(data, comments) if b"__doc__" in data else (set[str](), list[int]())
    names |= _objects_given(data, published.readers)
    decorators = frozenset(name.encode() for name in published.decorators if "outer" in captures)
    bases = frozenset(name.encode() for name in published.bases)
    classes = _classes_at(units, places)
    for comment in comments:
        if comment.kind != "docstring" or comment.kept:
            continue
        owner = units[comment.unit]
        if (
            comment.unit in classes
            or (names and _is_named(owner, names))
            or (decorators and data[owner.code_start] == _AT and _is_decorated(data, owner, decorators))
            or (owner.kind == "class" and _is_derived(data, owner.name_end, comment.start, bases))
        ):
            comment.kept = "published"


def _objects_read(data: bytes, comments: Sequence[Comment]) -> tuple[set[str], list[int]]:
    """Names whose `__doc__` is read, empty for the module itself, and where a class reads its own.

    What comments and docstrings say of `__doc__` reads nothing.
    """
    names: set[str] = set()
    places: list[int] = []
    starts = [comment.start for comment in comments]
    at = data.find(b"__doc__")
    while at >= 0:
        said = bisect_right(starts, at) - 1
        if (said < 0 or comments[said].end <= at) and not _ASSIGNED.match(data, at + 7):
            before = data[max(0, at - 80) : at]
            found = _READ_BEFORE.search(before)
            if _COPIED.search(before) and _STATEMENT_ENDS.match(data, at + 7):
                pass  # it only becomes the documentation of another object
            elif found is None:
                asked = _GETATTR.search(before)
                if asked:
                    names.add(asked[1].decode("utf-8", "replace"))
                elif not before.rstrip().endswith((b".", b"'", b'"')):
                    names.add("")
            elif found[1] in _OF_CLASS or not (found[1] or found[2]):
                places.append(at)
            elif found[1]:
                names.add(found[1].decode())
        at = data.find(b"__doc__", at + 7)
    return names, places


def _objects_given(data: bytes, readers: Sequence[str]) -> set[str]:
    """Names of the objects that a function reading docstrings is called with."""
    names: set[str] = set()
    for reader in readers:
        if reader.encode() in data:
            call = rf"\b{reader}[ \t]*\([ \t]*(?:\w+[ \t]*\.[ \t]*)*(\w+)".encode()
            names.update(name.decode("utf-8", "replace") for name in re.findall(call, data))
    return names


def _classes_at(units: Sequence[Unit], places: Sequence[int]) -> set[int]:
    """The classes around places in the file."""
    found: set[int] = set()
    if places:
        starts = [unit.code_start for unit in units]
        for place in places:
            index = bisect_right(starts, place) - 1
            while index > 0 and (units[index].kind != "class" or units[index].code_end <= place):
                index = units[index].parent
            if index > 0:
                found.add(index)
    return found


def _is_named(owner: Unit, names: set[str]) -> bool:
    return owner.name.rpartition(".")[2].partition("#")[0] in names


def _is_decorated(data: bytes, owner: Unit, decorators: frozenset[bytes]) -> bool:
    return not decorators.isdisjoint(_DECORATOR.findall(data, owner.code_start, owner.name_start))


def _is_derived(data: bytes, start: int, end: int, bases: frozenset[bytes]) -> bool:
    return not bases.isdisjoint(_WORD.findall(data, start, end))
