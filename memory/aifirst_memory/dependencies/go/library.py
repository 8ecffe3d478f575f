"""What Go's own library says that a reader knows by heart, where values of the project go through it.

Left out: everything whose results are the library's own types.
"""

from __future__ import annotations

from typing import Final

from aifirst_memory.dependencies.declared.value import NOTHING, Type

GIVES_BACK: Final = frozenset({
    "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues", "slices.Clone", "slices.Clip", "slices.Compact",
    "slices.Concat", "slices.Delete", "slices.Grow", "slices.Insert", "slices.Replace", "maps.Clone",
})  # fmt: skip
"""Functions that give back what they are given first, or a copy of it."""
_HOLDS: Final = {
    "sync/atomic.Pointer": frozenset({"Load", "Swap"}),
}
"""Methods of generic types that give a value of their argument's type."""


def library_shape(name: str, args: tuple[Type, ...]) -> Type:
    """What a generic type of the library is underneath: an iterator is a function that takes another."""
    if name not in ("package:iter.Seq", "package:iter.Seq2") or not args:
        return NOTHING
    taken = Type("func", "", (Type("()", "", args), Type("()", "", (Type("bool"),))))
    return Type("func", "", (Type("()", "", (taken,)), Type("()")))


def library_method(type_: Type, name: str) -> Type:
    """The type of a method of a generic type of the library; nothing where it is not known here."""
    if not type_.args or name not in _HOLDS.get(type_.name.removeprefix("package:"), ()):
        return NOTHING
    return Type("func", "", (Type("()"), Type("()", "", type_.args[:1])))
