"""The modification log: short and long entries, their fields, Markdown documents, mistakes."""

import pytest
from aifirst_codebase.tickets import LogEntry, find_markdown_logs, write_markdown_entry
from hypothesis import given, settings
from hypothesis import strategies as st

LONG = """# Search

## MODIFICATION LOG

### 2025-01-20: Ties by identifier

- **Date:** 2025-01-20
- **Agent:** Ada
- **Type:** bug fix
- **Reason:** two runs gave
  two orders
- **Impact:**
  - the order is stable
  - one comparison
    more
- **Related:** rank.py:12
- **Reviewed:** Grace

### 2025-01-21: Shorter

**Date**: 2025-01-21
**Agent**: Ada
**Type**: change
**Reason**: clarity
**Impact**: none
**Related**: rank.py
**Reviewed**: no

- 2025-01-22: A short one
  Reason: small

## Next

- [x] not part of the log
"""

FULL_ENTRY = LogEntry(
    date="2025-01-20",
    text="Ties by identifier",
    agent="Ada",
    type="bug fix",
    reason="two runs gave two orders",
    impact=("the order is stable", "one comparison more"),
    related="rank.py:12",
    reviewed="Grace",
)


def test_a_markdown_log_holds_long_and_short_entries() -> None:
    (log,) = find_markdown_logs(LONG)
    assert log.diagnostics == ()
    assert log.entries[0].entry == FULL_ENTRY
    assert log.entries[0].entry.missing_fields == ()
    assert [logged.form for logged in log.entries] == ["long", "long", "short"]
    assert log.entries[1].entry.impact == ("none",)
    assert log.entries[2].entry == LogEntry("2025-01-22", "A short one", reason="small")
    assert log.entries[2].entry.missing_fields == ("Agent", "Type", "Impact", "Related", "Reviewed")


def test_entries_and_log_know_their_offsets() -> None:
    (log,) = find_markdown_logs(LONG)
    assert LONG[log.start :].startswith("## MODIFICATION LOG")
    assert LONG[: log.end].endswith("  Reason: small")
    first, second, third = log.entries
    assert LONG[first.start : first.end].startswith("### 2025-01-20")
    assert LONG[first.start : first.end].endswith("**Reviewed:** Grace")
    assert LONG[second.start : second.end].endswith("**Reviewed**: no")
    assert LONG[third.start : third.end] == "- 2025-01-22: A short one\n  Reason: small"


def test_a_heading_without_date_takes_the_date_field_of_its_entry() -> None:
    (log,) = find_markdown_logs("# MODIFICATION LOG\n### Ties\n- Date: 2025-01-20\n- Agent: Ada\n")
    assert [logged.entry for logged in log.entries] == [LogEntry("2025-01-20", "Ties", agent="Ada")]


def test_a_second_date_field_begins_the_next_entry() -> None:
    (log,) = find_markdown_logs("# MODIFICATION LOG\nDate: 2025-01-20\nAgent: Ada\nDate: 2025-01-21\n")
    assert [(logged.entry.date, logged.entry.agent) for logged in log.entries] == [
        ("2025-01-20", "Ada"),
        ("2025-01-21", ""),
    ]


def test_a_document_without_a_log_has_none() -> None:
    assert find_markdown_logs("# Title\n\nThe MODIFICATION LOG is elsewhere.\n") == []


@pytest.mark.parametrize(
    ("code", "invalid", "valid"),
    [
        ("log-date", "- 2025-02-30: text", "- 2025-02-28: text"),
        ("log-date", "- 1/2/2025: text", "- 2025-01-02: text"),
        ("log-entry", "changed something", "- 2025-01-02: changed something"),
        ("log-entry", "- 2025-01-02: a\n- b", "- 2025-01-02: a\n- 2025-01-03: b"),
        ("log-entry", "- 2025-01-02:", "- 2025-01-02: a"),
        (
            "log-field-missing",
            "### 2025-01-02: a\n- **Agent:** Ada",
            write_markdown_entry(FULL_ENTRY),
        ),
    ],
)
def test_every_log_diagnostic_has_both_examples(code: str, invalid: str, valid: str) -> None:
    (log,) = find_markdown_logs(f"# MODIFICATION LOG\n{invalid}\n")
    assert [problem.code for problem in log.diagnostics] == [code]
    assert log.diagnostics[0].suggestion
    (log,) = find_markdown_logs(f"# MODIFICATION LOG\n{valid}\n")
    assert log.diagnostics == ()


WORD = st.from_regex(r"[A-Za-z][A-Za-z0-9 ,.]{0,15}[A-Za-z0-9]", fullmatch=True)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.builds(
        LogEntry,
        st.dates().map(str),
        WORD,
        WORD,
        WORD,
        WORD,
        st.lists(WORD, max_size=3).map(tuple),
        WORD,
        WORD,
    )
)
def test_a_long_entry_reads_back_as_it_was_written(entry: LogEntry) -> None:
    (log,) = find_markdown_logs(f"## MODIFICATION LOG\n\n{write_markdown_entry(entry)}")
    assert [logged.entry for logged in log.entries] == [entry]


PIECES = [
    "# ",
    "MODIFICATION LOG",
    "\n",
    "- ",
    "2025-01-02",
    ": ",
    "Reason:",
    "  - ",
    "**Impact:**",
    "### ",
    "text",
    "\r",
]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.text(max_size=40))
def test_any_text_is_read_with_spans_inside_it(text: str) -> None:
    for log in find_markdown_logs(text):
        assert 0 <= log.start < log.end <= len(text)
        for logged in log.entries:
            assert log.start < logged.start < logged.end <= log.end
        assert all(0 <= problem.start <= problem.end <= len(text) for problem in log.diagnostics)
