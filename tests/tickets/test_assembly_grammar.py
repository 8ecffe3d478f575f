"""Assembly lines: what counts as one, its values, its mistakes, and losslessness."""

import pytest
from aifirst_codebase.tickets import AssemblyLine, find_assembly_lines, write_assembly_line
from hypothesis import given, settings
from hypothesis import strategies as st

LINE = "    # @assembly:hybrid @order:2 @depends_on:fetch_bm25,fetch_vectors @connects_to:show @parallel"


def the_line(text: str) -> AssemblyLine:
    (line,) = find_assembly_lines(text)
    return line


def test_a_line_has_all_five_items() -> None:
    text = f"import os\n{LINE}\ndef rank(): ...\n"
    line = the_line(text)
    assert (line.assembly, line.order, line.parallel) == ("hybrid", 2, True)
    assert (line.depends_on, line.connects_to) == (("fetch_bm25", "fetch_vectors"), ("show",))
    assert line.diagnostics == ()
    assert text[line.start : line.end] == line.write() == LINE + "\n"
    assert [text[item.start : item.end] for item in line.items][1:3] == [
        "@order:2",
        "@depends_on:fetch_bm25,fetch_vectors",
    ]


@pytest.mark.parametrize(
    "text", ["// @assembly:a", "-- @order:1", "; @parallel", "# @connects_to:b @order:3\r\n"]
)
def test_every_line_comment_marker_and_any_single_item_will_do(text: str) -> None:
    assert the_line(text).write() == text


@pytest.mark.parametrize(
    "text",
    [
        "@parallel\ndef f(): ...",
        " * @order: the unique ID of the event",
        "# @depends_on: apt",
        "# @parallel is not supported",
        "# see @assembly:a",
        "x = '@assembly:a'",
        "# @param order",
        "# contact me@order:1",
        "x = 1  # @assembly:a",
    ],
)
def test_decorators_documentation_and_prose_are_no_assembly_lines(text: str) -> None:
    assert find_assembly_lines(text) == []


@pytest.mark.parametrize(
    ("code", "invalid", "valid"),
    [
        ("assembly-item-unknown", "# @assembly:a @ordr:1", "# @assembly:a @order:1"),
        ("assembly-item-unknown", "# @assembly:a @zzz:1", "# @assembly:a"),
        ("assembly-order", "# @assembly:a @order:0", "# @assembly:a @order:1"),
        ("assembly-order", "# @assembly:a @order:first", "# @assembly:a @order:10"),
        ("assembly-order", "# @assembly:a @order", "# @assembly:a"),
        ("assembly-order", f"# @order:{'9' * 5000}", "# @order:999999999"),
        ("assembly-names-empty", "# @assembly:a @depends_on:", "# @assembly:a @depends_on:b"),
        ("assembly-names-empty", "# @assembly: @order:1", "# @assembly:a @order:1"),
        ("assembly-name", "# @assembly:a @depends_on:b-c", "# @assembly:a @depends_on:b_c"),
        ("assembly-name", "# @assembly:a @depends_on:b,,c", "# @assembly:a @depends_on:b,c"),
        ("assembly-name", "# @assembly:9a", "# @assembly:a9"),
        ("assembly-repeated", "# @assembly:a @order:1 @order:2", "# @assembly:a @order:1"),
        ("assembly-repeated", "# @assembly:a @depends_on:b,b", "# @assembly:a @depends_on:b,c"),
        ("assembly-spacing", "# @assembly:a @depends_on:b, c", "# @assembly:a @depends_on:b,c"),
        ("assembly-spacing", "# @assembly:a @order: 1", "# @assembly:a @order:1"),
        ("assembly-flag", "# @assembly:a @parallel:yes", "# @assembly:a @parallel"),
        ("assembly-flag", "# @assembly:a @parallel now", "# @assembly:a @parallel"),
    ],
)
def test_every_assembly_diagnostic_has_both_examples(code: str, invalid: str, valid: str) -> None:
    found = the_line(invalid).diagnostics
    assert [problem.code for problem in found] == [code]
    assert invalid[found[0].start : found[0].end].startswith("@")
    assert found[0].suggestion
    assert the_line(valid).diagnostics == ()


def test_a_misspelled_item_gets_a_suggestion_and_the_first_of_two_counts() -> None:
    assert the_line("# @assembly:a @depend_on:b").diagnostics[0].suggestion == "did you mean @depends_on?"
    assert the_line("# @assembly:a @order:1 @order:2").order == 1


NAME = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
NAMES = st.lists(NAME, unique=True, max_size=3).map(tuple)


@settings(derandomize=True, max_examples=100)
@given(NAME, st.none() | st.integers(1, 99), NAMES, NAMES, st.booleans())
def test_a_written_line_reads_back_as_its_values(
    name: str, order: int | None, needs: tuple[str, ...], feeds: tuple[str, ...], parallel: bool
) -> None:
    line = the_line(write_assembly_line(name, order, needs, feeds, parallel=parallel))
    assert (line.assembly, line.order, line.depends_on, line.connects_to, line.parallel) == (
        name,
        order,
        needs,
        feeds,
        parallel,
    )
    assert line.diagnostics == ()


PIECES = [
    "# ",
    "@assembly:",
    "@order:",
    "@parallel",
    "@depends_on:",
    "@x",
    "a",
    "1",
    ",",
    " ",
    "\n",
    "\r\n",
    "é",
]


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40))
def test_any_text_is_read_and_lines_are_written_back_byte_equal(text: str) -> None:
    at = 0
    for line in find_assembly_lines(text):
        assert at <= line.start < line.end
        at = line.end
        assert line.write() == text[line.start : line.end]
        for item in line.items:
            value = "" if item.value is None else f":{item.value}"
            assert text[item.start : item.end].startswith(f"@{item.name}{value}")
