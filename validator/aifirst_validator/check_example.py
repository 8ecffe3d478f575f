"""Runs a rule over one of its examples, as the engine would; the tests and the rule pages use it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

from aifirst_codebase.config import load_config
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.source import decode_source

from aifirst_validator.finding import Finding
from aifirst_validator.judge_file import FileResult, finding_of, judge_source
from aifirst_validator.rule import ChangeRule, Example, FileRule, ProjectRule, Rule
from aifirst_validator.rule_set import RuleSet


def check_example(rule: Rule, example: Example) -> list[Finding]:
    """The findings of this rule alone in `example.path`, in the order of their lines."""
    settings = load_config(Path(), overrides=tomllib.loads(example.settings), isolated=True).settings
    if isinstance(rule, ChangeRule):
        return _check_change(rule, example, settings)
    rules = RuleSet(
        (rule,) if isinstance(rule, FileRule) else (), (rule,) if isinstance(rule, ProjectRule) else (), ()
    )
    texts = {example.path: example.text, **dict(example.files)}
    results = {path: _judge(path, text, settings, rules) for path, text in sorted(texts.items())}
    findings = list(results[example.path].raw)
    if isinstance(rule, ProjectRule):
        findings += _check_facts(rule, results, settings, example.path)
    return sorted(findings, key=lambda finding: (finding.line, finding.column))


def _judge(path: str, text: str, settings: Settings, rules: RuleSet) -> FileResult:
    return judge_source(decode_source(path, text.encode("utf-8")), settings, rules)


def _check_facts(
    rule: ProjectRule, results: dict[str, FileResult], settings: Settings, path: str
) -> list[Finding]:
    from aifirst_validator.project_rules import finding_of_place

    facts = {name: list(result.facts) for name, result in results.items() if result.facts}
    seen: Counter[str] = Counter()
    places = [place for place in rule.check(facts, settings) if place.path == path]
    return [finding_of_place(rule, place, settings, seen) for place in places]


def _check_change(rule: ChangeRule, example: Example, settings: Settings) -> list[Finding]:
    from aifirst_validator.changes.example import change_of_example

    change = change_of_example(example, settings)
    seen: Counter[str] = Counter()
    findings: list[Finding] = []
    for changed in change.files:
        reading = changed.after or changed.before
        if changed.path == example.path and reading is not None:
            findings += [
                finding_of(reading, rule, problem, settings, seen) for problem in rule.check(changed, change)
            ]
    return findings
