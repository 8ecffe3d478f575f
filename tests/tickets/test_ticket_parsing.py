"""Parsing tickets: both forms, every comment marker, extents, offsets, and losslessness."""

import pytest
from aifirst_codebase.tickets import Piece, Ticket, find_tags, parse_ticket, parse_tickets
from hypothesis import given, settings
from hypothesis import strategies as st
from ticket_samples import BAR, FULL_FILE, FULL_TICKET, MINI_TICKET


def the_ticket(text: str) -> Ticket:
    ticket = parse_ticket(text)
    assert ticket is not None
    return ticket


def test_the_full_sample_is_read_whole_and_without_diagnostics() -> None:
    ticket = the_ticket(FULL_FILE)
    assert ticket.diagnostics == ()
    assert (ticket.form, ticket.slug, ticket.bar_length) == ("full", "rank-fused-results", 76)
    assert ticket.title is not None
    assert ticket.title.text == "Rank the fused results of keyword and vector search"
    assert (ticket.meta[0].key.text, ticket.meta[0].value.text) == ("Created", "2025-01-15")
    assert len(ticket.meta) == 7
    assert [section.name for section in ticket.sections] == [
        "CONTEXT",
        "PROBLEM STATEMENT",
        "ARCHITECTURAL CONTEXT",
        "REQUIREMENTS",
        "DESIGN DECISIONS",
        "IMPLEMENTATION GUIDANCE",
        "TESTING STRATEGY",
        "RELATED TAGS & CROSS-REFERENCES",
        "EXPECTED OUTCOME",
    ]
    context = ticket.sections[0]
    assert context.detail is not None
    assert context.detail.text == "Why this exists"
    assert context.text.startswith("Keyword search finds exact words, vector search finds meaning.\n")
    assert context.text.endswith("which needs ranks only.")


def test_the_ticket_ends_with_its_log_and_leaves_the_banner_below_to_the_code() -> None:
    ticket = the_ticket(FULL_FILE)
    assert FULL_FILE[ticket.start : ticket.end] == FULL_TICKET.rstrip("\n") + "\n"
    assert ticket.log is not None
    assert [logged.entry.date for logged in ticket.log.entries] == ["2025-01-20"]
    assert FULL_FILE[ticket.log.start :].startswith("MODIFICATION LOG:\n")
    assert FULL_FILE[: ticket.log.end].endswith("#   Related: docs/specs/hybrid_search.md")


def test_requirements_tests_and_tasks_come_with_the_ticket() -> None:
    ticket = the_ticket(FULL_FILE)
    assert [(item.id, item.text, item.functional) for item in ticket.requirements] == [
        ("FR1", "Accept any number of ranked lists", True),
        ("FR2", "Return every document once, best first, ties by identifier", True),
        ("NFR1", "10000 documents in under 100 ms", False),
    ]
    assert [FULL_FILE[item.start : item.end] for item in ticket.requirements] == ["FR1", "FR2", "NFR1"]
    assert [test.name for test in ticket.tests] == [
        "test_fr1_any_number_of_lists",
        "test_fr2_ties_by_identifier",
        "test_nfr1_ten_thousand_documents",
    ]
    assert [(task.state, task.text) for task in ticket.tasks] == [
        ("done", "agree on the tie rule"),
        ("doing", "write the function"),
        ("open", "measure it"),
    ]


def test_tags_in_the_sections_refer_and_tags_in_the_header_define() -> None:
    ticket = the_ticket(FULL_FILE)
    assert [(tag.category, tag.role) for tag in ticket.tags] == [
        ("TICKET", "definition"),
        ("FEATURE", "definition"),
        ("COMPONENT", "definition"),
        ("GLOBAL-PROJECT", "label"),
        ("SPEC", "reference"),
    ]
    all_tags = find_tags(FULL_FILE, reference_spans=ticket.reference_spans)
    assert all_tags[: len(ticket.tags)] == list(ticket.tags)
    assert [(tag.category, tag.role) for tag in all_tags[len(ticket.tags) :]] == [
        ("RELATED", "reference"),
        ("PATTERN", "reference"),
    ]


def test_the_mini_form_has_fields_for_sections() -> None:
    ticket = the_ticket(MINI_TICKET + "def safe_divide(): ...\n")
    assert ticket.diagnostics == ()
    assert ticket.form == "mini"
    fields = {section.name: section for section in ticket.sections}
    assert list(fields) == ["CONTEXT", "PROBLEM", "REQUIREMENTS", "DESIGN DECISION", "ALTERNATIVES REJECTED"]
    problem = fields["PROBLEM"].detail
    assert problem is not None
    assert problem.text == "a ZeroDivisionError stops the report"
    assert fields["REQUIREMENTS"].text.splitlines()[0] == "  - FR1: return the default when the divisor is 0"
    assert [item.id for item in ticket.requirements] == ["FR1", "NFR1"]
    assert ticket.write() == MINI_TICKET


