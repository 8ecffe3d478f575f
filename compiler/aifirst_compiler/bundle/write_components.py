"""Writes one file for each component; every module is still imported by its own name, when and as it was.

A component below one package stands in that package's place. Another one is a file beside, which holds its modules until
they are asked for, with a small module in the place of each that leads there. A module alone stays a file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from aifirst_compiler.bundle.components import Component
from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.bundle.write_bundle import Bundle, bundle_modules

_NO_NAME = re.compile(r"\W+")
_ASKED = "another component imports it"
_LEADS = "import sys\nsys.modules.pop(__name__)\nimport {name}\n__import__(__name__)\n"


class ComponentFiles(NamedTuple):
    """What a component becomes: its file, the bundle in it, where it is one, and what leads there by path."""

    component: Component
    path: str
    data: bytes
    root: Module
    bundle: Bundle | None
    leading: dict[str, bytes]


def write_component(
    component: Component, known: Mapping[str, Module], asked: Collection[str]
) -> ComponentFiles:
    """The files of one component among all modules; `asked` are those that other components import."""
    modules = {name: known[name] for name in component.modules}
    head = _head(modules)
    if len(modules) == 1:
        (module,) = modules.values()
        return ComponentFiles(component, module.path, module.stored, module, None, {})
    if head is not None:
        held = {name: _ASKED for name in component.modules if name in asked and name != head.name}
        bundle = bundle_modules(head, modules, is_package=True, in_place=True, held=held)
        return ComponentFiles(component, head.path, bundle.data, head, bundle, {})
    name = _free_name(component, known.keys())
    root = Module(name, f"{name}.py", b"")
    bundle = bundle_modules(root, {**modules, name: root}, is_package=True, in_place=True)
    leading = {module.path: _LEADS.format(name=name).encode() for module in modules.values()}
    return ComponentFiles(component, root.path, bundle.data, root, bundle, leading)


def _head(modules: Mapping[str, Module]) -> Module | None:
    """The package that all other modules lie in: whoever imports one of them imports that first."""
    first = min(modules.values(), key=lambda module: module.name.count("."))
    below = all(name == first.name or name.startswith(f"{first.name}.") for name in modules)
    return first if below and first.is_package else None


def _free_name(component: Component, taken: Collection[str]) -> str:
    stem = f"{_NO_NAME.sub('_', component.parts[0] if component.parts else component.name)}_component"
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    return name
