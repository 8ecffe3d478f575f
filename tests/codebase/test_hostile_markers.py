"""Texts made to keep the grammars of tickets busy: each is read at once, or would take minutes."""

import pytest
from aifirst_codebase.tickets import (
    build_assembly_graph,
    find_assembly_lines,
    find_html_tags,
    find_markers,
    parse_tickets,
    scan_tags,
)
from aifirst_codebase.tickets.assembly_graph import AssemblyFunction

_BAR = "# " + "=" * 20 + "\n"
_HEAD = f"{_BAR}# @TAG:TICKET:rows\n{_BAR}# TICKET: Rows\n"
_LONG = 300_000


def test_a_banner_before_a_marker_is_passed_over_once() -> None:
    line = "# @TAG:FEATURE:x" + "#" * 40 + " x # NOTE: y"
    (marker,) = find_markers(line)
    assert (marker.kind, marker.own_line, line[marker.text_start : marker.text_end]) == ("NOTE", False, "y")
    assert len(find_markers("# @TAG:FEATURE:x" + "#" * _LONG + " x # NOTE: y")) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# NOTE(" * 60_000, 60_000),
        (" " * _LONG + "# WHY: x " * 20_000, 20_000),
        ("# WHY: x " * 20_000 + " " * _LONG, 20_000),
        ("# WHY" + " " * _LONG + "x", 1),
    ],
    ids=["open parentheses", "a deep margin", "blanks at the end", "blanks inside"],
)
def test_many_markers_on_one_line_are_each_found_once(text: str, count: int) -> None:
    assert len(find_markers(text)) == count


def test_only_the_first_marker_of_a_line_stands_on_its_own() -> None:
    assert [marker.own_line for marker in find_markers("  # WHY: a # NOTE: b")] == [True, False]


def test_a_number_too_long_for_a_step_is_none() -> None:
    (marker,) = find_markers("# STEP " + "1" * 5000 + ": read")
    assert marker.number is None
    assert not marker.well_formed


def test_blanks_before_a_tag_are_passed_over_once() -> None:
    assert [tag.role for tag in scan_tags(" " * _LONG + "x @TAG:FEATURE:rows").tags] == ["reference"]


def test_blanks_in_a_misspelt_requirement_are_passed_over_once() -> None:
    text = f"{_HEAD}{_BAR}# REQUIREMENTS\n{_BAR}# fr{' ' * _LONG}x\n{_BAR}"
    (ticket,) = parse_tickets(text)
    assert ticket.requirements == ()


def test_tickets_one_below_the_other_are_each_read_once() -> None:
    count = 6000
    text = "".join(f"{_BAR}# @TAG:TICKET:rows-{i}\n{_BAR}\n# prose that is no ticket\n" for i in range(count))
    assert len(parse_tickets(text)) == count


def test_stray_stretches_of_a_section_are_put_together_once() -> None:
    stray = "".join(f"{_BAR}# stray {i}\n# more\n" for i in range(12_000))
    (ticket,) = parse_tickets(f"{_HEAD}{_BAR}# CONTEXT\n{_BAR}# first\n{stray}{_BAR}")
    assert [section.name for section in ticket.sections] == ["CONTEXT"]
    assert ticket.sections[0].text.count("stray") == 12_000


def test_opening_tags_that_never_close_are_each_looked_at_once() -> None:
    assert find_html_tags("<!--TAG:" * 60_000).tags == ()


def test_items_of_one_line_are_each_cut_out_once() -> None:
    (line,) = find_assembly_lines("# @assembly:rows " + "@order:1 " * 20_000)
    assert len(line.items) == 20_001


def test_names_that_no_function_has_are_looked_up_once() -> None:
    functions = [
        AssemblyFunction(f"rank_{i}", "rows", line)
        for i in range(4000)
        for line in find_assembly_lines(f"# @assembly:rows @depends_on:gone_{i}\n")
    ]
    problems = build_assembly_graph(functions).problems
    assert {problem.code for problem in problems} == {"assembly-name-unknown"}
    assert len(problems) == len(functions)


def test_a_name_that_many_functions_have_lists_a_few() -> None:
    functions = [
        AssemblyFunction(f"rank_{i}", "rows", line)
        for i in range(4000)
        for line in find_assembly_lines("# @assembly:rows @depends_on:rank\n")
    ]
    problem = build_assembly_graph(functions).problems[0]
    assert problem.message.endswith("or 3990 more")
    assert len(problem.functions) == 11
