"""Fresh tickets from data, and edits of existing ones that leave the rest byte-equal."""

from collections.abc import Callable
from datetime import date

import pytest
from aifirst_codebase.tickets import (
    LogEntry,
    MetaData,
    SectionData,
    TagData,
    TextEdit,
    Ticket,
    TicketData,
    TicketDataError,
    TicketEditError,
    add_log_entry,
    add_tag,
    apply_edits,
    parse_ticket,
    set_meta,
    set_modified,
    set_section,
    ticket_data,
    write_ticket,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from ticket_samples import BAR, FULL_FILE, MINI_TICKET

DAY = date(2025, 3, 1)
ENTRY = LogEntry(
    "2025-03-01", "Faster", agent="Ada", type="change", reason="slow", impact=("one", "two"), related="a.py:3"
)


def the_ticket(text: str) -> Ticket:
    ticket = parse_ticket(text)
    assert ticket is not None
    return ticket


def block_comment(sample: str) -> str:
    lines = [" *" + line[1:] if line.startswith("#") else line for line in sample.rstrip("\n").split("\n")]
    return "/*\n" + "\n".join(lines) + " */\nint x;\n"


WORD = st.from_regex(r"[A-Za-z0-9(<>%é][A-Za-z0-9,.()<>%é -]{0,20}[A-Za-z0-9)]", fullmatch=True)
SLUG = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
TEXT = st.lists(
    st.from_regex(r" {0,4}[a-z0-9][a-z0-9 ,.]{0,20}[a-z]", fullmatch=True), min_size=1, max_size=4
).map("\n".join)
DATES = st.dates(date(1990, 1, 1), date(2040, 1, 1)).map(date.isoformat)
ENTRIES = st.builds(
    LogEntry, DATES, WORD, agent=WORD | st.just(""), type=WORD | st.just(""), reason=WORD | st.just(""),
    impact=st.lists(WORD, max_size=2).map(tuple), related=WORD | st.just(""), reviewed=WORD | st.just(""),
)  # fmt: skip
FULL_NAMES = [
    "CONTEXT",
    "PROBLEM STATEMENT",
    "REQUIREMENTS",
    "TESTING STRATEGY",
    "ROLL-OUT PLAN",
    "EXPECTED OUTCOME",
]
MINI_NAMES = ["CONTEXT", "PROBLEM", "REQUIREMENTS", "DESIGN DECISION", "ALTERNATIVES REJECTED"]


@st.composite
def ticket_values(draw: st.DrawFn) -> TicketData:
    mini = draw(st.booleans())
    tags = [
        TagData("TICKET", draw(SLUG)),
        *draw(st.lists(st.builds(TagData, st.just("FEATURE"), SLUG), max_size=2)),
    ]
    keys = draw(st.lists(st.sampled_from(["Created", "Author", "Priority"]), unique=True, max_size=3))
    names = MINI_NAMES if mini else draw(st.lists(st.sampled_from(FULL_NAMES), unique=True, max_size=5))
    sections = [SectionData(name, draw(TEXT | st.just("")), draw(WORD | st.just(""))) for name in names]
    return TicketData(
        title=draw(WORD),
        tags=tuple(tags),
        meta=tuple(MetaData(key, draw(WORD)) for key in keys),
        sections=tuple(sections),
        log=tuple(draw(st.lists(ENTRIES, max_size=2))),
        form="mini" if mini else "full",
    )


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    ticket_values(),
    st.sampled_from(["#", "//", "--", ";", "*"]),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(20, 90),
)
def test_a_written_ticket_reads_back_as_its_data(
    data: TicketData, comment: str, newline: str, bars: int
) -> None:
    text = write_ticket(data, comment=comment, newline=newline, bar_length=bars)  # pyright: ignore[reportArgumentType] - drawn from the literals
    ticket = the_ticket(text)
    assert ticket_data(ticket) == data
    assert ticket.bar_length == bars
    assert text.endswith(newline)
    assert not {"ticket-bar-unmatched", "ticket-bar-length", "ticket-header-line", "log-entry"} & {
        problem.code for problem in ticket.diagnostics
    }


@pytest.mark.parametrize("sample", [FULL_FILE, MINI_TICKET])
def test_the_samples_survive_the_way_through_data(sample: str) -> None:
    data = ticket_data(the_ticket(sample))
    again = the_ticket(write_ticket(data))
    assert ticket_data(again) == data
    assert again.diagnostics == ()


