"""What writing to an attribute or deleting it runs: setters, deleters, descriptors, the class's own hooks."""

from __future__ import annotations

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.annotations import Annotations
from aifirst_memory.dependencies.python.bind_names import last_name
from aifirst_memory.dependencies.python.values import Value


class AttributeWrites(Annotations):
    """Finds what writing runs."""

    def setters(self, value: Value, name: str) -> list[str]:
        """The units that assigning to an attribute runs: a property's setter, a descriptor's or the class's own hook."""
        owned = self.find_member(value[1], value[2], name)
        found: list[str] = []
        if owned is not None:
            path, facts, bindings = owned
            for binding in bindings:
                unit = (
                    self.function(path, binding[1])
                    if binding[0] == forms.B_DEFINED and not binding[2]
                    else None
                )
                if unit is not None and any(last_name(form) == "setter" for form in unit.decorators):
                    found.append(f"{path}::{unit.name}")
                elif binding[0] == forms.B_VALUE and binding[1] is not None:
                    for held in self.bound(path, binding, self.scope_of(path, facts.name)):
                        found.extend(self.hook(held, "__set__"))
        return found or self.hook(value, "__setattr__")

    def deleters(self, value: Value, name: str) -> list[str]:
        """The units that deleting an attribute runs."""
        owned = self.find_member(value[1], value[2], name) if value[0] == values.INSTANCE else None
        found: list[str] = []
        for binding in owned[2] if owned is not None else ():
            unit = (
                self.function(owned[0], binding[1])
                if owned and binding[0] == forms.B_DEFINED and not binding[2]
                else None
            )
            if (
                owned is not None
                and unit is not None
                and any(last_name(form) == "deleter" for form in unit.decorators)
            ):
                found.append(f"{owned[0]}::{unit.name}")
        return found or self.hook(value, "__delattr__")

    def hook(self, value: Value, name: str) -> list[str]:
        """The node of an instance's special method."""
        owned = self.find_member(value[1], value[2], name) if value[0] == values.INSTANCE else None
        if owned is None:
            return []
        return [f"{owned[0]}::{b[1]}" for b in owned[2] if b[0] == forms.B_DEFINED and not b[2]]
