"""Edges of calls: what runs, what may run instead, and what runs in the callee because of what it is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from aifirst_memory.dependencies.ecmascript.edges.found_edges import FoundEdges
from aifirst_memory.dependencies.ecmascript.edges.heritage_edges import known_subclasses
from aifirst_memory.dependencies.ecmascript.edges.reference_edges import class_node, function_node, read_edges
from aifirst_memory.dependencies.ecmascript.evaluate.calls import bind_call, construct
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import FLOWN, IMPORTED, MAY_RUN, Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.members import find_member, receiver_env
from aifirst_memory.dependencies.ecmascript.evaluate.natives import results
from aifirst_memory.dependencies.ecmascript.evaluate.prototypes import methods_made_by
from aifirst_memory.dependencies.ecmascript.evaluate.values import (
    NO_NAMES,
    NO_VALUES,
    ClassValue,
    Container,
    Env,
    FunctionValue,
    Instance,
    Native,
    ObjectValue,
    Vals,
    Value,
)
from aifirst_memory.dependencies.ecmascript.facts import GETTER, NONE, SETTER, Call, Member, Obj, Super
from aifirst_memory.dependencies.ecmascript.files import Place
from aifirst_memory.dependencies.model import unit_node

_MAX_FLOW_DEPTH: Final = 5
_MAX_FLOWS: Final = 3000
_MAX_CALLS: Final = 400
_MAX_STORE_DEPTH: Final = 2
_MAX_HELD: Final = 2
_MAX_PROPERTIES: Final = 30
_MAX_STEPS: Final = 60_000
_LEAST_STEPS: Final = 6_000
_STEPS_PER_CALL: Final = 40
_STEPS_OF_ONE: Final = 4_000
"""Steps of the evaluator for what one call passes on."""


def _methods(of: ClassValue | FunctionValue) -> list[int]:
    """The functions of a class, or of what a function makes, by their index."""
    if isinstance(of, FunctionValue):
        return methods_made_by(of)
    return [m.function for members in of.made.members.values() for m in members if m.function != NONE]


def _assigned(of: ClassValue | FunctionValue) -> list[tuple[str, list[int]]]:
    """What the methods of a class, or of what a function makes, put into attributes of `this`."""
    if isinstance(of, ClassValue):
        return list(of.made.assigned.items())
    functions = of.place.chunk.functions
    return [item for at in methods_made_by(of) for item in functions[at].assigned.items()]


@dataclass
class CallEdges:
    """Finds the edges of the calls of one file."""

    ev: Evaluator
    edges: FoundEdges
    _passing: list[tuple[Place, Call, Value, int]] = field(
        default_factory=list[tuple[Place, Call, Value, int]]
    )
    _seen: set[tuple[Place, int, Env]] = field(default_factory=set[tuple[Place, int, Env]])

    def add(self, place: Place, at: int, source: str, line: int) -> None:
        """A call that stands in the unit `source`."""
        call = place.chunk.exprs[at]
        if not isinstance(call, Call):
            return
        callees = self.ev.value(place, call.callee)
        for value, sure in callees.items():
            if isinstance(value, ClassValue) and self._is_super(place, call):
                run = self._constructor(value)
            else:
                run = self.targets(value, new=call.new)
            for node, node_sure in run:
                self.edges.add(source, node, "calls", line, min(sure, node_sure))
            self._passing.append((place, call, value, line))
        if call.callee != NONE:
            read_edges(self.ev, self.edges, place, call.callee, source, line, called=True)
        self._may_run(place, call, source, line)

    def follow(self) -> None:
        """Follow what the calls pass on, within bounds of its own."""
        last = self.ev.steps + min(_MAX_STEPS, _LEAST_STEPS + _STEPS_PER_CALL * len(self._passing))
        for place, call, value, line in self._passing:
            self.ev.limit = min(last, self.ev.steps + _STEPS_OF_ONE)
            self._flow(place, call, value, NO_NAMES, line, 0)
            if self.ev.steps > last:
                return

    def _is_super(self, place: Place, call: Call) -> bool:
        return call.callee != NONE and isinstance(place.chunk.exprs[call.callee], Super)

    def targets(self, value: Value, *, new: bool) -> list[tuple[str, float]]:
        """The units that run when a value is called or constructed."""
        if isinstance(value, FunctionValue):
            return [(function_node(value), 1.0)]
        if isinstance(value, ClassValue) and new:
            return [(class_node(value), 1.0), *self._constructor(value)]
        if (
            isinstance(value, Native)
            and isinstance(value.of, FunctionValue)
            and value.name in ("call", "apply")
        ):
            return [(function_node(value.of), IMPORTED)]
        return []

    def _constructor(self, cls: ClassValue) -> list[tuple[str, float]]:
        found = find_member(self.ev, cls, "constructor", static=False)
        if found is None:
            return []
        functions = [
            found.owner.place.chunk.functions[m.function] for m in found.members if m.function != NONE
        ]
        best = next((one for one in functions if one.body), functions[0] if functions else None)
        return [(unit_node(found.owner.place.path, best.unit), 1.0)] if best is not None and best.own else []

    # What may run instead

    def _may_run(self, place: Place, call: Call, source: str, line: int) -> None:
        callee = place.chunk.exprs[call.callee] if call.callee != NONE else None
        if not isinstance(callee, Member) or (
            callee.of != NONE and isinstance(place.chunk.exprs[callee.of], Super)
        ):
            return
        for value in self.ev.value(place, callee.of):
            if isinstance(value, Instance) and not value.exact and isinstance(value.of, ClassValue):
                self._overriding(value.of, callee.name, source, line)

    def _overriding(self, cls: ClassValue, name: str, source: str, line: int) -> None:
        if cls.made.kind not in ("class", "interface"):
            return
        for sub in known_subclasses(self.ev, cls):
            found = find_member(self.ev, sub, name, static=False)
            for member in found.members if found is not None else ():
                if found is None or member.function == NONE or member.flags & (GETTER | SETTER):
                    continue
                function = found.owner.place.chunk.functions[member.function]
                if function.own and (function.body or len(found.members) == 1):
                    node = unit_node(found.owner.place.path, function.unit)
                    self.edges.add(source, node, "calls", line, MAY_RUN)

    # Loops

    def iterate(self, place: Place, at: int, source: str, line: int) -> None:
        """A loop over a value, in the unit `source`."""
        for value, sure in self.ev.value(place, at).items():
            if not isinstance(value, Instance):
                continue
            for name in ("[Symbol.iterator]", "[Symbol.asyncIterator]"):
                makers = self.ev.member({value: sure}, name)
                for maker in self.ev.functions(makers):
                    self.edges.add(source, function_node(maker), "calls", line, min(sure, IMPORTED))
                for made in results(self.ev, makers, []):
                    for step in self.ev.functions(self.ev.member({made: sure}, "next")):
                        self.edges.add(source, function_node(step), "calls", line, FLOWN)

    # What the callee does with what it is given

    def _flow(self, place: Place, call: Call, value: Value, env: Env, line: int, depth: int) -> None:
        if depth > _MAX_FLOW_DEPTH or len(self._seen) > _MAX_FLOWS or self.ev.steps > self.ev.limit:
            return
        args = [self.ev.value(place, at, env) for at in call.args]
        if isinstance(value, Native) and isinstance(value.of, FunctionValue) and value.name == "call":
            value, args = value.of, args[1:]
        if isinstance(value, FunctionValue):
            bound = bind_call(self.ev, value, args, []) if any(args) else value.env
            names = self._telling(bound)
            if names:
                self._run(value.place, value.at, bound, names, line, depth)
        elif isinstance(value, ClassValue) and any(args) and (call.new or self._is_super(place, call)):
            self._construct(construct(self.ev, value, args, []), line, depth)

    def _telling(self, env: Env) -> frozenset[str]:
        """The names of an environment that are bound to something that can be called, or that holds such."""
        found = {name for name, vals in env.names.items() if name != "this" and self._carries(vals, 0)}
        this = env.names.get("this")
        for value in this or ():
            of = value.of if isinstance(value, Instance) else value
            around = of.env if isinstance(of, (ClassValue, FunctionValue)) else None
            if around is not None and any(
                name != "this" and self._carries(vals, 1) for name, vals in around.names.items()
            ):
                found.add("this")
        return frozenset(found)

    def _carries(self, vals: Vals, depth: int) -> bool:
        """Whether values are worth following into a call."""
        for value in vals:
            if isinstance(value, (FunctionValue, ClassValue)) or (isinstance(value, Instance) and not depth):
                return True
            if isinstance(value, Container) and depth < _MAX_HELD:
                if any(self._carries(part, depth + 1) for part in (value.items, *value.parts)):
                    return True
            elif isinstance(value, ObjectValue) and depth < _MAX_HELD:
                expr = value.place.chunk.exprs[value.at]
                held = expr.values[:_MAX_PROPERTIES] if isinstance(expr, Obj) else ()
                if any(self._carries(self.ev.value(value.place, at, value.env), depth + 1) for at in held):
                    return True
        return False

    def _construct(self, cls: ClassValue, line: int, depth: int) -> None:
        names = frozenset(name for name, vals in cls.env.names.items() if self._carries(vals, 0))
        if not names:
            return
        env = receiver_env(self.ev, cls.env, self.ev.values.instance(cls, exact=True))
        for members in cls.made.members.values():
            for member in members:
                if member.function != NONE:
                    self._run(cls.place, member.function, env, names | {"this"}, line, depth)

    def _run(self, place: Place, at: int, env: Env, names: frozenset[str], line: int, depth: int) -> None:
        """Follow those calls of a function that depend on what some names are bound to."""
        key = place, at, env
        if key in self._seen:
            return
        self._seen.add(key)
        self._follow_stores(place, env, names, line, depth)
        self._run_calls(place, place.chunk.functions[at].flows, env, names, line, depth)

    def _run_calls(
        self, place: Place, flows: tuple[int, int], env: Env, names: frozenset[str], line: int, depth: int
    ) -> None:
        for call_at, unit in place.chunk.flows[flows[0] : flows[1]][:_MAX_CALLS]:
            call = place.chunk.exprs[call_at] if call_at != NONE else None
            if not isinstance(call, Call) or names.isdisjoint(place.names_in(call_at)):
                continue
            known = self.ev.value(place, call.callee)
            source = unit_node(place.path, unit)
            for value, sure in self.ev.value(place, call.callee, env).items():
                if value not in known:
                    for node, node_sure in self.targets(value, new=call.new):
                        self.edges.add(source, node, "calls", line, min(sure, node_sure, FLOWN))
                self._flow(place, call, value, env, line, depth + 1)

    # What is kept of what is given, and called later

    def _follow_stores(self, place: Place, env: Env, names: frozenset[str], line: int, depth: int) -> None:
        if depth > _MAX_STORE_DEPTH:
            return
        for value in env.names.get("this", NO_VALUES):
            of = value.of if isinstance(value, Instance) else None
            if of is None or of.place is not place:
                continue
            for attribute, sources in _assigned(of):
                kept = self._kept(place, sources, env, names)
                if kept:
                    self._run_methods(of, value, f"this.{attribute}", kept, line, depth)
        for written, sources in place.chunk.writes.items():
            name, _, prop = written.partition(" ")
            kept = self._kept(place, sources, env, names) if written == name or not prop else NO_VALUES
            if kept:
                self._run_file(place.path, name, kept, line, depth)

    def _kept(self, place: Place, sources: list[int], env: Env, names: frozenset[str]) -> Vals:
        """What expressions hold under an environment that they do not hold without it."""
        found: dict[Value, float] = {}
        for at in sources:
            if not names.isdisjoint(place.names_in(at)):
                known = self.ev.value(place, at)
                found |= {
                    v: min(sure, FLOWN) for v, sure in self.ev.value(place, at, env).items() if v not in known
                }
        return found if self._carries(found, 0) else NO_VALUES

    def _run_methods(
        self, of: ClassValue | FunctionValue, this: Value, name: str, kept: Vals, line: int, depth: int
    ) -> None:
        env = self.ev.values.env(of.env, {name: kept, "this": {this: 1.0}})
        for at in _methods(of):
            self._run(of.place, at, env, frozenset((name,)), line, depth + 1)

    def _run_file(self, path: str, name: str, kept: Vals, line: int, depth: int) -> None:
        env = self.ev.values.env(NO_NAMES, {name: kept})
        for place in self.ev.files.places(path):
            key = place, NONE, env
            if key not in self._seen:
                self._seen.add(key)
                self._run_calls(place, (0, len(place.chunk.flows)), env, frozenset((name,)), line, depth + 1)
