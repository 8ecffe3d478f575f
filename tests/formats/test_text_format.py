"""Text: the place, the line and the mark under it, in any script, at any length."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from aifirst_validator.finding import Finding
from aifirst_validator.formats.concise import render as concise
from aifirst_validator.formats.concise import summary_line
from aifirst_validator.formats.source_lines import SourceLines, mark_line
from aifirst_validator.formats.terminal import Terminal
from aifirst_validator.formats.text import render
from aifirst_validator.formats.visible_text import character_width, display_width, visible, visible_lines
from aifirst_validator.report import Report
from hypothesis import given, settings
from hypothesis import strategies as st


def check_mark(line: str, expected: str, width: int = 100) -> None:
    """`line` holds the marked range between « and »; `expected` is the line and the mark as displayed."""
    start, end = line.index("«"), line.index("»") - 1
    marked = mark_line(line.replace("«", "").replace("»", ""), start, end, width)
    assert f"{marked.text}\n{' ' * marked.before}{'^' * marked.length}" == expected


def test_the_mark_stands_under_the_range() -> None:
    check_mark("def «load»(path):", "def load(path):\n    ^^^^")


def test_an_empty_range_is_marked_by_one_caret() -> None:
    check_mark("a = «»1", "a = 1\n    ^")


def test_a_range_at_the_end_of_a_line_is_marked_behind_it() -> None:
    check_mark("return«»", "return\n      ^")


def test_tabs_go_to_the_next_stop_of_four() -> None:
    check_mark("\tif\tx:\t«y»", "    if  x:  y\n            ^")


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    check_mark('s = "漢字" + «t»', 's = "漢字" + t\n' + " " * 13 + "^")
    check_mark("e\u0301 = «x»", "e\u0301 = x\n    ^")
    check_mark("«漢字»", "漢字\n^^^^")


def test_controls_are_shown_and_counted_as_their_escape() -> None:
    check_mark("a\x1b[2J«b»", "a\\x1b[2Jb\n" + " " * 8 + "^")
    check_mark("if x:\u202e «y»", "if x:\\u202e y\n" + " " * 12 + "^")


def test_a_long_line_is_cut_around_the_mark() -> None:
    line = f"{'a' * 200}«bbb»{'c' * 200}"
    marked = mark_line(line.replace("«", "").replace("»", ""), 200, 203, 40)
    assert marked.text == f"…{'a' * 12}bbb{'c' * 23}…"
    assert marked.text[marked.before : marked.before + marked.length] == "bbb"


def test_a_long_line_keeps_its_start_where_the_mark_is_near_it() -> None:
    check_mark(f"x = «{'y' * 60}» + z", f"x = {'y' * 34}…\n    {'^' * 34}", width=40)


def test_a_line_of_a_megabyte_is_cut_as_well() -> None:
    marked = mark_line("a" * 500_000 + "mark" + "b" * 500_000, 500_000, 500_004, 60)
    assert marked.text[marked.start : marked.end] == "mark"
    assert len(marked.text) <= 60
    assert marked.text.startswith("…")
    assert marked.text.endswith("…")


def test_a_range_outside_the_line_is_moved_into_it() -> None:
    assert mark_line("abc", 10, 20) == mark_line("abc", 3, 3)
    assert mark_line("abc", -5, None).length == 3


_lines = st.text(st.characters(exclude_characters="\r\n"), max_size=120)


@settings(derandomize=True, max_examples=150)
@given(_lines, st.integers(0, 130), st.integers(0, 130), st.integers(12, 80))
def test_the_mark_covers_the_marked_text_and_the_line_never_exceeds_its_width(
    line: str, start: int, length: int, width: int
) -> None:
    marked = mark_line(line, start, start + length, width)
    assert display_width(marked.text) <= width
    assert display_width(marked.text[: marked.start]) == marked.before
    assert max(display_width(marked.text[marked.start : marked.end]), 1) == marked.length
    assert visible(marked.text) == marked.text
    if marked.text.isascii() and "\t" not in line:
        assert marked.text[marked.start : marked.end] == visible(line[start : start + length])


@settings(derandomize=True, max_examples=100)
@given(st.text())
def test_visible_text_is_one_encodable_line_and_stays_as_it_is_when_shown_again(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert shown.splitlines() == ([shown] if shown else [])
    assert visible(shown) == shown
    assert visible(text.replace("\n", "").replace("\t", "")) == visible_lines(text).replace("\n", "").replace(
        "\t", ""
    )


def test_a_character_is_none_one_or_two_columns_wide() -> None:
    widths = {"a": 1, "é": 1, "漢": 2, "🎉": 2, "\u0301": 0, "\u200b": 0}
    assert {character: character_width(character) for character in widths} == widths


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_those_of_the_positions_whatever_ends_them(newline: str) -> None:
    text = newline.join(["one", "two\x0c still two\u2028 and still", "three"])
    lines = SourceLines(lambda _: text)
    assert lines.line("x", 2) == "two\x0c still two\u2028 and still"
    assert lines.line("x", 3) == "three"
    assert lines.line("x", 4) is None
    assert lines.line("x", 0) is None


def test_a_hostile_finding_is_still_one_head_line(
    hostile: Report, sources: Callable[[str], str | None]
) -> None:
    lines = render(hostile, sources=sources).splitlines()
    heads = [line for line in lines if line.startswith("a b/")]
    assert len(heads) == 2
    assert heads[0].startswith("a b/#1%20,x:y\\udcff\\u202e.py:2:1 error AF601 secret  [red]50%[/red] <b>")
    assert "\\n::error::x" in heads[0]
    assert not any(line.startswith("::error") for line in lines)


def test_colour_changes_nothing_but_colour(report: Report, sources: Callable[[str], str | None]) -> None:
    import re

    coloured = render(report, sources=sources, terminal=Terminal(colour=True))
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == render(report, sources=sources)
    assert "\x1b[33mwarning\x1b[0m" in coloured
    assert "\x1b[1;31m^^^^^\x1b[0m" in coloured


def test_without_unicode_the_frame_is_ascii(report: Report, sources: Callable[[str], str | None]) -> None:
    assert render(report, sources=sources, terminal=Terminal(unicode=False)).isascii()


def test_source_is_cut_to_the_terminal(report: Report) -> None:
    wide = "x" * 500
    text = render(report, sources=lambda _: f"\n\n\n    {wide}\n", terminal=Terminal(width=60))
    assert [len(line) for line in text.splitlines() if "xxx" in line] == [59]


def test_a_finding_over_several_lines_is_marked_to_the_end_of_its_first(report: Report) -> None:
    several = msgspec.structs.replace(report.findings[0], line=1, column=3, end_line=2, end_column=2)
    one = msgspec.structs.replace(report, findings=(several,), notices=())
    assert "    1 │ abcdef\n      │   ^^^^\n" in render(one, sources=lambda _: "abcdef\nghi\n")


def test_the_last_line_says_that_nothing_was_found(empty: Report) -> None:
    assert render(empty, sources=lambda _: None) == "No findings in 0 files\n"


def test_the_summary_counts_in_the_singular_too(report: Report) -> None:
    one = msgspec.structs.replace(
        report, findings=report.findings[2:], files=report.files[2:3], suppressed=0, known=0, seconds=0.0
    )
    assert summary_line(one) == "1 finding (1 error) in 1 of 1 file"


def test_of_many_notices_the_first_are_told_and_the_rest_counted(report: Report) -> None:
    many = msgspec.structs.replace(report, notices=report.notices * 1200, findings=())
    text = render(many, sources=lambda _: None)
    assert text.count("notice too-large") == 5
    assert "and 1,195 more notices (--format json)" in text


def test_each_source_is_asked_for_once(report: Report) -> None:
    asked: list[str] = []

    def source(path: str) -> str | None:
        asked.append(path)
        return "text"

    more: tuple[Finding, ...] = report.findings[:2] * 50 + report.findings[2:]
    render(msgspec.structs.replace(report, findings=more), sources=source)
    assert asked == ["app/query.py", "app/tokens.py"]


def test_the_lines_of_notices_are_told_from_those_of_findings(report: Report, hostile: Report) -> None:
    import re

    for one in (report, hostile):
        lines = concise(one).splitlines()[:-1]
        placed = [line for line in lines if re.search(r":\d+:\d+ (?:error|warning|note) AF\d+ ", line)]
        assert len(placed) == len(one.findings)
        assert len(lines) == len(one.findings) + len(one.notices)
    assert "app/big.py: notice[too-large] 2,400,000 bytes, not read. Raise" in concise(report)
