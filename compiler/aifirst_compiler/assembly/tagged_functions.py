"""The functions of a folder that carry an assembly line, with what is needed to call them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import PurePosixPath

import msgspec
from aifirst_codebase.tickets.assembly import find_assembly_lines
from aifirst_codebase.tickets.assembly_graph import AssemblyFunction

from aifirst_compiler.bundle.modules import Module


class Parameter(msgspec.Struct, frozen=True):
    """A parameter. `default` is the text of a literal, None where there is none; `optional` that some default exists."""

    name: str
    by_position: bool = False
    optional: bool = False
    default: str | None = None


class TaggedFunction(msgspec.Struct, frozen=True):
    """A top-level function with its assembly line. `path` and `line` say where it is."""

    function: AssemblyFunction
    module: str
    path: str
    line: int
    parameters: tuple[Parameter, ...]
    is_async: bool


def find_tagged_functions(modules: Iterable[Module]) -> list[TaggedFunction]:
    """The tagged functions of modules that parse, in order of modules and lines."""
    found: list[TaggedFunction] = []
    for module in modules:
        text = module.data.decode("utf-8", "replace")
        lines = {text.count("\n", 0, line.end - 1) + 1: line for line in find_assembly_lines(text)}
        try:
            body = module.tree.body if lines else []
        except SyntaxError:
            continue
        rows = text.split("\n")
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            first = min(part.lineno for part in (node, *node.decorator_list))
            above = first - 1
            while above and above not in lines and rows[above - 1].lstrip().startswith("#"):
                above -= 1
            if above in lines:
                stem = PurePosixPath(module.path).stem
                tagged = AssemblyFunction(node.name, stem, lines[above])
                is_async = isinstance(node, ast.AsyncFunctionDef)
                parameters = tuple(_parameters(node.args))
                found.append(
                    TaggedFunction(tagged, module.name, module.path, node.lineno, parameters, is_async)
                )
    return found


def _parameters(arguments: ast.arguments) -> Iterable[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    for place, one in enumerate(positional):
        default = arguments.defaults[place - without] if place >= without else None
        yield _parameter(one, default, by_position=place < len(arguments.posonlyargs))
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(one, default, by_position=False)


def _parameter(one: ast.arg, default: ast.expr | None, *, by_position: bool) -> Parameter:
    if default is None:
        return Parameter(one.arg, by_position)
    try:
        return Parameter(one.arg, by_position, True, repr(ast.literal_eval(default)))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return Parameter(one.arg, by_position, True)
