"""What glue says and code denies, as far as the change made it so.

Three kinds that need no understanding: a documented parameter that is not one, a stated default or number
that is another, a stated result that is not returned. Reported only where it was no contradiction before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
from aifirst_codebase.glue import Comment
from aifirst_codebase.reading import Reading

from aifirst_validator.changes.changed_file import ChangedFile
from aifirst_validator.changes.docstring_claims import Claims, read_claims
from aifirst_validator.changes.match_units import UnitPair
from aifirst_validator.changes.signature import Parameter, definition_node, read_signature

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?\Z")
_NAME = re.compile(rb"[A-Za-z_]\w+\Z")
# A number that a text gives to a name.
_STATED = re.compile(
    rb"(?<![\w.])([A-Za-z_]\w++)`{0,2}\s*+(?:=|:|\bis|\bof|\()\s*+`{0,2}(-?\d++(?:\.\d++)?+)(?![\w%]|\.\d)"
)
_ENDS = frozenset({b")", b",", b";", b"]", b"}", b"\x01}"})
_LITERALS = {"true": "True", "false": "False", "null": "None", "none": "None"}


class Contradiction(msgspec.Struct, frozen=True):
    """One contradiction at bytes of the file after the change."""

    start: int
    end: int
    message: str
    suggestion: str


def find_contradictions(changed: ChangedFile) -> list[Contradiction]:
    """The contradictions that the change made, by place."""
    if changed.both is None:
        return []
    before, after = changed.both
    found: list[Contradiction] = []
    for pair in changed.changed:
        if after.units[pair.after].kind == "function":
            found += _of_function(before, after, pair)
    found += _of_numbers(changed, after)
    return sorted(found, key=lambda one: (one.start, one.message))


def _of_function(before: Reading, after: Reading, pair: UnitPair) -> Iterator[Contradiction]:
    documented = _documentation(after, pair.after)
    if documented is None:
        return
    claims = read_claims(after.data[documented.start : documented.end].decode("utf-8", "replace"))
    earlier = _documentation(before, pair.before)
    claimed = Claims()
    if earlier is not None:
        claimed = read_claims(before.data[earlier.start : earlier.end].decode("utf-8", "replace"))
    new, old = read_signature(after, pair.after), read_signature(before, pair.before)
    if new is None or old is None:
        return
    if new.parameters is not None and old.parameters is not None:
        for message in _parameters(claims, claimed, new.parameters, old.parameters):
            yield Contradiction(
                documented.start, documented.end, message, "Say in the documentation what the code does."
            )
    else:
        for message in _removed(claims, new.text, old.text):
            yield Contradiction(
                documented.start, documented.end, message, "Say in the documentation what the code does."
            )
    if after.language.name == "python":
        said = _result(claims, claimed, _gives_value(after, pair.after), _gives_value(before, pair.before))
        if said:
            yield Contradiction(
                documented.start, documented.end, said, "Correct the documentation, or the return."
            )


def _documentation(reading: Reading, index: int) -> Comment | None:
    """The docstring of a unit, or the comment block that stands on it."""
    unit = reading.units[index]
    own = reading.comments_of_units.get(index, [])
    docstring = next((c for c in own if c.kind == "docstring"), None)
    above = next(
        (c for c in own if c.end <= unit.code_start and b"@param" in reading.data[c.start : c.end]), None
    )
    return docstring or above


def _parameters(
    claims: Claims, claimed: Claims, new: Sequence[Parameter], old: Sequence[Parameter]
) -> Iterator[str]:
    """What the documentation says of parameters that the code denies now and did not before."""
    by_name = {one.name: one for one in new}
    names_before = {one.name for one in old}
    known_before = names_before | {one.name for one in claimed.parameters}
    # Documentation may describe what goes into **options one by one.
    open_ended = not new or any(one.kind in {"args", "kwargs"} for one in new)
    denied = _denied_defaults(claims, new) - _denied_defaults(claimed, old)
    for claim in claims.parameters:
        if claim.name not in by_name:
            if claim.name in names_before or (claim.name not in known_before and not open_ended):
                yield f"the documentation describes {claim.name}, which is no parameter"
        elif claim.name in denied:
            default = by_name[claim.name].default
            yield f"the documentation says {claim.name} is {claim.default} by default, the code says {default}"


def _denied_defaults(claims: Claims, parameters: Sequence[Parameter]) -> set[str]:
    """Names whose documented default is another than the code's."""
    defaults = {one.name: one.default for one in parameters}
    return {one.name for one in claims.parameters if _denied(one.default, defaults.get(one.name, ""))}


