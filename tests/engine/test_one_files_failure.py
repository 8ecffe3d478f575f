"""A failure while one file is judged costs that file, wherever it was judged; an interruption ends the run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from aifirst_codebase.config.settings import Settings
from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import TokenizerError
from aifirst_codebase.worker_pool import WorkersEndedError
from aifirst_validator import change_engine, engine, workers
from aifirst_validator.engine import Job, judge_project, judge_text
from aifirst_validator.judge_file import judge_source
from aifirst_validator.report import Notice, Report
from aifirst_validator.rule import ChangeRule, FileRule, ProjectRule
from aifirst_validator.rule_set import RuleSet, load_rules
from engine_projects import Judge, long_function
from failing_rules import (
    MARKER,
    FailingChangeRule,
    FailingFileRule,
    FailingProjectRule,
    start_dead,
    start_deadly,
)

MARKED = f"# {MARKER.decode()}\nx = 1\n"
PASSING = [
    ("interrupt", KeyboardInterrupt),
    ("ended", SystemExit),
    ("tokenizer", TokenizerError),
    ("wrapped-interrupt", KeyboardInterrupt),
    ("wrapped-ended", SystemExit),
]


def use_rules(monkeypatch: pytest.MonkeyPatch, *more: FileRule | ProjectRule | ChangeRule) -> None:
    """Judge with these rules beside the built-in ones."""
    monkeypatch.delenv("AIFIRST_TRACEBACK", raising=False)
    known = load_rules()
    rules = RuleSet(
        (*known.file_rules, *(rule for rule in more if isinstance(rule, FileRule))),
        (*known.project_rules, *(rule for rule in more if isinstance(rule, ProjectRule))),
        (*known.change_rules, *(rule for rule in more if isinstance(rule, ChangeRule))),
    )
    monkeypatch.setattr(engine, "load_rules", lambda: rules)
    monkeypatch.setattr(change_engine, "load_rules", lambda: rules)


def failing(monkeypatch: pytest.MonkeyPatch, kind: str) -> FailingFileRule:
    rule = FailingFileRule()
    monkeypatch.setattr(FailingFileRule, "kind", kind)
    return rule


def bugs(report: Report) -> list[Notice]:
    return [notice for notice in report.notices if notice.code == "bug"]


def told_once(report: Report, path: str, rule: str) -> None:
    """Exactly one notice, with the file, the rule, what happened and how to report it."""
    (notice,) = bugs(report)
    assert notice.path == path
    assert notice.message.startswith(f"{rule} (")
    assert "ValueError: on purpose" in notice.message
    assert "AIFIRST_TRACEBACK=1" in notice.next_step
    assert "report" in notice.next_step


def test_a_rule_that_fails_costs_only_its_file(
    project: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rules(monkeypatch, failing(monkeypatch, "value"))
    (project / "marked.py").write_text(MARKED)
    for _ in range(2):  # what failed is not kept as judged
        report = judge(project)
        told_once(report, "marked.py", "AF991")
        assert [(f.rule, f.path) for f in report.findings] == [("AF101", "long.py")]
        assert "marked.py" not in [f.path for f in report.files]


def test_the_failure_itself_is_shown_where_it_is_asked_for(
    project: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rules(monkeypatch, failing(monkeypatch, "value"))
    (project / "marked.py").write_text(MARKED)
    monkeypatch.setenv("AIFIRST_TRACEBACK", "1")
    with pytest.raises(ValueError, match="on purpose"):
        judge(project)


@pytest.mark.parametrize(("kind", "expected"), PASSING)
def test_what_is_no_fault_of_a_file_ends_the_run(
    project: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch, kind: str, expected: type[BaseException]
) -> None:
    use_rules(monkeypatch, failing(monkeypatch, kind))
    (project / "marked.py").write_text(MARKED)
    with pytest.raises(expected):
        judge(project)
    with pytest.raises(expected):
        judge_text(project, "marked.py", MARKED.encode(), {})


def test_a_text_that_a_rule_fails_on_is_told(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rules(monkeypatch, failing(monkeypatch, "value"))
    report = judge_text(project, "marked.py", MARKED.encode(), {})
    told_once(report, "marked.py", "AF991")
    assert [notice.code for notice in report.notices] == ["bug"]
    assert judge_text(project, "fine.py", long_function("f", 10).encode(), {}).findings


def test_a_project_rule_that_fails_costs_its_own_findings(
    project: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rules(monkeypatch, FailingProjectRule())
    report = judge(project)
    told_once(report, "", "AF993")
    assert [(f.rule, f.path) for f in report.findings] == [("AF101", "long.py")]


@pytest.fixture
def repository(project: Path) -> Path:
    """The project as a repository with a file changed since its commit."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run(["git", *identity, *arguments], cwd=project, env=environment, check=True)
    (project / "more.py").write_text(long_function("more", 10))
    (project / "marked.py").write_text(MARKED)
    return project


