"""Judges all files of a project as they are on disk; for a worker of its own, which ends with it.

What was judged before comes from the cache, so a run after a change costs the change. The rules about the project as a
whole are among the findings, and what they rest on is given along, for texts that are being typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aifirst_codebase.discovery import DiscoverySettings
    from aifirst_validator.finding import Finding

    from aifirst_lsp_server.workers.desk import Desk


class Question(msgspec.Struct, frozen=True):
    """The project at `root`; columns are wanted in these units. Without `may_write` no cache is kept."""

    root: str
    encoding: Literal["utf-8", "utf-16", "utf-32"]
    may_write: bool = True


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """A finding in a file on disk; lines and columns count from 0, in the units asked for."""

    rule: str
    name: str
    severity: Literal["note", "warning", "error"]
    line: int
    column: int
    end_line: int
    end_column: int
    unit: str
    message: str
    suggestion: str
    fingerprint: str
    fixable: bool


class Answer(msgspec.Struct, frozen=True):
    """The findings by path, of files that have any; `facts` is packed for `project_facts`."""

    files: int
    reread: int
    findings: dict[str, tuple[Judged, ...]]
    facts: bytes


def answer(desk: Desk, question: Question) -> Answer:
    """Judge the project. Raises `ExpectedError` for settings that cannot be used."""
    from pathlib import Path

    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.open_project import discovery_settings
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_validator.engine import Job, judge_files, open_config
    from aifirst_validator.judge_file import split_suppressed
    from aifirst_validator.project_rules import judge_facts
    from aifirst_validator.rule_set import RuleSetError, load_rules

    from aifirst_lsp_server.workers.desk import ExpectedError

    job = Job(Path(question.root), use_cache=question.may_write)
    try:
        config, found = open_config(job)
        rules = load_rules()
    except (ConfigError, TokenizerError, RuleSetError) as error:
        raise ExpectedError(str(error), "Mend the settings.") from error
    results, reread, _ = judge_files(
        job, config, found, rules, lambda done, total: desk.progress(done, total, "")
    )
    from_facts = judge_facts(results, rules, config)
    findings: dict[str, list[Finding]] = {}
    for path, result in results.items():
        standing, _ = split_suppressed((*result.raw, *from_facts.get(path, ())), result.suppressions)
        if standing:
            findings[path] = standing
    facts = {path: result.facts for path, result in results.items() if result.facts}
    placed = dict(_placed(job.root, findings, discovery_settings(config), question.encoding))
    return Answer(len(results), reread, placed, msgspec.msgpack.encode(facts))


def _placed(
    root: object, findings: Mapping[str, list[Finding]], discovery: DiscoverySettings, encoding: str
) -> Iterator[tuple[str, tuple[Judged, ...]]]:
    """The findings with columns in the units asked for; a file is read again where characters may be wider than one."""
    from pathlib import Path

    from aifirst_codebase.discovery import Skipped, read_source
    from aifirst_codebase.positions import LineIndex
    from aifirst_validator.finding import finding_order

    for path in sorted(findings):
        lines = LineIndex(b"")
        if encoding != "utf-32":
            source = read_source(Path(str(root)), path, discovery)
            if not isinstance(source, Skipped) and not source.data.isascii():
                lines = LineIndex(source.data)
        yield path, tuple(_judged(one, lines, encoding) for one in sorted(findings[path], key=finding_order))


def _judged(finding: Finding, lines: object, encoding: str) -> Judged:
    start = _in_units(lines, finding.line - 1, finding.column - 1, encoding)
    end = _in_units(lines, finding.end_line - 1, finding.end_column - 1, encoding)
    return Judged(
        finding.rule, finding.name, finding.severity, *start, *end, finding.unit, finding.message,
        finding.suggestion, finding.fingerprint, finding.fixable,
    )  # fmt: skip


def _in_units(lines: object, line: int, column: int, encoding: str) -> tuple[int, int]:
    from aifirst_codebase.positions import LineIndex

    if not isinstance(lines, LineIndex) or not lines.data:
        return line, column
    return lines.to_line_column(lines.to_byte(line, column), "utf-8" if encoding == "utf-8" else "utf-16")
