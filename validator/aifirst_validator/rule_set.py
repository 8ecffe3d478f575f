"""The set of rules: found in the folders under `rules` and among installed plug-ins, never listed by hand.

A plug-in is a distribution with an entry point in the group `aifirst.rules` that names a rule class. Plug-ins
come from the environment aifirst is installed in, never from the workspace that is judged.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Collection, Iterator, Sequence
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeGuard

import aifirst_codebase

from aifirst_validator import rules
from aifirst_validator.rule import ChangeRule, FileRule, ProjectRule, Rule

ENTRY_POINTS = "aifirst.rules"
_EDITS = f"{rules.__name__}.edits"


class RuleSetError(Exception):
    """A plug-in that cannot be used; the message names it and says what to do."""


class RuleSet:
    """All rules by what they look at, each sorted by code.

    The edit rules are loaded when they are first asked for: most runs judge no change.
    """

    def __init__(
        self,
        file_rules: tuple[FileRule, ...],
        project_rules: tuple[ProjectRule, ...],
        change_rules: tuple[ChangeRule, ...] | None = None,
    ) -> None:
        self.file_rules = file_rules
        self.project_rules = project_rules
        if change_rules is not None:
            self.change_rules = change_rules

    @cached_property
    def change_rules(self) -> tuple[ChangeRule, ...]:
        """The edit rules and those of plug-ins that judge a change."""
        found = _sorted([*_built_in(edits=True), *_plugged_in()])
        return tuple(rule for rule in found if isinstance(rule, ChangeRule))

    @property
    def all(self) -> tuple[Rule, ...]:
        """Every rule, by code; raises `RuleSetError` where two have the same."""
        return tuple(_sorted([*self.file_rules, *self.project_rules, *self.change_rules]))

    @property
    def names(self) -> RuleNames:
        """Every word that may stand for a rule or a family in settings and suppressions."""
        return RuleNames(self)


class RuleNames(Collection[str]):
    """The words of a rule set; the edit rules are loaded when a word is looked up."""

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for rule in self._rules.all for word in (rule.code, rule.name, rule.code[:3]))

    def __contains__(self, word: object) -> bool:
        """Whether the word stands for a rule or a family."""
        return word in self._words

    def __iter__(self) -> Iterator[str]:
        """The words in alphabetical order."""
        return iter(sorted(self._words))

    def __len__(self) -> int:
        """How many words there are."""
        return len(self._words)


@cache
def load_rules() -> RuleSet:
    """Every rule, built in or plugged in; raises `RuleSetError` for a plug-in that cannot be used."""
    ordered = _sorted([*_built_in(edits=False), *_plugged_in()])
    return RuleSet(
        tuple(rule for rule in ordered if isinstance(rule, FileRule)),
        tuple(rule for rule in ordered if isinstance(rule, ProjectRule)),
    )


def _sorted(rules: Sequence[Rule]) -> list[Rule]:
    found: dict[str, Rule] = {}
    for rule in rules:
        if rule.code in found:
            raise RuleSetError(
                f"two rules have the code {rule.code}: {_origin(found[rule.code])} and {_origin(rule)};"
                " uninstall one of the plug-ins"
            )
        found[rule.code] = rule
    return [found[code] for code in sorted(found)]


def _built_in(*, edits: bool) -> Iterator[Rule]:
    for family in iter_modules(rules.__path__, rules.__name__ + "."):
        if family.ispkg and (family.name == _EDITS) is edits:
            folder = import_module(family.name)
            for module in iter_modules(folder.__path__, family.name + "."):
                yield from _rules_of(import_module(module.name))


def _rules_of(module: ModuleType) -> Iterator[Rule]:
    for value in list(vars(module).values()):
        if _is_rule(value) and value.__module__ == module.__name__:
            yield value()


def _plugged_in() -> Iterator[Rule]:
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            value = point.load()
        except Exception as error:
            raise RuleSetError(
                f"the rule plug-in {point.name} ({point.value}) cannot be loaded: {error}"
            ) from error
        if not _is_rule(value):
            raise RuleSetError(f"the rule plug-in {point.name} ({point.value}) is not a rule class")
        yield value()


def _is_rule(value: object) -> TypeGuard[type[Rule]]:
    return (
        isinstance(value, type)
        and issubclass(value, Rule)
        and not inspect.isabstract(value)
        and hasattr(value, "code")
    )


def _origin(rule: Rule) -> str:
    return f"{type(rule).__module__}.{type(rule).__qualname__}"


@cache
def program_digest() -> str:
    """A hash that changes when the program does, so that no result of an older one is taken for new."""
    digest = hashlib.sha256(aifirst_codebase.__version__.encode())
    for package in (Path(aifirst_codebase.__file__).parent, Path(__file__).parent):
        for path in sorted(package.rglob("*")):
            if path.suffix in {".py", ".scm", ".toml", ".tsv"}:
                stat = path.stat()
                digest.update(f"{path.relative_to(package)}:{stat.st_size}:{stat.st_mtime_ns};".encode())
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        version = point.dist.version if point.dist else ""
        digest.update(f"{point.name}={point.value}@{version};".encode())
    return digest.hexdigest()[:32]