@pytest.mark.parametrize("is_change_rule", [False, True])
def test_a_rule_that_fails_costs_only_its_file_of_a_change(
    repository: Path, monkeypatch: pytest.MonkeyPatch, is_change_rule: bool
) -> None:
    rule = FailingChangeRule() if is_change_rule else failing(monkeypatch, "value")
    use_rules(monkeypatch, rule)
    report = change_engine.judge_revision(Job(repository), "HEAD")
    told_once(report, "marked.py", rule.code)
    assert ("AF101", "more.py") in [(f.rule, f.path) for f in report.findings]


@pytest.mark.parametrize("is_change_rule", [False, True])
def test_a_rule_that_fails_on_a_pair_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, is_change_rule: bool
) -> None:
    rule = FailingChangeRule() if is_change_rule else failing(monkeypatch, "value")
    use_rules(monkeypatch, rule)
    (project / "before.py").write_text("x = 1\n")
    (project / "marked.py").write_text(MARKED)
    report = change_engine.judge_pair(project / "before.py", project / "marked.py", {})
    told_once(report, "marked.py", rule.code)


@pytest.mark.parametrize(("kind", "expected"), PASSING)
def test_what_is_no_fault_of_a_changed_file_ends_the_run(
    repository: Path, monkeypatch: pytest.MonkeyPatch, kind: str, expected: type[BaseException]
) -> None:
    use_rules(monkeypatch, FailingChangeRule())
    monkeypatch.setattr(FailingChangeRule, "kind", kind)
    with pytest.raises(expected):
        change_engine.judge_revision(Job(repository), "HEAD")


@pytest.fixture
def in_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of ten files that two processes judge, four files a time."""
    monkeypatch.setattr("aifirst_validator.engine._PARALLEL_BYTES", 1)
    monkeypatch.setattr("aifirst_codebase.worker_pool._CHUNK_BYTES", 8_000)
    for number in range(10):
        (tmp_path / f"m{number}.py").write_text(long_function(f"f{number}", 60))
    return tmp_path


def test_a_worker_that_dies_costs_only_the_file_it_died_of(
    in_workers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "set_up_worker", start_deadly)
    for name in ("m3.py", "m8.py"):
        with (in_workers / name).open("a") as file:
            file.write(MARKED)
    report = judge_project(Job(in_workers, jobs=2))
    assert [(n.code, n.path) for n in report.notices] == [("crash", "m3.py"), ("crash", "m8.py")]
    assert "discovery.exclude" in report.notices[0].next_step
    rest = [f"m{number}.py" for number in range(10) if number not in (3, 8)]
    assert [f.path for f in report.files] == rest
    monkeypatch.undo()
    again = judge_project(Job(in_workers, jobs=1))
    assert [f.path for f in again.files] == sorted([*rest, "m3.py", "m8.py"])


def test_workers_that_never_start_end_the_run(in_workers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "set_up_worker", start_dead)
    monkeypatch.setattr("aifirst_codebase.worker_pool._MOST_LOST", 1)
    with pytest.raises(WorkersEndedError):
        judge_project(Job(in_workers, jobs=2))


def test_a_file_that_was_not_parsed_is_told_with_its_bound() -> None:
    source = decode_source("a.py", b"x = " + b"(" * 600 + b"1" + b")" * 600 + b"\n")
    result = judge_source(source, Settings(), load_rules())
    (notice,) = result.notices
    assert notice.code == "syntax"
    assert notice.message == (
        "not parsed: it nests deeper than any program; judged as one text without functions and comments"
    )
    assert "discovery.exclude" in notice.next_step
