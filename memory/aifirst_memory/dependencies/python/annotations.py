"""What type annotations say: the instances that a declared name holds."""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.python import forms, values
from aifirst_memory.dependencies.python.classes import ClassModel
from aifirst_memory.dependencies.python.facts import FunctionFacts
from aifirst_memory.dependencies.python.forms import Form, Parameter
from aifirst_memory.dependencies.python.scopes import Scope
from aifirst_memory.dependencies.python.values import NOTHING, Value, Values, joined

SEQUENCES: Final = frozenset(
    {
        "list", "List", "Sequence", "MutableSequence", "set", "Set", "FrozenSet", "frozenset", "AbstractSet",
        "MutableSet", "Collection", "Iterable", "Container", "deque", "Deque", "KeysView", "ValuesView", "Reversible",
        "UserList", "WeakSet", "Queue",
    }
)  # fmt: skip
ITERATORS: Final = frozenset({"Iterator", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator"})
MAPPINGS: Final = frozenset(
    {
        "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap", "UserDict",
        "WeakValueDictionary", "WeakKeyDictionary", "MappingProxyType",
    }
)  # fmt: skip
_TRANSPARENT: Final = frozenset(
    {
        "Annotated",
        "ClassVar",
        "Final",
        "Required",
        "NotRequired",
        "ReadOnly",
        "InitVar",
        "Optional",
        "Unpack",
        "TypeGuard",
    }
)
_AWAITABLE: Final = frozenset({"Awaitable", "Coroutine", "Future", "Task"})
_CONTEXTS: Final = frozenset(
    {"ContextManager", "AbstractContextManager", "AsyncContextManager", "AbstractAsyncContextManager"}
)


class Annotations(ClassModel):
    """Reads annotations."""

    def declared(self, annotation: Form, scope: Scope) -> Values:
        """The instances that an annotation speaks of; nothing where it says nothing that matters."""
        if annotation is None:
            return NOTHING
        if annotation[0] == forms.AT_LINE:
            return self.declared(annotation[2], scope)
        if annotation[0] == forms.BINARY:
            return joined([self.declared(annotation[2], scope), self.declared(annotation[3], scope)])
        return self.instances(self._quietly(annotation, scope), scope)

    def _quietly(self, form: Form, scope: Scope) -> Values:
        emitter, scope.emitter = scope.emitter, None
        try:
            return self.evaluate(form, scope)
        finally:
            scope.emitter = emitter

    def instances(self, types: Values, scope: Scope | None = None) -> Values:
        """The instances of what type expressions stand for."""
        parts: list[Values] = []
        for value in types:
            sort = value[0]
            if sort == values.CLASS:
                parts.append(((values.INSTANCE, value[1], value[2], value[3]),))
            elif sort == values.TYPE:
                parts.append(value[1])
            elif sort == values.VARIABLE:
                parts.append((value,))
            elif sort == values.OUTSIDE:
                parts.append(self._outside(value[1], scope))
            elif sort == values.TEXT and scope is not None:
                parts.append(self._from_text(value[1], scope))
        return joined(parts)

    def _from_text(self, text: str, scope: Scope) -> Values:
        """A type named in a text where only some calls have one (`cast("A", x)`): dotted names only."""
        found: Form = None
        for part in text.split("."):
            if not part.isidentifier():
                return NOTHING
            found = [forms.NAME, part] if found is None else [forms.ATTRIBUTE, found, part]
        return self.instances(self._quietly(found, scope))

    def _outside(self, dotted: str, scope: Scope | None) -> Values:
        name = dotted.rpartition(".")[2]
        if name == "Self" and scope is not None:
            return ((values.SELF,),)
        if name in SEQUENCES:
            return ((values.OBJECT, "list", ()),)
        if name in MAPPINGS:
            return ((values.OBJECT, "dict", ()),)
        if dotted.startswith(("builtins.", "typing.")):
            return NOTHING
        return ((values.OBJECT, dotted, ()),)

    def subscripted(self, head: Values, arguments: list[Form], scope: Scope) -> Values:
        """What a generic with arguments stands for as a type: `list[A]`, `Optional[A]`, `Box[A]`."""
        parts: list[Value] = []
        for value in head:
            if value[0] == values.CLASS:
                given = tuple(self.declared(argument, scope) for argument in arguments)
                parts.append((values.TYPE, ((values.INSTANCE, value[1], value[2], given),)))
            elif value[0] == values.TYPE:
                given_values = [self.declared(argument, scope) for argument in arguments]
                parts.append(_filled(value, given_values))
            elif value[0] == values.OUTSIDE:
                found = self._generic(value[1].rpartition(".")[2], value[1], arguments, scope)
                parts.append((values.TYPE, found))
        return tuple(parts)

    def _generic(self, name: str, dotted: str, arguments: list[Form], scope: Scope) -> Values:
        inner = [self.declared(argument, scope) for argument in arguments]
        if name == "Union":
            return joined(inner)
        if name == "Literal" or not inner:
            return NOTHING
        if name in _TRANSPARENT:
            return inner[0]
        if name in ("type", "Type"):
            return tuple(
                _class_of(value) for value in inner[0] if value[0] in (values.INSTANCE, values.VARIABLE)
            )
        if name in ("tuple", "Tuple"):
            if len(arguments) == 2 and arguments[1] is None:
                return ((values.OBJECT, "list", (inner[0],)),)
            return ((values.ROW, tuple(inner)),)
        if name == "Callable":
            return ((values.CALLABLE, inner[-1]),)
        return (_outside_generic(name, dotted, inner),)

    def parameter_values(self, facts: FunctionFacts, parameter: Parameter, scope: Scope) -> Values:
        """What a parameter holds by its annotation, its default, or its place as a method's object."""
        outer = scope.around
        found = NOTHING
        if parameter.annotation is not None:
            found = self.declared(parameter.annotation, scope if facts.type_parameters else outer)
            found = self.resolved_variables(found, facts, scope.path)
        elif facts.in_class and facts.parameters and facts.parameters[0].name == parameter.name:
            found = self.receiver_values(facts, scope.path)
        if not found and parameter.default is not None:
            found = self._quietly(parameter.default, self.scope_of(scope.path, facts.parent))
        if not found and parameter.annotation is None:
            found = self.fixture_values(facts, parameter, scope.path)
        if parameter.sort == forms.REST:
            return ((values.OBJECT, "list", (found,)),)
        if parameter.sort == forms.KEYWORDS:
            return ((values.OBJECT, "dict", (NOTHING, found)),)
        return found

    def resolved_variables(self, found: Values, facts: FunctionFacts, path: str) -> Values:
        """Values of a parameter inside its function: type variables stand for their bounds there."""
        if not any(value[0] in (values.VARIABLE, values.SELF) for value in found):
            return found
        own = facts.parent if facts.in_class else ""
        parts: list[Values] = []
        for value in found:
            if value[0] == values.VARIABLE:
                parts.append(value[2])
            elif value[0] == values.SELF:
                parts.append(((values.INSTANCE, path, own, ()),) if own else NOTHING)
            else:
                parts.append((value,))
        return joined(parts)

    def receiver_values(self, facts: FunctionFacts, path: str) -> Values:
        """What a method's first parameter is: an instance of its class, or the class."""
        kind = self.method_kind(path, facts)
        if kind == "static":
            return NOTHING
        if kind == "class":
            return ((values.CLASS, path, facts.parent, ()),)
        return ((values.INSTANCE, path, facts.parent, ()),)

    def fixture_values(self, facts: FunctionFacts, parameter: Parameter, path: str) -> Values:
        """What a test's parameter is given by name."""
        raise NotImplementedError

    def method_kind(self, path: str, facts: FunctionFacts) -> str:
        """`static`, `class`, `property` or `plain`."""
        raise NotImplementedError


def _outside_generic(name: str, dotted: str, inner: list[Values]) -> Value:
    """An instance of an outside class with type arguments."""
    if name in SEQUENCES:
        return (values.OBJECT, "list", (inner[0],))
    if name in ITERATORS:
        # The second of a generator's is what is sent into it.
        return (values.OBJECT, "iterator", tuple(inner[:2]))
    if name in MAPPINGS:
        return (values.OBJECT, "dict", tuple(inner[:2]))
    if name == "Counter":
        return (values.OBJECT, "dict", (inner[0], NOTHING))
    if name == "ItemsView":
        return (values.OBJECT, "list", (((values.ROW, tuple(inner[:2])),),))
    if name in _AWAITABLE:
        return (values.OBJECT, "awaitable", (inner[-1],))
    if name in _CONTEXTS:
        return (values.OBJECT, "context", (inner[0],))
    return (values.OBJECT, dotted, tuple(inner))


def _class_of(value: Value) -> Value:
    if value[0] == values.INSTANCE:
        return (values.CLASS, value[1], value[2], value[3])
    return (values.TYPE, value[2])


def _filled(alias: Value, arguments: list[Values]) -> Value:
    """A generic alias with its type variables filled in order."""
    names: list[str] = []
    _collect(alias[1], names)
    from aifirst_memory.dependencies.python.classes import substitute

    return (values.TYPE, substitute(alias[1], dict(zip(names, arguments, strict=False)), None))


def _collect(found: Values, names: list[str]) -> None:
    for value in found:
        if value[0] == values.VARIABLE and value[1] not in names:
            names.append(value[1])
        elif value[0] in (values.OBJECT, values.INSTANCE, values.CLASS):
            for part in value[-1]:
                _collect(part, names)
