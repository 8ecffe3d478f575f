"""Judges a change: the edit rules, and of the other rules what the change brought in.

A finding of a file or project rule is told when it was not there before the change, or when it stands on a line
that the change touched; what was already wrong elsewhere is left to a run over the whole project.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from aifirst_codebase.config import ProjectConfig, find_folder_files, find_root
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import Reading, read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_validator.changes.change import ChangedFile, ChangeSet, Reader
from aifirst_validator.changes.git import change_of_index, change_of_revision
from aifirst_validator.changes.judge import judge_changed_file
from aifirst_validator.changes.pair import change_of_files, change_of_texts
from aifirst_validator.changes.record import EditRecord
from aifirst_validator.changes.touched_lines import TouchedLines
from aifirst_validator.engine import Job, config_notices, judge_project, load_settings, open_config
from aifirst_validator.file_failure import failures_told
from aifirst_validator.finding import Finding, finding_order
from aifirst_validator.judge_file import FileResult, finding_of, judge_reading, split_suppressed
from aifirst_validator.report import FileSummary, Notice, Report
from aifirst_validator.rule_set import RuleSet, load_rules


def judge_revision(job: Job, revision: str | None, *, record: EditRecord | None = None) -> Report:
    """Judge what changed since `revision`, or what is staged where it is None.

    Raises `ChangeError` for what git cannot give, `ConfigError` and `RuleSetError` as `judge_project` does.
    """
    config, _ = open_config(job)
    limit = config.settings.discovery.max_file_bytes
    reader, settings_of = _reader(config), config.for_path
    if revision is None:
        change = change_of_index(
            job.root, settings_of=settings_of, reader=reader, plan=record, max_file_bytes=limit
        )
    else:
        change = change_of_revision(
            job.root, revision, settings_of=settings_of, reader=reader, plan=record, max_file_bytes=limit
        )
    with change:
        return _judge(job, config, _within(change, job), revision or "the last commit (staged)")


def judge_pair(
    before: Path,
    after: Path,
    overrides: Mapping[str, object],
    *,
    isolated: bool = False,
    record: EditRecord | None = None,
) -> Report:
    """Judge the edit that made the file `after` of the file `before`; both are read, neither is changed."""
    root = find_root(after.resolve())
    resolved = after.resolve()
    path = resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else after.name
    job = Job(root, overrides=dict(overrides), isolated=isolated, use_cache=False)
    config = load_settings(job, find_folder_files(root, path))
    today = datetime.now(UTC).astimezone().date()
    change = change_of_files(
        before,
        after,
        today=today,
        path=path,
        settings_of=config.for_path,
        reader=_reader(config),
        plan=record,
    )
    return _judge(job, config, change, before.name)


def judge_texts(
    root: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    overrides: Mapping[str, object],
    *,
    load_source: Callable[[str], SourceFile | None],
    list_paths: Callable[[], tuple[str, ...]],
    record: EditRecord | None = None,
) -> Report:
    """Judge an edit that is not on the disk yet: the texts of the files that it changes, by path, on both sides.

    A path on one side only is a file that is made or removed; `load_source` and `list_paths` are the project after it.
    """
    job = Job(root, overrides=dict(overrides), use_cache=False)
    config, _ = open_config(job)
    today = datetime.now(UTC).astimezone().date()
    change = change_of_texts(
        before,
        after,
        today=today,
        settings_of=config.for_path,
        reader=_reader(config),
        plan=record,
        root=str(root),
    )
    change.load_source, change.list_paths = load_source, list_paths
    return _judge(job, config, change, "the files as they are")


def _reader(config: ProjectConfig) -> Reader:
    counter = get_counter(config.settings.tokenizer)

    def read_file(source: SourceFile) -> Reading | None:
        language = language_of(source.path, source.data)
        if language is None:
            return None
        settings = config.for_path(source.path)
        if not settings.discovery.generated and generated_reason(source.path, source.data):
            return None
        return read(source, language, counter, doctests=settings.glue.doctests)

    return read_file


def _within(change: ChangeSet, job: Job) -> ChangeSet:
    """The change without the files that lie outside the job's targets."""
    if not job.targets:
        return change
    folders = [target.relative_to(job.root).as_posix() for target in job.targets]
    kept = tuple(
        f
        for f in change.files
        if any(f.path == folder or f.path.startswith(folder + "/") for folder in folders)
    )
    change.files = kept
    return change


