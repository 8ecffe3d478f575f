"""Plans a bundle: which modules become flat, at which statement each one runs, and which are held.

The text of a flat module stands where the first plain import of it stands, so every statement runs in the order in which
Python would have run it, also in cycles of imports. A module that may be asked for before that place is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aifirst_compiler.bundle.import_time import ImportTime
from aifirst_compiler.bundle.inlinable import reloads_modules, shared_flags, why_held
from aifirst_compiler.bundle.modules import ImportSite, Module, imports_of, parents_and
from aifirst_compiler.bundle.star_imports import star_imports, star_names

_AFTER: Final = 1 << 60
"""A time after all imports."""


@dataclass
class Plan:
    """What becomes of every module. `flat` are the flat ones in the order they begin.

    `before` has, by module and by the node of a plain import, the modules to be run before it, packages first: flat ones
    that begin there, and held ones that are loaded. `held` has the reason for each held module.
    """

    root: Module
    known: Mapping[str, Module]
    flat: list[str] = field(default_factory=list[str])
    before: dict[tuple[str, int], list[str]] = field(default_factory=dict[tuple[str, int], list[str]])
    held: dict[str, str] = field(default_factory=dict[str, str])
    flags: frozenset[str] = frozenset()

    def is_flat(self, name: str) -> bool:
        """Whether a module is a part of the flat text."""
        return name in self._flat_set

    def __post_init__(self) -> None:
        self._flat_set: set[str] = set()

    def begin(self, name: str) -> None:
        """Note that a module's text begins here."""
        self.flat.append(name)
        self._flat_set.add(name)


def make_plan(root: Module, known: Mapping[str, Module], refused: Mapping[str, str]) -> Plan:
    """The plan of a bundle that starts with `root`. `refused` are modules found not to be flat, with the reason."""
    flags = shared_flags(root, known)
    held = _held_for_themselves(root, known, flags, refused)
    sites = {name: _imports(known[name], known) for name in sorted(known)}
    import_time = ImportTime(known[name] for name in sorted(known))
    while True:
        run = _Simulation(Plan(root, known, flags=flags), held, sites, import_time)
        run.run()
        plan, asked = run.plan, run.asked
        flat = [name for name in sorted(asked) if plan.is_flat(name) and name != root.name]
        early = [name for name in flat if asked[name] < run.starts[name]]
        if not early:
            break
        held.update(dict.fromkeys(early, "it may be asked for before its turn"))
    late = "it is imported in a function or under a condition only"
    plan.held = {name: held.get(name, late) for name in sorted(asked) if not plan.is_flat(name)}
    return plan


def _held_for_themselves(
    root: Module, known: Mapping[str, Module], flags: frozenset[str], refused: Mapping[str, str]
) -> dict[str, str]:
    """The modules that cannot be flat wherever they are imported, and why."""
    held = dict(refused)
    if any(reloads_modules(module) for module in known.values()):
        held.update(dict.fromkeys(known.keys() - held.keys() - {root.name}, "the program reloads modules"))
    for name in sorted(known):
        if name not in held and (why := why_held(known[name], root, flags)):
            held[name] = why
    _hold_unknown_stars(known, held)
    if root.name in held:  # its namespace is the bundle's: whatever happens to that must not happen to others
        why = f"the entry point does not allow it: {held.pop(root.name)}"
        held.update(dict.fromkeys(known.keys() - held.keys() - {root.name}, why))
    return held


def _imports(module: Module, known: Mapping[str, Module]) -> list[ImportSite]:
    try:
        return imports_of(module, known)
    except SyntaxError:
        return []


def _hold_unknown_stars(known: Mapping[str, Module], held: dict[str, str]) -> None:
    """Hold what imports all names of a module whose names are not known; it may be imported by others that way."""
    changed = True
    while changed:
        changed = False
        for name in sorted(known):
            if name in held:
                continue
            for star in star_imports(known[name], known):
                if not star or star in held or star_names(known[star], known) is None:
                    held[name] = f"it imports all names of {star or 'a module outside'}"
                    changed = True
                    break


class _Simulation:
    """Runs the imports as Python would.

    `starts` is when each flat module begins, `asked` when each module may be asked for at the earliest otherwise.
    """

    def __init__(
        self,
        plan: Plan,
        held: Mapping[str, str],
        sites: Mapping[str, list[ImportSite]],
        import_time: ImportTime,
    ) -> None:
        self.plan = plan
        self.starts: dict[str, int] = {}
        self.asked: dict[str, int] = {}
        self._held = held
        self._sites = sites
        self._import_time = import_time
        self._clock = 0
        self._later: list[tuple[str, int]] = []

    def run(self) -> None:
        """Run the bundle from its root."""
        root = self.plan.root.name
        for parent in parents_and(root)[:-1]:
            if parent in self.plan.known:
                self._import(root, 0, parent)
        self._run(root)
        for name, when in self._later:
            self._ask(name, when)
        for name in sorted(
            self.plan.known
        ):  # what nothing asks for is there for those who import it from outside
            if not self.plan.is_flat(name) and name not in self.asked:
                self._ask(name, _AFTER)

    def _import(self, module: str, node: int, name: str) -> None:
        """A plain import, by its place."""
        if name in self._held:
            self.plan.before.setdefault((module, node), []).append(name)
            self._later.append((name, self._clock))
        elif name not in self.starts:
            self.plan.before.setdefault((module, node), []).append(name)
            self._run(name)

    def _run(self, name: str) -> None:
        self._clock += 1
        self.starts[name] = self._clock
        self.plan.begin(name)
        for site in self._sites[name]:
            self._clock += 1
            if site.place == "plain":
                self._import(name, id(site.node), site.module)
            elif site.place != "typing":
                self._later.append((site.module, self._when(site, self._clock)))

    def _when(self, site: ImportSite, now: int) -> int:
        """When an import that is not plain may run, in a module that runs now."""
        if site.place == "late" and not self._import_time.may_run(site.inside):
            return _AFTER
        return now

    def _ask(self, name: str, when: int) -> None:
        """Note that a module may be asked for, and all that a held one asks for in its turn."""
        waiting = [(name, when)]
        while waiting:
            one, now = waiting.pop()
            if self.asked.get(one, now + 1) <= now:
                continue
            self.asked[one] = now
            if not self.plan.is_flat(one):
                waiting += [(s.module, self._when(s, now)) for s in self._sites[one] if s.place != "typing"]