def test_requirements_may_share_one_line_of_a_mini_ticket() -> None:
    text = MINI_TICKET.replace(
        "# REQUIREMENTS:\n#   - FR1: return the default when the divisor is 0\n"
        "#   - NFR1: at most 1 branch more than plain division\n",
        "# REQUIREMENTS: FR1: return the default; NFR1: at most 1 branch more\n",
    )
    assert [(item.id, item.text) for item in the_ticket(text).requirements] == [
        ("FR1", "return the default"),
        ("NFR1", "at most 1 branch more"),
    ]


@pytest.mark.parametrize("sample", [FULL_FILE, MINI_TICKET])
@pytest.mark.parametrize("marker", ["//", "--", ";", "  #", "##", "///", "//!"])
def test_any_line_comment_marker_carries_a_ticket(sample: str, marker: str) -> None:
    plain = the_ticket(sample)
    text = "\n".join(
        marker + line[1:] if line.startswith("# ") or line == "#" else line for line in sample.split("\n")
    )
    ticket = the_ticket(text)
    assert ticket.diagnostics == ()
    assert [section.text for section in ticket.sections] == [section.text for section in plain.sections]
    assert ticket.write() == text[ticket.start : ticket.end]


@pytest.mark.parametrize("opening", ["/*\n *", "/**\n *", "/*"])
@pytest.mark.parametrize("closing", ["\n */\nint x;\n", " */\nint x;\n", " **/ int x;\n"])
def test_a_block_comment_carries_a_ticket(opening: str, closing: str) -> None:
    body = "\n".join(" *" + line[1:] for line in MINI_TICKET.rstrip("\n").split("\n"))
    text = opening + body[2:] + closing
    ticket = the_ticket(text)
    assert ticket.diagnostics == ()
    assert [section.name for section in ticket.sections][-1] == "ALTERNATIVES REJECTED"
    assert ticket.write() == text[ticket.start : ticket.end]
    assert not ticket.write().endswith("int x;\n") or closing.endswith("**/ int x;\n")


def test_carriage_returns_and_odd_spacing_are_kept() -> None:
    text = FULL_FILE.replace("\n", "\r\n").replace("# Priority: High", "#Priority :   High  \t")
    ticket = the_ticket(text)
    assert ticket.diagnostics == ()
    assert ("Priority", "High") in [(line.key.text, line.value.text) for line in ticket.meta]
    assert ticket.write() == text[ticket.start : ticket.end]


def test_sections_without_closing_bars_and_blank_lines_are_the_same_sections() -> None:
    dense = FULL_TICKET.replace(f"{BAR}\n\n{BAR}\n", f"{BAR}\n").replace(f"{BAR}\n\n# MOD", "# MOD")
    ticket = the_ticket(dense)
    assert ticket.diagnostics == ()
    assert [section.text for section in ticket.sections] == [
        section.text for section in the_ticket(FULL_FILE).sections
    ]


def test_an_unknown_section_and_an_unknown_key_are_kept_without_complaint() -> None:
    text = FULL_TICKET.replace("# Priority: High", "# Sprint: 12").replace(
        f"{BAR}\n# TESTING STRATEGY",
        f"{BAR}\n# ROLL-OUT PLAN: slow\n{BAR}\n# one in ten\n{BAR}\n\n{BAR}\n# TESTING STRATEGY",
    )
    ticket = the_ticket(text)
    assert ticket.diagnostics == ()
    plan = ticket.section("ROLL-OUT PLAN")
    assert plan is not None
    assert (plan.known, plan.text) == (False, "one in ten")


def test_the_blank_line_between_two_sections_belongs_to_neither() -> None:
    text = FULL_TICKET.replace(f"which needs ranks only.\n{BAR}\n", "which needs ranks only.\n")
    context = the_ticket(text).sections[0]
    assert context.content.text.endswith("# Solution: reciprocal rank fusion, which needs ranks only.\n")
    assert text[context.end :].startswith(f"\n{BAR}\n# PROBLEM STATEMENT")


def test_a_section_whose_heading_lacks_its_second_bar_is_read_all_the_same() -> None:
    text = FULL_TICKET.replace(f"# EXPECTED OUTCOME\n{BAR}\n", "# EXPECTED OUTCOME\n")
    section = the_ticket(text).section("EXPECTED OUTCOME")
    assert section is not None
    assert section.text == "rank_fused_results exists, its tests pass, coverage > 90 %."


