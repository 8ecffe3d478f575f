"""Groups the modules of a project into components: by their `@TAG:COMPONENT`, else by the folder that they lie in.

Components whose modules import each other while they run cannot stand apart in an order and are joined, and that is told.
The order is that of their dependencies, what others need first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import NamedTuple

from aifirst_compiler.bundle.modules import Module, imports_of, parents_and


class Import(NamedTuple):
    """An import of one component's module by a module of another; `line` counts from 1."""

    path: str
    line: int
    module: str


class Component(NamedTuple):
    """Modules that become one file. `parts` are the components joined in it, `joined_by` an import each way round."""

    name: str
    modules: tuple[str, ...]
    parts: tuple[str, ...] = ()
    joined_by: tuple[Import, ...] = ()


def find_components(known: Mapping[str, Module], named: Mapping[str, str]) -> list[Component]:
    """The components of modules by name, in the order of their dependencies; `named` has what tags say, by module."""
    component_of = {name: named.get(name) or _folder_of(module) for name, module in known.items()}
    needs = _needs(known, component_of)
    groups = _groups(needs)
    sorter = TopologicalSorter({group: set[tuple[str, ...]]() for group in sorted(set(groups.values()))})
    for one, others in needs.items():
        sorter.add(groups[one], *(groups[other] for other in others if groups[other] != groups[one]))
    return [_component(group, component_of, needs) for ready in _levels(sorter) for group in sorted(ready)]


def _needs(known: Mapping[str, Module], component_of: Mapping[str, str]) -> dict[str, dict[str, Import]]:
    """Which components each one imports while it runs, with the first import that does."""
    needs: dict[str, dict[str, Import]] = {one: {} for one in sorted(component_of.values())}
    for name in sorted(known):
        for target, place in _imports(known[name], known):
            own, other = component_of[name], component_of[target]
            if other != own:
                needs[own].setdefault(other, place)
    return needs


def _groups(needs: Mapping[str, Mapping[str, Import]]) -> dict[str, tuple[str, ...]]:
    """The components that each one is in a circle with, itself among them."""
    reached = {one: _reached(one, needs) for one in needs}
    return {one: tuple(sorted({one, *(o for o in reached[one] if one in reached[o])})) for one in needs}


def asked_from_outside(components: Iterable[Component], known: Mapping[str, Module]) -> set[str]:
    """The modules that a module of another component imports, wherever: when that is, no text says for sure."""
    component_of = {name: number for number, one in enumerate(components) for name in one.modules}
    found: set[str] = set()
    for name, module in known.items():
        try:
            sites = imports_of(module, known)
        except SyntaxError:
            continue
        found.update(site.module for site in sites if component_of[site.module] != component_of[name])
    return found


def _folder_of(module: Module) -> str:
    parent = module.name.rpartition(".")[0]
    return module.name if module.is_package or not parent else parent


def _imports(module: Module, known: Mapping[str, Module]) -> Iterable[tuple[str, Import]]:
    """What runs when a module does: the packages it is in, and its imports that stand in no function."""
    for parent in parents_and(module.name)[:-1]:
        if parent in known:
            yield parent, Import(module.path, 1, parent)
    try:
        sites = imports_of(module, known)
    except SyntaxError:
        return
    for site in sites:
        if site.place in ("plain", "guarded"):
            yield site.module, Import(module.path, getattr(site.node, "lineno", 1), site.module)


def _reached(start: str, needs: Mapping[str, Mapping[str, Import]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for other in needs[waiting.pop()]:
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _levels(sorter: TopologicalSorter[tuple[str, ...]]) -> Iterable[tuple[tuple[str, ...], ...]]:
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield ready
        sorter.done(*ready)


def _component(
    group: tuple[str, ...], component_of: Mapping[str, str], needs: Mapping[str, Mapping[str, Import]]
) -> Component:
    modules = tuple(sorted(name for name, component in component_of.items() if component in group))
    if len(group) == 1:
        return Component(group[0], modules)
    inside = (needs[one][other] for one in group for other in sorted(needs[one]) if other in group)
    return Component(" + ".join(group), modules, group, tuple(inside))