def _removed(claims: Claims, new: tuple[str, ...], old: tuple[str, ...]) -> Iterator[str]:
    """Documented names that the signature had before and has no more, where parameters are not read singly."""
    gone = set(old).difference(new)
    for claim in claims.parameters:
        if claim.name in gone:
            yield f"the documentation describes {claim.name}, which is no parameter"


def _denied(stated: str, default: str) -> bool:
    """Whether both are literals and differ; None in the code often stands for a default set later."""
    if not stated or not default or default == "None":
        return False
    stated = _LITERALS.get(stated.lower(), stated)
    if _is_number(stated) and _is_number(default):
        return float(stated) != float(default.replace("_", ""))
    words = {"True", "False", "None"}
    plain = default in words or _is_number(default)
    return plain and (stated in words or _is_number(stated)) and stated != default


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d[\d_]*(?:\.\d+)?", text) is not None


def _result(claims: Claims, claimed: Claims, gives: bool | None, gave: bool | None) -> str:
    if gives is None or gave is None:
        return ""
    if claims.returns == "none" and gives and not (claimed.returns == "none" and gave):
        return "the documentation says that nothing is returned, the code returns a value"
    if claims.returns == "value" and not gives and gave:
        return "the documentation describes a result, the code returns none any more"
    return ""


def _gives_value(reading: Reading, index: int) -> bool | None:
    """Whether a Python function returns a value or yields; None where it did not parse."""
    node = definition_node(reading, index)
    body = node.child_by_field_name("body") if node is not None else None
    if body is None or body.has_error:
        return None
    stack = [body]
    while stack:
        item = stack.pop()
        if item.type == "yield":
            return True
        if item.type == "return_statement" and any(
            c.type not in {"none", "comment"} for c in item.named_children
        ):
            return True
        if item.type not in {"function_definition", "lambda", "class_definition"}:
            stack.extend(item.named_children)
    return False


def _of_numbers(changed: ChangedFile, after: Reading) -> Iterator[Contradiction]:
    """A named number that changed while glue still gives its old value."""
    stale = _changed_numbers(changed)
    for comment in after.comments if stale else ():
        told: set[bytes] = set()
        for match in _STATED.finditer(after.data, comment.start, comment.end):
            name, value = match.groups()
            now = _value_now(stale.get((name, value)), comment.unit) if name not in told else None
            if now is not None:
                told.add(name)
                yield Contradiction(
                    match.start(), match.end(),
                    f"{name.decode('utf-8', 'replace')} is {now} now, and this still says {value.decode()}",
                    f"Write {now}.",
                )  # fmt: skip


def _changed_numbers(changed: ChangedFile) -> dict[tuple[bytes, bytes], dict[int, str]]:
    """The new value of each number by its name and old value, and by the unit after the change."""
    stale: dict[tuple[bytes, bytes], dict[int, str]] = {}
    for pair in changed.code_changed:
        old = _named_numbers(changed.tokens_before(pair.before))
        new = _named_numbers(changed.tokens_after(pair.after))
        for name in sorted(old.keys() & new.keys()):
            if old[name] != new[name] and old[name] and new[name]:
                stale.setdefault((name, old[name]), {})[pair.after] = new[name].decode()
    return stale


def _value_now(values: dict[int, str] | None, unit: int) -> str | None:
    """What a comment of this unit should say: its own unit's value, else the module's, else (above all) any."""
    if values is None:
        return None
    return values.get(unit) or values.get(0) or (next(iter(values.values())) if unit == 0 else None)


def _named_numbers(tokens: tuple[bytes, ...]) -> dict[bytes, bytes]:
    """Names that are given one number; an empty value where a name is given several."""
    found: dict[bytes, bytes] = {}
    for at in range(1, len(tokens) - 1):
        if tokens[at] not in (b"=", b":=") or not _NUMBER.match(tokens[at + 1]):
            continue
        following = tokens[at + 2] if at + 2 < len(tokens) else b")"
        name = tokens[at - 1]
        if at > 2 and tokens[at - 2] == b":" and _NAME.match(tokens[at - 3]):
            name = tokens[at - 3]
        if not _NAME.match(name) or not (following in _ENDS or _NAME.match(following) or following == b"@"):
            continue
        found[name] = b"" if found.get(name, tokens[at + 1]) != tokens[at + 1] else tokens[at + 1]
    return found
