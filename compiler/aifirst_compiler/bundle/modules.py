"""The modules of a bundle: their names, files and trees, and what each imports where."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final, Literal, NamedTuple

from aifirst_codebase.source import EncodeBackError, encode_declared

from aifirst_compiler.bundle.global_names import GlobalNames
from aifirst_compiler.python_positions import Positions, parse_module

Place = Literal["plain", "guarded", "late", "typing"]
"""Where an import stands: in the module's own run of statements; under a condition or `try`; in a function, so that it
runs when that is called; or where only type checkers look."""

_LOADERS: Final = frozenset({"import_module", "__import__"})


class ImportSite(NamedTuple):
    """One module that an import statement loads, by its full name.

    `node` is the statement, or the call; `inside` the names of the functions around it, the outermost first.
    """

    module: str
    place: Place
    node: ast.stmt | ast.Call
    inside: tuple[str, ...] = ()


class Module:
    """A module that may be bundled. `name` is the one it is imported by, `data` its UTF-8 text, `path` where it lies."""

    def __init__(self, name: str, path: str, data: bytes) -> None:
        self.name = name
        self.path = path
        self.data = data
        self.is_package = PurePosixPath(path).stem == "__init__"

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree. Raises SyntaxError."""
        return parse_module(self.data)

    @cached_property
    def positions(self) -> Positions:
        """Where nodes stand in the text."""
        return Positions(self.data)

    @cached_property
    def names(self) -> GlobalNames:
        """The module's globals."""
        return GlobalNames(self.tree, self.positions)

    @property
    def stored(self) -> bytes:
        """The bytes of a file that holds the module alone: in the encoding that it declares, which Python goes by."""
        try:
            return encode_declared(self.path, self.data.decode("utf-8"))
        except EncodeBackError:
            return self.data

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def absolute(self, node: ast.ImportFrom) -> str:
        """The full name of the module after `from`; empty where it lies above the top."""
        if not node.level:
            return node.module or ""
        parts = self.package.split(".") if self.package else []
        kept = parts[: len(parts) - node.level + 1] if node.level <= len(parts) else []
        return ".".join([*kept, node.module] if node.module and kept else kept)


def imports_of(module: Module, known: Mapping[str, Module]) -> list[ImportSite]:
    """The modules among `known` that a module imports, in order of its text; of a dotted name every part."""
    found: list[ImportSite] = []
    _Imports(module, known, found).look(module.tree.body, "plain", ())
    return found


class _Imports:
    def __init__(self, module: Module, known: Mapping[str, Module], found: list[ImportSite]) -> None:
        self._module = module
        self._known = known
        self._found = found

    def look(self, body: Iterable[ast.AST], place: Place, inside: tuple[str, ...]) -> None:
        """Note the imports among nodes and in them."""
        for node in body:
            deeper = _deeper(place, node)
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name in loaded_by(self._module, node, self._known):
                    self._found.append(ImportSite(name, place, node, inside))
                continue
            if isinstance(node, ast.Call) and (name := _constant_import(self._module, node)) in self._known:
                self._found += [ImportSite(part, deeper, node, inside) for part in parents_and(name)]
            if isinstance(node, ast.If) and _is_typing(node.test):
                self.look(node.body, "typing", inside)
                self.look(node.orelse, deeper, inside)
                continue
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            self.look(ast.iter_child_nodes(node), deeper, (*inside, node.name) if function else inside)


def _deeper(place: Place, node: ast.AST) -> Place:
    if place in ("late", "typing"):
        return place
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return "late"
    return "guarded"


def _is_typing(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else test.id if isinstance(test, ast.Name) else ""
    return name == "TYPE_CHECKING"


def loaded_by(module: Module, node: ast.Import | ast.ImportFrom, known: Mapping[str, Module]) -> list[str]:
    """The known modules that an import statement loads, in order, packages before what is in them."""
    found: dict[str, None] = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            found.update(dict.fromkeys(part for part in parents_and(alias.name) if part in known))
        return list(found)
    origin = module.absolute(node)
    found.update(dict.fromkeys(part for part in parents_and(origin) if part in known))
    for alias in node.names:
        inner = f"{origin}.{alias.name}"
        if inner in known and not _is_value_of(known.get(origin), alias.name):
            found[inner] = None
    return list(found)


def _is_value_of(package: Module | None, name: str) -> bool:
    """Whether a package binds a name itself, other than by importing the module of that name."""
    if package is None:
        return False
    try:
        sites = package.names.sites.get(name, ())
    except SyntaxError:
        return False
    return any(site.kind in ("bind", "define") for site in sites)


def parents_and(name: str) -> list[str]:
    """A dotted name's packages from the top, then the name."""
    parts = name.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def _constant_import(module: Module, node: ast.Call) -> str:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    if called not in _LOADERS or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return ""
    name = first.value
    if name.startswith(".") and module.package:
        level = len(name) - len(name.lstrip("."))
        return module.absolute(ast.ImportFrom(name[level:] or None, [], level))
    return name
