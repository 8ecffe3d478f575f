"""What the other files of a project say, so that rules about the project judge a text while it is typed.

A tag that is defined elsewhere must not be called unknown here: until the other files are known, these rules are silent.
What they say is kept until the facts of the text itself change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aifirst_validator.finding import Finding
from aifirst_validator.judge_file import FileResult
from aifirst_validator.project_rules import judge_facts
from aifirst_validator.rule import Fact
from aifirst_validator.rule_set import load_rules

if TYPE_CHECKING:
    from aifirst_codebase.config import ProjectConfig


class OtherFacts:
    """The facts of the files of one project as they are on disk."""

    def __init__(self, facts: dict[str, tuple[Fact, ...]]) -> None:
        self._results = {path: FileResult(None, facts=found) for path, found in facts.items()}
        self._known: dict[str, tuple[Sequence[Fact], ProjectConfig, list[Finding]]] = {}

    def judge(self, path: str, facts: Sequence[Fact], config: ProjectConfig) -> list[Finding]:
        """What the project rules say of the file at `path`, were its facts these."""
        known = self._known.get(path)
        if known is not None and known[0] == facts and known[1] is config:
            return known[2]
        if not facts and path not in self._results:
            return []
        results = {**self._results, path: FileResult(None, facts=tuple(facts))}
        found = judge_facts(results, load_rules(), config).get(path, [])
        self._known[path] = facts, config, found
        return found
