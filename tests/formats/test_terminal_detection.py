"""What a stream can show: colour by the conventions of terminals, width, characters."""

from __future__ import annotations

import io

import pytest
from aifirst_validator.formats.terminal import Terminal, terminal_of


class FakeTerminal(io.TextIOWrapper):
    """A stream that says it is a terminal, without one behind it."""

    def isatty(self) -> bool:
        return True


def stream_of(encoding: str, tty: bool) -> io.TextIOWrapper:
    return (FakeTerminal if tty else io.TextIOWrapper)(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("tty", "environment", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_follows_the_terminal_and_the_environment(
    tty: bool, environment: dict[str, str], colour: bool
) -> None:
    assert terminal_of(stream_of("utf-8", tty), environment).colour is colour


@pytest.mark.parametrize(
    ("tty", "environment", "width"),
    [
        (False, {}, 0),
        (True, {}, 80),
        (True, {"COLUMNS": "132"}, 132),
        (False, {"COLUMNS": "50"}, 50),
        (True, {"COLUMNS": "wide"}, 80),
        (True, {"COLUMNS": "0"}, 80),
    ],
)
def test_width_is_that_of_the_terminal_and_columns_overrules_it(
    tty: bool, environment: dict[str, str], width: int
) -> None:
    assert terminal_of(stream_of("utf-8", tty), environment).width == width


@pytest.mark.parametrize(("encoding", "blocks"), [("utf-8", True), ("ascii", False), ("latin-1", False)])
def test_block_characters_need_an_encoding_that_has_them(encoding: str, blocks: bool) -> None:
    assert terminal_of(stream_of(encoding, tty=False), {}).unicode is blocks


def test_paths_are_cut_at_their_start_and_other_text_at_its_end() -> None:
    terminal = Terminal()
    assert terminal.shorten_path("src/app/models/query.py", 12) == "…ls/query.py"
    assert terminal.shorten("src/app/models/query.py", 12) == "src/app/mod…"
    assert terminal.shorten_path("a.py", 12) == "a.py"
    assert terminal.shorten("漢字漢字漢字", 7) == "漢字漢…"
    assert Terminal(unicode=False).shorten("abcdefgh", 6) == "abc..."
