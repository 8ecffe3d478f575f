"""Changes made to keep the edit rules busy, and what they cost: looked at once, not once for each other thing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from aifirst_codebase.config import load_config
from aifirst_validator.change_engine import judge_pair
from aifirst_validator.changes import name_index
from aifirst_validator.changes.changed_texts import ChangedTexts
from aifirst_validator.changes.judge import judge_change
from aifirst_validator.changes.line_diff import Hunk
from aifirst_validator.changes.pair import change_of_texts
from aifirst_validator.changes.touched_lines import TouchedLines
from aifirst_validator.rule_set import load_rules
from hypothesis import given, settings
from hypothesis import strategies as st

_FULL = load_config(Path(), overrides={"preset": "full"}, isolated=True)
_ranges = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=8)


def said(before: dict[str, str], after: dict[str, str], code: str) -> list[str]:
    rules = [rule for rule in load_rules().change_rules if rule.code == code]
    change = change_of_texts(before, after, today=date(2025, 6, 1), settings_of=_FULL.for_path)
    return [problem.message for _, _, problem in judge_change(change, rules)]


@settings(derandomize=True, max_examples=100)
@given(_ranges, st.integers(1, 40), st.integers(0, 5))
def test_touched_lines_are_those_of_any_hunk(ranges: list[tuple[int, int]], first: int, more: int) -> None:
    hunks: list[Hunk] = []
    at = 0
    for gap, size in ranges:
        hunks.append(Hunk(at, at + 1, at + gap, at + gap + size))
        at += gap + size
    last = first + more
    plainly = any(hunk.after_start + 1 <= last and first <= hunk.after_end for hunk in hunks)
    assert TouchedLines(hunks).meet(first, last) == plainly


def test_every_finding_is_held_against_the_hunks_around_it(tmp_path: Path) -> None:
    count = 6000
    text = "".join(f"def step_{i}(rows):\n    return rows + {i}\n\n\n" for i in range(count))
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text(text, "utf-8")
    after.write_text(text.replace("(rows):", "(rows):\n    # go on"), "utf-8")
    overrides = {"preset": "full", "glue": {"scope": "all", "quality": "all"}}
    report = judge_pair(before, after, overrides, isolated=True)
    assert not [notice for notice in report.notices if notice.code == "bug"]
    assert sum(finding.rule == "AF204" for finding in report.findings) == count


def test_names_that_changed_are_looked_for_in_one_pass() -> None:
    count = 600
    old = "".join(f"def step_{i}(a):\n    return a\n\n\n" for i in range(count))
    new = old.replace("(a)", "(a, b)")
    callers = {
        f"use_{n}.py": "".join(f"from steps import step_{i}\nstep_{i}(1)\n" for i in range(count))
        for n in range(3)
    }
    found = said({"steps.py": old, **callers}, {"steps.py": new, **callers}, "AF404")
    assert len(found) == count
    assert all("3 calls do not fit" in message for message in found)


def test_a_name_that_a_file_is_full_of_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_index, "_MOST_PLACES", 50)
    old = "def step(a):\n    return a\n"
    few = {"use.py": "from steps import step\n" + "step(1)\n" * 40}
    many = {"use.py": "from steps import step\n" + "step(1)\n" * 60}
    new = old.replace("(a)", "(a, b)")
    assert len(said({"steps.py": old, **few}, {"steps.py": new, **few}, "AF404")) == 1
    assert said({"steps.py": old, **many}, {"steps.py": new, **many}, "AF404") == []


def test_comments_that_are_gone_are_searched_for_where_all_their_words_are() -> None:
    texts = ChangedTexts({"a.py": "# the queue needs\n# air to breathe\n", "b.py": "# nothing of it\n"})
    assert texts.stands_in("a.py", "// the queue needs air")
    assert not texts.stands_in("a.py", "# air needs the queue")
    assert texts.stands_beside("b.py", "# air to breathe")
    assert not texts.stands_beside("a.py", "# air to breathe")
    assert not texts.stands_beside("b.py", "# the queue needs air")


def test_searches_for_lost_comments_end_with_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    from aifirst_validator.changes import changed_texts

    monkeypatch.setattr(changed_texts, "_BUDGET", 700)
    texts = ChangedTexts({"a.py": "word of a comment " * 30})
    assert texts.stands_in("a.py", "# a comment")
    assert not texts.stands_in("a.py", "# a comment")


def test_specifications_are_found_by_name_and_tag_from_one_index() -> None:
    count = 400
    tags = "".join(f"# @TAG:SPEC:part-{i}\n" for i in range(count))
    old = f"# @TAG:COMPONENT:parts\n{tags}\ndef delay(attempt):\n    return 2 ** attempt\n"
    new = old.replace("(attempt)", "(attempt, longest)")
    documents = {f"specs/part-{i}.md": "# Part\n" for i in range(0, count, 2)}
    documents |= {f"docs/d{i}.md": f"@TAG:SPEC:part-{i}\n" for i in range(1, count, 2)}
    (message,) = said({"a.py": old, **documents}, {"a.py": new, **documents}, "AF403")
    assert "specs/part-0.md" in message
    assert message.count(".md") == count