def test_code_after_the_end_of_a_block_comment_is_no_part_of_the_ticket() -> None:
    block = f"/*\n{BAR}\n# @TAG:TICKET:a\n{BAR}\n# TICKET: A\n{BAR}\n{BAR}\n# CONTEXT\n{BAR}\n# why */\n"
    text = block.replace("\n#", "\n *") + "*pointer = 1;\n"
    ticket = the_ticket(text)
    assert ticket.sections[0].text == "why"
    assert text[ticket.end :] == "*pointer = 1;\n"


def test_two_tickets_in_one_file_are_two() -> None:
    text = MINI_TICKET + "\n" + MINI_TICKET.replace("safe-division", "second") + "\nx = 1\n\n" + MINI_TICKET
    assert [ticket.slug for ticket in parse_tickets(text)] == ["safe-division", "second", "safe-division"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TICKET",
        "x = 'TICKET: no comment'\n",
        f"{BAR}\n# TICKET sales\n{BAR}\n",
        f"{BAR}\n# @TAG:FEATURE:only-a-banner\n{BAR}\n# TICKET: too late\n".replace(
            "# TICKET", "x = 1\n# TICKET"
        ),
        f"{BAR}\n# @TAG:TICKET:never-closed\n",
        "# @TAG:TICKET:no-bars\n# TICKET: no bars\n",
        f"{BAR}\n// @TAG:TICKET:other-marker\n{BAR}\n",
    ],
)
def test_what_is_no_ticket_gives_none(text: str) -> None:
    assert parse_ticket(text) is None


def pieces(ticket: Ticket) -> list[Piece]:
    found = [ticket.title] if ticket.title is not None else []
    for line in ticket.meta:
        found.extend([line.key, line.value])
    for section in ticket.sections:
        found.extend([section.title, section.content])
        if section.detail is not None:
            found.append(section.detail)
    return found


def check_laws(text: str) -> None:
    at = 0
    for ticket in parse_tickets(text):
        assert at <= ticket.start < ticket.end <= len(text)
        at = ticket.end
        assert ticket.write() == text[ticket.start : ticket.end]
        for piece in pieces(ticket):
            assert text[piece.start : piece.end] == piece.text
        for tag in ticket.tags:
            assert text[tag.start : tag.end].startswith("@TAG:")
        for item in ticket.requirements:
            assert text[item.start : item.end] == item.id
        for test in ticket.tests:
            assert text[test.start : test.end] == test.name
        for task in ticket.tasks:
            assert len(text[task.start : task.end]) == 3
        for section in ticket.sections:
            assert (
                ticket.start <= section.start <= section.title.start <= section.content.start <= section.end
            )
        for problem in ticket.diagnostics:
            assert ticket.start <= problem.start <= problem.end <= ticket.end
        for logged in () if ticket.log is None else ticket.log.entries:
            assert ticket.log is not None
            assert ticket.log.start < logged.start < logged.end <= ticket.log.end


LINES = [
    BAR,
    "# " + "=" * 40,
    "# " + "=" * 12,
    "#" + "=" * 30 + "  ",
    "# @TAG:TICKET:a-b",
    "# @TAG:MODIFIED:2025-13-01",
    "# TICKET: Do it",
    "# TICKET:",
    "# Created: 2025-01-01",
    "# created",
    "# CONTEXT: why",
    "# CONTEXT",
    "# REQUIREMENTS",
    "# REQUIREMENTS: FR1: a; NFR1: b",
    "#   FR2: c",
    "# fr 3: d",
    "# ROLL-OUT",
    "# - [?] task",
    "# TESTING STRATEGY",
    "# test_x()",
    "# MODIFICATION LOG:",
    "# - 2025-01-20: text",
    "#   Reason: r",
    "#   Impact:",
    "#     - i",
    "#",
    "",
    "   ",
    "x = 1",
    " * " + "=" * 25,
    "/* " + "=" * 25,
    " * @TAG:TICKET:c",
    " * TICKET: c */ int x;",
    " */",
    "#  prose: with a colon",
]
ALMOST = st.lists(st.sampled_from(LINES), max_size=30).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n"]).map(lambda newline: newline.join(lines))
)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(ALMOST.map(lambda text: f"{BAR}\n# @TAG:TICKET:t\n{text}"))
def test_almost_tickets_are_written_back_byte_equal_with_true_offsets(text: str) -> None:
    check_laws(text)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.integers(0, len(FULL_FILE)), st.integers(0, 200), st.text(max_size=20) | ALMOST)
def test_damaged_tickets_are_written_back_byte_equal_with_true_offsets(at: int, cut: int, put: str) -> None:
    check_laws(FULL_FILE[:at] + put + FULL_FILE[at + cut :])


@settings(derandomize=True, max_examples=100)
@given(st.text(max_size=80))
def test_arbitrary_text_never_raises(text: str) -> None:
    check_laws(text)
    check_laws(f"{BAR}\n# @TAG:TICKET:{text}\n# TICKET: {text}\n{BAR}\n# CONTEXT: {text}\n{BAR}\n")
