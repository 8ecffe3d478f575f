"""Writes a bundle: one flat module out of many, with its source map."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.source import declare_utf8

from aifirst_compiler.bundle.bundle_names import BundleNames, CannotBeFlatError
from aifirst_compiler.bundle.flat_module import FlatModule
from aifirst_compiler.bundle.inlinable import future_flags
from aifirst_compiler.bundle.modules import Module, imports_of
from aifirst_compiler.bundle.plan import Plan, make_plan
from aifirst_compiler.errors import CompilerBugError
from aifirst_compiler.source_maps.segment import Segment
from aifirst_compiler.source_maps.write import MappedOutput

_RUN_TIME: Final = Path(__file__).with_name("run_time.py")


class Bundle(msgspec.Struct, frozen=True):
    """A bundle's text. `flat` are the modules that became a part of it, in the order they run; `held` the others, why.

    `sources` are the paths that the segments of the map speak of by number.
    """

    data: bytes
    segments: tuple[Segment, ...]
    sources: tuple[str, ...]
    flat: tuple[str, ...]
    held: dict[str, str]


def bundle_modules(
    root: Module,
    known: Mapping[str, Module],
    *,
    is_package: bool,
    in_place: bool = False,
    held: Mapping[str, str] | None = None,
) -> Bundle:
    """One module that does what `root` does, with all of `known` reachable by their own names.

    `is_package` says that the bundle is imported in the place of the package `root`; else it is run as a program.
    `in_place` says that it lies where that module lay, with other modules of its packages beside. `held` are modules that
    may not be flat, with the reason. Raises CompilerBugError where what was written does not parse, SyntaxError where the
    root does not.
    """
    refused = dict(held or {})
    again = not is_package and _is_imported(root, known)
    if again:
        refused |= dict.fromkeys(known.keys() - {root.name}, f"{root.name} is imported, and so run once more")
    while True:
        plan = make_plan(root, known, refused)
        try:
            names = BundleNames(plan, is_package=is_package)
        except CannotBeFlatError as error:
            if error.module == root.name:
                refused.update(dict.fromkeys(known.keys() - {root.name}, error.why))
            else:
                refused[error.module] = error.why
            continue
        break
    return _Writer(plan, names, is_package=is_package, in_place=in_place, again=again).write()


def _is_imported(root: Module, known: Mapping[str, Module]) -> bool:
    """Whether a module imports the program's own by its name: Python runs that a second time, under this name."""
    for module in known.values():
        try:
            if any(site.module == root.name and site.place != "typing" for site in imports_of(module, known)):
                return True
        except SyntaxError:
            continue
    return False


