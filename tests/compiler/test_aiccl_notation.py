"""The notation: whatever is written is read back, and what is broken is named by its place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.notation import (
    Code,
    Document,
    Entry,
    Map,
    Mermaid,
    Part,
    Prose,
    Use,
    parse,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

HARD = [
    "<comp:",
    "</comp:code>",
    "<\\comp:code>",
    "</\\\\comp:",
    "```mermaid\n",
    "```\n",
    "\r\n",
    "//",
    "\\",
    "\\u{d}",
]
text = st.lists(
    st.sampled_from([*HARD, "a = b", ",", "词", "\n", " ", "{", "}", '"', "é", "x"]) | st.text(max_size=3),
    max_size=8,
).map("".join)
name = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,4}", fullmatch=True)
uses = st.lists(st.builds(Use, name, st.sampled_from(["", "3-1a2b"])), max_size=3).map(tuple)
sigil = st.characters(min_codepoint=0x80, exclude_categories=["Cs"])
exact_entries = st.lists(
    st.builds(Entry, sigil, text, st.just(False)) | st.builds(Entry, sigil, st.characters(), st.just(True)),
    max_size=5,
    unique_by=lambda entry: entry.symbol,
).map(tuple)
symbol = st.sampled_from(["M:", "q>", "R{}", "{i,n}", "x", "auth-1", "F", "→", "<comp:"])
plain_entries = st.lists(
    st.builds(Entry, symbol, text, st.just(False)), max_size=5, unique_by=lambda entry: entry.symbol
).map(tuple)
maps = (
    st.builds(Map, exact_entries, name | st.just(""), uses, st.just(True))
    | st.builds(Map, exact_entries, name, uses, st.just(True), st.just(""), st.just(True))
    | st.builds(Map, exact_entries, name, uses, st.just(True), st.just(""), st.booleans(), st.just(True))
    | st.builds(Map, plain_entries, name | st.just(""), uses, st.just(False), st.sampled_from(["", "1-a"]))
)
files = st.builds(Code, text, st.sampled_from(["a.py", "词/b c.js"]), file=st.just(True))
blocks = maps | st.builds(Code, text, text, uses, st.booleans()) | files | st.builds(Mermaid, text)
prose = text.filter(bool).map(Prose)


@st.composite
def documents(draw: st.DrawFn) -> list[Part]:
    """Parts without two pieces of prose beside each other: those are one."""
    parts: list[Part] = []
    for _ in range(draw(st.integers(0, 4))):
        parts += [draw(prose)] if draw(st.booleans()) else []
        parts.append(draw(blocks))
    return parts + ([draw(prose)] if draw(st.booleans()) else [])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(documents())
def test_what_is_written_is_read_back(parts: list[Part]) -> None:
    assert list(parse(write(parts)).parts) == parts


@settings(derandomize=True, max_examples=100, deadline=None)
@given(text)
def test_a_document_that_is_read_is_written_to_the_same_parts(source: str) -> None:
    try:
        document = parse(source)
    except AicclError:
        return
    assert parse(write(document.parts)).parts == document.parts


def test_a_map_of_the_founding_documents_is_read() -> None:
    source = """\
<comp:map:1>
// elements
M: = Model, F: = Function
q> = query database,
{id,n}={id:i, name:s}, R{} = REST

