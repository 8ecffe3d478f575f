"""The edits that make a module's own text a part of a bundle."""

from __future__ import annotations

import ast

from aifirst_compiler.bundle.bundle_names import BundleNames
from aifirst_compiler.bundle.import_text import ImportWriter
from aifirst_compiler.bundle.late_definitions import late_definitions
from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.bundle.plan import Plan
from aifirst_compiler.edits import Edit


class FlatModule:
    """The edits of one flat module, statement by statement of its imports."""

    def __init__(self, module: Module, plan: Plan, names: BundleNames) -> None:
        self.module = module
        self._plan = plan
        self._names = names
        self._imports = ImportWriter(module, plan, names)
        self._positions = module.positions
        imports = [node for node in ast.walk(module.tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        self._import_nodes = sorted(imports, key=self._positions.start)
        late = late_definitions(module) if module is not plan.root else ()
        self._fixed = [*self._docstring(), *self._renames(), *self._special_names(), *late]

    def edits(self, span: tuple[int, int], done: dict[str, str]) -> list[Edit]:
        """The edits in a part of the text, in order.

        Parts are asked for from first to last: `done` has what was imported from outside before, and is kept up to date.
        """
        start, end = span
        found = [edit for edit in self._fixed if start <= edit.start < end]
        for node in self._import_nodes:
            if not start <= self._positions.start(node) < end:
                continue
            made = self._imports.written(node, done)
            if made is not None:
                found.append(self._replaced(node, made))
            done.update(self._imports.bound_outside(node))
        return sorted(found, key=lambda edit: (edit.start, edit.end))

    def start_of(self, node: ast.AST) -> int:
        """Where the line or the part of a line begins that a plain import stands on."""
        start = self._positions.start(node) if isinstance(node, ast.stmt) else 0
        line = self._line_start(start)
        return line if not self.module.data[line:start].strip() else start

    def head_end(self) -> int:
        """Where the head of the text ends: what has to stand first in a file."""
        data = self.module.data
        end = 0
        for node in self.module.tree.body:
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if not is_future and not (is_text and not end):
                break
            newline = data.find(b"\n", self._positions.end(node))
            if (
                data[self._positions.end(node) : newline if newline >= 0 else len(data)]
                .strip()
                .startswith(b";")
            ):
                break
            end = newline + 1 if newline >= 0 else len(data)
        while not end or data.startswith(b"#", end):
            newline = data.find(b"\n", end)
            if newline < 0 or not data.startswith(b"#", end):
                break
            end = newline + 1
        return end

    def _docstring(self) -> list[Edit]:
        body = self.module.tree.body
        if (
            self.module is self._plan.root
            or not body
            or ast.get_docstring(self.module.tree, clean=False) is None
        ):
            return []
        return [self._replaced(body[0], [])]

    def _replaced(self, node: ast.stmt, made: list[str]) -> Edit:
        start, end = self._positions.start(node), self._positions.end(node)
        if made:
            return Edit(start, end, "; ".join(made).encode())
        data = self.module.data
        line, newline = self._line_start(start), data.find(b"\n", end)
        stop = newline + 1 if newline >= 0 else len(data)
        if node in self.module.tree.body and not data[line:start].strip() and not data[end:stop].strip():
            return Edit(line, stop)
        return Edit(start, end, b"pass")

    def _line_start(self, byte: int) -> int:
        return self.module.data.rfind(b"\n", 0, byte) + 1

    def _renames(self) -> list[Edit]:
        found: list[Edit] = []
        for name, called in self._names.renamed(self.module.name).items():
            for site in self.module.names.sites.get(name, ()):
                if site.kind == "define":
                    found += self._redefined(name, called, site.start, site.end)
                elif site.kind != "import":
                    found.append(Edit(site.start, site.end, called.encode(), name))
        return found

    def _redefined(self, name: str, called: str, start: int, end: int) -> list[Edit]:
        """A definition keeps its name, which its object knows; what it made is bound to the other name after it."""
        line = self._line_start(start)
        text = self.module.data[line:end]
        indent = text[: len(text) - len(text.lstrip())]
        keep, take = f'_aifirst_keep("{name}")\n', f'\n{indent.decode()}{called} = _aifirst_take("{name}")'
        return [Edit(line, line, indent + keep.encode()), Edit(end, end, take.encode())]

    def _special_names(self) -> list[Edit]:
        module = self.module
        bound = self._names.bound[module.name]
        texts = {name: f"_aifirst_builtins.{name}" for name in self._names.hidden_builtins(module)}
        texts["__package__"] = repr(module.package)
        if module is not self._plan.root:
            texts |= {"__name__": repr(module.name), "__doc__": f'_aifirst_load("{module.name}").__doc__'}
        return [
            Edit(site.start, site.end, text.encode(), name)
            for name, text in texts.items()
            if name not in bound
            for site in module.names.sites.get(name, ())
            if site.kind == "read"
        ]