class _Writer:
    def __init__(
        self, plan: Plan, names: BundleNames, *, is_package: bool, in_place: bool, again: bool
    ) -> None:
        self._in_place = in_place
        self._again = [plan.root.name] if again else []
        self._plan = plan
        self._names = names
        self._is_package = is_package
        self._output = MappedOutput()
        self._numbers = {name: number for number, name in enumerate(plan.flat)}
        self._done: dict[str, str] = {}

    def write(self) -> Bundle:
        """The bundle."""
        root = FlatModule(self._plan.root, self._plan, self._names)
        number = self._number(root.module)
        head = root.head_end()
        self._output.add_kept(number, 0, head)
        if self._plan.flags - future_flags(root.module):
            self._output.add_text(f"from __future__ import {', '.join(sorted(self._plan.flags))}\n".encode())
        self._output.add_text(self._prelude())
        for parent in self._plan.before.get((root.module.name, 0), ()):
            self._load(parent)
        self._body(root, head)
        data = declare_utf8(self._output.data())
        try:
            ast.parse(data.decode())
        except (SyntaxError, ValueError) as error:
            raise CompilerBugError(root.module.path, f"the bundle does not parse: {error}") from error
        sources = tuple(self._plan.known[name].path for name in self._plan.flat)
        return Bundle(
            data, tuple(self._output.segments), sources, tuple(self._plan.flat), dict(self._plan.held)
        )

    def _number(self, module: Module) -> int:
        number = self._numbers[module.name]
        self._output.add_source(number, module.data)
        return number

    def _prelude(self) -> bytes:
        if len(self._plan.flat) == 1 and not self._plan.held and not self._again:
            return b""
        hidden = any(self._names.hidden_builtins(self._plan.known[name]) for name in self._plan.flat)
        text = ("import builtins as _aifirst_builtins\n" if hidden else "") + run_time_text()
        for name in sorted([*self._plan.held, *self._again]):
            module = self._plan.known[name]
            text += f'_aifirst_held["{name}"] = ({module.path!r}, {_literal(module.data.decode())})\n'
        if self._in_place:
            text += self._paths()
        elif self._is_package:
            name = self._plan.root.name
            text += (
                f'__path__ = []\n_aifirst_sys.modules.setdefault("{name}", _aifirst_sys.modules[__name__])\n'
            )
        return text.encode()

    def _paths(self) -> str:
        """Where the packages in the bundle lie, for modules of theirs that are files of their own."""
        packages = [name for name in sorted(self._plan.known) if self._plan.known[name].is_package]
        above = "_aifirst_os.path.dirname(" * len(self._plan.root.path.split("/"))
        lines = ["import os as _aifirst_os", f"_aifirst_folder = {above}__file__{above.count('(') * ')'}"]
        for name in packages:
            if name != self._plan.root.name:
                place = ", ".join(map(repr, name.split(".")))
                lines.append(f'_aifirst_paths["{name}"] = [_aifirst_os.path.join(_aifirst_folder, {place})]')
        return "\n".join([*lines, ""])

    def _load(self, name: str) -> None:
        """Run a module: the text of a flat one, the import of a held one."""
        if not self._plan.is_flat(name):
            self._output.add_text(f'_aifirst_load("{name}")\n'.encode())
            return
        module = self._plan.known[name]
        flat = FlatModule(module, self._plan, self._names)
        self._number(module)
        renamed = self._names.renamed(name)
        bound = sorted(self._names.bound[name])
        plain = " ".join(one for one in bound if one not in renamed)
        pairs = " ".join(f"{one}={called}" for one, called in renamed.items())
        doc = ast.get_docstring(module.tree, clean=False)
        more = (f", {doc!r}" if doc is not None or module.is_package else "") + (
            ", True" if module.is_package else ""
        )
        self._output.add_text(f'__name__ = _aifirst_begin("{name}", "{plain}", "{pairs}"{more})\n'.encode())
        self._body(flat, 0)
        self._output.add_text(f'__name__ = _aifirst_end("{name}")\n'.encode())

    def _body(self, flat: FlatModule, start: int) -> None:
        module = flat.module
        number = self._numbers[module.name]
        at = start
        for node in module.tree.body:
            loaded = self._plan.before.get((module.name, id(node)))
            if not loaded:
                continue
            stop = max(at, flat.start_of(node))
            self._output.add_edited(number, (at, stop), flat.edits((at, stop), self._done))
            if module.data[:stop] and not module.data[:stop].endswith(b"\n"):
                self._output.add_text(b"\n")
            for name in loaded:
                self._load(name)
            at = stop
        end = len(module.data)
        self._output.add_edited(number, (at, end), flat.edits((at, end + 1), self._done))
        if not module.data.endswith(b"\n"):
            self._output.add_text(b"\n")


def run_time_text() -> str:
    """The code at the top of a bundle: that of `run_time.py` without what only its readers need."""
    tree = ast.parse(_RUN_TIME.read_text("utf-8"))
    for node in ast.walk(tree):
        body: list[ast.stmt] | None = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[:1] = [] if len(body) > 1 else [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
    kept = [node for node in tree.body if not _is_for_types(node)]
    for place, node in enumerate(kept):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            kept[place] = ast.copy_location(ast.Assign([node.target], node.value), node)
    text = ast.unparse(ast.Module([_without_declarations(node) for node in kept], []))
    return f"{text}\n"


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "typing"


def _without_declarations(node: ast.stmt) -> ast.stmt:
    if isinstance(node, ast.ClassDef):
        node.body = [part for part in node.body if not isinstance(part, ast.AnnAssign)] or [ast.Pass()]
    return node


def _literal(text: str) -> str:
    """A string as Python's own text, its lines as lines."""
    if "\r" in text or "\0" in text:
        return repr(text)
    escaped = text.replace("\\", "\\\\").replace("'''", "\\'\\'\\'")
    if escaped.endswith("'"):
        escaped = f"{escaped[:-1]}\\'"
    return f"'''\\\n{escaped}'''"
