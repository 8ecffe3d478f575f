"""Every ticket diagnostic with an invalid example; the valid one is the shared sample it is made from."""

from collections.abc import Callable

import pytest
from aifirst_codebase.tickets import parse_ticket
from ticket_samples import BAR, FULL_TICKET, MINI_TICKET

Change = Callable[[str], str]


def swap(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def codes_of(text: str) -> list[str]:
    ticket = parse_ticket(text)
    assert ticket is not None
    return [problem.code for problem in ticket.diagnostics]


GOAL = "# rank_fused_results exists, its tests pass, coverage > 90 %.\n"
SECTION_GOAL = f"{BAR}\n# EXPECTED OUTCOME\n{BAR}\n{GOAL}{BAR}\n\n"
TITLE = "Rank the fused results of keyword and vector search"
TAGS = "RELATED TAGS & CROSS-REFERENCES"
TWICE = "# @TAG:TICKET:other\n# @TAG:FEATURE"
CONTEXT_LINE = "# CONTEXT: Averages over groups that may be empty\n"
MINI_START = f"{CONTEXT_LINE}# PROBLEM: a ZeroDivisionError stops the report\n"

FULL_CASES: list[tuple[str, Change, str]] = [
    ("ticket-bar-unmatched", swap(f"{BAR}\n# 1. A result", "# 1. A result"), "=" * 76),
    ("ticket-bar-unmatched", swap("# 1. A result", f"{BAR}\n# Two\n# lines\n{BAR}\n# 1. A result"), "=" * 76),
    ("ticket-bar-length", swap(f"{BAR}\n# TICKET", f"# {'=' * 60}\n# TICKET"), "=" * 60),
    ("ticket-bar-short", swap("# 1. A result", f"# {'=' * 12}\n# 1. A result"), "=" * 12),
    ("ticket-title-missing", swap(f"# TICKET: {TITLE}\n", ""), "=" * 76),
    ("ticket-title-missing", swap(f": {TITLE}", ":"), "=" * 76),
    ("ticket-title-repeated", swap("# Created", "# TICKET: Again\n# Created"), "Again"),
    ("ticket-tag-first", swap("# @TAG:TICKET:rank-fused-results\n", ""), "@TAG:FEATURE:hybrid-search"),
    ("ticket-tag-repeated", swap("# @TAG:FEATURE", TWICE), "@TAG:TICKET:other"),
    ("tag-value-slug", swap("TICKET:rank-fused", "TICKET:Rank-fused"), "@TAG:TICKET:Rank-fused-results"),
    ("ticket-header-line", swap("# Author: Search team", "# by the search team"), "by the search team"),
    ("ticket-meta-key", swap("# Priority:", "# Priorty:"), "Priorty"),
    ("ticket-meta-repeated", swap("# Author", "# Priority: Low\n# Author"), "Priority"),
    ("ticket-meta-date", swap("Created: 2025-01-15", "Created: 15.01.2025"), "Created: 15.01.2025"),
    ("ticket-section-missing", swap(SECTION_GOAL, ""), "=" * 76),
    ("ticket-section-name", swap(TAGS, "RELATED TAG & CROSS-REFERENCE"), "RELATED TAG &"),
    ("ticket-section-name", swap("# REQUIREMENTS", "# Requirements"), "Requirements"),
    ("ticket-section-empty", swap(GOAL, "#\n"), "EXPECTED OUTCOME"),
    ("requirement-id", swap("  FR2: Return", "  FR-2: Return"), "FR-2:"),
    ("requirement-id", swap("  FR2: Return", "  fr2: Return"), "fr2:"),
    ("requirement-repeated", swap("  FR2: Return", "  FR1: Return"), "FR1"),
    ("requirement-number", swap("10000 documents in under 100 ms", "fast enough"), "NFR1"),
    ("task-state", swap("- [x] agree", "- [X] agree"), "[X]"),
    ("task-state", swap("- [x] agree", "- [-] agree"), "[-]"),
    ("log-date", swap("- 2025-01-20: Ties", "- 2025-13-20: Ties"), "- 2025-13-20: Ties are broken"),
    ("log-entry", swap("- 2025-01-20: Ties", "- Ties"), "- Ties are broken by identifier"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change", "spelled"), FULL_CASES)
def test_each_mistake_in_a_full_ticket_is_reported_where_it_stands(
    code: str, change: Change, spelled: str
) -> None:
    text = change(FULL_TICKET)
    ticket = parse_ticket(text)
    assert ticket is not None
    found = [problem for problem in ticket.diagnostics if problem.code == code]
    assert found, codes_of(text)
    assert text[found[0].start : found[0].end].startswith(spelled)
    assert found[0].message
    assert found[0].suggestion
    assert code not in codes_of(FULL_TICKET)


@pytest.mark.parametrize(("code", "change", "spelled"), FULL_CASES)
def test_one_mistake_gives_no_flood(code: str, change: Change, spelled: str) -> None:
    found = codes_of(change(FULL_TICKET))
    assert len(found) <= 4 if code == "log-entry" else len(set(found)) <= 2


def test_a_section_that_stands_twice_or_out_of_order_is_reported_at_its_title() -> None:
    moved = SECTION_GOAL + FULL_TICKET[FULL_TICKET.index(f"{BAR}\n# CONTEXT") :].replace(SECTION_GOAL, "")
    text = FULL_TICKET[: FULL_TICKET.index(f"{BAR}\n# CONTEXT")] + moved
    ticket = parse_ticket(text)
    assert ticket is not None
    assert {problem.code for problem in ticket.diagnostics} == {"ticket-section-order"}
    assert text[ticket.diagnostics[0].start : ticket.diagnostics[0].end] == "CONTEXT"
    again = FULL_TICKET.replace(SECTION_GOAL, SECTION_GOAL + SECTION_GOAL)
    assert codes_of(again) == ["ticket-section-repeated"]


def test_a_header_that_no_bar_closes_is_reported() -> None:
    assert "ticket-bar-unmatched" in codes_of(
        f"{BAR}\n# @TAG:TICKET:a\n{BAR}\n# TICKET: A\n{BAR}\n# Created: 2025-01-01\n"
    )


MINI_CASES: list[tuple[str, Change]] = [
    ("ticket-section-missing", swap(CONTEXT_LINE, "")),
    ("ticket-section-name", swap("# ALTERNATIVES REJECTED:", "# ALTERNATIVES REJECTD:")),
    ("ticket-section-repeated", swap("# DESIGN", "# PROBLEM: another\n# DESIGN")),
    ("ticket-section-order", swap(MINI_START, "# PROBLEM: x\n# CONTEXT: y\n")),
    ("ticket-section-empty", swap("PROBLEM: a ZeroDivisionError stops the report", "PROBLEM:")),
    ("ticket-bar-unmatched", swap(f"every caller would catch it\n{BAR}\n", "every caller would catch it\n")),
    ("ticket-bar-unmatched", swap("# DESIGN", f"{BAR}\n# DESIGN")),
    ("requirement-number", swap("at most 1 branch more than", "as fast as")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), MINI_CASES)
def test_each_mistake_in_a_mini_ticket_is_the_only_one_reported(code: str, change: Change) -> None:
    assert codes_of(MINI_TICKET) == []
    assert codes_of(change(MINI_TICKET)) == [code]
