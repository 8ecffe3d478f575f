"""A language: one folder of data that says how its files are named, parsed and read.

The folder holds `language.toml` (this structure) and query files for tree-sitter: `units.scm` (what is
a definition), `glue.scm` (comments and docstrings), `complexity.scm` (branches and nesting),
`imports.scm`, `calls.scm`, `heritage.scm` (bases, decorators, errors raised) and `bindings.scm` (what names
are bound to). There is no code per language; what differs is in the data.
"""

from __future__ import annotations

import importlib
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
import tree_sitter

from aifirst_codebase.languages.bounded_parse import Bound, parse_bounded
from aifirst_codebase.languages.measure_nesting import nests_too_deep

Kind = Literal["code", "style", "markup", "prose", "data"]
READ_QUERIES = ("units", "glue", "complexity")


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where documentation text is read when the program runs, so that it is code and not glue.

    `decorators` publish the docstring below them, by the last part of their name; `bases` that of a class
    derived from them; `readers` are functions that read the docstring of the object they are called with.
    `heads` are regular expressions searched in what stands between the start of a definition and its
    name: where one is found, the documentation comments in and above the definition are read.
    """

    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


class LanguageData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of a `language.toml`.

    `inherits` names folders beside this one whose query files are read before its own, and whose
    `pragmas.toml` adds to its pragmas. `grammar` is `module:function` of a tree-sitter grammar wheel.
    `pragmas` are regular expressions matched at the start of a comment; a comment that matches is read by
    a tool, so it is not glue; `pragma_blocks` are such pragmas that take the comments on the lines
    directly below with them. `docs` is matched at the start of a comment that documents the definition
    below it, over blank lines too. `name_noise` is a regular expression for what is left out of a captured name
    that is not a plain identifier. `string_docs` says that a docstring is a statement rather than a comment.
    `shared` has extensions that other languages use too, each with a regular expression found in the text
    of a file that is written in this one.
    `crashes` is a regular expression found in texts that the grammar does not survive. `attribute_macros`
    is one whose first group is a macro of at least five letters that stands where the grammar knows only
    an attribute: it is parsed as `[[ACR]]` in its place.
    """

    name: str
    title: str
    kind: Kind
    grammar: str
    inherits: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    shared: dict[str, str] = {}
    line_comment: str = ""
    block_comment: tuple[str, str] | None = None
    string_docs: bool = False
    separator: str = "."
    name_noise: str = ""
    pragmas: tuple[str, ...] = ()
    pragma_blocks: tuple[str, ...] = ()
    crashes: str = ""
    attribute_macros: str = ""
    docs: str = ""
    published: Published = Published()


