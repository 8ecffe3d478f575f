"""AF510: an assembly line is not written as assembly lines are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem, as_sentence
from aifirst_validator.rule import Example, FileRule


class AssemblyGrammar(FileRule):
    """The assembly line above a micro-function says which pipeline it belongs to, when it runs and what it
    needs: `# @assembly:search @order:2 @depends_on:fetch_bm25 @parallel`. Reported are unknown items, orders
    that are no whole number from 1, empty or malformed lists of names, and repeated items.
    """

    code: ClassVar[str] = "AF510"
    name: ClassVar[str] = "assembly-grammar"
    summary: ClassVar[str] = "An assembly line is not written as assembly lines are."
    valid = (Example("# @assembly:search @order:1 @parallel\ndef fetch(query):\n    return [query]\n"),)
    invalid = (
        Example("# @assembly:search @order:first\ndef fetch(query):\n    return [query]\n", lines=(1,)),
        Example("# @assembly:search @depend_on:rank\ndef fetch(query):\n    return [query]\n", lines=(1,)),
    )

    def check(self, file: FileContext) -> Iterator[Problem]:
        """A problem for each departure from the grammar."""
        for line in file.assembly_lines:
            for one in line.diagnostics:
                start, end = file.to_bytes(one.start, one.end)
                yield Problem(start, end, one.message, as_sentence(one.suggestion))
