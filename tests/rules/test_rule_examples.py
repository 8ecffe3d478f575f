"""Every rule accepts its valid examples and objects to its invalid ones, on the lines they name."""

from __future__ import annotations

import re

import pytest
from aifirst_validator.check_example import check_example
from aifirst_validator.rule import Example, Rule
from aifirst_validator.rule_set import load_rules

RULES = load_rules().all


def _cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{number}")
        for rule in RULES
        for number, example in enumerate(getattr(rule, kind))
    ]


@pytest.mark.parametrize(("rule", "example"), _cases("valid"))
def test_rule_accepts_its_valid_example(rule: Rule, example: Example) -> None:
    assert [(f.line, f.message) for f in check_example(rule, example)] == []


@pytest.mark.parametrize(("rule", "example"), _cases("invalid"))
def test_rule_objects_to_its_invalid_example_on_the_named_lines(rule: Rule, example: Example) -> None:
    findings = check_example(rule, example)
    assert example.lines, "an invalid example names its lines"
    assert sorted(f.line for f in findings) == sorted(example.lines), [f.message for f in findings]
    assert {f.rule for f in findings} == {rule.code}


@pytest.mark.parametrize(("rule", "example"), _cases("invalid"))
def test_what_a_rule_suggests_begins_with_a_capital(rule: Rule, example: Example) -> None:
    suggested = [finding.suggestion for finding in check_example(rule, example)]
    assert [one for one in suggested if one[:1].islower()] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_says_everything_its_page_needs(rule: Rule) -> None:
    assert re.fullmatch(r"AF\d\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith(".")
    assert rule.invalid
    assert rule.valid
    assert type(rule).__doc__
    assert len(type(rule).__doc__ or "") > 80


def test_codes_and_names_are_unique() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.fixable], ids=lambda rule: rule.code)
def test_a_fixable_rule_fixes_each_of_its_invalid_examples(rule: Rule) -> None:
    for example in rule.invalid:
        assert all(finding.fixable for finding in check_example(rule, example))
