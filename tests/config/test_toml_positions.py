"""The place of every key, checked against documents whose lines are known."""

from __future__ import annotations

import tomllib
from typing import Any

from aifirst_codebase.config.toml_positions import find_position, key_positions
from hypothesis import given, settings
from hypothesis import strategies as st

DOCUMENT = '''\
# [not.a.table]
top = "a # no comment = 1"   # x = 2
"quoted.key" = 1

[a . "b#]c".d]  # a = comment
  one = """
two = 2
[three]
""""
'lit' = \'\'\'
x = "\'\'\'
four.five = [ # [nested]
  { six = 1 },
  [ "]" ],
]
seven = { eight = { nine = 1 } }
[[list]]
x = 1
[[list]]
y = 2
[a]
z = 1'''


def test_every_kind_of_statement_has_its_place() -> None:
    tomllib.loads(DOCUMENT)
    d = ("a", "b#]c", "d")
    assert key_positions(DOCUMENT) == {
        ("top",): (2, 1),
        ("quoted.key",): (3, 1),
        ("a",): (21, 1),
        ("a", "b#]c"): (5, 1),
        d: (5, 1),
        (*d, "one"): (6, 3),
        (*d, "lit"): (10, 1),
        (*d, "four"): (12, 1),
        (*d, "four", "five"): (12, 1),
        (*d, "seven"): (16, 1),
        ("list",): (19, 1),
        ("list", "x"): (18, 1),
        ("list", "y"): (20, 1),
        ("a", "z"): (22, 1),
    }


def test_a_key_without_a_place_has_that_of_the_table_around_it() -> None:
    positions = key_positions("\nlimits = { unit_tokens = 3 }\n")
    assert find_position(positions, ("limits", "unit_tokens")) == (2, 1)
    assert find_position(positions, ("glue", "floor")) is None


_KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", '"h\\"#"', "1"])
_VALUES = st.sampled_from(
    [
        "1",
        '"x"',
        "'#'",
        '"""\n[a]\nb=1\n"""',
        "[\n1, # ]\n[2],\n]",
        "{ a = 1, b = [1] }",
        '""""q"""""',
        "1.5e3",
    ]
)
_BETWEEN = st.sampled_from(["", "\n", "# a = 1\n", "  # [x]\n\n"])


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(_BETWEEN, st.booleans(), _KEYS, _VALUES), max_size=12), st.sampled_from(["", "# end"])
)
def test_places_agree_with_how_the_document_was_written(
    statements: list[tuple[str, bool, str, str]], last: str
) -> None:
    text, expected = "", dict[tuple[str, ...], tuple[int, int]]()
    table: tuple[str, ...] = ()
    for number, (before, is_header, key, value) in enumerate(statements):
        text += before
        [name] = tomllib.loads(f"{key} = 0")
        place = (text.count("\n") + 1, 1)
        if is_header:
            table = (f"t{number}", name)
            expected |= {table[:1]: place, table: place}
            text += f"[t{number}.{key}]\n"
        else:
            expected |= {(*table, f"k{number}"): place, (*table, f"k{number}", name): place}
            text += f"k{number}.{key} = {value} # = [\n"
    text += last
    _loads(text)
    assert key_positions(text) == expected


def _loads(text: str) -> dict[str, Any]:
    """Fails where the test itself wrote no TOML."""
    return tomllib.loads(text)
