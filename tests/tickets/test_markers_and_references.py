"""Comment markers with their spelling variants, and references to requirements, code and documents."""

import pytest
from aifirst_codebase.tickets import (
    MARKERS,
    find_markers,
    find_references,
    find_tasks,
    requirement_ids_in_name,
)
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("kind", MARKERS)
@pytest.mark.parametrize("lead", ["# ", "    // ", "-- ", " * ", "; ", "x = 1  # ", "#"])
def test_a_canonical_marker_is_well_formed_behind_any_comment_marker(kind: str, lead: str) -> None:
    spelled = "STEP 2:" if kind == "STEP" else f"{kind}:"
    text = f"a = 1\n{lead}{spelled} because it is\nb = 2\n"
    (marker,) = find_markers(text)
    assert (marker.kind, marker.well_formed, marker.canonical) == (kind, True, spelled)
    assert text[marker.start : marker.end] == spelled
    assert text[marker.text_start : marker.text_end] == "because it is"
    assert marker.own_line is ("x = 1" not in lead)
    assert marker.number == ("2" if kind == "STEP" else None)


@pytest.mark.parametrize(
    "text", ["# TODO later", "# TODO(ada): later", "# FIXME(ada) later", "# NOTE it", "# HACK"]
)
def test_todo_like_markers_need_no_colon_and_may_name_a_person(text: str) -> None:
    (marker,) = find_markers(text)
    assert marker.well_formed


@pytest.mark.parametrize(
    ("text", "kind", "canonical"),
    [
        ("# Step1: load", "STEP", "STEP 1:"),
        ("# STEP 1 - load", "STEP", "STEP 1:"),
        ("# Step 2. load", "STEP", "STEP 2:"),
        ("# STEPS 3: load", "STEP", "STEP 3:"),
        ("# step 4", "STEP", "STEP 4:"),
        ("# STEP: load", "STEP", "STEP n:"),
        ("# WHY - because", "WHY", "WHY:"),
        ("# WHY : because", "WHY", "WHY:"),
        ("# why: because", "WHY", "WHY:"),
        ("# Why because", "WHY", None),
        ("# WHY because", "WHY", "WHY:"),
        ("# EDGE_CASE: empty", "EDGE CASE", "EDGE CASE:"),
        ("# Edge cases: empty", "EDGE CASE", "EDGE CASE:"),
        ("# EDGECASE: empty", "EDGE CASE", "EDGE CASE:"),
        ("# ALTERNATIVES CONSIDERED: a list", "ALTERNATIVE CONSIDERED", "ALTERNATIVE CONSIDERED:"),
        ("# todo: later", "TODO", "TODO:"),
        ("# todo later", "TODO", None),
        ("# Note that it is so", "NOTE", None),
        ("# how it works", "HOW", None),
        ("# pattern-matching", "PATTERN", None),
        ("# WHYEVER: x", "WHY", None),
        ("# steps to take", "STEP", None),
    ],
)
def test_other_spellings_carry_the_canonical_one_and_prose_is_left_alone(
    text: str, kind: str, canonical: str | None
) -> None:
    found = find_markers(text)
    assert [(marker.kind, marker.canonical, marker.well_formed) for marker in found] == (
        [] if canonical is None else [(kind, canonical, False)]
    )


def test_a_number_after_another_marker_belongs_to_its_statement() -> None:
    text = "# TODO 3 cases are left"
    (marker,) = find_markers(text)
    assert (marker.kind, marker.number) == ("TODO", None)
    assert text[marker.text_start : marker.text_end] == "3 cases are left"


def test_only_the_span_that_is_asked_for_is_read() -> None:
    text = "# WHY: a\n# WHY: b\n# WHY: c\n"
    assert [marker.start for marker in find_markers(text, 9, 18)] == [11]


def test_references_are_found_in_order_with_their_targets() -> None:
    text = "FR1 and NFR22: see src/rank.py:12-30, docs/specs/search.md#ranking and lib/a.test.ts:7."
    found = [
        (item.kind, item.target, item.line, item.end_line, item.fragment) for item in find_references(text)
    ]
    assert found == [
        ("requirement", "FR1", None, None, None),
        ("requirement", "NFR22", None, None, None),
        ("anchor", "src/rank.py", 12, 30, None),
        ("document", "docs/specs/search.md", None, None, "ranking"),
        ("anchor", "lib/a.test.ts", 7, None, None),
    ]
    assert all(item.well_formed for item in find_references(text))


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("docs/a.md:12 stands", ["docs/a.md"]),
        ("see docs/a.md: it says", ["docs/a.md"]),
        ("(spec.md)", ["spec.md"]),
        ("a.py:3:14", ["a.py"]),
        ("../up/a.py:3", ["../up/a.py"]),
    ],
)
def test_punctuation_around_a_path_is_not_part_of_it(text: str, targets: list[str]) -> None:
    assert [item.target for item in find_references(text)] == targets


@pytest.mark.parametrize(
    "text",
    [
        "http://example.com:8080/x",
        "https://example.com/readme.md",
        "127.0.0.1:80",
        "at 12:30",
        "XFR1 FRAME FR1x OFR-1",
        "std::vector a::b.c::1",
        "version 1.2:3",
        "a.mdx",
        "rank.py:12abc",
    ],
)
def test_what_only_looks_like_a_reference_is_none(text: str) -> None:
    assert find_references(text) == []


@pytest.mark.parametrize(
    ("text", "fine"), [("a.py:0", False), ("a.py:9-3", False), ("a.py:3-9", True), ("a.py:3-3", True)]
)
def test_an_anchor_that_no_file_can_have_is_data_and_says_so(text: str, fine: bool) -> None:
    (anchor,) = find_references(text)
    assert anchor.well_formed is fine


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_fr1_accepts", ("FR1",)),
        ("test_fr1_and_nfr_2_hold", ("FR1", "NFR2")),
        ("testFR12Accepts", ("FR12",)),
        ("TestNfr3", ("NFR3",)),
        ("test_afr1", ()),
        ("from_1", ()),
        ("test_fr1st", ()),
    ],
)
def test_a_test_name_carries_requirement_ids(name: str, ids: tuple[str, ...]) -> None:
    assert requirement_ids_in_name(name) == ids


def test_task_lists_of_a_document_have_three_states() -> None:
    text = "# Plan\n- [ ] a\n* [/] b\n1. [x] c\n- [1] footnote-like\n[x] no item\n- [link](x)\n"
    tasks, problems = find_tasks(text)
    assert [(task.state, task.text) for task in tasks] == [("open", "a"), ("doing", "b"), ("done", "c")]
    assert [text[task.start : task.end] for task in tasks] == ["[ ]", "[/]", "[x]"]
    assert [(problem.code, text[problem.start : problem.end]) for problem in problems] == [
        ("task-state", "[1]")
    ]


PIECES = [
    "# ",
    "WHY",
    "STEP",
    "1",
    ":",
    " ",
    "-",
    "\n",
    "TODO",
    "(",
    ")",
    "FR",
    "a.py",
    "/",
    "docs.md",
    "#",
    "0",
    "é",
]


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text(max_size=40))
def test_any_text_is_read_and_spans_hold_what_they_claim(text: str) -> None:
    for marker in find_markers(text):
        assert marker.start < marker.end <= marker.text_start <= marker.text_end <= len(text)
        letters = [char for char in text[marker.start : marker.end].upper() if char.isalpha()]
        assert "".join(letters).startswith(marker.kind.replace(" ", "")[:4])
    for reference in find_references(text):
        assert text[reference.start : reference.end].startswith(reference.target)
