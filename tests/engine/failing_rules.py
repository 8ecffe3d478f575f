"""Rules that fail on files which say so, and a start of worker processes with one that kills them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from aifirst_codebase.config import ProjectConfig, Settings
from aifirst_codebase.tokens import TokenizerError
from aifirst_validator import workers
from aifirst_validator.changes.change import ChangedFile, ChangeSet
from aifirst_validator.file_context import FileContext
from aifirst_validator.finding import Problem
from aifirst_validator.rule import ChangeRule, Collector, Fact, FileRule, Place, ProjectRule
from aifirst_validator.rule_set import RuleSet

MARKER = b"FAIL " + b"HERE"
FAILURES: dict[str, type[BaseException]] = {
    "value": ValueError,
    "interrupt": KeyboardInterrupt,
    "ended": SystemExit,
    "tokenizer": TokenizerError,
}


def fail(kind: str) -> None:
    """Fail as C code does: an interruption is wrapped where the kind starts with `wrapped`."""
    failure = FAILURES[kind.removeprefix("wrapped-")]("on purpose")
    if kind.startswith("wrapped-"):
        raise SystemError("returned a result with an exception set") from failure
    raise failure


class FailingFileRule(FileRule):
    """Fails on a file with the marker."""

    code = "AF991"
    name = "failing-file"
    summary = "Fails."
    kind = "value"

    def check(self, file: FileContext) -> Iterator[Problem]:
        if MARKER in file.reading.data:
            fail(self.kind)
        yield from ()


class FailingChangeRule(ChangeRule):
    """Fails on a changed file with the marker."""

    code = "AF992"
    name = "failing-change"
    summary = "Fails."
    edit_rule = "E99"
    kind = "value"

    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        if changed.after is not None and MARKER in changed.after.data:
            fail(self.kind)
        yield from ()


def one_fact(file: FileContext) -> Iterator[Fact]:
    """A fact for every file."""
    yield Fact("test", file.reading.path, (), 1, 1, 1, 1)


class FailingProjectRule(ProjectRule):
    """Fails on every project."""

    code = "AF993"
    name = "failing-project"
    summary = "Fails."
    collectors: ClassVar[tuple[Collector, ...]] = (one_fact,)

    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        fail("value")
        yield from ()


class DeadlyRule(FileRule):
    """Kills its process on a file with the marker, as a crash in a grammar or the system without memory would."""

    code = "AF994"
    name = "deadly"
    summary = "Kills."

    def check(self, file: FileContext) -> Iterator[Problem]:
        if MARKER in file.reading.data:
            os.kill(os.getpid(), signal.SIGKILL)
        yield from ()


def start_deadly(root: Path, config: ProjectConfig) -> None:
    """Set up a worker whose rules have the deadly one among them."""
    workers.set_up_worker(root, config)
    rules = workers.Worker.rules
    workers.Worker.rules = RuleSet((*rules.file_rules, DeadlyRule()), rules.project_rules)


def start_dead(root: Path, config: ProjectConfig) -> None:
    """A worker that never comes to work."""
    os.kill(os.getpid(), signal.SIGKILL)
