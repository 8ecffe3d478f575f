"""What samples are made of: a document that was read and parsed, and what every maker asks of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final

import msgspec
import tree_sitter
from aifirst_codebase.glue import Comment
from aifirst_codebase.languages.registry import language_named
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens.counter import UNCOUNTED
from aifirst_codebase.units.unit import Unit

from aifirst_model.dataset.category import category_of
from aifirst_model.dataset.collect.prose_files import PROSE
from aifirst_model.dataset.level import level_of
from aifirst_model.dataset.record import About, Conversation, Message, Sample, Text

_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|spec|__tests__)/|(?:^|/)(?:test_[^/]*|conftest)\.py\Z|[._-](?:test|spec)\.\w+\Z"
)
_LEADING: Final = "#/*-!;\"'%<"


class Material:
    """A document and its reading; tokens are not counted here, they are counted of what is made."""

    def __init__(self, document: Text) -> None:
        self.document = document
        self.about = document.about
        self.text = document.text
        self.path = document.about.path
        name = document.about.language
        self.language = language_named("markdown" if name in PROSE else name)
        self.is_test = _TEST_PATH.search(self.path) is not None

    @cached_property
    def reading(self) -> Reading:
        """Units, comments and tree of the text."""
        data = self.text.encode()
        return read(SourceFile(self.path, data, "utf-8", "", ()), self.language, UNCOUNTED)

    @cached_property
    def functions(self) -> list[int]:
        """Indices of the functions and methods that parsed without an error, in file order."""
        reading = self.reading
        if not reading.parsed:
            return []
        return [
            index
            for index, unit in enumerate(reading.units)
            if unit.kind == "function" and (node := self.node_of(unit)) is not None and not node.has_error
        ]

    def node_of(self, unit: Unit) -> tree_sitter.Node | None:
        """The outermost node that begins and ends where the unit's code does."""
        return self.reading.tree.root_node.descendant_for_byte_range(unit.code_start, unit.code_end - 1)

    def body_of(self, unit: Unit) -> tree_sitter.Node | None:
        """The body of a function: the first node below it, from outside in, that a grammar calls `body`."""
        level = [node] if (node := self.node_of(unit)) is not None else []
        for _ in range(5):
            for node in level:
                body = node.child_by_field_name("body")
                if body is not None:
                    return body
            level = [child for node in level for child in node.named_children]
        return None

    def slice(self, start: int, end: int) -> str:
        """The text between two bytes."""
        return self.reading.data[start:end].decode()

    def whole(self, unit: Unit) -> str:
        """A unit's text with its comments, from the start of its first line, ends of lines after it left out."""
        data = self.reading.data
        start = data.rfind(b"\n", 0, unit.start) + 1
        if data[start : unit.start].strip():
            start = unit.start
        return data[start : unit.end].decode().rstrip() + "\n"

    def documentation_of(self, index: int) -> list[Comment]:
        """The comments directly above a unit and its docstring, in order."""
        unit = self.reading.units[index]
        body = self.body_of(unit)
        first = body.named_children[0] if body is not None and body.named_children else None
        return [
            comment
            for comment in self.reading.comments_of_units.get(index, ())
            if not comment.kept
            and (
                comment.start < unit.code_start
                or (
                    comment.kind == "docstring"
                    and first is not None
                    and first.start_byte <= comment.start < first.end_byte
                )
            )
        ]

    def said_about(self, index: int) -> str:
        """What the documentation of a unit says, without comment signs; empty where there is none."""
        parts = [
            plain_comment(self.slice(comment.start, comment.end)) for comment in self.documentation_of(index)
        ]
        return "\n".join(part for part in parts if part).strip()

    def describe(self, unit: Unit) -> About:
        """What is known about samples of a unit: category and level too."""
        return msgspec.structs.replace(
            self.about,
            category=category_of(self.path, unit.name, self.whole(unit)),
            level=level_of(unit.cyclomatic, unit.nesting, unit.lines),
        )


def plain_comment(text: str) -> str:
    """The text of a comment or docstring without its signs and without the indentation that its lines share."""
    stripped = text.strip()
    for quotes in ('"""', "'''"):
        at = stripped.find(quotes)
        if 0 <= at <= 2 and stripped.endswith(quotes) and len(stripped) >= at + 6:
            return _dedented(stripped[at + 3 : -3])
    lines = [
        line.strip().lstrip(_LEADING).removesuffix("*/").removesuffix("-->").strip()
        for line in stripped.split("\n")
    ]
    return "\n".join(lines).strip()


def _dedented(text: str) -> str:
    import inspect

    return inspect.cleandoc(text).strip()


def draw(*parts: str) -> Callable[[int], int]:
    """A source of numbers that the parts alone decide: `draw(…)(n)` is from 0 to n - 1."""
    state = [
        int.from_bytes(
            hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        )
    ]

    def below(limit: int) -> int:
        # Knuth's constants for 64 bits (MMIX); the high bits are the good ones
        state[0] = (state[0] * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (state[0] >> 33) % limit

    return below


def ask(question: str, answer: str, about: About) -> Conversation:
    """A conversation of one question and its answer."""
    return Conversation((Message("user", question), Message("assistant", answer)), about)


def fenced(text: str, language: str) -> str:
    """Code in a fence that it does not close itself."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


Maker = Callable[[Material], Iterator[Sample]]
"""Makes the samples of one document; `about.tokens` is left for the step to count."""
