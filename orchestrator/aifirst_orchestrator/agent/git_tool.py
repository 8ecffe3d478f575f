"""The tool that reads what git knows. It writes nothing, starts nothing that a repository names, and opens no network.

What a commit holds is shown for one file, and only for one that the agent may read: a secret that was left out of the
project's files is in its history all the same.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from aifirst_codebase.git import Git, GitError

from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.tools.tool import ToolError, tool

_MOST_LINES = 200
_MOST_CHARACTERS = 8_000
_REVISION = re.compile(r"[\w./@{}~^+-]{1,200}")
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=all")
_Line = Annotated[int, msgspec.Meta(ge=1)]


class GitQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to ask; `path` one file, `revision` a commit, `first` and `last` lines for blame, `count` commits for log."""

    what: Literal["status", "diff", "log", "blame", "show"]
    path: str = ""
    revision: str = ""
    first: _Line = 1
    last: _Line = 40
    count: Annotated[int, msgspec.Meta(ge=1, le=50)] = 10


@tool(1)
def git(given: GitQuestion, place: AgentPlace) -> str:
    """Read git: status, diff, log, blame of lines, show of a commit; with a path its content, without your changes."""
    arguments = _arguments(given, place)
    try:
        said = Git(place.workspace.root).run(*arguments).decode("utf-8", "replace")
    except GitError as error:
        raise ToolError(str(error)) from None
    lines = said.rstrip("\n").split("\n")
    told = "\n".join(lines[:_MOST_LINES])[:_MOST_CHARACTERS]
    more = "\n(more is left out)" if len(told) < len(said.rstrip("\n")) else ""
    return told + more if told.strip() else "nothing"


def _arguments(given: GitQuestion, place: AgentPlace) -> list[str]:
    revision = given.revision or "HEAD"
    if _REVISION.fullmatch(revision) is None or revision.startswith("-") or ".." in revision.split("/"):
        raise ToolError(f"{given.revision!r} is no revision: give a commit, a branch or HEAD~1")
    paths = ["--", given.path or "."]
    if given.path and given.path not in (*place.workspace.paths, *place.workspace.removed):
        raise ToolError(f"there is no file {given.path!r} that may be read")
    content = ["--patch"] if given.path else ["--stat"]
    match given.what:
        case "status":
            return ["status", "--porcelain=v1", "--ignore-submodules=all", *paths]
        case "diff":
            return ["diff", *_PLAIN, *content, "--end-of-options", revision, *paths]
        case "log":
            shape = "--format=%h %as %an: %s"
            return [
                "log",
                f"--max-count={given.count}",
                shape,
                "--no-color",
                "--end-of-options",
                revision,
                *paths,
            ]
        case "show":
            shape = "--format=%h %as %an%n%B"
            return ["show", *_PLAIN, *content, shape, "--end-of-options", f"{revision}^{{commit}}", *paths]
        case "blame":
            if not given.path:
                raise ToolError("blame needs a path: give the file whose lines you mean")
            last = min(max(given.last, given.first), given.first + _MOST_LINES)
            return ["blame", "--no-textconv", "--date=short", f"-L{given.first},{last}", revision, *paths]