def _judge(job: Job, config: ProjectConfig, change: ChangeSet, revision: str) -> Report:
    started = time.perf_counter()
    rules = load_rules()
    findings: list[Finding] = []
    files: list[FileSummary] = []
    notices: list[Notice] = [*config_notices(config, rules), *change.notices]
    suppressed = 0
    facts = False
    for changed in change.files:
        own: list[Finding] = []
        result: FileResult | None = None
        with failures_told(changed.path, notices):
            own += _edit_findings(change, changed, rules)
        with failures_told(changed.path, notices):
            result = _file_result(changed, rules)
            if result is not None:
                own += _brought_in(changed, result, rules)
        if result is not None:
            facts = facts or bool(result.facts)
            if result.summary is not None:
                files.append(result.summary)
        standing, silenced = split_suppressed(own, result.suppressions if result is not None else ())
        findings.extend(standing)
        suppressed += silenced
    if facts and job.use_cache:
        findings.extend(_project_findings(job, change, rules, notices))
    return Report(
        str(job.root), config.settings.preset, config.settings.tokenizer,
        tuple(sorted(findings, key=finding_order)), tuple(sorted(files, key=lambda f: f.path)),
        tuple(dict.fromkeys(notices)),
        suppressed=suppressed, revision=revision, seconds=time.perf_counter() - started, reread=len(files),
        baseline=config.settings.baseline,
    )  # fmt: skip


def _edit_findings(change: ChangeSet, changed: ChangedFile, rules: RuleSet) -> list[Finding]:
    reading = changed.after or changed.before
    if reading is None:
        return []
    seen: Counter[str] = Counter()
    return [
        finding_of(reading, rule, problem, changed.settings, seen)
        for _, rule, problem in judge_changed_file(change, changed, rules.change_rules)
    ]


def _file_result(changed: ChangedFile, rules: RuleSet) -> FileResult | None:
    return judge_reading(changed.after, changed.settings, rules) if changed.after is not None else None


def _brought_in(changed: ChangedFile, result: FileResult, rules: RuleSet) -> list[Finding]:
    """The findings that are new, or stand on a touched line."""
    before: set[str] = set()
    if changed.before is not None:
        earlier = judge_reading(changed.before, changed.settings, rules)
        before = {_identity(finding, changed.old_path) for finding in earlier.raw}
    touched = TouchedLines(changed.hunks)
    return [
        finding
        for finding in result.raw
        if _identity(finding, changed.path) not in before or touched.meet(finding.line, finding.end_line)
    ]


def _identity(finding: Finding, path: str) -> str:
    """What a finding is, without where it stands: a moved file brings nothing in."""
    return (
        finding.fingerprint if finding.path == path else f"{finding.rule}\0{finding.unit}\0{finding.message}"
    )


def _project_findings(job: Job, change: ChangeSet, rules: RuleSet, notices: list[Notice]) -> list[Finding]:
    """What the project rules say about touched lines; the rest of the project comes from the cache."""
    codes = {rule.code for rule in rules.project_rules}
    whole = judge_project(msgspec.structs.replace(job, targets=()))
    notices.extend(n for n in whole.notices if n.code == "bug" and not n.path)
    touched = {changed.path: TouchedLines(changed.hunks) for changed in change.files}
    return [
        finding
        for finding in whole.findings
        if finding.rule in codes
        and finding.path in touched
        and touched[finding.path].meet(finding.line, finding.line)
    ]
