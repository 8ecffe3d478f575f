"""Code of a language with declared types, lowered to what the dependency graph asks of it.

Go and Java are read into these few forms, packed, and followed from them without the syntax tree. What only
computes numbers is gone; what names, calls, binds, makes or converts something is kept with its line.
"""

from __future__ import annotations

from typing import Final

import msgspec


class TypeRef(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A type as it is written: a dotted name with arguments, or a form of its own.

    Forms: `[]` and `chan` of an element, `map` of key and value, `func` of a `()` of parameters and one of results,
    `()` of several, `struct` and `interface` of the types of their `names` (a `~` before one that is embedded),
    `|` of alternatives, an empty name for what is left to be found out.
    """

    name: str
    args: tuple[TypeRef, ...] = ()
    names: tuple[str, ...] = ()


UNKNOWN: Final = TypeRef("")


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter; also a type parameter with its bound. `name` is empty where it has none."""

    name: str
    type: TypeRef
    line: int = 0


class Name(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="n", tag_field="form"):
    """A bare name."""

    name: str
    line: int


class Member(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="m", tag_field="form"):
    """`of.name`."""

    of: Form
    name: str
    line: int


class Call(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="c", tag_field="form"):
    """`function(args)`, with the type arguments that it spells out."""

    function: Form
    args: tuple[Form, ...]
    line: int
    types: tuple[TypeRef, ...] = ()


class Make(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="k", tag_field="form"):
    """A value of a type made from parts: `T{key: item}`. `keys` are as many as `items`, None where there is none."""

    type: TypeRef
    items: tuple[Form, ...]
    keys: tuple[Form | None, ...]
    line: int


class Construct(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="w", tag_field="form"):
    """`new T(args)`, with the body of the nameless class where it has one. `outer` is what `outer.new T()` names."""

    type: TypeRef
    args: tuple[Form, ...]
    line: int
    body: Define | None = None
    outer: Form | None = None


class Constant(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="l", tag_field="form"):
    """A literal, or whatever else is known by its type alone."""

    type: TypeRef


class Index(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="i", tag_field="form"):
    """`of[key]`, and what is received from a channel (no key)."""

    of: Form
    keys: tuple[Form, ...]
    line: int


class Function(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="f", tag_field="form"):
    """A function or method with its body, or a function literal (`unit` empty where it is no unit of its own).

    `receiver` is the parameter that a method is called on, `owner` the type whose method it is.
    """

    unit: str
    params: tuple[Param, ...]
    results: tuple[Param, ...]
    body: tuple[Form, ...]
    type_params: tuple[Param, ...] = ()
    receiver: Param | None = None
    owner: str = ""
    value: Form | None = None


class Convert(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="t", tag_field="form"):
    """A value taken as another type: casts, assertions, conversions."""

    type: TypeRef
    value: Form
    line: int


class Pattern(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="p", tag_field="form"):
    """A type that a value is matched with, and the name (or empty) that it goes by afterwards; then inner patterns."""

    type: TypeRef
    name: str
    line: int
    inner: tuple[Pattern, ...] = ()


class Mention(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="y", tag_field="form"):
    """A type where a value stands, or one that is merely mentioned."""

    type: TypeRef
    line: int


class Several(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="g", tag_field="form"):
    """Parts of a larger expression; its own value has a type at most."""

    items: tuple[Form, ...]
    type: TypeRef = UNKNOWN


class Compute(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="o", tag_field="form"):
    """Numbers (or texts) put together; `plus` where texts may be."""

    items: tuple[Form, ...]
    plus: bool


class Either(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="e", tag_field="form"):
    """One of some values."""

    items: tuple[Form, ...]


class Refer(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="r", tag_field="form"):
    """A method named without a call: `of::name`."""

    of: Form
    name: str
    line: int


class Bind(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="b", tag_field="form"):
    """Names declared with a type, with values, or both. `each`: they run through the elements of the value."""

    names: tuple[str, ...]
    type: TypeRef
    values: tuple[Form, ...]
    line: int
    each: bool = False


class Assign(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="s", tag_field="form"):
    """Values put where something stands already."""

    targets: tuple[Form, ...]
    values: tuple[Form, ...]
    line: int


class Return(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="v", tag_field="form"):
    """What a function gives back."""

    values: tuple[Form, ...]


class Block(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="B", tag_field="form"):
    """Statements with names of their own."""

    body: tuple[Form, ...]


class Throw(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="x", tag_field="form"):
    """An error thrown."""

    value: Form
    line: int


class Define(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="D", tag_field="form"):
    """A type defined: its name in scope, its name among the file's types, its unit, and what stands in it.

    `bases` are the types that it derives from or embeds, `body` is what it mentions and holds, all in its own unit.
    """

    name: str
    entry: str
    unit: str
    type_params: tuple[Param, ...]
    bases: tuple[Mention, ...]
    body: tuple[Form, ...]


class Decorate(msgspec.Struct, frozen=True, array_like=True, gc=False, tag="a", tag_field="form"):
    """An annotation of a unit, with the values given to it."""

    type: TypeRef
    items: tuple[Form, ...]
    line: int
    whole: bool
    """Whether the unit itself is annotated, not a part of it."""


Form = (
    Name | Member | Call | Make | Construct | Constant | Index | Function | Convert | Pattern | Mention | Several
    | Either | Compute | Refer | Bind | Assign | Return | Block | Throw | Define | Decorate
)  # fmt: skip
