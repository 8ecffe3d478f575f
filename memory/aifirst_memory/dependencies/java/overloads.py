"""Which of Java's overloads a call means, by number and types of its arguments (JLS 15.12.2, as far as types are known).

An argument of unknown type suits everything. What is left open stays open: more than one method is the answer then.
"""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.declared.value import Type, Value, instances
from aifirst_memory.dependencies.java.hierarchy import Found, Hierarchy
from aifirst_memory.dependencies.java.library import library_class

_BOXES: Final = {
    "int": "Integer", "long": "Long", "double": "Double", "float": "Float", "short": "Short", "byte": "Byte",
    "char": "Character", "boolean": "Boolean",
}  # fmt: skip
_UNBOXED: Final = {box: primitive for primitive, box in _BOXES.items()}
_WIDER: Final = {
    "byte": ("short", "int", "long", "float", "double"), "short": ("int", "long", "float", "double"),
    "char": ("int", "long", "float", "double"), "int": ("long", "float", "double"), "long": ("float", "double"),
    "float": ("double",),
}  # fmt: skip
_FINAL: Final = frozenset({"String", "Class", "Locale", *_BOXES.values()})
_COMPARED: Final = 12
"""Overloads that are each compared with all others."""
_EXACT, _LOOSE, _MANY, _NEVER = 1, 2, 3, 9
LAMBDA: Final = "λ"
"""The type of a lambda or method reference whose place is not known yet: its name, and a `()` of its parameters."""


def choose(hierarchy: Hierarchy, found: tuple[Found, ...], args: list[Value]) -> list[Found]:
    """The methods that a call with these arguments may mean; one, where it can be told."""
    if len(found) < 2:
        return _choose(hierarchy, found, [_type_of(arg) for arg in args])
    given = [_type_of(arg) for arg in args]
    key = id(found), tuple(given)
    known = hierarchy.chosen.get(key)
    if known is None or known[0] is not found:
        # What was chosen from is kept beside it, so that no other can have its identity.
        known = hierarchy.chosen[key] = found, _choose(hierarchy, found, given)
    return known[1]


def _choose(hierarchy: Hierarchy, found: tuple[Found, ...], given: list[Type]) -> list[Found]:
    exact = [one for one in found if given and _params(one) == tuple(given)]
    if len(exact) == 1:
        return exact
    phases = [(_phase(hierarchy, one, given), one) for one in found]
    best = min((phase for phase, _ in phases), default=_NEVER)
    if best == _NEVER:
        return []
    fitting = [one for phase, one in phases if phase == best]
    suiting = [one for phase, one in phases if phase != _NEVER]
    if len(fitting) == 1:
        return fitting
    return suiting if _is_open(suiting, given) else _most_specific(hierarchy, fitting, len(given))


def _is_open(suiting: list[Found], given: list[Type]) -> bool:
    """Whether what is unknown may suit one that seems to need more."""
    unknown = [at for at, type_ in enumerate(given) if not type_.name]
    return len({tuple(_param(one, at) for at in unknown) for one in suiting}) > 1


def _most_specific(hierarchy: Hierarchy, fitting: list[Found], count: int) -> list[Found]:
    """The one that asks for most; all where none does."""
    if len(fitting) > _COMPARED:
        return _best_of_many(hierarchy, fitting, count)
    specific = [
        one
        for one in fitting
        if all(one is other or _more_specific(hierarchy, one, other, count) for other in fitting)
    ]
    concrete = [one for one in specific if not one.method.abstract]
    return (concrete or specific)[:1] or fitting


def _best_of_many(hierarchy: Hierarchy, fitting: list[Found], count: int) -> list[Found]:
    """The same, each compared with the best so far and not with all others."""
    best = fitting[0]
    for one in fitting[1:]:
        if _more_specific(hierarchy, one, best, count):
            best = one
    if not all(one is best or _more_specific(hierarchy, best, one, count) for one in fitting):
        return fitting
    alike = [one for one in fitting if one is best or _params(one) == _params(best)]
    return ([one for one in alike if not one.method.abstract] or alike)[:1]


def _type_of(arg: Value) -> Type:
    """The type of an argument; `null` only where it is nothing else."""
    types = instances(arg)
    return next((type_ for type_ in types if type_.name != "null"), types[0] if types else Type(""))


def _params(found: Found) -> tuple[Type, ...]:
    return found.signature.args[0].args if found.signature.args else ()


def _param(found: Found, at: int) -> Type:
    params = _params(found)
    if params and at >= len(params) - 1 and params[-1].names:
        return params[-1].args[0] if params[-1].args else Type("")
    return params[at] if at < len(params) else Type("")


