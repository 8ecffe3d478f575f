"""Lowers Java's classes: what they derive from, their members, and the entries that others ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import tree_sitter
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.declared.form import (
    Bind,
    Call,
    Construct,
    Define,
    Form,
    Function,
    Member,
    Mention,
    Name,
    Param,
    Refer,
    Several,
    TypeRef,
)
from aifirst_memory.dependencies.declared.lineless import lineless
from aifirst_memory.dependencies.java.entries import (
    CONSTRUCTOR,
    ClassEntry,
    ClassKind,
    Entry,
    FieldEntry,
    Flow,
    Method,
    MethodsEntry,
)
from aifirst_memory.dependencies.java.lower import Lowering, Rule, params_of
from aifirst_memory.dependencies.java.lower_types import (
    TYPE_NODES,
    declared_type,
    line_of,
    lower_type,
    lower_type_params,
    text_of,
)

_KINDS: Final[dict[str, ClassKind]] = {
    "class_declaration": "class", "interface_declaration": "interface", "enum_declaration": "enum",
    "record_declaration": "record", "annotation_type_declaration": "annotation",
}  # fmt: skip
_METHODS = frozenset({
    "method_declaration", "constructor_declaration", "compact_constructor_declaration",
    "annotation_type_element_declaration",
})  # fmt: skip
_BODIES = frozenset({
    "class_body", "interface_body", "enum_body", "enum_body_declarations", "annotation_type_body",
})  # fmt: skip
_MOST = 16
"""Notes on one method: a bound on generated code."""


class ClassLowering(Lowering):
    """The lowering of a file. `entries` gathers what others may ask, by name."""

    def __init__(self, reading: Reading, rules: Mapping[str, Rule]) -> None:
        super().__init__(reading, rules)
        self.entries: dict[str, Entry] = {}
        self.derived: dict[str, list[str]] = {}
        self._class = ""
        self._params: list[tuple[str, tuple[Param, ...], list[Flow], list[Form]]] = []

    def define(self, node: tree_sitter.Node) -> Form:
        """A class where it stands."""
        name = node.child_by_field_name("name")
        params = lower_type_params(node.child_by_field_name("type_parameters"))
        bases = _bases(node)
        entry = self._unit_at(name if name is not None else node)
        components = params_of(node) if node.type == "record_declaration" else ()
        self._add_class(entry, _KINDS[node.type], params, bases, components)
        body: list[Form] = [Mention(part.type, part.line) for part in components]
        with_members = self._members(node, entry, text_of(name), body)
        if node.type == "record_declaration":
            self._add_record(entry, text_of(name), components)
        return Define(text_of(name), entry, entry, params, bases, with_members)

    def anonymous(self, node: tree_sitter.Node, type_: TypeRef, body: tree_sitter.Node) -> Define:
        """The body of a nameless class, or of a constant of an enum."""
        named = node.child_by_field_name("type") or node.child_by_field_name("name")
        while named is not None and named.type == "generic_type":
            named = named.named_children[0]
        entry = self._unit_at(named if named is not None else node)
        bases = (Mention(type_, line_of(node)),)
        self._add_class(entry, "nameless", (), bases, ())
        return Define("", entry, entry, (), bases, self._members(body, entry, "", []))

    def called(self, function: Form, args: tuple[Form, ...]) -> None:
        """Note a method called on a parameter."""
        if not self._params or not isinstance(function, Member) or not isinstance(function.of, Name):
            return
        _, params, flows, _ = self._params[-1]
        for at, param in enumerate(params):
            if param.name == function.of.name and len(flows) < _MOST:
                flows.append(Flow(at, self.unit))

    def returned(self, value: Form) -> None:
        """Note a function that is given back."""
        if self._params and isinstance(value, Refer | Function):
            unit, _, _, notes = self._params[-1]
            if unit == self.unit and len(notes) < _MOST:
                notes.append(lineless(value))

    def _unit_at(self, node: tree_sitter.Node) -> str:
        return self.reading.units[self.reading.unit_at(node.start_byte)].name

    def _add_class(
        self,
        entry: str,
        kind: ClassKind,
        params: tuple[Param, ...],
        bases: tuple[Mention, ...],
        parts: tuple[Param, ...],
    ) -> None:
        refs = tuple(base.type for base in bases)
        plain = tuple(Param(param.name, param.type) for param in params)
        components = tuple(Param(part.name, part.type) for part in parts)
        self.entries.setdefault(entry, ClassEntry(entry, kind, self._class, plain, refs, components))
        for ref in refs:
            self.derived.setdefault(ref.name.rpartition(".")[2], []).append(entry)

    def _add_record(self, entry: str, name: str, components: tuple[Param, ...]) -> None:
        for part in components:
            self.entries.setdefault(f"{entry}#{part.name}", FieldEntry(part.type))
            key = f"{entry}.{part.name}()"
            known = self.entries.get(key)
            methods = known.methods if isinstance(known, MethodsEntry) else ()
            if not any(not method.params for method in methods):
                implied = Method("", (), (), part.type, static=False, abstract=False)
                self.entries[key] = MethodsEntry((*methods, implied))
        types = tuple(part.type for part in components)
        key = f"{entry}.{CONSTRUCTOR}()"
        known = self.entries.get(key)
        methods = known.methods if isinstance(known, MethodsEntry) else ()
        if not any(len(method.params) == len(types) for method in methods):
            implied = Method("", (), types, TypeRef(name), static=False, abstract=False)
            self.entries[key] = MethodsEntry((*methods, implied))

    def _members(self, node: tree_sitter.Node, entry: str, name: str, body: list[Form]) -> tuple[Form, ...]:
        around = self._class, self.unit, self._params
        self._class, self.unit, self._params = entry, entry, []
        body += self.annotations(node, whole=True)
        holder = node if node.type in _BODIES else node.child_by_field_name("body")
        components = params_of(node) if node.type == "record_declaration" else ()
        for part in self._parts_of(holder):
            body.append(self._member(part, entry, name, components))
        self._class, self.unit, self._params = around
        return tuple(body)

    def _parts_of(self, holder: tree_sitter.Node | None) -> list[tree_sitter.Node]:
        found: list[tree_sitter.Node] = []
        for part in holder.named_children if holder is not None else ():
            if part.type == "enum_body_declarations":
                found += part.named_children
            else:
                found.append(part)
        return found

    def _member(self, node: tree_sitter.Node, entry: str, name: str, components: tuple[Param, ...]) -> Form:
        kind = node.type
        if kind in _METHODS:
            return self._method(node, entry, name, components)
        if kind in ("field_declaration", "constant_declaration"):
            return self._field(node, entry)
        if kind == "enum_constant":
            return self._constant_of_enum(node, entry, name)
        if kind == "static_initializer":
            unit = self._unit_at(node.children[0])
            return self._in_unit(unit, Function(unit, (), (), ()), node)
        return self.lower(node)

    def _in_unit(self, unit: str, form: Function, body: tree_sitter.Node) -> Function:
        around, self.unit = self.unit, unit
        forms = self.all(body.named_children)
        self.unit = around
        return Function(unit, form.params, form.results, forms, form.type_params, None, form.owner)

    def _method(self, node: tree_sitter.Node, entry: str, name: str, components: tuple[Param, ...]) -> Form:
        called, compact = node.child_by_field_name("name"), node.type == "compact_constructor_declaration"
        unit = self._unit_at(called if called is not None else node)
        params = components if compact else params_of(node)
        constructor = node.type.endswith("constructor_declaration")
        result = TypeRef(name) if constructor else declared_type(node)
        type_params = lower_type_params(node.child_by_field_name("type_parameters"))
        flows, returns = list[Flow](), list[Form]()
        self._params.append((unit, params, flows, returns))
        around, self.unit = self.unit, unit
        forms = self._method_body(node)
        self.unit = around
        self._params.pop()
        modifiers = _modifiers(node)
        static, abstract = (
            "static" in modifiers,
            "native" not in modifiers and node.child_by_field_name("body") is None,
        )
        plain = tuple(Param(param.name, param.type) for param in type_params)
        method = Method(
            unit, plain, tuple(param.type for param in params), result, static, abstract,
            tuple(dict.fromkeys(flows)), tuple(dict.fromkeys(returns)),
        )  # fmt: skip
        self._add_method(f"{entry}.{CONSTRUCTOR if constructor else text_of(called)}()", method)
        written = node.child_by_field_name("type")
        results = (
            () if constructor else (Param("", result, line_of(written if written is not None else node)),)
        )
        mentioned = tuple(Param(param.name, param.type) for param in params) if compact else params
        owner = "constructor" if constructor else "static" if static else ""
        return Function(unit, mentioned, results, forms, type_params, None, owner)

    def _method_body(self, node: tree_sitter.Node) -> tuple[Form, ...]:
        """What a method is annotated with, throws, annotates its parameters with, and does."""
        forms: list[Form] = [*self.annotations(node, whole=True), *_thrown(node)]
        params, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
        for param in params.named_children if params is not None else ():
            forms += self.annotations(param, whole=False)
        if body is not None:
            if node.type == "constructor_declaration" and not _calls_another(body):
                forms.append(Call(Name("super", line_of(node)), (), line_of(node)))
            forms += self.all(body.named_children)
        default = node.child_by_field_name("value")
        if default is not None:
            forms.append(self.lower(default))
        return tuple(forms)

    def _add_method(self, key: str, method: Method) -> None:
        known = self.entries.get(key)
        self.entries[key] = MethodsEntry(
            (*known.methods, method) if isinstance(known, MethodsEntry) else (method,)
        )

    def _field(self, node: tree_sitter.Node, entry: str) -> Form:
        """A field; one that is bound to a function with a body is a unit of its own."""
        declarators = node.children_by_field_name("declarator")
        names = [declarator.child_by_field_name("name") for declarator in declarators]
        unit = next((self._unit_at(name) for name in names if name is not None), entry)
        around, self.unit = self.unit, unit if unit != entry else self.unit
        form = self.locals(node)
        self.unit = around
        for bound in form.items if isinstance(form, Several) else (form,):
            if not isinstance(bound, Bind):
                continue
            value: Form | None = None
            if bound.values and isinstance(bound.values[0], Refer | Function):
                value = lineless(bound.values[0]) if unit == entry else Name(f"::{unit}", 0)
            self.entries.setdefault(f"{entry}#{bound.names[0]}", FieldEntry(bound.type, value))
        return form if unit == entry else Function(unit, (), (), (form,), (), None, "field")

    def _constant_of_enum(self, node: tree_sitter.Node, entry: str, name: str) -> Form:
        constant = node.child_by_field_name("name")
        self.entries.setdefault(f"{entry}#{text_of(constant)}", FieldEntry(TypeRef(name), constant=True))
        body = node.child_by_field_name("body")
        inner = self.anonymous(node, TypeRef(name), body) if body is not None else None
        args = self.args(node.child_by_field_name("arguments"))
        return Construct(TypeRef(name), args, line_of(node), inner)


def _bases(node: tree_sitter.Node) -> tuple[Mention, ...]:
    found: list[Mention] = []
    for part in node.named_children:
        if part.type in ("superclass", "super_interfaces", "extends_interfaces"):
            for listed in part.named_children:
                types = listed.named_children if listed.type == "type_list" else [listed]
                found += [
                    Mention(lower_type(type_), line_of(type_)) for type_ in types if type_.type in TYPE_NODES
                ]
    return tuple(found)


def _thrown(node: tree_sitter.Node) -> list[Form]:
    return [
        Mention(lower_type(type_), line_of(type_))
        for part in node.named_children
        if part.type == "throws"
        for type_ in part.named_children
        if type_.type in TYPE_NODES
    ]


def _calls_another(body: tree_sitter.Node) -> bool:
    """Whether a constructor says which other one it begins with; otherwise the language does."""
    return any(part.type == "explicit_constructor_invocation" for part in body.named_children)


def _modifiers(node: tree_sitter.Node) -> frozenset[str]:
    return frozenset(
        part.type
        for modifiers in node.named_children
        if modifiers.type == "modifiers"
        for part in modifiers.children
    )
