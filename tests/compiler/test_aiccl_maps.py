"""Maps: who sees which symbols, and what a text with symbols expands to."""

from __future__ import annotations

from itertools import pairwise

import pytest
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.expand import expand
from hypothesis import given, settings
from hypothesis import strategies as st

FOUNDING = """\
<comp:map:1>
M: = Model
q> = query, s> = save
d = data
</comp:map>
<comp:map:2 uses="1">
CRUD = q> d
</comp:map>
"""


def block(text: str, uses: str = "") -> str:
    return f'<comp:code id="f"{uses and f" uses={chr(34)}{uses}{chr(34)}"}>\n{text}</comp:code>\n'


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("M:User", "ModelUser"),
        ("add d, dad, d_d d", "add data, dad, d_d data"),
        ("s> d>", "save data>"),
        ("CRUD CRUDs", "query data CRUDs"),
        ("unknown → kept", "unknown → kept"),
    ],
)
def test_symbols_are_expanded_on_tokens_never_inside_a_word(text: str, meant: str) -> None:
    assert expand(FOUNDING + block(text, "2")) == [("f", meant)]


def test_a_map_does_not_see_its_own_symbols_in_its_meanings() -> None:
    source = "<comp:map:1>\ni = index of i\nn = i\n</comp:map>\n"
    assert expand(source + block("i n", "1")) == [("f", "index of i i")]


def test_the_map_named_first_wins_and_a_child_wins_over_its_parents() -> None:
    source = """\
<comp:map:a>
x = a, y = a, z = a
</comp:map>
<comp:map:b>
x = b, y = b, w = b
</comp:map>
<comp:map:c uses="a,b">
y = c
</comp:map>
"""
    assert expand(source + block("x y z w", "c")) == [("f", "a c a b")]
    assert expand(source + block("x y z w", "b,a")) == [("f", "b b a b")]


def test_a_grandparent_is_seen_and_the_order_of_maps_does_not_matter() -> None:
    source = """\
<comp:map:3 uses="2">
c = b b
</comp:map>
<comp:map:2 uses="1">
b = a a
</comp:map>
<comp:map:1>
a = x
</comp:map>
"""
    assert expand(source + block("c a", "3")) == [("f", "x x x x x")]


def test_sigils_expand_anywhere_and_only_from_entries_above() -> None:
    source = "<comp:map exact>\n词re\n语词turn文\n文!\n</comp:map>\n"
    assert expand(source + block("a语b词文")) == [("f", "areturn文bre!")]


def test_sigils_and_words_stand_beside_each_other() -> None:
    source = '<comp:map:1 exact>\n词re\n</comp:map>\n<comp:map:2 uses="1">\nd = data\n</comp:map>\n'
    assert expand(source + block("词d d词 d dd", "2")) == [("f", "re" + "data datare data dd")]


def test_a_literal_is_the_character_whatever_maps_say() -> None:
    source = '<comp:map:1 exact>\n词word\n</comp:map>\n<comp:map uses="1" exact>\n语\\u{8bcd}\n</comp:map>\n'
    assert expand(source + block("词语")) == [("f", "word词")]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            '<comp:map:a uses="b">\n</comp:map><comp:map:b uses="a">\n</comp:map>' + block("", "a"),
            "uses itself",
        ),
        ('<comp:map:a uses="a">\n</comp:map>' + block("", "a"), "uses itself"),
        (block("", "a"), "not there"),
        ('<comp:map:a uses="b">\n</comp:map>' + block("", "a"), "not there"),
        ("<comp:map:a>\n</comp:map><comp:map:a>\n</comp:map>" + block("", "a"), "stands twice"),
        ("<comp:map:a>\n</comp:map>" + block("", "a@3-0f"), "version 3-0f of map a"),
        ("<comp:code>\n</comp:code>", "without an id"),
        (block("") * 2, "stands twice"),
        (f"<comp:map:a>\n{'a.' * 40} = b\n</comp:map>" + block("", "a"), "symbol of 80"),
    ],
)
def test_maps_that_do_not_fit_are_errors_with_a_next_step(source: str, said: str) -> None:
    with pytest.raises(AicclError, match=said) as error:
        expand(source)
    assert error.value.line
    assert error.value.next_step


def test_a_diamond_of_maps_is_no_cycle() -> None:
    maps = "".join(
        f'<comp:map:{name} uses="{uses}">\n{name}{name} = 1\n</comp:map>\n'
        for name, uses in (("a", "b,c"), ("b", "d"), ("c", "d,b"))
    )
    assert expand(maps + "<comp:map:d>\ndd = 2\n</comp:map>\n" + block("aa dd", "a")) == [("f", "1 2")]


def test_aliases_of_aliases_are_stopped_before_they_are_made() -> None:
    signs = [chr(0x4E00 + number) for number in range(64)]
    lines = [
        f"{signs[0]}{'lol' * 10}",
        *(f"{sign}{below * 10}" for below, sign in pairwise(signs)),
    ]
    source = "<comp:map exact>\n" + "\n".join(lines) + "\n</comp:map>\n" + block(signs[-1])
    with pytest.raises(AicclError, match="more than is allowed"):
        expand(source)


def test_a_text_of_many_long_symbols_is_stopped_before_it_is_made() -> None:
    source = "<comp:map exact>\n词" + "x" * 100_000 + "\n</comp:map>\n" + block("词" * 1000)
    with pytest.raises(AicclError, match="more than is allowed"):
        expand(source)
    assert len(expand(source, limit=200_000_000)[0][1]) == 100_000_000


def test_a_long_chain_of_maps_comes_to_an_end() -> None:
    maps = "".join(
        f"<comp:map:{n}{f' uses={chr(34)}{n - 1}{chr(34)}' if n else ''}>\na{n} = a{n - 1}\n</comp:map>\n"
        for n in range(5000)
    )
    with pytest.raises(AicclError, match="too many symbols"):
        expand(maps + block("a1", "4999"))


PIECES = [
    "<comp:map>\n", "<comp:map:1 exact>\n", '<comp:map:2 uses="1">\n', '<comp:map uses="2,1" exact>\n', "</comp:map>\n",
    '<comp:code id="f">\n', '<comp:code id="g" uses="2" eol="crlf">\n', "</comp:code>\n", "<comp:mermaid>\n",
    "</comp:mermaid>", "```mermaid\n", "```\n", "词", "语", "a = b\n", "{a,b} = {c}\n", "\\", "//", "\n", "a b", ",",
    "<\\comp:",
]  # fmt: skip


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_document_is_expanded_or_refused_with_a_next_step(source: str) -> None:
    files, error = _expanded(source)
    assert error is None or (error.line and error.next_step)
    assert len({path for path, _ in files}) == len(files) <= source.count("<comp:code")


def _expanded(source: str) -> tuple[list[tuple[str, str]], AicclError | None]:
    try:
        return expand(source), None
    except AicclError as error:
        return [], error
