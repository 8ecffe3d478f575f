"""Judges a project: finds its files, judges what changed, puts the findings in order.

One process or several; what was judged before and has not changed comes from the cache. Interrupting a
run loses nothing that was finished.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

import msgspec
from aifirst_codebase.cache import Cache, CacheRow, open_cache
from aifirst_codebase.config import ProjectConfig, Settings, find_folder_files
from aifirst_codebase.discovery import Discovery, DiscoverySettings, FoundFile, Skipped, read_source
from aifirst_codebase.open_project import discovery_settings, open_project
from aifirst_codebase.open_project import load_settings as open_settings
from aifirst_codebase.source import ReadDiagnostic, SourceFile, decode_source

from aifirst_validator.file_failure import failure_notice, failures_told
from aifirst_validator.finding import Finding, finding_order
from aifirst_validator.judge_file import FileResult, judge_source, split_suppressed
from aifirst_validator.project_rules import judge_facts
from aifirst_validator.report import FileSummary, Notice, Report
from aifirst_validator.rule_set import RuleSet, load_rules, program_digest

DIRECTIVE_BYTES = 16_384
"""More than the head of a file that may hold directives, whatever its characters."""
CACHE_KIND = "judgement"
_BATCH = 64
_PARALLEL_BYTES = 3_000_000
"""Less than this is judged sooner by one process than by starting more."""

Progress = Callable[[int, int], None]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FileResult).decode


class Job(msgspec.Struct, frozen=True):
    """What a run is to do. `jobs` 0 means as many processes as there are processors."""

    root: Path
    targets: tuple[Path, ...] = ()
    overrides: dict[str, object] = {}
    isolated: bool = False
    jobs: int = 1
    use_cache: bool = True


def open_config(job: Job) -> tuple[ProjectConfig, Discovery]:
    """The configuration of the project with its folders' own, and the files it was found with."""
    return open_project(job.root, job.targets, overrides=job.overrides, isolated=job.isolated)


def load_settings(job: Job, folder_files: Sequence[str] = ()) -> ProjectConfig:
    """The job's configuration. Raises `ConfigError` and `TokenizerError`."""
    return open_settings(job.root, folder_files, overrides=job.overrides, isolated=job.isolated)


def judge_project(job: Job, progress: Progress | None = None) -> Report:
    """Judge the files of a project under `job.root`.

    Raises `ConfigError` for settings that cannot be used and `RuleSetError` for a plug-in that cannot.
    """
    started = time.perf_counter()
    config, found = open_config(job)
    rules = load_rules()
    results, reread, notices = judge_files(job, config, found, rules, progress)
    from_facts = _judged_facts(results, rules, config, notices)
    return _report(job, config, from_facts, results, notices, reread, started)


def judge_files(
    job: Job, config: ProjectConfig, found: Discovery, rules: RuleSet, progress: Progress | None = None
) -> tuple[dict[str, FileResult], int, list[Notice]]:
    """The results of all found files by path before suppression, how many were read, and notices about the run.

    What project rules say is not among them: see `judge_facts`.
    """
    cache = open_cache(job.root, enabled=job.use_cache)
    try:
        results, reread = _results(job, config, found, rules, cache, progress)
        if not job.targets:
            cache.forget_missing("", [f.path for f in found.files])
        problem = cache.problem
    finally:
        cache.close()
    notices = [*config_notices(config, rules), *(_skipped_notice(s.path, s.reason) for s in found.skipped)]
    if problem:
        notices.append(Notice("cache", "", problem, "Delete the .aifirst folder if this goes on."))
    return results, reread, notices


def _judged_facts(
    results: Mapping[str, FileResult], rules: RuleSet, config: ProjectConfig, notices: list[Notice]
) -> dict[str, list[Finding]]:
    """The findings of the project rules; a rule that fails costs its own and gives a notice."""
    try:
        return judge_facts(results, rules, config)
    except Exception:  # noqa: BLE001 - which rule it was, and whether it is its fault, is found out below
        found: dict[str, list[Finding]] = {}
    for rule in rules.project_rules:
        with failures_told("", notices):
            for path, findings in judge_facts(results, RuleSet((), (rule,), ()), config).items():
                found.setdefault(path, []).extend(findings)
    return found


