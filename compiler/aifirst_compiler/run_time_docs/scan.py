"""Finds what Python files read of documentation and annotations: the reads, then what they reach, round by round.

Only files that hold a telling word are parsed. A function that reads what it is called with makes its callers' files
telling, too, so the rounds go on until nothing new is found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from aifirst_compiler.pause_collector import collector_paused
from aifirst_compiler.proof.python_trees import parse_python
from aifirst_compiler.run_time_docs.frameworks import (
    ANNOTATION_READERS,
    DOCUMENTATION_READERS,
    GRAMMAR_LIBRARIES,
    GRAMMAR_PREFIXES,
    METHOD_FAMILIES,
)
from aifirst_compiler.run_time_docs.handed import HandedNames, closed, handed_names
from aifirst_compiler.run_time_docs.module_names import dotted_of, files_of_modules
from aifirst_compiler.run_time_docs.plain_classes import plain_classes
from aifirst_compiler.run_time_docs.read_scopes import read_scopes
from aifirst_compiler.run_time_docs.scopes import FileScopes, Scope, dotted, last_part
from aifirst_compiler.run_time_docs.trace import Found, Tracer
from aifirst_compiler.run_time_docs.uses import RunTimeUses, UnknownRead

Read = Literal["__doc__", "__annotations__"]

_ROUNDS = 6
_CLASS = re.compile(rb"class[ \t]+(\w+)[ \t]*\(([^()]*(?:\([^()]*\)[^()]*)*)\)[ \t]*:")
_WORD = re.compile(rb"\w+")
_NAME = re.compile(rb"[\w\x80-\xff]+")
_LIBRARIES = rb"typer|fire|plac|clize|defopt|argh|jsonargparse|tyro"
_IMPORTED = rb"|^[ \t]*(?:import|from)[ \t]+(?:" + _LIBRARIES + rb")\b"
_DOCUMENTATION_WORDS = re.compile(
    rb"__doc__(?![ \t]*=[^=])|getdoc|\bpydoc\b|\bhelp\((?![ \t]*\))|\.from_function\b|FunctionTool\b"
    + _IMPORTED,
    re.MULTILINE,
)
_DOCUMENTATION_SIGNS = (b"__doc__", b"getdoc", b"pydoc", b"help(", b"from_function", b"FunctionTool")
"""One of them stands in every text that the words are found in; looking for them first is ten times as fast."""
_ANNOTATION_WORDS = re.compile(
    rb"__annotations__|get_type_hints|get_annotations|signature|getfullargspec|validate_call|create_model|TypeAdapter"
    rb"|\bDepends\b|make_dataclass|make_class|singledispatch" + _IMPORTED,
    re.MULTILINE,
)
_ANNOTATION_SIGNS = (
    b"_annotations", b"get_type_hints", b"signature", b"getfullargspec", b"validate_call", b"create_model",
    b"TypeAdapter", b"Depends", b"make_dataclass", b"make_class", b"singledispatch",
)  # fmt: skip
"""One of these stands wherever `_ANNOTATION_WORDS` match; each is found much faster than they are."""
_LIBRARY_NAMES = [(name, re.compile(name + rb"\b")) for name in _LIBRARIES.split(b"|")]
_ENUMERATES = re.compile(
    rb"getattr\(|getmembers|\bvars\(|\bdir\(|__dict__|globals\(|locals\(|sys\.modules|import_module"
)
"""How a file comes by objects that it does not name."""
_PUBLISHING = frozenset(
    {"BaseModel", "RootModel", "SQLModel", "BaseSettings", "ObjectType", "InputObjectType"}
)
_GENERIC = frozenset(
    {"get", "set", "add", "run", "call", "main", "update", "append", "register", "object", "property"}
)
"""Names too common to tell a function that reads by them where it is called as a method."""


def uses_of(
    files: Iterable[tuple[str, bytes]],
    *,
    annotations: bool = False,
    trees: Mapping[str, ast.Module] | None = None,
) -> RunTimeUses:
    """The uses of some Python files, given as path and UTF-8 text.

    What is read of annotations, and which names are handed over as values, is looked for where asked. `trees` are
    those of files that have been parsed already, by path.
    """
    texts = list(files)
    with collector_paused():
        return Scan(texts, trees or {}).run(annotations=annotations)


def _names_a_library(data: bytes) -> bool:
    """Whether a text has the name of one of the libraries: as a word, since `plac` begins half of all texts' `place`."""
    return any(name in data and word.search(data) for name, word in _LIBRARY_NAMES)


