"""Judges one file: reads it, runs the file rules, collects facts, applies suppressions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import msgspec
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import language_of
from aifirst_codebase.languages.bounded_parse import Bound
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Finding, Problem
from aifirst_validator.report import FileSummary, Notice
from aifirst_validator.rule import Collector, Fact, Rule
from aifirst_validator.rule_set import RuleSet
from aifirst_validator.suppression import Silencer, Suppression


class FileResult(msgspec.Struct, frozen=True):
    """What is known of a file after it was judged; this is what the cache keeps.

    `raw` holds the findings before suppression, because other rules may still add to them.
    """

    summary: FileSummary | None
    raw: tuple[Finding, ...] = ()
    facts: tuple[Fact, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    notices: tuple[Notice, ...] = ()


def judge_source(
    source: SourceFile, settings: Settings, rules: RuleSet, notices: Iterable[Notice] = ()
) -> FileResult:
    """Judge a decoded file; a file in no known language gives an empty result."""
    told = [Notice(d.code, source.path, d.message, d.next_step) for d in source.diagnostics]
    told += notices
    language = language_of(source.path, source.data)
    if language is None:
        return FileResult(None, notices=tuple(told))
    counter = get_counter(settings.tokenizer)
    reason = "" if settings.discovery.generated else generated_reason(source.path, source.data)
    if reason:
        tokens = 0
        lines = source.data.count(b"\n")
        summary = FileSummary(
            source.path, language.name, language.kind, lines, tokens, 0, (), ("", 1, 0), left_out=reason
        )
        return FileResult(summary, notices=tuple(told))
    reading = read(source, language, counter, doctests=settings.glue.doctests)
    return judge_reading(reading, settings, rules, told)


def judge_reading(
    reading: Reading, settings: Settings, rules: RuleSet, notices: Iterable[Notice] = ()
) -> FileResult:
    """Judge a file that was read."""
    file = FileContext(reading, settings)
    findings: list[Finding] = []
    fingerprints: Counter[str] = Counter()
    for rule in rules.file_rules:
        if reading.language.kind in rule.kinds and rule.severity_under(settings) != "off":
            findings.extend(
                finding_of(reading, rule, problem, settings, fingerprints) for problem in rule.check(file)
            )
    facts: list[Fact] = []
    for collector in collectors_of(rules, settings, reading.language.kind):
        facts.extend(collector(file))
    if reading.broken:
        notices = [*notices, _broken_notice(reading)]
    return FileResult(summarise(file), tuple(findings), tuple(facts), file.suppressions, tuple(notices))


_BOUNDS: dict[Bound, str] = {
    "nesting": "it nests deeper than any program",
    "time": "parsing took too long",
    "memory": "parsing took too much memory",
    "nul-bytes": "it is full of NUL bytes",
    "scanner": "it holds what the grammar does not survive",
    "errors": "nearly all of it is one syntax error",
}


def _broken_notice(reading: Reading) -> Notice:
    """Says where the first stretch stands that did not parse, or why nothing was parsed."""
    if reading.bound is not None:
        return Notice(
            "syntax", reading.path,
            f"not parsed: {_BOUNDS[reading.bound]}; judged as one text without functions and comments",
            "Split it, or leave it out with discovery.exclude.",
        )  # fmt: skip
    node = reading.tree.root_node
    while not (node.is_error or node.is_missing):
        below = next((child for child in node.children if child.has_error or child.is_missing), None)
        if below is None:
            break
        node = below
    line = reading.data.count(b"\n", 0, node.start_byte) + 1
    return Notice(
        "syntax", reading.path, f"line {line}: not all of the file could be parsed; the rest was judged",
        "Nothing to do where the language is newer than the grammar.",
    )  # fmt: skip


def collectors_of(rules: RuleSet, settings: Settings, kind: str) -> list[Collector]:
    """The collectors that the project rules in force need for a file of this kind, each once."""
    found: dict[Collector, None] = {}
    for rule in rules.project_rules:
        if kind in rule.kinds and rule.severity_under(settings) != "off":
            found.update(dict.fromkeys(rule.collectors))
    return list(found)


def finding_of(
    reading: Reading, rule: Rule, problem: Problem, settings: Settings, fingerprints: Counter[str]
) -> Finding:
    """The finding that a problem becomes: lines and columns from 1, severity decided, fingerprint set."""
    lines = reading.lines
    line, column = lines.to_line_column(problem.start)
    end_line, end_column = lines.to_line_column(max(problem.end, problem.start))
    unit = reading.units[reading.unit_at(problem.start)].name
    severity = rule.severity_under(settings)
    if problem.severity is not None and not rule.configured(settings):
        severity = problem.severity
    return Finding(
        rule.code, "note" if severity == "off" else severity, reading.path, line + 1, column + 1, end_line + 1,
        end_column + 1, unit, problem.message, problem.suggestion, problem.fix is not None, rule.name,
        fingerprint(rule.code, reading.path, unit, problem.anchor or problem.message, fingerprints), problem.fix,
    )  # fmt: skip


def fingerprint(code: str, path: str, unit: str, anchor: str, seen: Counter[str]) -> str:
    """A name for a finding that outlives moved lines: rule, file, unit, content, and how many alike before."""
    text = "\0".join((code, path, unit, anchor))
    seen[text] += 1
    return hashlib.sha256(f"{text}\0{seen[text]}".encode("utf-8", "surrogateescape")).hexdigest()[:16]


def summarise(file: FileContext) -> FileSummary:
    """The figures of a file that reports show."""
    reading = file.reading
    functions = file.functions
    sizes = tuple(unit.total_tokens for unit in functions)
    largest = max(functions, key=lambda unit: unit.total_tokens) if functions else reading.units[0]
    line = reading.data.count(b"\n", 0, largest.name_start) + 1
    return FileSummary(
        reading.path, reading.language.name, reading.language.kind, reading.units[0].lines, reading.tokens,
        reading.glue_tokens, sizes, (largest.name, line, largest.total_tokens), file.marked, reading.broken,
    )  # fmt: skip


def split_suppressed(
    findings: Iterable[Finding], suppressions: Iterable[Suppression]
) -> tuple[list[Finding], int]:
    """The findings that stand, and how many were silenced."""
    every = list(findings)
    silencer = Silencer(suppressions)
    standing = [finding for finding in every if not silencer.silences(finding)]
    return standing, len(every) - len(standing)
