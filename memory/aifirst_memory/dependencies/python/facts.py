"""What a Python file tells others, as structs that are packed one a name.

`=x` is what the module's name `x` may mean at its end, `Unit.name` the facts of a function or class, `*` what the
module passes on by star imports and `__all__`, `sub:Base` the classes here that name a base `Base`, `@x` the
calls on what functions put into the module's container `x`. Nothing in
them says where in the file it stands.
"""

from __future__ import annotations

from typing import Any

import msgspec

from aifirst_memory.dependencies.python.forms import Form, Parameter

Bindings = list[list[Any]]


class FunctionFacts(msgspec.Struct, array_like=True, gc=False):
    """A function: its signature, what it may return and yield, the local names that this needs, and where its
    parameters flow: `flows` are calls [unit, form, parameters that the callee comes from, parameters that the
    arguments come from], `stores` what is put of them on an object or into a
    module's container as [name of the object or "", name, form,
    parameters]. `overloads` are the units with its
    further signatures, `relevant` the parameters that results depend on.
    """

    name: str
    parent: str
    in_class: bool
    flags: int
    parameters: list[Parameter]
    returns: Form
    decorators: list[Form]
    type_parameters: list[list[Any]]
    results: list[Form]
    yields: list[Form]
    locals: dict[str, Bindings]
    globals: list[str]
    bound: list[str]
    flows: list[list[Any]]
    stores: list[list[Any]]
    overloads: list[str]
    relevant: list[str]


class ClassFacts(msgspec.Struct, array_like=True, gc=False):
    """A class: bases, what its body binds, in order, and what its methods bind on `self` as [method, form, annotation].

    `attribute_calls` has, for attributes that take what a parameter gave, the calls [method, form, whether the callee
    comes from it] on them.
    """

    name: str
    parent: str
    bases: list[Form]
    keywords: list[list[Any]]
    decorators: list[Form]
    type_parameters: list[list[Any]]
    members: dict[str, Bindings]
    attributes: dict[str, list[list[Any]]]
    attribute_calls: dict[str, list[list[Any]]]


class ModuleFacts(msgspec.Struct, array_like=True, gc=False):
    """What a module passes on: its star imports [level, module], and its `__all__` (None where it has none)."""

    stars: list[list[Any]]
    exported: Form


_ENCODER = msgspec.msgpack.Encoder()
pack = _ENCODER.encode
unpack_bindings = msgspec.msgpack.Decoder(Bindings).decode
unpack_names = msgspec.msgpack.Decoder(list[str]).decode
unpack_module = msgspec.msgpack.Decoder(ModuleFacts).decode
_unpack_unit_tag = msgspec.msgpack.Decoder(tuple[bool, msgspec.Raw]).decode
_unpack_function = msgspec.msgpack.Decoder(FunctionFacts).decode
_unpack_class = msgspec.msgpack.Decoder(ClassFacts).decode


def pack_unit(facts: FunctionFacts | ClassFacts) -> bytes:
    """The bytes of a unit's facts, which say which sort it is."""
    return pack((isinstance(facts, ClassFacts), facts))


def unpack_unit(data: bytes) -> FunctionFacts | ClassFacts:
    """The facts of a unit from `pack_unit`'s bytes."""
    is_class, rest = _unpack_unit_tag(data)
    return _unpack_class(rest) if is_class else _unpack_function(rest)
