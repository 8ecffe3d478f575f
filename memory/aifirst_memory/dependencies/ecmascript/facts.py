"""What a file of the ECMAScript family says, in the form that is packed into the facts of the graph.

A file is cut into chunks: one for each name of its top level, one (named `""`) for code that only runs. Expressions
and types of a chunk lie in one table and refer to each other by index, -1 for what has no value of interest. Local
names are made unique within their chunk (`3:x`), so that no scopes are left to look through.
"""

from __future__ import annotations

import msgspec

NONE = -1
ASYNC, GENERATOR, ARROW, GETTER, SETTER, STATIC, REST, ABSTRACT, FIELD, OPTIONAL = (
    1 << bit for bit in range(10)
)


class Name(msgspec.Struct, tag=1, array_like=True, gc=False):
    """A name: unique in the chunk, or one of the file's top level."""

    name: str


class This(msgspec.Struct, tag=2, array_like=True, gc=False):
    """`this`: of an instance of class `at` (`i`), the class itself (`s`), an object (`o`), a function (`f`)."""

    kind: str
    at: int


class Super(msgspec.Struct, tag=3, array_like=True, gc=False):
    """`super` in class `at`."""

    at: int
    static: bool


class Member(msgspec.Struct, tag=4, array_like=True, gc=False):
    """`of.name`."""

    of: int
    name: str


class Element(msgspec.Struct, tag=5, array_like=True, gc=False):
    """`of[key]`, or element `at` of a pattern."""

    of: int
    at: int = NONE
    key: int = NONE


class Iterated(msgspec.Struct, tag=6, array_like=True, gc=False):
    """What iterating over `of` gives."""

    of: int


class Call(msgspec.Struct, tag=7, array_like=True, gc=False):
    """A call, or a construction."""

    callee: int
    args: list[int]
    types: list[int] = []
    new: bool = False


class Fn(msgspec.Struct, tag=8, array_like=True, gc=False):
    """A function of the chunk."""

    at: int


class ClassOf(msgspec.Struct, tag=9, array_like=True, gc=False):
    """A class, interface, enum, namespace or type alias of the chunk."""

    at: int


class Obj(msgspec.Struct, tag=10, array_like=True, gc=False):
    """An object literal. A getter's value is its function, marked in `getters`; a setter is named `set name`."""

    names: list[str]
    values: list[int]
    spread: list[int] = []
    getters: list[str] = []
    unit: str = ""


class Arr(msgspec.Struct, tag=11, array_like=True, gc=False):
    """An array literal; spread items are `Iterated`."""

    items: list[int]


class Either(msgspec.Struct, tag=12, array_like=True, gc=False):
    """One of several."""

    of: list[int]


class Await(msgspec.Struct, tag=13, array_like=True, gc=False):
    """What a promise gives."""

    of: int


class Module(msgspec.Struct, tag=14, array_like=True, gc=False):
    """`require(name)`, or what `import(name)` promises."""

    name: str
    promised: bool = False


class Cast(msgspec.Struct, tag=15, array_like=True, gc=False):
    """A value of a type; of `of` too where that is a function."""

    to: int
    of: int = NONE


class Context(msgspec.Struct, tag=16, array_like=True, gc=False):
    """What is expected of argument `at` of a call."""

    call: int
    at: int


class Expected(msgspec.Struct, tag=17, array_like=True, gc=False):
    """Parameter `at` of the function that `of` expects."""

    of: int
    at: int


class TypeName(msgspec.Struct, tag=18, array_like=True, gc=False):
    """A named type."""

    name: str
    rest: list[str]
    args: list[int]


class ArrayType(msgspec.Struct, tag=19, array_like=True, gc=False):
    """`of[]`."""

    of: int


class TupleType(msgspec.Struct, tag=20, array_like=True, gc=False):
    """`[A, B]`."""

    items: list[int]


class FunctionType(msgspec.Struct, tag=21, array_like=True, gc=False):
    """`(…) => result`."""

    at: int


class ObjectType(msgspec.Struct, tag=22, array_like=True, gc=False):
    """`{a: A}`, as an interface without a name."""

    at: int


class LookupType(msgspec.Struct, tag=23, array_like=True, gc=False):
    """`T["key"]`; any key where it is empty."""

    of: int
    key: str


class ImportType(msgspec.Struct, tag=24, array_like=True, gc=False):
    """`import("module").a.b`."""

    module: str
    rest: list[str]
    value: bool = False


class Literal(msgspec.Struct, tag=25, array_like=True, gc=False):
    """A string that may be a key."""

    text: str