class Language:
    """A language ready to parse and query; grammar and queries are loaded when first needed."""

    def __init__(self, data: LanguageData, folder: Path) -> None:
        self.data = data
        self.name = data.name
        self.kind: Kind = data.kind
        self._folder = folder
        self._queries: dict[str, tree_sitter.Query] = {}
        self._joined: dict[tuple[str, ...], tree_sitter.Query] = {}
        self._first_patterns: dict[tuple[str, ...], int] = {}
        self._own = threading.local()

    def __repr__(self) -> str:
        return f"Language({self.name!r})"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Pickled by name, so that worker processes share nothing but data."""
        from aifirst_codebase.languages.registry import language_named

        return language_named, (self.name,)

    @cached_property
    def grammar(self) -> tree_sitter.Language:
        """The tree-sitter grammar; a `ModuleNotFoundError` here means a broken installation."""
        module, _, function = self.data.grammar.partition(":")
        capsule: object = getattr(importlib.import_module(module), function)()
        return tree_sitter.Language(capsule)

    @property
    def parser(self) -> tree_sitter.Parser:
        """This thread's parser of this language: two threads in one parser would end the process."""
        own: tree_sitter.Parser | None = getattr(self._own, "parser", None)
        if own is None:
            own = self._own.parser = tree_sitter.Parser(self.grammar)
        return own

    def parse(self, data: bytes) -> tree_sitter.Tree | None:
        """The syntax tree of `data`; None where the grammar cannot have it in bounded time and memory.

        Offsets are those of `data`; take text from there, not from the tree's nodes.
        """
        tree = self.parse_or_bound(data)
        return None if isinstance(tree, str) else tree

    def parse_or_bound(self, data: bytes, known: tree_sitter.Tree | None = None) -> tree_sitter.Tree | Bound:
        """As `parse`, but where there is no tree the bound that was in its way.

        `known` is the tree of another text, moved to where that stands in this one: see `parse_again`.
        """
        if self._attribute_macros is not None:
            data = self._attribute_macros.sub(_as_attribute, data)
        if self.kind == "code" and nests_too_deep(data):
            return "nesting"
        return parse_bounded(self.parser, data, self._crashes, known)

    @cached_property
    def _attribute_macros(self) -> re.Pattern[bytes] | None:
        return _any_of((self.data.attribute_macros,) if self.data.attribute_macros else ())

    @cached_property
    def _crashes(self) -> re.Pattern[bytes] | None:
        return _any_of((self.data.crashes,) if self.data.crashes else ())

    @cached_property
    def pragma(self) -> re.Pattern[bytes] | None:
        """Matches the start of a comment that a tool reads, or None where the language has none."""
        return _any_of(self.data.pragmas + self.data.pragma_blocks)

    @cached_property
    def pragma_block(self) -> re.Pattern[bytes] | None:
        """Matches the start of a comment that a tool reads together with the comments below it."""
        return _any_of(self.data.pragma_blocks)

    @cached_property
    def docs(self) -> re.Pattern[bytes] | None:
        """Matches the start of a comment that is documentation of a definition."""
        return re.compile(self.data.docs.encode()) if self.data.docs else None

    @cached_property
    def published_head(self) -> re.Pattern[bytes] | None:
        """Found in the head of a definition whose documentation is read at run time."""
        return _any_of(self.data.published.heads)

    @cached_property
    def name_noise(self) -> re.Pattern[str] | None:
        """What is left out of a captured name."""
        return re.compile(self.data.name_noise) if self.data.name_noise else None

    def has_query(self, name: str) -> bool:
        """Whether the language's folder, or one it inherits from, holds the query file `name`.scm."""
        return any(path.is_file() for path in self._query_files(name))

    def query(self, name: str) -> tree_sitter.Query:
        """The compiled query file `name`.scm; an empty query where the folder has none."""
        if name not in self._queries:
            self._queries[name] = tree_sitter.Query(self.grammar, self._query_text(name))
        return self._queries[name]

    @property
    def reading_query(self) -> tree_sitter.Query:
        """Units, glue and complexity in one query, so that a file's tree is walked once."""
        return self.joined_query(READ_QUERIES)

    def joined_query(self, names: Sequence[str]) -> tree_sitter.Query:
        """Several query files compiled as one, so that one walk of a tree finds what all of them capture.

        Its patterns are those of the files one after the other.
        """
        known = self._joined.get(tuple(names))
        if known is None:
            text = "\n".join(self._query_text(name) for name in names)
            known = self._joined[tuple(names)] = tree_sitter.Query(self.grammar, text)
        return known

    def first_patterns(self, names: Sequence[str], further: Sequence[str]) -> int:
        """How many patterns of the joined query of all the files are those of the first ones, which are not compiled."""
        key = (*names, "", *further)
        if key not in self._first_patterns:
            end = len("\n".join(self._query_text(name) for name in names).encode())
            joined = self.joined_query((*names, *further))
            starts = map(joined.start_byte_for_pattern, range(joined.pattern_count))
            self._first_patterns[key] = sum(start < end for start in starts)
        return self._first_patterns[key]

    def _query_files(self, name: str) -> list[Path]:
        folders = [self._folder.parent / inherited for inherited in self.data.inherits]
        return [folder / f"{name}.scm" for folder in (*folders, self._folder)]

    def _query_text(self, name: str) -> str:
        paths = self._query_files(name)
        return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.is_file())


def _as_attribute(found: re.Match[bytes]) -> bytes:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    text = found[0]
    return text[:start] + b"[[" + text[start + 2 : end - 2] + b"]]" + text[end:]


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[bytes] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns).encode()) if patterns else None
