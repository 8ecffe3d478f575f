"""Finds what a piece of generated code does by being imported, beyond defining names.

A file is imported by whoever looks at it: test runners, editors, documentation tools. So importing a unit defines it and
makes values, and calls nothing else: not on a line of its own, and neither in a value, a decorator, a default, a base or
the body of a class. That keeps code easy to look at; what it could do against somebody is kept in by the sandbox alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from aifirst_orchestrator.generate.flaw import Flaw

_VALUES = frozenset(
    (  # noqa: SIM905  words in quotes, one by one, are harder to read
        "abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod "
        "enumerate float format frozenset hash hex int isinstance issubclass iter len list map max "
        "memoryview min next object oct ord pow property range repr reversed round set slice sorted "
        "staticmethod str sum super tuple type zip"
    ).split()
)
"""Of the functions that are always there, those which make a value and do nothing besides."""
_MODULES = frozenset(
    (  # noqa: SIM905  words in quotes, one by one, are harder to read
        "__future__ abc array bisect collections contextlib contextvars copy dataclasses datetime "
        "decimal enum fractions functools ipaddress itertools logging math numbers operator pathlib re "
        "string struct textwrap threading types typing typing_extensions uuid weakref zoneinfo"
    ).split()
)
"""Modules whose functions make values. A call of `Path.cwd` or `datetime.now` is let through: it changes nothing."""
_TOUCHING = frozenset(
    ("write_text write_bytes unlink mkdir rmdir touch rename open start basicConfig addHandler").split()  # noqa: SIM905  as above
)
"""What these modules and their values have that does more."""
_OF_A_FUNCTION = frozenset(("setter", "getter", "deleter", "register"))
"""What a property or a function that chooses by type has to be told of others of its name."""
_SETS_UP = frozenset(("__init__", "__new__", "__post_init__", "__call__"))
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def import_effects(tree: ast.Module, known: Sequence[str]) -> Iterator[Flaw]:
    """What runs at import; `known` are names that may be called though they come from elsewhere: units, decorators.

    Code that waits for `TYPE_CHECKING` counts as run: only definitions belong there too.
    """
    names = {*_VALUES.difference(_bound(tree)), *_from_modules(tree), *_plain_classes(tree), *known}
    for node in tree.body:
        yield from _of_statement(node, names)


def _of_statement(node: ast.stmt, names: set[str]) -> Iterator[Flaw]:
    if isinstance(node, ast.ImportFrom) and any(name.name == "*" for name in node.names):
        hint = "import the names that are used"
        yield Flaw("unit", "an import of everything hides what is used", hint, node.lineno)
    elif isinstance(node, ast.If) and _is_for_types(node.test):
        for inner in (*node.body, *node.orelse):
            yield from _of_statement(inner, names)
    elif not _only_defines(node):
        hint = "put it into the unit, or leave it out"
        yield Flaw("unit", "this runs when the file is imported", hint, node.lineno)
    else:
        for call in _calls(_run_by(node)):
            if not _makes_a_value(call, names):
                hint = "call it in the unit, or write the value down"
                told = ast.unparse(call.func)[:60]
                yield Flaw("unit", f"{told} is called when the file is imported", hint, call.lineno)
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from _of_statement(inner, names)


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    kinds = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass, *_Definition.__args__)
    return isinstance(node, kinds) or type(node).__name__ == "TypeAlias"


def _is_for_types(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and ast.unparse(test) == "typing.TYPE_CHECKING"
    )


def _run_by(node: ast.stmt) -> list[ast.AST]:
    """The expressions that a statement works out when it is reached; a decorator is one that is called."""
    if isinstance(node, ast.ClassDef):
        return [*map(_called, node.decorator_list), *node.bases, *(one.value for one in node.keywords)]
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
        return [*map(_called, node.decorator_list), *defaults]
    if isinstance(node, ast.Assign):
        return [*node.targets, node.value]
    if isinstance(node, ast.AnnAssign):
        return [node.value] if node.value is not None else []
    return []


def _called(decorator: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Call(decorator, [], []), decorator)


def _calls(found: Sequence[ast.AST]) -> Iterator[ast.Call]:
    """The calls in expressions, in their order; what stands in a lambda is not run yet, its defaults are."""
    stack = list(reversed(found))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call):
            yield node
        inner = [node.args] if isinstance(node, ast.Lambda) else list(ast.iter_child_nodes(node))
        stack.extend(reversed(inner))


def _makes_a_value(call: ast.Call, names: set[str]) -> bool:
    """Whether what is called is a name that makes values, or a method of a literal or of such a value."""
    node: ast.expr = call.func
    if isinstance(node, ast.Attribute) and node.attr in _TOUCHING:
        return False
    while True:
        if (
            isinstance(node, ast.Attribute)
            and node.attr in _OF_A_FUNCTION
            and isinstance(node.value, ast.Name)
        ):
            return True
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            break
    if isinstance(node, ast.Name):
        return node.id in names
    return isinstance(node, (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set))


def _from_modules(tree: ast.Module) -> set[str]:
    """The names that imports bind to modules of values, or to what is in them, unless something else binds them too."""
    found: set[str] = set()
    others = _bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for name in node.names:
                source = module or name.name
                bound = name.asname or name.name.partition(".")[0]
                is_value = source.partition(".")[0] in _MODULES and not getattr(node, "level", 0)
                (found if is_value else others).add(bound)
    return found - others


def _bound(tree: ast.Module) -> set[str]:
    """The names that the file gives values itself: `dict = run` makes another thing of a call of `dict`."""
    defined = {node.name for node in tree.body if isinstance(node, _Definition)}
    values = [node for node in tree.body if isinstance(node, (ast.Assign, ast.AnnAssign))]
    named = (one for node in values for one in ast.walk(node) if isinstance(one, ast.Name))
    return defined | {one.id for one in named if isinstance(one.ctx, ast.Store)}


def _plain_classes(tree: ast.Module) -> set[str]:
    """Classes of the file that only hold values: making one runs none of the file's code."""
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and not any(isinstance(one, ast.FunctionDef) and one.name in _SETS_UP for one in node.body)
    }
