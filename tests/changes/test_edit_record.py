"""Edit records are read from JSON and TOML, and a wrong one says where it is wrong."""

from __future__ import annotations

import pytest
from aifirst_validator.changes.record import ContextItem, PlannedChange, RecordError, parse_record

JSON = """{"intent": "Fix a.py:3.", "mode": "surgeon", "context": ["a.py", {"path": "b.py", "reason": "caller"}],
 "plan": {"files_to_modify": ["./a.py"], "changes": [{"file": "a.py", "line": 3, "renames": {"x": "y"}}]},
 "validation": [{"check": "pytest", "passed": true, "change": 1}], "log": "one\\ntwo"}"""
TOML = """
intent = "Fix a.py:3."
mode = "surgeon"
context = ["a.py", { path = "b.py", reason = "caller" }]
log = ["one", "two"]
[plan]
files_to_modify = ["./a.py"]
changes = [{ file = "a.py", line = 3, renames = { x = "y" } }]
[[validation]]
check = "pytest"
passed = true
change = 1
"""


@pytest.mark.parametrize("text", [JSON, TOML, "\ufeff" + JSON, "\ufeff" + TOML])
def test_both_formats_say_the_same(text: str) -> None:
    record = parse_record(text)
    assert record.intent == "Fix a.py:3."
    assert record.mode == "surgeon"
    assert record.context == ("a.py", ContextItem("b.py", "caller"))
    assert record.plan is not None
    assert record.plan.changes == (PlannedChange("a.py", 3, renames={"x": "y"}),)
    assert record.planned_files == {"a.py"}
    assert record.log_lines == ("one", "two")
    assert record.validation[0].passed


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"intnt": "x"}', "unknown field `intnt`"),
        ('{"plan": {"changes": [{"file": 3}]}}', r"\$.plan.changes\[0\].file"),
        ("mode = 'carpenter'", "'carpenter'"),
        ('{"intent": ', "neither JSON nor TOML"),
        ("intent = ", "neither JSON nor TOML"),
        ("a" + ".a" * 50_000 + " = 1", "more than 32 parts"),
        ("intent = " + "[" * 50_000, "nests too deep"),
        ('{"validation": ' * 50_000, "validation"),
        ("\xff\x00", "neither JSON nor TOML"),
    ],
)
def test_a_wrong_record_says_where_and_what_to_write(text: str, place: str) -> None:
    with pytest.raises(RecordError, match=place) as caught:
        parse_record(text, "plan.json")
    assert str(caught.value).startswith("plan.json")
    assert "Write it as one of them" in str(caught.value) or "Its keys are intent" in str(caught.value)