class Scan:
    """One look at all files of a project."""

    def __init__(self, texts: Sequence[tuple[str, bytes]], trees: Mapping[str, ast.Module]) -> None:
        self._texts = texts
        self._trees = trees
        self._scopes: dict[str, FileScopes | None] = {}
        self._derived = _derived_classes(texts)

    def run(self, *, annotations: bool) -> RunTimeUses:
        """All uses; those of annotations where asked."""
        unknown: set[UnknownRead] = set()
        documented = self._reads("__doc__", _DOCUMENTATION_WORDS, DOCUMENTATION_READERS, unknown)
        published = self._closure(_PUBLISHING) - _PUBLISHING
        prefixes = documented.prefixes | self._families()
        modules, objects = files_of_modules(self._texts, documented.modules)
        objects |= self._instances(documented.instances)
        uses = RunTimeUses(
            documented=frozenset(
                documented.objects | published | self._closure(documented.classes) | objects
            ),
            members=frozenset(self._closure(documented.members)),
            prefixes=frozenset(prefixes),
            modules=frozenset(modules),
            unknown=frozenset(unknown),
        )
        return self.with_annotations(uses) if annotations else uses

    def with_annotations(self, uses: RunTimeUses, public: Iterable[str] = ()) -> RunTimeUses:
        """The uses with those of annotations; the names that are `public` count as handed on."""
        unknown: set[UnknownRead] = set()
        found = self._reads("__annotations__", _ANNOTATION_WORDS, ANNOTATION_READERS, unknown)
        modules, objects = files_of_modules(self._texts, found.modules)
        objects |= found.objects | self._instances(found.instances)
        objects |= self._closure(found.classes | found.members)
        untold = {read.path for read in unknown}
        if any(path in untold and _ENUMERATES.search(data) for path, data in self._texts):
            modules.add("*")
        files = [self._handed_names(path, data) for path, data in self._texts]
        plain = plain_classes(
            [one for file in files for one in file.classes],
            [one for file in files for one in file.imports],
            [dotted_of(path) for path, _ in self._texts],
        )
        return msgspec.structs.replace(
            uses,
            annotated=frozenset(objects),
            annotated_prefixes=frozenset(found.prefixes),
            annotated_modules=frozenset(modules),
            handed=closed(files, plain, {*public, *(name.rpartition("::")[2] for name in objects)}),
            plain=plain,
        )

    @cached_property
    def _files_by_word(self) -> dict[bytes, list[int]]:
        """The files that each word stands in, by their numbers: looked up for every function that is found to read."""
        found: dict[bytes, list[int]] = {}
        for at, (_, data) in enumerate(self._texts):
            for word in set(_NAME.findall(data)):
                found.setdefault(word, []).append(at)
        return found

    def _handed_names(self, path: str, data: bytes) -> HandedNames:
        """What a file hands on; of one that does not parse, all its words."""
        scopes = self._scopes.get(path)
        tree = scopes.tree if scopes is not None else self._trees.get(path)
        tree = tree or parse_python(data.decode("utf-8", "replace"))
        if tree is None:
            words = frozenset(word.decode("utf-8", "replace") for word in _WORD.findall(data))
            return HandedNames(words, (), (), frozenset())
        return handed_names(tree, dotted_of(path).rpartition(".")[2])

    def _scopes_of(self, path: str, data: bytes) -> FileScopes | None:
        if path not in self._scopes:
            tree = self._trees.get(path) or parse_python(data.decode("utf-8", "replace"))
            self._scopes[path] = read_scopes(path, tree) if tree is not None else None
        return self._scopes[path]

    def _reads(
        self, what: Read, words: re.Pattern[bytes], readers: frozenset[str], unknown: set[UnknownRead]
    ) -> Found:
        found = Found()
        signs = _DOCUMENTATION_SIGNS if what == "__doc__" else _ANNOTATION_SIGNS
        telling = [
            (path, data)
            for path, data in self._texts
            if (any(sign in data for sign in signs) or _names_a_library(data)) and words.search(data)
        ]
        tracers: dict[str, Tracer] = {}
        for path, data in telling:
            file = self._scopes_of(path, data)
            if file is not None:
                tracer = tracers[path] = Tracer(file, found)
                _direct_reads(file, what, tracer, found)
                _given_to_readers(file, readers, tracer)
                unknown.update(UnknownRead(path, line) for line in found.unknown)
                found.unknown.clear()
        asked: set[str] = set()
        for _ in range(_ROUNDS):
            known = len(found.objects)
            for tracer in list(tracers.values()):
                _follow_copies(tracer, found)
            new = found.readers - asked
            if not new and len(found.objects) == known:
                break
            asked |= new
            if new:
                self._reached(new, found, tracers)
        return found

    def _reached(self, readers: set[str], found: Found, tracers: dict[str, Tracer]) -> None:
        """Note what is handed to functions that read it, and what they decorate."""
        words = self._files_by_word
        named = {at for name in readers for at in words.get(name.encode(), ())}
        for path, data in (self._texts[at] for at in sorted(named)):
            file = self._scopes_of(path, data)
            if file is None:
                continue
            _handed_to(readers, file, tracers.setdefault(path, Tracer(file, found)), found)
            found.unknown.clear()  # what is handed over and unknown was told where it is read

    def _instances(self, asked: set[tuple[str, str]]) -> set[str]:
        """The objects of modules that are instances of a class, because it decorates them or is called for them."""
        found = Found()
        for module, kind in sorted(asked):
            files, _ = files_of_modules(self._texts, [module])
            for path, data in self._texts:
                file = self._scopes_of(path, data) if path in files and kind.encode() in data else None
                if file is None:
                    continue
                found.objects.update(
                    f"{path}::{node.name}"
                    for node, _ in file.decorated
                    if any(last_part(decorator) == kind for decorator in node.decorator_list)
                )
                for call, scope in file.calls:
                    if last_part(call.func) == kind and not isinstance(scope.node, ast.FunctionDef):
                        _trace_arguments(call, scope, Tracer(file, found))
        return found.objects

    def _closure(self, names: Iterable[str]) -> set[str]:
        """The classes of these names and all derived from them."""
        closed = set(names)
        waiting = list(closed)
        while waiting:
            for name in self._derived.get(waiting.pop(), ()):
                if name not in closed:
                    closed.add(name)
                    waiting.append(name)
        return closed

    def _families(self) -> set[tuple[str, str]]:
        found = {
            (name, prefix)
            for base, prefix in METHOD_FAMILIES.items()
            for name in self._closure({base}) - {base}
        }
        if any(any(sign in data for sign in GRAMMAR_LIBRARIES) for _, data in self._texts):
            found.update(("", prefix) for prefix in GRAMMAR_PREFIXES)
        return found


