"""Figures of a report that several formats tell: counts, sizes, glue, the worst places.

Files that were read but not judged (generated, vendored) count in `left_out` and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

import msgspec
from aifirst_codebase.languages import language_named

from aifirst_validator.finding import SEVERITY_ORDER, Finding
from aifirst_validator.report import FileSummary, Report

BAND_LIMITS = (200, 500, 700, 1000)
"""Upper ends, included, of the bands of unit sizes; one more band lies above the last."""

_LARGEST = 20


class RuleCount(msgspec.Struct, frozen=True):
    """How often a rule was broken. `severity` is the worst among its findings, `first` the first of those."""

    code: str
    name: str
    severity: str
    count: int
    first: Finding


class UnitSize(msgspec.Struct, frozen=True):
    """A unit and its tokens."""

    path: str
    line: int
    name: str
    tokens: int


class Figures(msgspec.Struct, frozen=True):
    """What a report adds up to.

    `fixable` counts what `--fix` mends. `glue_ratio` is glue tokens by all tokens of the files of kind code,
    0 where there are none. `units` is the number of functions, `bands` how many of them lie in each band of
    `BAND_LIMITS`. `rules` come worst first, `largest` (each file's largest function) largest first,
    `languages` (name, files) by files.
    """

    errors: int
    warnings: int
    notes: int
    fixable: int
    found_in: int
    files: int
    left_out: int
    broken: int
    lines: int
    tokens: int
    glue_ratio: float
    units: int
    bands: tuple[int, ...]
    rules: tuple[RuleCount, ...]
    largest: tuple[UnitSize, ...]
    languages: tuple[tuple[str, int], ...]


def figures_of(report: Report) -> Figures:
    """The figures of a report."""
    severities = Counter(finding.severity for finding in report.findings)
    judged = [file for file in report.files if not file.left_out]
    code = [file for file in judged if file.kind == "code"]
    return Figures(
        errors=severities["error"],
        warnings=severities["warning"],
        notes=severities["note"],
        fixable=sum(map(_fixed_by_us, report.findings)),
        found_in=len({finding.path for finding in report.findings}),
        files=len(judged),
        left_out=len(report.files) - len(judged),
        broken=sum(file.broken for file in judged),
        lines=sum(file.lines for file in judged),
        tokens=sum(file.tokens for file in judged),
        glue_ratio=glue_ratio(code),
        units=sum(len(file.sizes) for file in judged),
        bands=_bands(judged),
        rules=rule_counts(report.findings),
        largest=_largest(judged),
        languages=_languages(judged),
    )


def project_name(report: Report) -> str:
    """What to call the project: the name of its root folder."""
    return PurePath(report.root).name or report.root


def language_title(name: str) -> str:
    """How people write a language; its name itself where it is none of ours."""
    try:
        return language_named(name).data.title
    except KeyError:
        return name


def glue_ratio(files: Iterable[FileSummary]) -> float:
    """Glue tokens by all tokens, rounded to four places; 0 without tokens."""
    glue = tokens = 0
    for file in files:
        glue += file.glue_tokens
        tokens += file.tokens
    return round(glue / tokens, 4) if tokens else 0.0


def rule_counts(findings: Iterable[Finding]) -> tuple[RuleCount, ...]:
    """The rules among the findings: errors first, then by number, then by code."""
    counts: Counter[str] = Counter()
    worst: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.rule] += 1
        known = worst.get(finding.rule)
        if known is None or SEVERITY_ORDER[finding.severity] < SEVERITY_ORDER[known.severity]:
            worst[finding.rule] = finding
    rules = [RuleCount(code, one.name, one.severity, counts[code], one) for code, one in worst.items()]
    return tuple(sorted(rules, key=lambda rule: (SEVERITY_ORDER[rule.severity], -rule.count, rule.code)))


def _fixed_by_us(finding: Finding) -> bool:
    return finding.fixable and (finding.fix is None or finding.fix.safe)


def _bands(files: list[FileSummary]) -> tuple[int, ...]:
    bands = [0] * (len(BAND_LIMITS) + 1)
    for file in files:
        for size in file.sizes:
            bands[bisect_left(BAND_LIMITS, size)] += 1
    return tuple(bands)


def _largest(files: list[FileSummary]) -> tuple[UnitSize, ...]:
    units = (
        UnitSize(file.path, file.largest[1], file.largest[0], file.largest[2]) for file in files if file.sizes
    )
    return tuple(sorted(units, key=lambda unit: (-unit.tokens, unit.path, unit.line))[:_LARGEST])


def _languages(files: list[FileSummary]) -> tuple[tuple[str, int], ...]:
    counts = Counter(file.language for file in files)
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
