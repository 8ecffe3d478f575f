"""Texts made to take a machine's memory or time, whole: each of these would take gigabytes, minutes or the process."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from aifirst_codebase.languages import Language, bounded_parse, language_named
from aifirst_codebase.languages.measure_nesting import nests_too_deep

CODE = ["c", "cpp", "csharp", "java", "javascript", "kotlin", "rust", "tsx", "typescript"]

WATCHED = """
import resource, sys
from aifirst_codebase.languages import language_named
language, unit, count = sys.argv[1:]
data = (unit * int(count)).encode()
language_named(language).parser.parse(b"")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
tree = language_named(language).parse(data)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(tree is None, grown * (1 if sys.platform == "darwin" else 1024))
"""


def parse_apart(language: str, unit: str, count: int) -> tuple[bool, int]:
    """Whether a text has no tree, and by how many bytes a process of its own grew for it."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, language, unit, str(count)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    refused, grown = done.stdout.split()
    return refused == "True", int(grown)


@pytest.mark.parametrize(
    ("language", "unit", "count"),
    [
        ("java", "a<", 40_000),
        ("java", "%w(", 20_000),
        ("cpp", "a<", 40_000),
        ("cpp", "%w(", 20_000),
        ("c", "a(", 100_000),
        ("typescript", "a<b,", 20_000),
        ("kotlin", "a<", 100_000),
    ],
)
def test_a_text_that_nests_without_end_takes_no_memory(language: str, unit: str, count: int) -> None:
    refused, grown = parse_apart(language, unit, count)
    assert refused
    assert grown < 100_000_000


def test_a_comment_that_starts_again_and_again_takes_no_memory() -> None:
    refused, grown = parse_apart("html", "<!--", 20_000)
    assert refused
    assert grown < 100_000_000


def test_a_parse_that_grows_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def growing() -> int:
        looks.append(len(looks) * 200_000_000 + 1)
        return looks[-1]

    monkeypatch.setattr(bounded_parse, "resident_bytes", growing)
    monkeypatch.setattr(bounded_parse, "_SECONDS_BETWEEN_MEMORY_LOOKS", 0.0)
    assert language_named("python").parse(b"x = 1\n" * 5000) is None
    assert len(looks) == 2


def test_a_text_is_let_go_after_its_parse() -> None:
    data = b"x = 1\n" * 2000
    read: list[bytes | bytearray] = []

    class Recorded(bounded_parse.LentText):
        def __call__(self, start: int, point: object) -> bytes | bytearray:
            piece = super().__call__(start, point)
            read.append(piece)
            return piece

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded_parse, "LentText", Recorded)
        assert language_named("python").parse(data) is not None
    assert len(read) > 2
    assert {id(piece) for piece in read} == {id(read[0])}
    assert read[0] == b""


@pytest.mark.parametrize("name", CODE)
def test_what_people_write_is_not_among_them(name: str) -> None:
    language: Language = language_named(name)
    for text in (
        b"x = (1);\n" * 2000,
        b"f(" * 300 + b"1" + b")" * 300 + b";\n",
        b"if (a < b) { c = d[e] << 2; }\n" * 2000,
    ):
        assert not nests_too_deep(text)
        assert language.parse(text) is not None


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        (b"(" * 501, True),
        (b"(" * 500 + b")" * 500, False),
        (b"(()[{}]" * 501, True),
        (b"a < " * 501, True),
        (b"a <" * 499, False),
        (b"a<b, c<" * 300, True),
        (b"()" * 100_000, False),
        (b"[(" * 300 + b")]" * 300, True),
        (b'"(",\n' * 400, False),
        (b"cout << a << b << c;\n" * 2000, False),
    ],
)
def test_nesting_is_measured_from_the_punctuation(text: bytes, deep: bool) -> None:
    assert nests_too_deep(text) is deep


@pytest.mark.parametrize(
    ("language", "text"),
    [("csharp", "_a" * 200_000), ("csharp", "a." * 200_000), ("bash", ("a|" * 2900 + "\n") * 150)],
)
def test_what_is_looked_for_before_a_parse_is_found_in_one_pass(language: str, text: str) -> None:
    """A search that starts anew at each byte would take hours for these."""
    crashes = language_named(language).data.crashes
    assert not nests_too_deep(text.encode())
    assert not crashes or re.search(crashes, text) is None


def test_the_memory_of_this_process_is_told() -> None:
    from aifirst_codebase.languages.resident_memory import resident_bytes

    before = resident_bytes()
    if sys.platform == "win32":
        assert before == 0
        return
    held = os.urandom(64_000_000)
    assert resident_bytes() - before > 32_000_000
    assert len(held) == 64_000_000