</comp:map:1>
<comp:map:2 uses="1">CRUD = q> s> d></comp:map>
<comp:code id="CODE_A" uses="2">
F:gU(i){q>D.users(i)>r}
</comp:code>
```mermaid
graph TD
  A --> B
```
"""
    assert parse(source) == Document(
        (
            Map(
                (
                    Entry("M:", "Model"),
                    Entry("F:", "Function"),
                    Entry("q>", "query database"),
                    Entry("{id,n}", "{id:i, name:s}"),
                    Entry("R{}", "REST"),
                ),
                "1",
            ),
            Map((Entry("CRUD", "q> s> d>"),), "2", (Use("1"),)),
            Code("F:gU(i){q>D.users(i)>r}\n", "CODE_A", (Use("2"),)),
            Mermaid("graph TD\n  A --> B\n"),
        ),
        (1, 8, 9, 12),
    )


def test_the_meaning_of_an_exact_entry_is_all_text_up_to_the_next() -> None:
    source = "<comp:map exact>\n// note\n词 = 'a',\n  b\n\n语\\u{d}\n文\\\\x\n\\语\n\\//\n</comp:map>"
    (part,) = parse(source).maps
    assert part.entries == (
        Entry("词", " = 'a',\n  b\n"),
        Entry("语", "\r", True),
        Entry("文", "\\x\n语\n//"),
    )


def test_a_file_ends_where_the_next_tag_begins() -> None:
    source = "<comp:file a.py>\nx<comp:file b.py>\n<\\comp:file>\n</comp:file>\nend"
    assert parse(source).parts == (
        Code("x", "a.py", file=True),
        Code("<comp:file>\n", "b.py", file=True),
        Prose("end"),
    )


def test_an_entry_of_a_joined_map_begins_with_a_sigil_that_has_no_meaning_yet() -> None:
    source = "<comp:map joined>\n词 a\\é\n语词(\\\\\n)词\\\\文\\u{d}字\\\\u{d}</comp:map>"
    (part,) = parse(source).maps
    assert part.entries == (
        Entry("词", " aé\n"),
        Entry("语", "词(\\\\\n)词\\"),
        Entry("文", "\r", True),
        Entry("字", "\\u{d}"),
    )
    assert write([part]) == source + "\n"


@pytest.mark.parametrize(
    ("source", "line", "column", "said"),
    [
        ("a\n </comp:code>", 2, 2, "closing tag without an opening one"),
        ('x\n<comp:code id="a">\nb', 2, 1, "this code block is not closed"),
        ('<comp:code id="a">\n b<comp:map>', 2, 3, "the code block of line 1 is still open"),
        ("<comp:map>\na = b\n c d\n</comp:map>", 3, 2, "no entry of a map"),
        ("<comp:map>\na = b\na = c\n</comp:map>", 3, 1, "a has two meanings"),
        ("<comp:map exact>\n词a\n词b\n</comp:map>", 3, 1, "词 has two meanings"),
        ("<comp:map exact>\na\n</comp:map>", 2, 1, "has no sigil"),
        ("<comp:map joined>\na词b\n</comp:map>", 2, 1, "begins with a sigil"),
        ("<comp:foo>", 1, 1, "cannot be read"),
        ("<comp:file a.py>b", 1, 1, "cannot be read"),
        ("<comp:file a.py>\nb</comp:code>", 2, 2, "closing tag without an opening one"),
        ('<comp:code id="a>\n</comp:code>', 1, 1, "cannot be read"),
        ("<comp:code:a>\n</comp:code>", 1, 1, "has no name"),
        ('<comp:code name="a">\n</comp:code>', 1, 12, "`name` cannot stand"),
        ('<comp:code id="a" id="b">\n</comp:code>', 1, 19, "`id` cannot stand"),
        ("<comp:code id>\n</comp:code>", 1, 12, "not written so"),
        ('<comp:map exact="1">\n</comp:map>', 1, 11, "not written so"),
        ('<comp:code uses="a,,b">\n</comp:code>', 1, 1, "no name of a map"),
        ('<comp:code eol="cr">\n</comp:code>', 1, 1, "no line ending"),
        ("<comp:map:a>\n</comp:map:b>", 2, 1, "still open"),
        ("```mermaid\ngraph", 1, 1, "not closed"),
    ],
)
def test_what_is_broken_is_named_by_its_place(source: str, line: int, column: int, said: str) -> None:
    with pytest.raises(AicclError) as error:
        parse(source)
    assert (error.value.line, error.value.column) == (line, column)
    assert said in str(error.value)
    assert error.value.next_step


@pytest.mark.parametrize(
    "part",
    [
        Map((Entry("a b", "c"),)),
        Map((Entry("//", "c"),)),
        Map((Entry("a", "b"), Entry("a", "c"))),
        Map((Entry("ab", "c"),), exact=True),
        Map((Entry("a", "c"),), exact=True),
        Map((Entry("a", "c", True),)),
        Map((Entry("词", "cd", True),), exact=True),
        Map((Entry("词", "a"), Entry("词", "b")), exact=True, joined=True),
        Code("a", "a>b", file=True),
        Code("a", "a", (Use("b"),), file=True),
        Map((), name="a b"),
        Map((), uses=(Use("<"),)),
        Map((), version='"'),
    ],
)
def test_what_the_notation_cannot_hold_is_refused(part: Part) -> None:
    with pytest.raises(AicclError):
        write([part])


@pytest.mark.parametrize(
    "unit",
    [
        "<comp:code",
        "<comp:map ",
        '<comp:code id="',
        "<comp:",
        "</",
        "```mermaid\n",
        ",a",
        ",{",
        "\\",
        "{",
        " ",
        "=,",
        "//\n",
    ],
)
@pytest.mark.parametrize(
    "head",
    [
        "",
        "<comp:map>\n",
        "<comp:map exact>\n词",
        "<comp:map joined>\n词",
        "<comp:map>\na = ",
        "<comp:code>\n",
        "a\n",
    ],
)
def test_reading_a_long_hostile_text_comes_to_an_end(unit: str, head: str) -> None:
    """A step that looked at all of the rest again for each of these would take a quarter of an hour."""
    source = head + unit * 300_000
    with suppress(AicclError):
        assert "".join(part.text for part in parse(source).parts if isinstance(part, Prose)) == source