def _phase(hierarchy: Hierarchy, found: Found, given: list[Type]) -> int:
    """In which of the language's three phases a method suits the arguments."""
    params = _params(found)
    many = bool(params and params[-1].names)
    if len(params) == len(given):
        worst = max(
            (_fits(hierarchy, arg, param) for arg, param in zip(given, params, strict=True)), default=_EXACT
        )
        if worst != _NEVER or not many:
            return worst
    if not many or len(given) < len(params) - 1:
        return _NEVER
    fits = [_fits(hierarchy, arg, _param(found, at)) for at, arg in enumerate(given)]
    return _NEVER if _NEVER in fits else _MANY


def _more_specific(hierarchy: Hierarchy, one: Found, other: Found, count: int) -> bool:
    pairs = [(_param(one, at), _param(other, at)) for at in range(count)]
    return all(mine == theirs or _fits(hierarchy, mine, theirs) == _EXACT for mine, theirs in pairs)


def _fits(hierarchy: Hierarchy, given: Type, wanted: Type) -> int:
    """How well an argument suits a parameter: as it is, boxed or unboxed, or never."""
    name = given.name
    if not name or not wanted.name or name == "|":
        return _EXACT
    if wanted.name.startswith("$"):
        return _fits_parameter(hierarchy, given, wanted)
    if name == LAMBDA:
        return _fits_function(hierarchy, given, wanted)
    if name == "null":
        return _NEVER if wanted.name in _BOXES else _EXACT
    if name in _BOXES or wanted.name in _BOXES:
        return _fits_number(hierarchy, given, wanted)
    return _EXACT if _derives(hierarchy, given, wanted) else _NEVER


def _fits_number(hierarchy: Hierarchy, given: Type, wanted: Type) -> int:
    """The same, where one of the two is a primitive."""
    name, other = given.name, wanted.name
    primitive = name if name in _BOXES else _UNBOXED.get(name, "")
    if other in _BOXES:
        fits = other == primitive or other in _WIDER.get(primitive, ())
        return _NEVER if not fits else _EXACT if primitive == name else _LOOSE
    return _LOOSE if other != "[]" and _derives(hierarchy, Type(_BOXES[name]), wanted) else _NEVER


def _fits_parameter(hierarchy: Hierarchy, given: Type, wanted: Type) -> int:
    if given.name in (LAMBDA, "null") or given == wanted:
        return _EXACT
    boxed = Type(_BOXES[given.name]) if given.name in _BOXES else given
    bounds = [bound for one in wanted.args for bound in (one.args if one.name == "|" else (one,))]
    if not all(_derives(hierarchy, boxed, bound) for bound in bounds if not bound.name.startswith("$")):
        return _NEVER
    return _LOOSE if given.name in _BOXES else _EXACT


def _fits_function(hierarchy: Hierarchy, given: Type, wanted: Type) -> int:
    found = hierarchy.functional(wanted)
    if found is None:
        outside = not wanted.path and library_class(wanted.name) is None and wanted.name not in _BOXES
        return _EXACT if outside and wanted.name not in ("[]", "Object") else _NEVER
    count = len(found[1].args[0].args)
    return _EXACT if not given.args or len(given.args[0].args) == count else _NEVER


def _derives(hierarchy: Hierarchy, given: Type, wanted: Type) -> bool:
    """Whether a reference type is another one, or may be."""
    if wanted.name == "Object":
        return True
    if given.name == "[]" or wanted.name == "[]":
        if given.name != wanted.name:
            return given.name.startswith("$") or wanted.name in ("Cloneable", "Serializable")
        return _derives_element(hierarchy, given, wanted)
    bases = hierarchy.all_bases(given)
    if any((base.name, base.path) == (wanted.name, wanted.path) for base in bases):
        return True
    if wanted.name in _FINAL and not wanted.path:
        return False
    # A class of the project, or one known by heart, derives from nothing else unless from something unknown.
    return any(
        not base.path
        and base.name != "Object"
        and library_class(base.name) is None
        and base.name[:1] not in "$|"
        for base in bases
    )


def _derives_element(hierarchy: Hierarchy, given: Type, wanted: Type) -> bool:
    inner, outer = (type_.args[0] if type_.args else Type("") for type_ in (given, wanted))
    if not inner.name or not outer.name:
        return True
    if inner.name in _BOXES or outer.name in _BOXES:
        return inner.name == outer.name
    if outer.name.startswith("$"):
        return _fits_parameter(hierarchy, inner, outer) != _NEVER
    return _derives(hierarchy, inner, outer)