def _results(
    job: Job, config: ProjectConfig, found: Discovery, rules: RuleSet, cache: Cache, progress: Progress | None
) -> tuple[dict[str, FileResult], int]:
    variant = f"{program_digest()}:{config.digest}" if job.use_cache else ""
    fresh = cache.fresh(CACHE_KIND, variant, found.files) if found.files else {}
    results: dict[str, FileResult] = {}
    for path, value in fresh.items():
        try:
            results[path] = _decode(value)
        except msgspec.DecodeError:
            continue
    todo = [f for f in found.files if f.path not in results]
    if not todo:
        return results, 0
    total = sum(f.size for f in todo)
    if job.jobs != 1 and total > _PARALLEL_BYTES:
        from aifirst_validator.workers import judge_in_parallel as judge
    else:
        judge = judge_in_turn
    done = 0
    batch: list[CacheRow] = []
    rows = judge(job, config, rules, todo)
    try:
        for row in rows:
            results[row.found.path] = _decode(row.value)
            if row.digest:
                batch.append(row)
            done += 1
            if len(batch) >= _BATCH:
                cache.keep(CACHE_KIND, variant, batch)
                batch.clear()
            if progress is not None:
                progress(done, len(todo))
    finally:
        rows.close()  # an interrupted run keeps the frame, and with it the workers, alive
        cache.keep(CACHE_KIND, variant, batch)
    return results, len(todo)


def judge_in_turn(
    job: Job, config: ProjectConfig, rules: RuleSet, files: Sequence[FoundFile]
) -> Generator[CacheRow]:
    """Judge files one after the other; yields a cache row each, with an empty digest for what was not read."""
    settings = discovery_settings(config)
    for found in files:
        digest, result = judge_found(job.root, config, rules, settings, found)
        yield CacheRow(found, digest, _encode(result))


def judge_found(
    root: Path, config: ProjectConfig, rules: RuleSet, discovery: DiscoverySettings, found: FoundFile
) -> tuple[str, FileResult]:
    """The hash of a file's content and its result; an empty hash where it could not be read."""
    source = read_source(root, found, discovery)
    if isinstance(source, Skipped):
        return "", FileResult(None, notices=(_skipped_notice(found.path, source.reason),))
    settings, notices = settings_of(config, source)
    try:
        return source.digest, judge_source(source, settings, rules, notices)
    except Exception as error:  # noqa: BLE001 - a file that a rule cannot cope with must not take the rest down
        return "", FileResult(None, notices=(*notices, failure_notice(found.path, error)))


def judge_text(
    root: Path, path: str, raw: bytes, overrides: Mapping[str, object], *, isolated: bool = False
) -> Report:
    """Judge a text as if it stood in the file `path` of the project; nothing is read but the settings."""
    started = time.perf_counter()
    job = Job(root, overrides=dict(overrides), isolated=isolated)
    config = load_settings(job, find_folder_files(root, path))
    rules = load_rules()
    source = decode_source(path, raw)
    settings, notices = settings_of(config, source)
    notices += config_notices(config, rules)
    result = FileResult(None)
    with failures_told(path, notices):
        result = judge_source(source, settings, rules)
        if result.summary is None:
            what = f"{path} is in no language that is judged"
            notices.append(Notice("language", path, what, "Give another --stdin-path."))
    results = {path: result}
    from_facts = _judged_facts(results, rules, config, notices)
    return _report(job, config, from_facts, results, notices, 1, started)


def settings_of(config: ProjectConfig, source: SourceFile) -> tuple[Settings, list[Notice]]:
    """The settings of a file with its own directives, and what is wrong in those."""
    settings = config.for_path(source.path)
    head = source.data[:DIRECTIVE_BYTES]
    if b"aifirst:" not in head and b"@NSS-CODER:" not in head:
        return settings, []
    settings, problems = config.with_directives(settings, head.decode("utf-8", "ignore"))
    return settings, [
        Notice("directive", source.path, f"line {p.line}: {p.message}", p.next_step) for p in problems
    ]


def _skipped_notice(path: str, reason: ReadDiagnostic) -> Notice:
    return Notice(reason.code, path, reason.message, reason.next_step)


def config_notices(config: ProjectConfig, rules: RuleSet) -> list[Notice]:
    """What the configuration itself has to say: overruled files, rules that do not exist."""
    problems = [*config.warnings, *config.unknown_rules(rules.names)]
    return [Notice("config", "", str(problem), "") for problem in problems]


def _report(
    job: Job,
    config: ProjectConfig,
    from_facts: Mapping[str, Sequence[Finding]],
    results: Mapping[str, FileResult],
    notices: list[Notice],
    reread: int,
    started: float,
) -> Report:
    findings: list[Finding] = []
    files: list[FileSummary] = []
    suppressed = 0
    for path in sorted(results):
        result = results[path]
        notices.extend(result.notices)
        if result.summary is not None:
            files.append(result.summary)
        own = [*result.raw, *from_facts.get(path, ())]
        if own:
            standing, silenced = split_suppressed(own, result.suppressions)
            findings.extend(standing)
            suppressed += silenced
    return Report(
        str(job.root), config.settings.preset, config.settings.tokenizer,
        tuple(sorted(findings, key=finding_order)), tuple(files),
        tuple(sorted(notices, key=lambda n: (n.path, n.code, n.message))),
        suppressed=suppressed, seconds=time.perf_counter() - started, reread=reread,
        baseline=config.settings.baseline, configured=config.configured,
    )  # fmt: skip
