"""What a piece of generated Python defines, and whether it is the unit that a ticket asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.import_effects import import_effects
from aifirst_orchestrator.spec.units import SpecUnit

_MOST_DEPTH = 200
_MOST_BITS = 8_000
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class PythonPiece(msgspec.Struct, frozen=True):
    """Code taken apart: what it says of the future and of other modules, the names it defines, the rest of it."""

    imports: tuple[str, ...]
    names: tuple[str, ...]
    """Those of definitions and constants."""
    body: str


def parse_piece(code: str) -> ast.Module | Flaw:
    """The tree of the code, which every later step can take apart."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return Flaw("syntax", f"this is no Python: {error.msg}", "write it again, whole", error.lineno or 0)
    except (ValueError, RecursionError, MemoryError) as error:
        return Flaw("syntax", f"this cannot be read: {error}", "write it simpler")
    return _unwieldy(tree) or _crowded(tree) or tree


def _unwieldy(tree: ast.Module) -> Flaw | None:
    """What later steps, which go down a tree by calls and write numbers out, could not bear."""
    stack: list[tuple[ast.AST, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _MOST_DEPTH:
            return Flaw("syntax", f"this is nested more than {_MOST_DEPTH} deep", "write it flatter")
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, int)
            and node.value.bit_length() > _MOST_BITS
        ):
            return Flaw("syntax", "this has a number of thousands of digits", "work it out", node.lineno)
        stack.extend((inner, depth + 1) for inner in ast.iter_child_nodes(node))
    return None


def _crowded(tree: ast.Module) -> Flaw | None:
    """An import that shares a line with another statement, which would be taken out with it."""
    for before, after in pairwise(tree.body):
        if before.end_lineno == after.lineno:
            hint = "write each statement on a line of its own"
            return Flaw("unit", "two statements stand on one line", hint, after.lineno)
    return None


def check_unit(tree: ast.Module, unit: SpecUnit) -> Iterator[Flaw]:
    """Where the code is not the unit: its name, its signature, more than it, or code that runs at import."""
    definitions = [node for node in tree.body if isinstance(node, Definition)]
    named = [node for node in definitions if node.name == unit.name]
    if not named:
        yield Flaw("unit", f"it does not define {unit.name}", f"define {unit.name} as the ticket says")
    for node in named[1:]:
        yield Flaw("unit", f"{unit.name} is defined twice", "keep one definition", node.lineno)
    for node in definitions:
        if node.name != unit.name and not node.name.startswith("_"):
            hint = "leave it out, or give it a name that begins with an underscore"
            yield Flaw("unit", f"{node.name} is not what the ticket asks for", hint, node.lineno)
    yield from import_effects(tree, [*unit.needs, *_decorators(unit)])
    if named and unit.signature:
        yield from _check_signature(named[0], unit)


def take_apart(code: str, tree: ast.Module) -> PythonPiece:
    """The piece; comments stay with the definition below them, the file's own documentation goes."""
    lines = code.split("\n")
    imports: list[str] = []
    taken: set[int] = set()
    for place, node in enumerate(tree.body):
        is_documentation = place == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, (ast.Import, ast.ImportFrom)) or is_documentation:
            imports.extend(_import_lines(node) if isinstance(node, (ast.Import, ast.ImportFrom)) else ())
            taken.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    body = "\n".join(line for number, line in enumerate(lines, 1) if number not in taken).strip("\n")
    names = [name for node in tree.body for name in _defined(node)]
    return PythonPiece(tuple(imports), tuple(names), body)


def join_pieces(head: str, pieces: Sequence[PythonPiece]) -> str:
    """One file of several pieces: `head`, each import once, then the definitions in their order."""
    imports = dict.fromkeys(line for piece in pieces for line in piece.imports)
    future = [line for line in imports if line.startswith("from __future__ ")]
    others = sorted(
        (line for line in imports if line not in future), key=lambda line: (line.startswith("from "), line)
    )
    above = "\n\n".join(filter(None, [head.strip("\n"), "\n".join(future), "\n".join(others)]))
    return "\n\n\n".join(filter(None, [above, *(piece.body for piece in pieces)])) + "\n"


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, Definition):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets:
        for one in ast.walk(target) if target is not None else ():
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                yield one.id


