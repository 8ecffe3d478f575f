"""The rules that a person names on the command line: by code, by name, or by family."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import click
import msgspec
from aifirst_validator.report import Report
from aifirst_validator.rule import Rule
from aifirst_validator.rule_set import load_rules


def rules_called(wanted: Sequence[str]) -> list[Rule]:
    """The rules that the words name, in order of code; raises `click.UsageError` for a word that names none.

    A word is a code (AF101), a name (unit-tokens) or the beginning of a code (AF1, AF10), in any case.
    """
    rules = load_rules()
    chosen: dict[str, Rule] = {}
    for word in wanted:
        found = [r for r in rules.all if word.lower() == r.name or _begins(r.code, word)]
        if not found:
            near = get_close_matches(word.lower(), [r.name for r in rules.all], n=1)
            hint = f"Did you mean {near[0]}?" if near else "`aifirst rules` lists them all."
            raise click.UsageError(f"there is no rule {word!r}. {hint}")
        chosen.update((rule.code, rule) for rule in found)
    return [chosen[code] for code in sorted(chosen)]


def codes_called(wanted: str) -> set[str]:
    """The codes of the rules that `wanted` names, separated by commas; raises `click.UsageError`."""
    words = words_of(wanted)
    if not words:
        raise click.UsageError("--only needs a rule or family, such as AF101, secrets or AF1.")
    return {rule.code for rule in rules_called(words)}


def words_of(wanted: str) -> list[str]:
    """The words between the commas."""
    return [word.strip() for word in wanted.split(",") if word.strip()]


def only_rules(report: Report, wanted: str | None) -> Report:
    """The report with the findings of the rules that `wanted` names; all of them for None."""
    if wanted is None:
        return report
    codes = codes_called(wanted)
    return msgspec.structs.replace(
        report, findings=tuple(finding for finding in report.findings if finding.rule in codes)
    )


def _begins(code: str, word: str) -> bool:
    return len(word) >= 2 and code.startswith(word.upper())
