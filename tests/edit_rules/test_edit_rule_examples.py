"""Every edit rule accepts its valid examples and objects to its invalid ones at the given lines."""

from __future__ import annotations

import pytest
from aifirst_validator.check_example import check_example
from aifirst_validator.rule import ChangeRule, Example
from aifirst_validator.rule_set import load_rules

RULES = [rule for rule in load_rules().change_rules if rule.code.startswith("AF4")]
CASES = [
    pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
    for rule in RULES
    for kind, examples in (("valid", rule.valid), ("invalid", rule.invalid))
    for number, example in enumerate(examples)
]


def test_every_edit_rule_has_its_number_and_a_rule_of_its_own() -> None:
    assert [(rule.code, rule.edit_rule) for rule in RULES] == [(f"AF4{n:02}", f"E{n}") for n in range(1, 16)]


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_an_example_gives_exactly_its_findings(rule: ChangeRule, example: Example) -> None:
    findings = check_example(rule, example)
    assert tuple(finding.line for finding in findings) == example.lines, findings


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_explains_itself_and_has_examples_of_both_kinds(rule: ChangeRule) -> None:
    assert rule.valid
    assert all(not example.lines for example in rule.valid)
    assert rule.invalid
    assert all(example.lines and example.before is not None for example in rule.invalid)
    assert rule.summary.endswith(".")
    assert len((type(rule).__doc__ or "").split()) > 20
