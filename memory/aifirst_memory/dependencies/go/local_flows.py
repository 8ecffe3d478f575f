"""What becomes of a function's parameters, noted while its body is lowered: for others, who pass functions to it.

Only what a reader of the one function sees is noted: a parameter that is called, handed on, given back or put into
a field. Names are followed by where they are bound; a name bound to anything else is not followed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Call,
    Constant,
    Convert,
    Form,
    Function,
    Index,
    Make,
    Member,
    Name,
    Param,
    TypeRef,
)
from aifirst_memory.dependencies.go.entries import OF_PACKAGE, RECEIVER, Flow

_MOST = 16
"""Notes of one function, and of one field: a bound on generated code."""
_PLAIN = frozenset({
    "string", "int", "bool", "error", "byte", "rune", "int64", "int32", "uint64", "uint32", "float64", "uint8", "int8",
    "uint", "uint16", "int16", "float32", "struct",
})  # fmt: skip
"""Types whose values are no functions."""


@dataclass(slots=True)
class _Frame:
    """What is known of the names of a function. `made` says which function gave what a name is."""

    entry: str
    unit: str
    results: tuple[Param, ...]
    names: dict[str, Form | None] = field(default_factory=dict[str, "Form | None"])
    types: dict[str, TypeRef] = field(default_factory=dict[str, TypeRef])
    made: dict[str, str] = field(default_factory=dict[str, str])
    kept: dict[str, tuple[TypeRef, str]] = field(default_factory=dict[str, "tuple[TypeRef, str]"])
    """Names that are taken out of a field, or of a variable of the package: the owner, and the name of that."""


class LocalFlows:
    """The notes of one file, by entry of the function, and by name of the field."""

    def __init__(self) -> None:
        self.flows: dict[str, list[Flow]] = {}
        self.returns: dict[str, list[Form]] = {}
        self.stores: dict[str, list[tuple[TypeRef, Form]]] = {}
        self.callers: dict[str, list[tuple[str, TypeRef]]] = {}
        self._frames: list[_Frame] = []

    def enter(
        self,
        unit: str,
        receiver: Param | None,
        params: tuple[Param, ...],
        results: tuple[Param, ...],
        called: bool = False,
    ) -> None:
        """A function begins; `unit` is empty for one that is none of its own. `called`: its receiver is a function."""
        around = self._frames[-1] if self._frames else None
        own = unit or (around.unit if around is not None else "")
        frame = _Frame(unit or (around.entry if around is not None else ""), own, results)
        for at, param in enumerate(params):
            # The parameters of a function without a unit are nobody's to pass to by name.
            frame.names[param.name] = Name(f"#{at}:{unit}", 0) if unit else None
            frame.types[param.name] = param.type
        for param in (receiver, *results):
            if param is not None and param.name:
                frame.names[param.name] = None
                frame.types[param.name] = param.type
        if called and receiver is not None and unit:
            frame.names[receiver.name] = Name(f"#{RECEIVER}:{unit}", 0)
        self._frames.append(frame)

    def leave(self) -> None:
        """The function ends."""
        self._frames.pop()

    def bound(self, names: tuple[str, ...], type_: TypeRef, values: tuple[Form, ...], each: bool) -> None:
        """Names are declared in the function; `each` where they run through the elements of the value."""
        if not self._frames:
            return
        frame = self._frames[-1]
        elements = self._passed(values[0].name) if each and values and isinstance(values[0], Name) else None
        for at, name in enumerate(names):
            value = values[at] if len(values) == len(names) else None
            unit = value.unit if isinstance(value, Function) else ""
            frame.names[name] = Name(f"::{unit}", 0) if unit else elements
            known = value.type if isinstance(value, Make) else type_
            frame.types[name] = known
            frame.made.pop(name, None)
            frame.kept.pop(name, None)
        if values:
            self._note_origin(frame, names, values, each)

    def _note_origin(
        self, frame: _Frame, names: tuple[str, ...], values: tuple[Form, ...], each: bool
    ) -> None:
        """Note which function gave what names are, or what they were taken out of."""
        by = values[0].function if len(values) == 1 and isinstance(values[0], Call) else None
        if isinstance(by, Name):
            frame.made[names[0]] = by.name
        elif isinstance(by, Member) and isinstance(by.of, Name):
            frame.made[names[0]] = f"{by.of.name}.{by.name}"
        taken = self._taken_from(values[0])
        if taken is not None:
            frame.kept[names[-1] if each else names[0]] = taken

    def _taken_from(self, value: Form) -> tuple[TypeRef, str] | None:
        """The field or variable of the package that a value, or the element that it is, is kept in."""
        place: Form = value
        while isinstance(place, Index):
            place = place.of
        if isinstance(place, Member):
            owner = self._owner(place.of)
            return (owner, place.name) if owner is not None else None
        if isinstance(place, Name):
            for frame in reversed(self._frames):
                if place.name in frame.names:
                    return frame.kept.get(place.name)
            return TypeRef(OF_PACKAGE), place.name
        return None

    def _owner(self, form: Form) -> TypeRef | None:
        """The type of what a form names, or the function that gave it."""
        known = self.type_of(form)
        if known is not None and known.name:
            return known
        if not isinstance(form, Name):
            return None
        frame = next((frame for frame in reversed(self._frames) if form.name in frame.names), None)
        made = frame.made.get(form.name) if frame is not None else None
        return TypeRef(OF_PACKAGE + made) if made else None

    def put(self, target: Form, value: Form) -> None:
        """A value is put into what stands already: what a table in a field holds, the field holds."""
        place = target.of if isinstance(target, Index) else target
        if isinstance(place, Member):
            self.stored(self._owner(place.of), place.name, value)
        elif isinstance(place, Name) and not any(place.name in frame.names for frame in self._frames):
            self.stored(TypeRef(OF_PACKAGE), place.name, value)

    def called(self, function: Form, args: tuple[Form, ...]) -> None:
        """A call: of a parameter, or with parameters as arguments."""
        if not self._frames:
            return
        unit = self._frames[-1].unit
        if isinstance(function, Name):
            self._note_flow(function.name, Flow(0, unit))
        self._note_caller(function.of if isinstance(function, Index) else function, unit)
        for at, arg in enumerate(args):
            if (
                isinstance(arg, Name)
                and self._passed(arg.name)
                and (to := self.outside(function)) is not None
            ):
                self._note_flow(arg.name, Flow(0, unit, to, at))

    def returned(self, values: tuple[Form, ...]) -> None:
        """Values are given back."""
        frame = self._frames[-1] if self._frames else None
        if frame is None or not frame.results or is_plain(frame.results[0].type) or not values:
            return
        form = self.outside(values[0])
        notes = self.returns.setdefault(frame.entry, [])
        if form is not None and frame.entry == frame.unit and len(notes) < _MOST:
            notes.append(form)

    def stored(self, owner: TypeRef | None, name: str, value: Form) -> None:
        """A value is put into the field `name` of a struct, also at the end of a list in it."""
        if isinstance(value, Call) and isinstance(value.function, Name) and value.function.name == "append":
            for added in value.args[1:]:
                self.stored(owner, name, added)
            return
        if isinstance(value, Name) and owner is not None and owner.name:
            self._note_flow(value.name, Flow(0, "", None, 0, name, owner))
        form = self.outside(value) if isinstance(value, Name | Member | Function) else None
        notes = self.stores.setdefault(name, [])
        passed = isinstance(form, Name) and form.name.startswith("#")
        if form is not None and not passed and owner is not None and owner.name and len(notes) < _MOST:
            notes.append((owner, form))
        elif not notes:
            del self.stores[name]

    def type_of(self, form: Form) -> TypeRef | None:
        """The type that a name was declared with in the function."""
        if isinstance(form, Name):
            for frame in reversed(self._frames):
                if form.name in frame.types:
                    return frame.types[form.name]
        return None

    def outside(self, form: Form, depth: int = 6) -> Form | None:
        """A form as it can be followed outside of the function; None where it cannot."""
        if isinstance(form, Function):
            return Name(f"::{form.unit}", 0) if form.unit else None
        if isinstance(form, Name):
            for frame in reversed(self._frames):
                if form.name in frame.names:
                    return frame.names[form.name]
            return Name(form.name, 0)
        if not depth:
            return None
        if isinstance(form, Member):
            of = self.outside(form.of, depth - 1)
            type_ = self.type_of(form.of)
            if type_ is not None and type_.name:
                of = Convert(type_, Constant(UNKNOWN), 0)
            return Member(of, form.name, 0) if of is not None else None
        if isinstance(form, Call):
            function = self.outside(form.function, depth - 1)
            args = tuple(self.outside(arg, depth - 1) or Constant(UNKNOWN) for arg in form.args[:4])
            return Call(function, args, 0) if function is not None else None
        return None

    def _passed(self, name: str) -> Name | None:
        for frame in reversed(self._frames):
            if name in frame.names:
                found = frame.names[name]
                plain = is_plain(frame.types.get(name, UNKNOWN))
                passed = isinstance(found, Name) and found.name.startswith("#") and not plain
                return found if passed and isinstance(found, Name) else None
        return None

    def _note_flow(self, name: str, flow: Flow) -> None:
        found = self._passed(name)
        if found is None:
            return
        at, _, entry = found.name[1:].partition(":")
        notes = self.flows.setdefault(entry, [])
        if len(notes) < _MOST:
            notes.append(Flow(int(at), flow.unit, flow.to, flow.argument, flow.field, flow.owner))

    def _note_caller(self, function: Form, unit: str) -> None:
        """A call of `x.f`, which may be a field that holds a function, or of what was taken out of one."""
        taken = self._taken_from(function)
        if taken is not None:
            notes = self.callers.setdefault(taken[1], [])
            if len(notes) < _MOST:
                notes.append((unit, taken[0]))


def is_plain(type_: TypeRef) -> bool:
    """Whether values of a type, or its elements, are surely no functions."""
    while type_.name in ("[]", "map", "chan") and type_.args:
        type_ = type_.args[-1]
    return type_.name in _PLAIN
