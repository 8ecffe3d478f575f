"""The scope of a unit whose own code is being walked: what names hold at each place."""

from __future__ import annotations

from aifirst_memory.dependencies.model import EdgeKind
from aifirst_memory.dependencies.python.emitter import Emitter
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import LoweredUnit
from aifirst_memory.dependencies.python.interpreter import Interpreter
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.session import Reference
from aifirst_memory.dependencies.python.values import NOTHING, Values, joined


class LiveScope(Scope):
    """The scope of a unit that is being walked: `names` in order, with keys like `self.x` for attributes.

    `notes` is its emitter, whether or not it takes edges at the moment.
    """

    def __init__(
        self, session: Interpreter, path: str, unit: LoweredUnit, outer: Scope, emitter: Emitter
    ) -> None:
        super().__init__(session, path, unit.name, outer)
        self.emitter = emitter
        self.is_own = True
        self.narrows = True
        self.notes = emitter
        self.names: dict[str, Values] = {}
        self.local_references: dict[str, tuple[Reference, ...]] = {}
        self.facts = session.function(path, unit.name) if unit.name and not unit.is_class else None
        self.bound = frozenset(self.facts.bound) if self.facts is not None else frozenset[str]()
        self.summary = session.scope_of(path, unit.name)

    def lookup(self, name: str) -> Values:
        """What a name holds at this place."""
        found = self.names.get(name)
        if found is not None:
            return found
        if name in self.bound:
            return NOTHING
        if self.facts is not None and self.facts.type_parameters:
            return self.summary.lookup(name)
        return self.around.lookup(name)

    def references(self, name: str) -> tuple[Reference, ...]:
        """The nodes that a name refers to at this place."""
        known = self.local_references.get(name)
        if known is not None:
            return known
        if name in self.bound:
            return ()
        return self.summary.references(name)

    def narrowed(self, key: str) -> Values | None:
        """What is known of `self.x` here."""
        return self.names.get(key)

    def bind(self, name: str, found: Values) -> None:
        """Bind a name; what was known of its attributes is forgotten."""
        self.names[name] = found
        prefix = f"{name}."
        for key in [key for key in self.names if key.startswith(prefix)]:
            del self.names[key]

    def maker(self) -> Scope | None:
        """None: what others see of a function made here is in its facts."""
        return None

    def function(self) -> FunctionFacts | None:
        """The facts of the function being walked, or of the one around."""
        return self.facts if self.facts is not None else super().function()


class QuietScope(Scope):
    """A scope for a call whose own edges are left out, while its flows are followed."""

    def __init__(self, session: Interpreter, path: str, emitter: Emitter) -> None:
        super().__init__(session, path, "", session.module_scope(path))
        self.is_own = True
        self.emitter = _OnlyFlows(emitter)

    def lookup(self, name: str) -> Values:
        return self.around.lookup(name)

    def references(self, name: str) -> tuple[Reference, ...]:
        return ()


class _OnlyFlows(Emitter):
    """Drops what is noted for the calling unit itself; flows make emitters of their own from `found`."""

    def __init__(self, emitter: Emitter) -> None:
        super().__init__(emitter.found, emitter.source, emitter.line)

    def add(self, target: str, kind: EdgeKind, confidence: float, source: str = "") -> None:
        if source:
            super().add(target, kind, confidence, source)


def join_names(ends: list[dict[str, Values]]) -> dict[str, Values]:
    if len(ends) == 1:
        return ends[0]
    found = dict(ends[0])
    for other in ends[1:]:
        for key, held in other.items():
            known = found.get(key)
            if known is None:
                found[key] = held if "." not in key else NOTHING
                if "." in key:
                    del found[key]
            elif known is not held:
                found[key] = joined([known, held])
        for key in [key for key in found if "." in key and key not in other]:
            del found[key]
    return found