def _handed_to(readers: set[str], file: FileScopes, tracer: Tracer, found: Found) -> None:
    """Note what a file hands to functions that read it, and what they decorate in it."""
    for node, _ in file.decorated:
        is_derived = any(base in readers for base in file.classes.get(node.name, ()))
        takers = [*node.decorator_list, *(keyword.value for keyword in getattr(node, "keywords", ()))]
        if is_derived:
            found.readers.add(node.name)
        if is_derived or any(last_part(taker) in readers for taker in takers):
            found.objects.add(f"{file.path}::{node.name}")
    for name in sorted(readers & file.by_name.keys()):
        for call, scope in file.by_name[name]:
            if name not in _GENERIC or isinstance(call.func, ast.Name):
                _trace_arguments(call, scope, tracer)


def _direct_reads(file: FileScopes, what: Read, tracer: Tracer, found: Found) -> None:
    for attribute, scope in file.attributes:
        if attribute.attr == what and attribute not in file.copied:
            tracer.trace(attribute.value, scope)
    for subscript, scope in file.subscripts:
        if isinstance(subscript.slice, ast.Constant) and subscript.slice.value == what:
            tracer.trace(subscript.value, scope)
    for name, scope in file.names:
        if name.id == what:
            own = scope.name if isinstance(scope.node, ast.ClassDef) else ""
            found.objects.add(f"{file.path}::{own}")
    _reads_by_name(file, what, tracer)


def _reads_by_name(file: FileScopes, what: Read, tracer: Tracer) -> None:
    """Trace what is asked for by a string: `getattr(x, "__doc__")`, `namespace.get("__doc__")`."""
    for call, scope in file.calls:
        if call in file.copied:
            continue
        asked = call.args[1] if len(call.args) > 1 else call.args[0] if call.args else None
        if not isinstance(asked, ast.Constant) or asked.value != what:
            continue
        if last_part(call.func) in ("getattr", "getattr_static", "__getattribute__") and len(call.args) > 1:
            tracer.trace(call.args[0], scope)
        elif isinstance(call.func, ast.Attribute) and call.func.attr in ("get", "pop", "setdefault"):
            tracer.trace(call.func.value, scope)


def _follow_copies(tracer: Tracer, found: Found) -> None:
    """Where the documentation of an object is read that is another's, note the other one."""
    file = tracer.file
    for copy in file.copied.values():
        name = last_part(copy.target)
        if name in found.objects or f"{file.path}::{name}" in found.objects:
            tracer.trace(copy.source, copy.scope)


def _given_to_readers(file: FileScopes, readers: frozenset[str], tracer: Tracer) -> None:
    for call, scope in file.calls:
        name = dotted(call.func, file.imports)
        if name in readers and not (name == "help" and "help" in file.defined):
            _trace_arguments(call, scope, tracer)
    for node, scope in file.decorated:
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if dotted(called, file.imports) in readers:
                tracer.trace(ast.Name(node.name, ast.Load(), lineno=node.lineno), scope)


def _trace_arguments(call: ast.Call, scope: Scope, tracer: Tracer) -> None:
    for argument in call.args:
        tracer.trace(argument, scope)
    for keyword in call.keywords:
        tracer.trace(keyword.value, scope)


def _derived_classes(texts: Sequence[tuple[str, bytes]]) -> dict[str, set[str]]:
    """The classes of the project by the names of what they derive from."""
    derived: dict[str, set[str]] = {}
    for _, data in texts:
        for name, bases in _headers_of_classes(data):
            for base in _WORD.findall(bases):
                derived.setdefault(base.decode("utf-8", "replace"), set()).add(
                    name.decode("utf-8", "replace")
                )
    return derived


def _headers_of_classes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The names of classes, each with what stands in parentheses behind it."""
    at = data.find(b"class")
    while at >= 0:
        header = None
        if not data[data.rfind(b"\n", 0, at) + 1 : at].strip(b" \t"):
            header = _CLASS.match(data, at)
        if header is not None:
            yield header[1], header[2]
        at = data.find(b"class", at + 1 if header is None else header.end())