class Without(msgspec.Struct, tag=26, array_like=True, gc=False):
    """An object without what a pattern names: its rest."""

    of: int


class Narrowed(msgspec.Struct, tag=27, array_like=True, gc=False):
    """An instance of the class that `of` is."""

    of: int


class Guarded(msgspec.Struct, tag=28, array_like=True, gc=False):
    """`name`, of which the function `of` said what it is (`x is A`)."""

    of: int
    name: int


Expr = (
    Name | This | Super | Member | Element | Iterated | Call | Fn | ClassOf | Obj | Arr | Either | Await | Module | Cast
    | Context | Expected | TypeName | ArrayType | TupleType | FunctionType | ObjectType | LookupType | ImportType
    | Literal | Without | Narrowed | Guarded
)  # fmt: skip


class Binding(msgspec.Struct, array_like=True, gc=False):
    """What a name may be: of its declared type, or what is put into it. `props` are written from outside (`f.x = …`).

    `param` says that a call may bind it.
    """

    type: int = NONE
    sources: list[int] = []
    props: dict[str, list[int]] = {}
    param: bool = False


class Param(msgspec.Struct, array_like=True, gc=False):
    """A parameter by its unique name."""

    name: str
    type: int = NONE
    rest: bool = False
    field: bool = False


class Function(msgspec.Struct, array_like=True, gc=False):
    """A function or signature. `unit` is its own unit where `own`, else the one around it.

    `flows` are the first and the last of the chunk's flows within it. `guard` is the type that it finds an argument
    to be of.
    """

    unit: str
    own: bool
    flags: int = 0
    params: list[Param] = []
    returns: list[int] = []
    yields: list[int] = []
    type: int = NONE
    body: bool = True
    type_params: list[Param] = []
    flows: tuple[int, int] = (0, 0)
    guard: int = NONE
    assigned: dict[str, list[int]] = {}


class ClassMember(msgspec.Struct, array_like=True, gc=False):
    """A member. `function` is its function's index, `value` what it begins with, `type` what it is declared to be."""

    flags: int = 0
    function: int = NONE
    value: int = NONE
    type: int = NONE


class Class(msgspec.Struct, array_like=True, gc=False):
    """A class, `interface`, `enum`, `namespace`, `alias` or nameless `object` type.

    `bases` are expressions for a class and types for an interface; `base_types` their type arguments. `assigned` is
    what methods put into `this`.
    """

    unit: str
    kind: str
    own: bool = True
    bases: list[int] = []
    base_types: list[int] = []
    implements: list[int] = []
    members: dict[str, list[ClassMember]] = {}
    assigned: dict[str, list[int]] = {}
    type_params: list[Param] = []
    abstract: bool = False


class Chunk(msgspec.Struct, array_like=True, gc=False):
    """One name of the top level with all code in it. `unit` is the unit it names, empty for a variable.

    `writes` are what its code puts into other names of the top level (`name` or `name property`), `writers` are the
    chunks that write to this one. `flows` are calls in which locals take part, with the unit they stand in.
    """

    name: str
    unit: str = ""
    declared: bool = False
    main: Binding = msgspec.field(default_factory=Binding)
    exprs: list[Expr] = []
    locals: dict[str, Binding] = {}
    functions: list[Function] = []
    classes: list[Class] = []
    flows: list[tuple[int, str]] = []
    writes: dict[str, list[int]] = {}
    writers: list[str] = []


class Imported(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """A local name of the top level that stands for one of another module: `*` its namespace, `=` all it exports.

    `rest` are the names below it that an alias goes on to.
    """

    module: str
    name: str
    rest: tuple[str, ...] = ()


class Export(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """An exported name: a chunk of the file, or a name of another module."""

    chunk: str = ""
    module: str = ""
    name: str = ""


class ImportSite(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """A place that loads a module, and the names it asks of it."""

    module: str
    names: tuple[str, ...]
    line: int


class Site(msgspec.Struct, array_like=True, gc=False, frozen=True):
    """A place in a chunk that may give edges. `at` is an expression, or a class of the chunk."""

    role: int
    at: int
    unit: int
    line: int


class FileBody(msgspec.Struct, array_like=True, gc=False):
    """All that resolving the file itself needs."""

    units: list[str]
    imports: list[ImportSite]
    names: dict[str, Imported]
    exports: dict[str, Export]
    stars: list[str]
    chunks: dict[str, Chunk]
    sites: dict[str, list[Site]]
    unit_lines: list[int]


CALL, READ, OBJECT, WRITE, TYPE, EXTENDS, IMPLEMENTS, CLASS, DECORATE, THROW, ITERATE = range(11)
"""Roles of sites."""
