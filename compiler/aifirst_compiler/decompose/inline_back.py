"""The proof of a decomposition: put every new function back in the place of its call, and compare with the source.

It knows nothing of how the parts were chosen. Of the new text it takes the functions' names alone, checks that every
call gives each parameter the variable of that name and takes each result into the variable of that name, and that every
name in a new function belongs to the same kind of scope as before. What that does not show is which values are needed:
that is the analysis of `variable_flow`.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence

from aifirst_compiler.decompose.names_used import Function
from aifirst_compiler.python_positions import parse_module


def first_difference(before: bytes, after: bytes, function: str, line: int, made: Sequence[str]) -> str:
    """Why the new text is not the source with the functions `made` taken out of `function`; empty where it is.

    `line` is that of the function's `def` in the source.
    """
    try:
        source, output = parse_module(before), parse_module(after)
        compile(after.decode("utf-8"), "decomposed", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return f"the result does not parse: {error}"
    found = _scopes_differ(before, after, function, line, made)
    for name in reversed(made):
        found = found or _inline(output, name)
    if not found and ast.dump(source) != ast.dump(output):
        found = "the parts put back are not the source"
    return found


def _inline(tree: ast.Module, name: str) -> str:
    """Put a function of the module back in the place of its one call; what is wrong with it, if anything."""
    found = [
        one
        for one in tree.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
    ]
    if len(found) != 1:
        return f"{name} is defined {len(found)} times"
    tree.body.remove(found[0])
    calls = [(block, at) for block in _blocks(tree) for at, one in enumerate(block) if _called(one) == name]
    spoken = sum(isinstance(part, ast.Name) and part.id == name for part in ast.walk(tree))
    if len(calls) != 1 or spoken != 1:
        return f"{name} is called {len(calls)} times"
    block, at = calls[0]
    body = _body_in_place(found[0], block[at])
    if isinstance(body, str):
        return f"{name}: {body}"
    block[at : at + 1] = body
    return ""


def _called(statement: ast.stmt) -> str:
    call = _call_of(statement)
    return call.func.id if call is not None and isinstance(call.func, ast.Name) else ""


def _call_of(statement: ast.stmt) -> ast.Call | None:
    if not isinstance(statement, ast.Expr | ast.Assign | ast.Return):
        return None
    value = statement.value
    if isinstance(value, ast.Await | ast.YieldFrom):
        value = value.value
    return value if isinstance(value, ast.Call) else None


def _body_in_place(function: Function, statement: ast.stmt) -> list[ast.stmt] | str:
    call = _call_of(statement)
    parameters = [one.arg for one in function.args.args]
    given = [one.id for one in call.args if isinstance(one, ast.Name)] if call is not None else []
    if call is None or call.keywords or len(given) != len(call.args) or given != parameters:
        return "the call gives other variables than its parameters"
    suspended = isinstance(getattr(statement, "value", None), ast.Await)
    if suspended != isinstance(function, ast.AsyncFunctionDef):
        return "it is awaited and no coroutine, or the other way"
    body = function.body[1:]  # the docstring
    while body and isinstance(body[0], ast.Global):
        body = body[1:]
    if isinstance(statement, ast.Return):
        return body
    back = ast.Return()
    if isinstance(statement, ast.Assign):
        last = body.pop()
        if not isinstance(last, ast.Return) or last.value is None or not _same_names(statement, last.value):
            return "its results go to other variables"
        back = last
    return _returns_to_continues(body, ast.dump(back))


def _same_names(statement: ast.Assign, value: ast.expr) -> bool:
    target = statement.targets[0]
    names = [[one.id for one in (part.elts if isinstance(part, ast.Tuple) else [part]) if isinstance(one, ast.Name)]
             for part in (target, value)]  # fmt: skip
    kinds = isinstance(target, ast.Tuple) == isinstance(value, ast.Tuple)
    return len(statement.targets) == 1 and kinds and bool(names[0]) and names[0] == names[1]


def _returns_to_continues(body: list[ast.stmt], back: str) -> list[ast.stmt] | str:
    """A body with `continue` for each `return` that stands for one: not in loops inside, where it would mean them."""
    stack = [(body, False)]
    while stack:
        block, in_loop = stack.pop()
        for at, one in enumerate(block):
            if isinstance(one, ast.Return):
                if in_loop or ast.dump(one) != back:
                    return "it returns early"
                block[at] = ast.Continue()
            loop = isinstance(one, ast.For | ast.AsyncFor | ast.While)
            stack += [
                (inner, in_loop or (loop and inner is getattr(one, "body", None)))
                for inner in _inner_blocks(one)
            ]
    return body


def _inner_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for name in ("body", "orelse", "finalbody"):
        block: list[ast.stmt] = getattr(node, name, [])
        if block:
            yield block
    for holder in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield holder.body


def _blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block:
                yield block


def _scopes_differ(before: bytes, after: bytes, function: str, line: int, made: Sequence[str]) -> str:
    """Whether a name in a new function, or in what is left, is a variable where it was a global, or the other way."""
    was = _table(symtable.symtable(before.decode(), "before", "exec"), function, line)
    now = symtable.symtable(after.decode(), "after", "exec")
    if was is None:
        return "the function is not found"
    its_globals, its_locals = _globals(was), _locals(was)
    for name in made:
        table = next((one for one in now.get_children() if one.get_name() == name), None)
        if table is None:
            return f"{name} is not found"
        strange = (_globals(table) - its_globals - set(made)) | (_locals(table) - its_locals)
        if strange:
            return f"{min(strange)} belongs to another scope in {name}"
    left = _same_function(now, was, made)
    if left is None:
        return "the function is not found in the result"
    strange = (_globals(left) - its_globals - set(made)) | (_locals(left) - its_locals)
    return f"{min(strange)} belongs to another scope in what is left" if strange else ""


def _table(top: symtable.SymbolTable, name: str, line: int) -> symtable.SymbolTable | None:
    return next((one for one in _tables(top) if one.get_name() == name and one.get_lineno() == line), None)


def _same_function(
    top: symtable.SymbolTable, was: symtable.SymbolTable, made: Sequence[str]
) -> symtable.SymbolTable | None:
    """The function of the source in the result: the one of its name that calls a new function."""
    return next(
        (one for one in _tables(top) if one.get_name() == was.get_name() and one.get_type() == "function"
         and set(made) & _globals(one)), None
    )  # fmt: skip


def _tables(top: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    stack = [top]
    while stack:
        one = stack.pop()
        yield one
        stack += one.get_children()


def _globals(table: symtable.SymbolTable) -> set[str]:
    """The names that are globals in a scope or in one inside it."""
    return {symbol.get_name() for one in _tables(table) for symbol in one.get_symbols() if symbol.is_global()}


def _locals(table: symtable.SymbolTable) -> set[str]:
    """The variables of a scope itself, and those of scopes around that it uses."""
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_local() or symbol.is_free()}
