"""What an expression may stand for: small tuples, so that sets of them are compared and remembered cheaply.

The first item says what it is. A set of values is a tuple without repetition, never longer than `MAX_VALUES`; the
empty one means that nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, cast

Value = tuple[Any, ...]
Values = tuple[Value, ...]

MODULE: Final = 0  # path
NAMESPACE: Final = 1  # folder without `__init__`
OUTSIDE: Final = 2  # dotted name of something the project does not have
CLASS: Final = 3  # path, unit, type arguments, True where no subclass can stand in its place
FUNCTION: Final = 4  # path, unit, scope that it was made in or None
BOUND: Final = 5  # function, receiver
INSTANCE: Final = 6  # path, unit, type arguments, True where it is of no subclass
OBJECT: Final = 7  # sort, type arguments: an instance of an outside class
LAMBDA: Final = 8  # form (kept by its number), scope
PARTIAL: Final = 9  # callees, positional arguments, keyword arguments
SUPER: Final = 10  # receiver, path, unit of the class whose bases are looked through
TEXT: Final = 11  # text
TYPE: Final = 12  # values of its instances: what a type expression means
CALLABLE: Final = 13  # values that a call gives
VARIABLE: Final = 14  # name, values of its bound: a type variable
ROW: Final = 15  # values by position: a tuple
METHOD: Final = 16  # receiver, name: a method of an outside object
TABLE: Final = 17  # ((key, values), …), values under other keys: a dictionary
SELF: Final = 18  # the type of the receiver

MAX_VALUES: Final = 10
MOST_PARTS: Final = 600
"""Parts of parts that values in a container may have."""
NOTHING: Values = ()


def joined(parts: Iterable[Values]) -> Values:
    """The union of sets of values, in order; cut at `MAX_VALUES`."""
    found: Values = ()
    for part in parts:
        if not part or part is found:
            continue
        if not found:
            found = part
        else:
            more = [value for value in part if value not in found]
            if more:
                found = (*found, *more)
    return found if len(found) <= MAX_VALUES else found[:MAX_VALUES]


def matters(values: Values) -> bool:
    """Whether among the values is something of the project that can run or be asked for a method."""
    for value in values:
        sort = value[0]
        if sort in _OF_PROJECT or (sort in _HOLDERS and _inner_matters(value)):
            return True
    return False


def _inner_matters(value: Value) -> bool:
    if value[0] == OBJECT:
        return any(matters(part) for part in value[2])
    if value[0] == ROW:
        return any(matters(part) for part in value[1])
    return any(matters(part) for _, part in value[1]) or matters(value[2])


_OF_PROJECT: Final = frozenset({CLASS, FUNCTION, BOUND, INSTANCE, LAMBDA, PARTIAL})
_HOLDERS: Final = frozenset({OBJECT, ROW, TABLE})


def bounded(found: Values) -> Values:
    """Values as they are, or without the containers among them where those hold more than anybody looks through.

    Containers of containers grow with every round of a function that puts its own results into a new one, and every
    question is remembered by the values it was asked with.
    """
    left = MOST_PARTS
    stack: list[tuple[Any, ...]] = [found]
    while stack:
        part = stack.pop()
        left -= len(part)
        if left < 0:
            return tuple(value for value in found if value[0] not in _HOLDERS)
        stack += [cast("tuple[Any, ...]", inner) for inner in part if type(inner) is tuple]
    return found


def is_exact(value: Value) -> bool:
    """Whether an instance or class is known to be of no subclass."""
    return len(value) > 4


def sequence(element: Values, sort: str = "list") -> Values:
    """A container or iterator of elements."""
    return ((OBJECT, sort, (bounded(element),)),)


class Given(NamedTuple):
    """What a call gives: values by position and by name. `spread` is what each further position may hold (`*args`)."""

    positional: tuple[Values, ...]
    keywords: tuple[tuple[str, Values], ...]
    spread: Values = NOTHING


EMPTY: Final = Given((), ())
