"""Whether changed files can be read at all, before anything else is asked of them: no file is run, no program started."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Iterator

import tree_sitter
from aifirst_codebase.languages import language_of
from aifirst_codebase.reading import read
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import get_counter

from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.generate.flaw import Flaw

_HINT = "mend it before anything else"


def check_syntax(workspace: Workspace) -> tuple[Flaw, ...]:
    """A flaw for each changed file that could be read before and now cannot, at the first line that is wrong."""
    before = workspace.before()
    flaws: list[Flaw] = []
    for path in workspace.changed:
        source = workspace.source(path)
        error = None if source is None else _error(source)
        if error is not None and not (path in before and _error(workspace.original(path)) is not None):
            flaws.append(Flaw("syntax", f"{path} cannot be read: {error[1]}", _HINT, error[0]))
    return tuple(flaws)


def _error(source: SourceFile | None) -> tuple[int, str] | None:
    """The line and what is wrong there; None where nothing is, or where nobody knows."""
    if source is None:
        return None
    language = language_of(source.path, source.data)
    name = "" if language is None else language.name
    try:
        if name == "python":
            ast.parse(source.data)
        elif source.path.endswith(".json"):
            json.loads(source.data)
        elif name == "toml":
            tomllib.loads(source.text)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return getattr(error, "lineno", 1), str(error)
    if language is None or language.kind != "code" or name == "python":
        return None
    return next(_broken(read(source, language, get_counter("o200k_base")).tree.root_node), None)


def _broken(node: tree_sitter.Node) -> Iterator[tuple[int, str]]:
    """The first place that the grammar did not expect."""
    if not node.has_error:
        return
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.is_missing:
            yield one.start_point[0] + 1, f"{one.type!r} is missing"
        elif one.type == "ERROR":
            told = (one.text or b"").decode("utf-8", "replace").split("\n")[0][:60]
            yield one.start_point[0] + 1, f"{told!r} is not expected here"
        else:
            waiting += [child for child in reversed(one.children) if child.has_error or child.is_missing]
