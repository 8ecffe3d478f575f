"""A language: one folder of data that says how its files are named, parsed and read.

The folder holds `language.toml` (this structure) and query files for tree-sitter: `units.scm` (what is
a definition), `glue.scm` (comments and docstrings), `complexity.scm` (branches and nesting),
`imports.scm` and `calls.scm`. There is no code per language; what differs is in the data.
"""

from __future__ import annotations

import importlib
import re
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec
import tree_sitter

Kind = Literal["code", "style", "markup", "prose", "data"]
READ_QUERIES = ("units", "glue", "complexity")


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where documentation text is read when the program runs, so that it is code and not glue."""

    decorators: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


class LanguageData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contents of a `language.toml`.

    `grammar` is `module:function` of a tree-sitter grammar wheel. `pragmas` and `kept` are regular
    expressions matched at the start of a comment; a comment that matches is read by a tool, so it is
    not glue. `leading` names node types (attributes, annotations) that belong to the definition below
    them. `string_docs` says that a docstring is a statement rather than a comment.
    `containers` names calls whose callback holds definitions (`describe`), `cases` calls that are a unit
    of their own (`it`).
    """

    name: str
    title: str
    kind: Kind
    grammar: str
    extensions: tuple[str, ...] = ()
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    line_comment: str = ""
    block_comment: tuple[str, str] | None = None
    string_docs: bool = False
    separator: str = "."
    pragmas: tuple[str, ...] = ()
    leading: tuple[str, ...] = ()
    published: Published = Published()


class Language:
    """A language ready to parse and query; grammar and queries are loaded when first needed."""

    def __init__(self, data: LanguageData, folder: Path) -> None:
        self.data = data
        self.name = data.name
        self.kind: Kind = data.kind
        self._folder = folder
        self._queries: dict[str, tree_sitter.Query] = {}

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
        return tree_sitter.Language(getattr(importlib.import_module(module), function)())

    @cached_property
    def parser(self) -> tree_sitter.Parser:
        """A parser of this language; not shared between threads."""
        return tree_sitter.Parser(self.grammar)

    @cached_property
    def pragma(self) -> re.Pattern[bytes] | None:
        """Matches the start of a comment that a tool reads, or None where the language has none."""
        if not self.data.pragmas:
            return None
        return re.compile("|".join(f"(?:{p})" for p in self.data.pragmas).encode())

    def has_query(self, name: str) -> bool:
        """Whether the language's folder holds the query file `name`.scm."""
        return (self._folder / f"{name}.scm").is_file()

    def query(self, name: str) -> tree_sitter.Query:
        """The compiled query file `name`.scm; an empty query where the folder has none."""
        if name not in self._queries:
            self._queries[name] = tree_sitter.Query(self.grammar, self._query_text(name))
        return self._queries[name]

    @cached_property
    def reading_query(self) -> tree_sitter.Query:
        """Units, glue and complexity in one query, so that a file's tree is walked once."""
        return tree_sitter.Query(self.grammar, "\n".join(self._query_text(name) for name in READ_QUERIES))

    def _query_text(self, name: str) -> str:
        path = self._folder / f"{name}.scm"
        return path.read_text(encoding="utf-8") if path.is_file() else ""
