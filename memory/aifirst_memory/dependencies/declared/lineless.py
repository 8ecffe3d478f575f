"""Takes the lines out of a form, so that what others read of a file stays the same when its lines move."""

from __future__ import annotations

from aifirst_memory.dependencies.declared.form import (
    UNKNOWN,
    Call,
    Constant,
    Construct,
    Convert,
    Either,
    Form,
    Function,
    Index,
    Make,
    Member,
    Mention,
    Name,
    Refer,
    TypeRef,
)


def lineless(form: Form, most: int = 8, depth: int = 8) -> Form:
    """The form without lines, as far as its own value needs it; unknown below `depth` and beyond `most` parts."""
    if not depth:
        return Constant(UNKNOWN)

    def inner(part: Form) -> Form:
        return lineless(part, most, depth - 1)

    match form:
        case Name():
            return Name(form.name, 0)
        case Member():
            return Member(inner(form.of), form.name, 0)
        case Refer():
            return Refer(inner(form.of), form.name, 0)
        case Call():
            return Call(inner(form.function), tuple(map(inner, form.args[:most])), 0, form.types)
        case Make():
            items = tuple(map(inner, form.items[:most]))
            keys = tuple(None if key is None else inner(key) for key in form.keys[:most])
            return Make(form.type, items, keys, 0)
        case Construct():
            return Construct(form.type, (), 0)
        case Convert():
            return Convert(form.type, inner(form.value), 0)
        case Index():
            return Index(inner(form.of), (), 0)
        case Either():
            return Either(tuple(map(inner, form.items[:most])))
        case Mention():
            return Mention(form.type, 0)
        case Function():
            return Name(f"::{form.unit}", 0) if form.unit else Constant(_type_of(form))
        case Constant():
            return form
        case _:
            return Constant(UNKNOWN)


def _type_of(form: Function) -> TypeRef:
    sides = (form.params, form.results)
    return TypeRef("func", tuple(TypeRef("()", tuple(part.type for part in side)) for side in sides))
