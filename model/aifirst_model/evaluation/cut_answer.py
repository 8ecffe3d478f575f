"""Cuts what a model wrote to the program that it means: the function that was asked for and what that needs.

By parsing: what a base model writes on after the function (more functions, prints, prose), what a chat model writes
around its code, and a last line that was cut off, go. Names decide what stays, so a helper written after the function
stays, and a call at the top level, which could wait for input, does not. A regular expression finds code fences only.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Final

from aifirst_model.evaluation.problem import Problem

_FENCE: Final = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL)
_MOST_PARSES: Final = 400
_Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def cut_answer(problem: Problem, answer: str, *, in_chat: bool) -> str:
    """The program to test. Where nothing in the answer is the function, the answer as it is, behind the prompt."""
    for text in _readings(problem, answer, in_chat):
        lines, body = _parsable(text)
        entry = next((node for node in body if _is_function(node, problem.entry)), None)
        if entry is not None:
            return _statements(lines, body, entry, _asked_for(problem))
    return f"{problem.prompt}{answer}"


def longest_block(answer: str) -> str:
    """The longest code block of an answer, the whole answer where it has none."""
    blocks = [match[1] for match in _FENCE.finditer(answer)]
    return max(blocks, key=len) if blocks else answer


def _readings(problem: Problem, answer: str, in_chat: bool) -> Iterator[str]:
    """What the answer may mean, likeliest first."""
    blocks = [match[1] for match in _FENCE.finditer(answer)]
    if not in_chat:
        yield from _continuations(problem, answer)
    for block in (*blocks, answer):
        if re.search(rf"^(async )?def {re.escape(problem.entry)}\b", block, re.MULTILINE):
            yield _behind_preamble(problem, block)
    if problem.prompt:
        for block in (*blocks, answer):
            yield from _continuations(problem, block)


def _continuations(problem: Problem, answer: str) -> Iterator[str]:
    """The answer as what goes on where the prompt ends: in its line, in the next, or not indented."""
    bare = problem.prompt.rstrip()
    if not bare:
        yield answer
        return
    if answer.startswith(("\n", "\r\n")):
        yield bare + answer
    yield problem.prompt + answer
    yield f"{bare}\n{answer}"
    yield f"{bare}\n" + "".join(f"    {line}" for line in answer.splitlines(keepends=True))


def _behind_preamble(problem: Problem, code: str) -> str:
    """The code behind what the prompt gives before the function: imports and functions to use."""
    lines, body = _parsable(problem.prompt)
    at = next((node for node in body if getattr(node, "name", "") == problem.entry), None)
    return f"{''.join(lines[: _first_line(at) - 1])}\n{code}" if at is not None else code


def _parsable(text: str) -> tuple[list[str], list[ast.stmt]]:
    """The lines of the longest beginning that parses, and its statements; the error says where to cut next."""
    # As `ast` counts lines; `splitlines` would also cut at form feeds.
    lines = re.split(r"(?<=\n)", text.replace("\r\n", "\n").replace("\r", "\n"))
    end = len(lines)
    for _ in range(_MOST_PARSES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the model's code: odd escapes in its strings
                return lines[:end], ast.parse("".join(lines[:end])).body
        except SyntaxError as error:
            end = min(end - 1, (error.lineno or end) - 1)
        except (ValueError, RecursionError, MemoryError):
            end //= 2
        if end <= 0:
            break
    return [], []


def _is_function(node: ast.stmt, name: str) -> bool:
    """Whether it is the function, with a body that does something."""
    if not isinstance(node, _Function) or node.name != name:
        return False
    return not all(
        isinstance(part, ast.Pass) or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        for part in node.body
    )


def _asked_for(problem: Problem) -> frozenset[str]:
    """The names that the shown tests, and what sets them up, take from the answer beside the function, as a class."""
    _, body = _parsable("\n".join((problem.after, *problem.shown_tests)))
    return frozenset[str]().union(*map(_used, body))


def _statements(lines: list[str], body: list[ast.stmt], entry: ast.stmt, also: frozenset[str]) -> str:
    """The text of the statements that the function needs, or that bind names of `also`, in their order."""
    kept = {id(entry)}
    needed = _used(entry) | also
    while True:
        more = [node for node in body if id(node) not in kept and _is_needed(node, needed, entry)]
        if not more:
            break
        kept.update(map(id, more))
        needed = needed.union(*map(_used, more))
    written = 0
    parts: list[str] = []
    for node in body:
        if id(node) in kept:
            first = max(_first_line(node) - 1, written)
            written = node.end_lineno or first
            parts.append("".join(lines[first:written]))
    return "\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def _is_needed(node: ast.stmt, needed: frozenset[str], entry: ast.stmt) -> bool:
    """Whether the statement stays: imports, what binds a needed name, and a deeper stack."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "sys.setrecursionlimit"
    is_other_entry = getattr(node, "name", None) == getattr(entry, "name", "")
    return not is_other_entry and bool(_bound(node) & (needed | {getattr(entry, "name", "")}))


def _used(node: ast.stmt) -> frozenset[str]:
    return frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))


def _bound(node: ast.stmt) -> frozenset[str]:
    """The names that a top-level statement binds, or changes an attribute or an item of."""
    if isinstance(node, (*_Function, ast.ClassDef)):
        return frozenset({node.name})
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, (*_Function, ast.ClassDef)):
            names.add(part.name)
        elif isinstance(part, ast.alias):
            names.add(part.asname or part.name.partition(".")[0])
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, (ast.Attribute, ast.Subscript)) and isinstance(part.ctx, ast.Store):
            names.update(base.id for base in ast.walk(part.value) if isinstance(base, ast.Name))
    return frozenset(names)


def _first_line(node: ast.stmt) -> int:
    """The line of the first decorator, or of the statement."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])
