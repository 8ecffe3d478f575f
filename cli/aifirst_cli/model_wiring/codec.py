"""The compiler's AICCL as the models' `Codec`: one text at a time, each as a file of its own.

A method that its language knows only inside a class is read inside one, which is taken away again. Nothing is proved
here that the compiler does not prove; `is_same` compares by trees, so that pairs can be verified apart from how they
were made.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from aifirst_model.aiccl.codec import CodecError, Compressed, Document, Resolution
from msgspec import structs

if TYPE_CHECKING:
    from aifirst_codebase.reading import Reading
    from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions

_PATHS: Final = {
    "python": "unit.py", "javascript": "unit.js", "typescript": "unit.ts", "tsx": "unit.tsx", "java": "unit.java",
    "go": "unit.go", "rust": "unit.rs", "php": "unit.php",
}  # fmt: skip
_PHP: Final = "<?php\n"
_CLASS: Final = ("class A{\n", "\n}")
_HOLDERS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "javascript": (_CLASS,), "typescript": (_CLASS,), "tsx": (_CLASS,), "java": (_CLASS,),
    "rust": (("impl A{\n", "\n}"),),
    "php": ((_PHP, ""), (_PHP + _CLASS[0], _CLASS[1])),
}  # fmt: skip
"""What a text may stand in, beginning and end, where it is no program by itself."""
_EXPANDED: Final = 4_000_000
"""Characters that one document may expand to."""
_SPACE: Final = re.compile(r"\s+")


class _Held(NamedTuple):
    """A text that parses: `whole`, with what holds it."""

    path: str
    whole: str
    before: str
    after: str

    @property
    def in_class(self) -> bool:
        return bool(self.after)


class CompilerCodec:
    """See `Codec`; holds nothing and may be used by several threads."""

    def compress(
        self, source: str, language: str, resolution: Resolution = "exact", entries: int | None = None
    ) -> Compressed:
        """The source as a document of one block. Raises `CodecError`."""
        from aifirst_compiler.aiccl.exact.options import ExactOptions
        from aifirst_compiler.errors import CompileError, CompilerBugError

        options = ExactOptions(glue="keep", max_entries=entries, nested=entries is None, patterns=False)
        held = _hold(source, language)
        try:
            made = _exact(held, options) if resolution == "exact" else _told(held, resolution, options)
        except (CompileError, CompilerBugError) as error:
            raise CodecError(f"{language} cannot be compressed ({error})", "leave this source out") from error
        text = _in_order(made.text) if entries and made.entries > 1 else made.text
        return Compressed(text, _count(source), _count(text), made.map_tokens, made.entries)

    def read(self, text: str) -> Document:
        """A document of one block. Raises `CodecError`."""
        from aifirst_compiler.aiccl.expand import expand
        from aifirst_compiler.aiccl.notation import Code, Map, parse
        from aifirst_compiler.errors import CompileError

        try:
            parts = parse(text).parts
            files = expand(text, limit=_EXPANDED)
        except CompileError as error:
            raise CodecError(f"this is no AICCL ({error})", "mend it, or have it written again") from error
        blocks = [part for part in parts if isinstance(part, Code)]
        others = [part for part in parts if not isinstance(part, Code | Map)]
        if len(blocks) != 1 or others:
            raise CodecError(
                f"a document of {len(blocks)} blocks" + (" and other text" if others else ""),
                "give one with a single block of code, and its map",
            )
        entries = [
            (entry.symbol, entry.meaning) for part in parts if isinstance(part, Map) for entry in part.entries
        ]
        return Document(files[0][0], blocks[0].text, files[0][1], tuple(entries))

    def expand(self, text: str) -> str:
        """The code of an exact document. Raises `CodecError`."""
        document = self.read(text)
        if document.resolution != "exact":
            raise CodecError(
                f"a document at {document.block} does not hold the code",
                "expand it with a model, or by its index",
            )
        return document.expanded

    def clean(self, source: str, language: str) -> str:
        """The source without comments and docstrings, in its own layout. Raises `CodecError`."""
        from aifirst_codebase.source import SourceFile
        from aifirst_compiler.compile_file import compile_source
        from aifirst_compiler.compiled import CompileOptions

        held = _hold(source, language)
        compiled = compile_source(
            SourceFile(held.path, held.whole.encode("utf-8"), "utf-8", ""), CompileOptions()
        )
        return _let_go(compiled.data.decode("utf-8"), held)

    def is_same(self, a: str, b: str, language: str) -> bool:
        """Whether the syntax trees without glue are equal."""
        try:
            one, other = _hold(a, language), _hold(b, language)
        except CodecError:
            return False
        if (one.before, one.after) != (other.before, other.after):
            return False
        if language == "python":
            return _python_tree(a) == _python_tree(b)
        return _leaves(one) == _leaves(other)

    def parses(self, source: str, language: str) -> bool:
        """Whether it parses, by itself or inside a class."""
        try:
            _hold(source, language)
        except CodecError:
            return False
        return True

    def units(self, text: str) -> tuple[str, ...]:
        """The units of a `low` or `medium` document. Raises `CodecError`."""
        from aifirst_compiler.aiccl.outline.read import outline_ids
        from aifirst_compiler.errors import CompileError

        block = self.read(text).block
        try:
            return tuple(name for _, name in outline_ids(text, block=block) if name)
        except CompileError as error:
            raise CodecError(f"its lines cannot be read ({error})", "have it written again") from error


def _count(text: str) -> int:
    from aifirst_codebase.tokens import get_counter

    return get_counter("o200k_base").count(text)


def _hold(source: str, language: str) -> _Held:
    """The source in what it needs around it to parse; raises `CodecError` where nothing helps."""
    from aifirst_codebase.languages.registry import language_named

    path = _PATHS.get(language)
    if path is None:
        raise CodecError(f"there is no codec for {language!r}", f"choose one of {', '.join(_PATHS)}")
    has_tag = language == "php" and "<?php" in source
    tries = (
        (("", ""),)
        if has_tag
        else _HOLDERS["php"]
        if language == "php"
        else (("", ""), *_HOLDERS.get(language, ()))
    )
    grammar = language_named(language)
    for before, after in tries:
        whole = before + source + after
        try:
            data = whole.encode("utf-8")
        except UnicodeEncodeError:
            break
        if language == "python":  # Python itself says what it is, as in the compiler's proof
            is_whole = _python_tree(source) is not None
        else:
            tree = grammar.parse(data)
            is_whole = tree is not None and not tree.root_node.has_error
        if not is_whole:
            continue
        return _Held(path, whole, before, after)
    raise CodecError(f"this does not parse as {language}", "give a whole function, class or file")


def _exact(held: _Held, options: ExactOptions) -> AicclDocument:
    from aifirst_compiler.aiccl.exact import write
    from aifirst_compiler.aiccl.exact.options import ExactOptions
    from aifirst_compiler.aiccl.exact.smallest import smallest_file

    small = smallest_file(held.path, held.whole, ExactOptions())[1]
    return write([(held.path, _let_go(small, held))], options)


def _in_order(text: str) -> str:
    """The document with the entries of its flat map in the order of their symbols, as a grammar can demand it."""
    from aifirst_compiler.aiccl.expand import expand
    from aifirst_compiler.aiccl.notation import Map, parse, write

    symbols = "".join(_symbols())
    parts = [
        structs.replace(
            part, entries=tuple(sorted(part.entries, key=lambda entry: symbols.find(entry.symbol)))
        )
        if isinstance(part, Map)
        else part
        for part in parse(text).parts
    ]
    ordered = write(parts)
    return ordered if expand(ordered) == expand(text) else text


def _symbols() -> tuple[str, ...]:
    from aifirst_compiler.aiccl.exact.symbols import symbols_of

    spaced, others = symbols_of("o200k_base")
    return (*spaced, *others)


def map_symbols(count: int) -> tuple[str, ...]:
    """The symbols of a map of so many entries, in their order."""
    return _symbols()[:count]


def _let_go(made: str, held: _Held) -> str:
    """What was made of a held text, without what held it."""
    if held.in_class:
        return made[made.index("{") + 1 : made.rindex("}")].strip("\n") + "\n"
    return made.removeprefix(held.before)


def _told(held: _Held, resolution: Resolution, options: ExactOptions) -> AicclDocument:
    from aifirst_compiler.aiccl.low.write import write_low
    from aifirst_compiler.aiccl.medium.write import write_medium

    if held.in_class:
        raise CodecError("a method by itself has no line", "compress it exactly, or with its class")
    return (write_low if resolution == "low" else write_medium)([_read(held)], options)


def _read(held: _Held) -> Reading:
    from aifirst_codebase.languages.registry import language_of_name
    from aifirst_codebase.reading import read
    from aifirst_codebase.source import SourceFile
    from aifirst_codebase.tokens import UNCOUNTED

    language = language_of_name(held.path)
    if language is None:  # every path of ours has one
        raise CodecError(f"{held.path} has no language", "report it")
    return read(SourceFile(held.path, held.whole.encode("utf-8"), "utf-8", ""), language, UNCOUNTED)


def _python_tree(source: str) -> str | None:
    """The tree as text without docstrings, None where Python cannot read it."""
    from aifirst_compiler.proof.python_trees import parse_python

    tree = parse_python(source)
    if tree is None:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
            if len(node.body) == 1 and isinstance(node.body[0], ast.Pass):
                node.body = []
    return ast.dump(tree)


def _leaves(held: _Held) -> tuple[str, tuple[bytes, ...]] | None:
    """The shape of the tree and the texts of its leaves, comments and white space left out."""
    from aifirst_codebase.languages.registry import language_of_name
    from aifirst_compiler.proof.syntax_trees import shape_of

    language = language_of_name(held.path)
    data = held.whole.encode("utf-8")
    tree = language.parse(data) if language is not None else None
    if tree is None:
        return None
    found: list[bytes] = []
    stack = [tree.root_node]
    while stack:
        node = stack.pop()
        if "comment" in node.type or node.type in ("marginalia", "html_block"):
            continue
        if node.child_count:
            stack.extend(reversed(node.children))
        elif text := data[node.start_byte : node.end_byte].strip():
            found.append(text)
    return shape_of(tree), tuple(found)
