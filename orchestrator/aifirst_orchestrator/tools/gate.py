"""The gate in front of a tool: what runs by itself, what a person is asked for, what never runs, and who said so.

Levels are those of the tools. A request may stand higher than its tool: writing a file that much hangs on asks, like
anything that destroys. Reading is free; a network is never opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import msgspec

from aifirst_orchestrator.edits.edit import EditError
from aifirst_orchestrator.edits.read_edits import read_edits
from aifirst_orchestrator.tools.request import ToolRequest
from aifirst_orchestrator.tools.tool import Level

Rule = Literal["allow", "ask", "refuse"]

CRITICAL = re.compile(
    r"(?:^|/)(?:package(?:-lock)?\.json|pyproject\.toml|setup\.(?:py|cfg)|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|"
    r"Makefile|Dockerfile|[\w.-]*docker-compose[\w.-]*|\.env[\w.-]*|config\.ya?ml|main\.py|conftest\.py|\.git[\w./-]*|"
    r"\.github/.*|\.gitlab-ci\.yml|\.pre-commit-config\.yaml|aifirst\.toml|requirements[\w.-]*\.txt|[\w.-]*\.lock|"
    r"(?:tox|pytest)\.ini|noxfile\.py|(?:site|user)customize\.py|[\w.-]*\.pth|\.npmrc|pnpm-lock\.yaml|go\.sum|Jenkinsfile)$",
    re.IGNORECASE,
)
"""Files that much hangs on: what builds, configures, deploys or holds secrets."""


class Policy(msgspec.Struct, frozen=True):
    """What happens at each level; the default lets agents read, and write what can be undone."""

    read: Rule = "allow"
    write: Rule = "allow"
    danger: Rule = "ask"
    network: Rule = "refuse"

    def of(self, level: Level) -> Rule:
        """The rule of a level."""
        return (self.read, self.write, self.danger, self.network)[level - 1]


class Decision(msgspec.Struct, frozen=True):
    """Whether a request may run, at which level, and who said so."""

    allowed: bool
    level: Level
    by: str
    reason: str = ""


class Gate:
    """Decides over requests. `ask` is given what is wanted and why; it returns who allows it, "" where nobody does."""

    def __init__(self, policy: Policy, ask: Callable[[str], str]) -> None:
        self._policy = policy
        self._ask = ask

    def decide(self, request: ToolRequest, level: Level) -> Decision:
        """The decision; a person is asked here where the policy says so."""
        raised = level_of(request, level)
        rule = self._policy.of(raised)
        if rule == "allow":
            return Decision(True, raised, "policy")
        if rule == "refuse":
            return Decision(
                False, raised, "policy", f"requests of level {raised} are not allowed in this run"
            )
        who = self._ask(told(request, raised))
        return Decision(
            bool(who), raised, who or "a person", "" if who else "nobody allowed it: do it in another way"
        )


def level_of(request: ToolRequest, least: Level) -> Level:
    """The level that a request has by what it touches."""
    paths = [value for key, value in request.arguments.items() if key == "path" and isinstance(value, str)]
    paths += [
        edit["path"]
        for edit in request.arguments.get("edits", ())
        if isinstance(edit, dict) and isinstance(edit.get("path"), str)  # pyright: ignore[reportUnknownMemberType]  JSON
    ]
    paths += _paths_of_diff(request.arguments.get("diff"))
    return 3 if least == 2 and any(CRITICAL.search(path) for path in paths) else least


def _paths_of_diff(diff: object) -> list[str]:
    """What a diff touches; of one that cannot be read nothing, since then nothing is done."""
    try:
        edits = read_edits(diff) if isinstance(diff, str) else []
    except EditError:
        return []
    return [path for edit in edits for path in (edit.path, edit.renamed_from) if path]


def told(request: ToolRequest, level: Level) -> str:
    """The request as a person is asked about it; long arguments are cut."""
    arguments = msgspec.json.encode(request.arguments).decode()
    shown = arguments if len(arguments) <= 600 else f"{arguments[:600]}…"
    return f"level {level}: {request.tool} {shown}" + (f"\nbecause: {request.why}" if request.why else "")
