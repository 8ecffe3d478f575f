"""What a rule is: one class in one file, with its examples.

Three kinds by what they look at: a file (`FileRule`), the whole project through facts that each file
yields (`ProjectRule`), a change (`ChangeRule`). A rule carries the valid and invalid examples from which
its tests and its documentation page are made; the class docstring is the explanation on that page.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec
from aifirst_codebase.config.settings import Preset, Settings, Severity

from aifirst_validator.finding import Problem

if TYPE_CHECKING:
    from aifirst_validator.changes.change import ChangedFile, ChangeSet
    from aifirst_validator.file_context import FileContext

Kind = Literal["code", "style", "markup", "prose", "data"]


class Fact(msgspec.Struct, frozen=True):
    """Something one file says that a project rule needs, kept in the cache with the file's findings.

    `kind` names the collector's sort of fact, `key` and `values` its content; the place is in lines and
    characters from 1.
    """

    kind: str
    key: str
    values: tuple[str, ...]
    line: int
    column: int
    end_line: int
    end_column: int
    unit: str = ""


Collector = Callable[["FileContext"], Iterable[Fact]]


class Place(msgspec.Struct, frozen=True):
    """A problem found by a project rule, at a fact's place or at the top of a file."""

    path: str
    fact: Fact | None
    message: str
    suggestion: str = ""
    severity: Literal["note", "warning", "error"] | None = None
    anchor: str = ""


class Example(msgspec.Struct, frozen=True):
    """A small file or set of files that a rule accepts, or objects to at the given lines.

    `lines` are the lines (from 1) of `path` where a finding is expected, one entry a finding. `files` are
    further files of the project. `before` is the text of `path` before the change (change rules);
    `before_files` likewise for `files`, `plan` an edit record in JSON or TOML. `settings` is a TOML text on
    top of the defaults.
    """

    text: str
    path: str = "example.py"
    lines: tuple[int, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    before: str | None = None
    before_files: tuple[tuple[str, str], ...] = ()
    settings: str = ""
    title: str = ""
    plan: str = ""


class Rule(ABC):
    """What all rules have. `code` is `AF` and three digits, the first being the family."""

    code: ClassVar[str]
    name: ClassVar[str]
    summary: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    by_preset: ClassVar[dict[Preset, Severity]] = {}
    kinds: ClassVar[tuple[Kind, ...]] = ("code",)
    fixable: ClassVar[bool] = False
    valid: ClassVar[tuple[Example, ...]]
    invalid: ClassVar[tuple[Example, ...]]

    def severity_under(self, settings: Settings) -> Severity:
        """The severity the settings give the rule: by code, then name, then family, then preset."""
        for key in (self.code, self.name, self.code[:3]):
            if key in settings.rules:
                return settings.rules[key]
        return self.by_preset.get(settings.preset, self.severity)

    def configured(self, settings: Settings) -> bool:
        """Whether the settings name the rule, so that their severity wins over the problem's own."""
        return any(key in settings.rules for key in (self.code, self.name, self.code[:3]))


class FileRule(Rule):
    """A rule that judges one file by itself."""

    @abstractmethod
    def check(self, file: FileContext) -> Iterator[Problem]:
        """The problems of the file."""


class ProjectRule(Rule):
    """A rule that needs what all files say. `collectors` yield the facts it reads."""

    collectors: ClassVar[tuple[Collector, ...]]

    @abstractmethod
    def check(self, facts: dict[str, list[Fact]], settings: Settings) -> Iterator[Place]:
        """The problems of the project; `facts` holds the facts of every file by path, in path order."""


class ChangeRule(Rule):
    """A rule that judges a change. `edit_rule` is its number among E1 to E15."""

    edit_rule: ClassVar[str]

    @abstractmethod
    def check(self, changed: ChangedFile, change: ChangeSet) -> Iterator[Problem]:
        """The problems of one changed file, in bytes of the file after the change."""


Rules = Sequence[Rule]
