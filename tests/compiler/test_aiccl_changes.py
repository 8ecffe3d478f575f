"""A change as a document: what changed in full, what stands around it as signatures, and a head that sums it up."""

from __future__ import annotations

import pytest
from aifirst_compiler.aiccl.changes import ChangedText, write_changes
from aifirst_compiler.aiccl.exact import ExactOptions
from aifirst_compiler.aiccl.notation.document import Code, Prose
from aifirst_compiler.aiccl.notation.parse import parse
from aifirst_compiler.aiccl.outline import outline_ids

PLAIN = ExactOptions(max_entries=0)
BEFORE = '''\
"""A shop."""
import os


class Shop:
    """What sells."""

    def keep(self, a):
        return a

    @cached(size=1)
    def sell(self, item):
        return item

    def gone(self):
        return 1
'''
AFTER = '''\
"""Another shop."""
import os


class Shop:
    """What sells much."""

    def keep(self, a):  # WHY: told
        return a

    @cached(size=2)
    def sell(self, item):
        """Sell it."""
        # WHY: told
        if item:
            return self.items[item]

        return item


def new(a):
    total = 1
    return Shop(a)
'''


def parts_of(files: list[ChangedText], *, detail: str = "exact") -> tuple[str, list[str]]:
    """The head, and the lines of the block."""
    document = write_changes(files, PLAIN, detail="exact" if detail == "exact" else "medium")
    summary, block = parse(document.text).parts
    assert isinstance(summary, Prose)
    assert isinstance(block, Code)
    return summary.text, block.text.splitlines()


def test_what_changed_is_there_in_full_and_what_surrounds_it_as_signatures() -> None:
    summary, lines = parts_of([ChangedText("a.py", BEFORE, AFTER)])
    assert summary == "a.py ~Shop.sell +new -Shop.gone\n"
    assert lines == [
        "a.py", " Shop :class", "  keep(self,a)", "  sell(self,item) :@cached", "\t@cached(size=2)",
        "\tdef sell(self, item):", "\t    if item:", "\t        return self.items[item]", "\t    return item",
        " new(a)", "\tdef new(a):", "\t    total = 1", "\t    return Shop(a)",
    ]  # fmt: skip


def test_key_lines_of_what_changed_are_fewer() -> None:
    _, lines = parts_of([ChangedText("a.py", BEFORE, AFTER)], detail="medium")
    assert lines == [
        "a.py", " Shop :class", "  keep(self,a)", "  sell(self,item) :@cached", "\t# Sell it.", "\tif item",
        "\t\treturn self.items[item]", "\treturn item", " new(a)", "\t…", "\treturn Shop(a)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "summary", "lines"),
    [
        (ChangedText("a.py", None, "def f(): g()\n"), "+a.py +f", ["a.py", " f()", "\tdef f(): g()"]),
        (ChangedText("a.py", "def f(): g()\nx = 1\n", None), "-a.py - -f", []),
        (ChangedText("a.py", "x = 1\n\ndef f(): g()\n", "x = 2\n\ndef f(): g()\n"), "a.py ~",
          ["a.py", "\tx = 2", " f()"]),
        (ChangedText("a.py", "def f(): g()\n", "# c\ndef f():\n    g()\n"), "a.py", ["a.py", " f()"]),
        (ChangedText("a.bin", "1", "2"), "a.bin", []),
        (ChangedText("a.ts", "", "class A {\n  b() { c(); }\n}\n"), "a.ts +A +A.b",
         ["a.ts", " A :class", "\tclass A {", "\t}", "  b()", "\tb() { c(); }"]),
    ],
)  # fmt: skip
def test_files_come_go_and_change(file: ChangedText, summary: str, lines: list[str]) -> None:
    assert parts_of([file]) == (f"{summary}\n", lines)


def test_ids_follow_from_the_lines_and_the_cost_is_counted() -> None:
    files = [ChangedText("a.py", BEFORE, AFTER), ChangedText("b.py", None, BEFORE)]
    for options in (PLAIN, ExactOptions()):
        document = write_changes(files, options)
        ids = outline_ids(document.text, block="changes")
        assert ("a.py", "Shop.sell") in ids
        assert ("b.py", "Shop.gone") in ids
        assert document.tokens < document.source_tokens * 1.5
    assert write_changes(files).tokens <= write_changes(files, PLAIN).tokens