TICKET_TAG = (TagData("TICKET", "a"),)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (TicketData("two\nlines", TICKET_TAG), "title"),
        (
            TicketData("t", TICKET_TAG, sections=(SectionData("CONTEXT", "a\n" + "=" * 30 + "\nb"),)),
            "sections",
        ),
        (TicketData("t", TICKET_TAG, sections=(SectionData("TAGS", "a"),)), "sections"),
        (TicketData("t", (TagData("TICKET", "a b"),)), "tags"),
        (TicketData("t", TICKET_TAG, meta=(MetaData("Created", "a\nb"),)), "meta"),
        (TicketData("t", TICKET_TAG, log=(LogEntry("yesterday", "x"),)), "log"),
    ],
)
def test_data_that_has_no_ticket_form_is_refused_with_the_part_named(data: TicketData, part: str) -> None:
    with pytest.raises(TicketDataError, match=part):
        write_ticket(data)


def test_a_bar_too_short_to_be_read_back_is_refused() -> None:
    with pytest.raises(TicketDataError, match="at least 20"):
        write_ticket(TicketData("t", TICKET_TAG), bar_length=19)


BROKEN_LINES = [
    BAR,
    "#",
    "",
    "# CONTEXT",
    "# REQUIREMENTS",
    "# MODIFICATION LOG:",
    "# - 2025-01-01: x",
    "# prose",
    "x = 1",
]
Edit = Callable[[Ticket], tuple[TextEdit, ...]]
EDITS: dict[str, Edit] = {
    "modified": lambda ticket: set_modified(ticket, DAY),
    "tag": lambda ticket: add_tag(ticket, "PATTERN", "fusion"),
    "flag": lambda ticket: add_tag(ticket, "CRITICAL"),
    "new key": lambda ticket: set_meta(ticket, "Reviewer", "Grace"),
    "old key": lambda ticket: set_meta(ticket, "Author", "Grace"),
    "log": lambda ticket: add_log_entry(ticket, ENTRY),
    "section": lambda ticket: set_section(ticket, "REQUIREMENTS", "  FR1: one\n\n  FR2: two"),
    "new section": lambda ticket: set_section(ticket, "SPECIFICATION", "line\n  line two"),
    "placed section": lambda ticket: set_section(ticket, "PATTERNS & BEST PRACTICES", "guard clauses"),
}
SAMPLES = {
    "full": FULL_FILE,
    "mini": MINI_TICKET,
    "mini at the end": MINI_TICKET.rstrip("\n"),
    "crlf": FULL_FILE.replace("\n", "\r\n"),
    "slashes": FULL_FILE.replace("\n#", "\n//"),
    "block": block_comment(MINI_TICKET),
    "full block": block_comment(FULL_FILE[FULL_FILE.index("# =") : FULL_FILE.index("\n\n\n# =")]),
    "dense": write_ticket(ticket_data(the_ticket(FULL_FILE))) + "x = 1\n",
}


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_changes_what_it_names_and_nothing_else_and_only_once(sample: str, edit: str) -> None:
    source, change = SAMPLES[sample], EDITS[edit]
    before = the_ticket(source)
    edits = change(before)
    assert edits
    text = apply_edits(source, edits)
    after = the_ticket(text)
    assert change(after) == ()
    assert after.start == before.start
    assert text[after.end :] == source[before.end :]
    # Every line that the edits do not touch is there still, in order.
    touched = [(item.start, item.end) for item in edits]
    kept = [
        line.text.rstrip("\r\n")
        for line in before.lines
        if all(end <= line.start or start >= line.body_end for start, end in touched)
    ]
    remaining = iter(line.text.rstrip("\r\n") for line in after.lines)
    assert all(
        any(line.split("*/")[0].rstrip() == other.split("*/")[0].rstrip() for other in remaining)
        for line in kept
    )
    newline = "\r\n" if sample == "crlf" else "\n"
    assert text.count("\n") == text.count(newline)
    assert {found.code for found in after.diagnostics} <= {found.code for found in before.diagnostics} | {
        "ticket-section-order"
    }


@pytest.mark.parametrize("sample", SAMPLES)
def test_edits_are_read_back_as_what_they_said(sample: str) -> None:
    text = SAMPLES[sample]
    for change in EDITS.values():
        text = apply_edits(text, change(the_ticket(text)))
    data = ticket_data(the_ticket(text))
    assert data.tags[-3:] == (
        TagData("MODIFIED", "2025-03-01"),
        TagData("PATTERN", "fusion"),
        TagData("CRITICAL"),
    )
    assert MetaData("Reviewer", "Grace") in data.meta
    assert MetaData("Author", "Grace") in data.meta
    assert data.log[-1] == ENTRY
    sections = {section.name: section.text for section in data.sections}
    assert sections["REQUIREMENTS"] == "  FR1: one\n\n  FR2: two"
    assert sections["SPECIFICATION"] == "line\n  line two"
    assert sections["PATTERNS & BEST PRACTICES"] == "guard clauses"