def _import_lines(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """An import as lines of one name each, so that files which import the same agree."""
    for name in node.names:
        alone = (
            ast.Import([name])
            if isinstance(node, ast.Import)
            else ast.ImportFrom(node.module, [name], node.level)
        )
        yield ast.unparse(alone)


def _decorators(unit: SpecUnit) -> Iterator[str]:
    """The names that the specification itself calls at import: in decorators, defaults and values of its signature."""
    wanted = read_signature(unit)
    for node in ast.walk(wanted) if wanted is not None else ():
        called = [node.func] if isinstance(node, ast.Call) else getattr(node, "decorator_list", [])
        for one in called:
            while isinstance(one, (ast.Attribute, ast.Call)):
                one = one.value if isinstance(one, ast.Attribute) else one.func
            if isinstance(one, ast.Name):
                yield one.id


def _check_signature(node: Definition, unit: SpecUnit) -> Iterator[Flaw]:
    """Where parameters are not those of the ticket: names, order, kinds, defaults; annotations where it gives them."""
    wanted = read_signature(unit)
    if wanted is None or isinstance(node, ast.ClassDef) or isinstance(wanted, ast.ClassDef):
        yield from _check_class(node, wanted, unit)
        return
    if isinstance(wanted, ast.AsyncFunctionDef) != isinstance(node, ast.AsyncFunctionDef):
        word = "a coroutine (async def)" if isinstance(wanted, ast.AsyncFunctionDef) else "no coroutine (def)"
        yield Flaw("unit", f"{unit.name} has to be {word}", "write it as the ticket does", node.lineno)
    if _shape(wanted.args) != _shape(node.args):
        told = f"({ast.unparse(wanted.args)})"
        message = f"{unit.name} takes ({ast.unparse(node.args)}), the ticket says {told}"
        yield Flaw("unit", message, "write the signature of the ticket", node.lineno)
    if wanted.returns is not None and (
        node.returns is None or ast.dump(node.returns) != ast.dump(wanted.returns)
    ):
        hint = f"write -> {ast.unparse(wanted.returns)}"
        yield Flaw("unit", f"{unit.name} does not say what it returns as the ticket does", hint, node.lineno)


def _check_class(node: Definition, wanted: Definition | None, unit: SpecUnit) -> Iterator[Flaw]:
    if wanted is None:
        return
    if isinstance(node, ast.ClassDef) != isinstance(wanted, ast.ClassDef):
        word = "a class" if isinstance(wanted, ast.ClassDef) else "a function"
        yield Flaw("unit", f"{unit.name} has to be {word}", "write it as the ticket does", node.lineno)
        return
    missing = _members(wanted) - _members(node)
    if missing:
        names = ", ".join(sorted(missing))
        yield Flaw("unit", f"{unit.name} lacks {names}", "the ticket has them", node.lineno)


def _members(node: Definition) -> set[str]:
    found: set[str] = set()
    for part in node.body:
        if isinstance(part, Definition):
            found.add(part.name)
        elif isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
    return found


def read_signature(unit: SpecUnit) -> Definition | None:
    """The definition that a signature is of; None where it is no Python."""
    written = unit.signature.strip()
    # A signature of a list stands without its keyword, one of a block without its body.
    for text in (written, f"{written} ...", f"{written}\n    ...", f"def {written}: ...", f"{written}: ..."):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if tree.body and isinstance(tree.body[-1], Definition):
            return tree.body[-1]
    return None


def _shape(arguments: ast.arguments) -> tuple[object, ...]:
    """What callers can see of parameters; annotations too, where there are any."""

    def told(argument: ast.arg | None) -> tuple[str, str] | None:
        return (
            None
            if argument is None
            else (argument.arg, ast.unparse(argument.annotation) if argument.annotation else "")
        )

    return (
        [told(one) for one in arguments.posonlyargs], [told(one) for one in arguments.args], told(arguments.vararg),
        [told(one) for one in arguments.kwonlyargs], told(arguments.kwarg),
        [ast.unparse(one) for one in arguments.defaults],
        [ast.unparse(one) if one is not None else None for one in arguments.kw_defaults],
    )  # fmt: skip
