"""The tools of an agent that works on a project: find, read, edit, check, test, ask, finish."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from aifirst_memory.context.memory_sources import assemble_context
from aifirst_memory.context.request import ContextError, ContextRequest
from aifirst_memory.search.result import SearchRequest

from aifirst_orchestrator.agent.check_syntax import check_syntax
from aifirst_orchestrator.agent.git_tool import git
from aifirst_orchestrator.agent.graph_tool import graph
from aifirst_orchestrator.agent.place import AgentPlace
from aifirst_orchestrator.edits.edit import Edit, EditError
from aifirst_orchestrator.edits.read_edits import read_edits
from aifirst_orchestrator.tools.tool import Tool, ToolError, tool

_MOST_LINES = 400
_Line = Annotated[int, msgspec.Meta(ge=1)]


class Search(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words, a name, an error, or an issue."""

    query: str
    count: Annotated[int, msgspec.Meta(ge=1, le=20)] = 8


class Read(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file, or some of its lines."""

    path: str
    first: _Line = 1
    last: _Line | None = None


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a task needs: in words, and the places that it is about."""

    query: str = ""
    files: tuple[str, ...] = ()


class OneEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines that are there, and what is to stand there instead; nothing to search for makes a file."""

    path: str
    search: str
    replace: str


class Edits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Edits that belong together: all are made, or none."""

    edits: Annotated[tuple[OneEdit, ...], msgspec.Meta(min_length=1, max_length=20)]


class Patch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unified diff: `--- a/path`, `+++ b/path`, hunks. Line numbers need not be right."""

    diff: str


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No arguments."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only a person can say."""

    question: str


class Finish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was done, in a few sentences for the person who reviews it."""

    summary: str


@tool(1)
def search(given: Search, place: AgentPlace) -> str:
    """Find places in the project by words, a name, an error or a stack trace, best first."""
    answer = place.memory.search(SearchRequest(given.query, k=given.count))
    lines = [f"{one.path}:{one.line}-{one.end_line} {one.kind} {one.unit}".rstrip() for one in answer.results]
    return "\n".join(lines) or "nothing was found: use other words"


@tool(1)
def read(given: Read, place: AgentPlace) -> str:
    """Read a file or some of its lines, with their numbers, as your changes have it."""
    text = place.workspace.text(given.path)
    if text is None:
        near = [path for path in place.workspace.paths if path.endswith(given.path.rpartition("/")[2])][:5]
        raise ToolError(
            f"there is no file {given.path!r}" + (f": there is {', '.join(near)}" if near else "")
        )
    lines = text.split("\n")
    last = min(given.last or len(lines), given.first + _MOST_LINES - 1, len(lines))
    shown = [f"{number}: {lines[number - 1]}" for number in range(given.first, last + 1)]
    more = f"\n({len(lines)} lines in all)" if last < len(lines) else ""
    return "\n".join(shown) + more if shown else f"{given.path} has {len(lines)} lines"


@tool(1)
def context(given: Context, place: AgentPlace) -> str:
    """Get what a task needs to read: whole units and outlines of what stands around them."""
    try:
        answer = assemble_context(place.memory, ContextRequest(given.query, given.files, budget=3000))
    except ContextError as error:
        raise ToolError(str(error)) from None
    return answer.text or "nothing was found: use other words"


@tool(2)
def edit(given: Edits, place: AgentPlace) -> str:
    """Change files: whole lines to search for, copied exactly, and the lines to put there instead."""
    return _change([Edit(one.path, _lines(one.search), _lines(one.replace)) for one in given.edits], place)


@tool(2)
def patch(given: Patch, place: AgentPlace) -> str:
    """Change, make, rename or remove files by a unified diff, with lines of context around each change."""
    try:
        edits = read_edits(given.diff)
    except EditError as error:
        raise ToolError(str(error)) from None
    return _change(edits, place)


@tool(1)
def changes(_: Nothing, place: AgentPlace) -> str:
    """See all that you changed so far, as a diff."""
    return place.workspace.difference() or "nothing was changed"


@tool(1)
def check(_: Nothing, place: AgentPlace) -> str:
    """Judge your changes by the rules of the project, those for edits among them."""
    return "\n".join(flaw.told() for flaw in place.judge()) or "no rule objects"


@tool(2)
def build(_: Nothing, place: AgentPlace) -> str:
    """See whether what you changed can be read and compiled, before tests are run."""
    flaws = check_syntax(place.workspace) or place.build()
    return "\n".join(flaw.told() for flaw in flaws) or "nothing is wrong"


@tool(2)
def run_tests(_: Nothing, place: AgentPlace) -> str:
    """Run the tests that your changes reach, in a sandbox."""
    return "\n".join(flaw.told() for flaw in place.test()) or "all passed"


@tool(1)
def ask(given: Question, place: AgentPlace) -> str:
    """Ask the person something that the project cannot tell."""
    return place.ask(given.question) or "nobody answers: decide, and say so in your summary"


@tool(1)
def finish(given: Finish, place: AgentPlace) -> str:
    """Say that the task is done."""
    place.finished = given.summary.strip() or "done"
    return "thank you"


PROJECT_TOOLS: Final[dict[str, Tool[AgentPlace]]] = {
    one.name: one
    for one in (search, read, context, graph, git, edit, patch, changes, check, build, run_tests, ask, finish)
}


def _change(edits: list[Edit], place: AgentPlace) -> str:
    """Make edits, all or none; what an agent has to look at again is said."""
    try:
        applied = place.workspace.change(edits)
    except EditError as error:
        raise ToolError(str(error)) from None
    guessed = [edit.path for edit, how in zip(edits, applied.how, strict=True) if how == "near"]
    told = (
        f"; the lines of {', '.join(guessed)} were not copied exactly: look whether the right ones changed"
        if guessed
        else ""
    )
    return f"changed {', '.join(applied.texts)}{told}"


def _lines(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"