def test_a_later_change_replaces_the_modified_date() -> None:
    text = apply_edits(FULL_FILE, set_modified(the_ticket(FULL_FILE), DAY))
    later = apply_edits(text, set_modified(the_ticket(text), date(2025, 4, 2)))
    assert later == text.replace("@TAG:MODIFIED:2025-03-01", "@TAG:MODIFIED:2025-04-02")


def test_of_two_modified_tags_the_last_one_is_the_date() -> None:
    source = MINI_TICKET.replace(
        "# TICKET", "# @TAG:MODIFIED:2025-03-01\n# @TAG:MODIFIED:2025-03-02\n# TICKET"
    )
    text = apply_edits(source, set_modified(the_ticket(source), DAY))
    assert text == source.replace("@TAG:MODIFIED:2025-03-02", "@TAG:MODIFIED:2025-03-01")


def test_a_section_that_ends_its_block_comment_leaves_the_end_in_place() -> None:
    source = (
        f"/*\n{BAR}\n# @TAG:TICKET:a\n{BAR}\n# TICKET: A\n{BAR}\n{BAR}\n# CONTEXT\n{BAR}\n# old */ int x;\n"
    )
    source = source.replace("\n#", "\n *")
    text = apply_edits(source, set_section(the_ticket(source), "CONTEXT", "new\n\nlines"))
    assert text == source.replace(" * old */", " * new\n *\n * lines */")


def test_a_new_known_section_goes_to_its_place_in_the_order() -> None:
    text = apply_edits(FULL_FILE, EDITS["placed section"](the_ticket(FULL_FILE)))
    names = [section.name for section in the_ticket(text).sections]
    assert names[5:8] == ["IMPLEMENTATION GUIDANCE", "PATTERNS & BEST PRACTICES", "TESTING STRATEGY"]


def test_a_mini_field_takes_its_value_beside_the_name() -> None:
    text = apply_edits(MINI_TICKET, set_section(the_ticket(MINI_TICKET), "PROBLEM", "", detail="it stops"))
    assert text == MINI_TICKET.replace("a ZeroDivisionError stops the report", "it stops")


def test_an_empty_section_is_filled_below_its_heading() -> None:
    source = f"{BAR}\n# @TAG:TICKET:a\n{BAR}\n# TICKET: A\n{BAR}\n{BAR}\n# CONTEXT\n{BAR}\n"
    text = apply_edits(source, set_section(the_ticket(source), "CONTEXT", "why"))
    assert text == source + "# why\n"


def test_a_ticket_without_title_has_no_place_for_a_key() -> None:
    ticket = the_ticket(f"{BAR}\n# @TAG:TICKET:a\n{BAR}\n")
    with pytest.raises(TicketEditError, match="TICKET"):
        set_meta(ticket, "Author", "Ada")


def test_foreign_comment_lines_directly_below_stay_outside_of_what_is_added() -> None:
    source = MINI_TICKET + "# This module divides.\nx = 1\n"
    text = apply_edits(source, add_log_entry(the_ticket(source), LogEntry("2025-03-01", "Faster")))
    assert text == source.replace("# This", f"# MODIFICATION LOG:\n# - 2025-03-01: Faster\n{BAR}\n# This")
    assert the_ticket(text).diagnostics == ()


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.sampled_from([FULL_FILE, MINI_TICKET]),
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from([*BROKEN_LINES, None])), max_size=4),
    st.sampled_from(sorted(EDITS)),
)
def test_a_broken_ticket_takes_an_edit_once_or_refuses_it(
    sample: str, changes: list[tuple[int, str | None]], edit: str
) -> None:
    lines = sample.split("\n")
    for place, line in changes:
        at = place % len(lines)
        lines[at : at + 1] = [] if line is None else [line]
    source = "\n".join([*lines, ""])
    ticket = parse_ticket(source)
    if ticket is None:
        return
    try:
        edits = EDITS[edit](ticket)
    except TicketEditError:
        return
    assert EDITS[edit](the_ticket(apply_edits(source, edits))) == ()


def test_a_refused_edit_names_what_to_correct() -> None:
    with pytest.raises(TicketEditError, match="no such form; correct that first"):
        set_section(the_ticket(MINI_TICKET), "CONTEXT", f"a\n{BAR[2:]}\nb", detail="c")


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abcdef", [TextEdit(0, 3, "x"), TextEdit(2, 4, "y")])
