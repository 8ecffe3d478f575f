"""Runs the project rules over the facts that the files gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from aifirst_codebase.config import ProjectConfig
from aifirst_codebase.config.settings import Settings

from aifirst_validator.finding import Finding
from aifirst_validator.judge_file import FileResult, fingerprint
from aifirst_validator.rule import Fact, Place, ProjectRule
from aifirst_validator.rule_set import RuleSet


def judge_facts(
    results: Mapping[str, FileResult], rules: RuleSet, config: ProjectConfig
) -> dict[str, list[Finding]]:
    """The findings of the project rules by path, before suppression."""
    facts = {path: list(results[path].facts) for path in sorted(results) if results[path].facts}
    found: dict[str, list[Finding]] = {}
    if not facts:
        return found
    fingerprints: Counter[str] = Counter()
    for rule in rules.project_rules:
        if rule.severity_under(config.settings) == "off":
            continue
        for place in rule.check(facts, config.settings):
            settings = config.for_path(place.path)
            if rule.severity_under(settings) != "off":
                found.setdefault(place.path, []).append(finding_of_place(rule, place, settings, fingerprints))
    return found


def finding_of_place(rule: ProjectRule, place: Place, settings: Settings, seen: Counter[str]) -> Finding:
    """The finding that a place becomes under the settings of its file."""
    severity = rule.severity_under(settings)
    if place.severity is not None and not rule.configured(settings):
        severity = place.severity
    fact = place.fact or Fact("", "", (), 1, 1, 1, 1)
    return Finding(
        rule.code, "note" if severity == "off" else severity, place.path, fact.line, fact.column, fact.end_line,
        fact.end_column, fact.unit, place.message, place.suggestion, False, rule.name,
        fingerprint(rule.code, place.path, fact.unit, place.anchor or place.message, seen),
    )  # fmt: skip
