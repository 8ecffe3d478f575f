"""Finds what a package of Go does when the program starts, beyond defining names.

As with Python: importing a unit defines it and makes values, and calls nothing else. What code could do against
somebody is kept in by the sandbox alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.golang.go_tree import definitions, imports
from aifirst_orchestrator.generate.languages.code_tree import CodeTree

if TYPE_CHECKING:
    import tree_sitter

_BUILT_IN = frozenset(
    (  # noqa: SIM905  words in quotes, one by one, are harder to read
        "make new len cap append complex real imag min max string bool byte rune int int8 int16 int32 int64 uint "
        "uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128"
    ).split()
)
"""Functions and types that are always there, calls of which make values."""
PREDECLARED = _BUILT_IN | frozenset(
    (  # noqa: SIM905  as above
        "any comparable error true false iota nil clear close copy delete panic print println recover"
    ).split()
)
_FROM_PACKAGES = frozenset(
    (  # noqa: SIM905  as above
        "errors.New fmt.Errorf fmt.Sprint fmt.Sprintf regexp.MustCompile regexp.MustCompilePOSIX strings.NewReplacer "
        "strings.Repeat strings.Split strings.Fields time.Duration time.Date big.NewInt big.NewFloat big.NewRat "
        "template.New template.Must utf8.RuneLen sort.StringSlice"
    ).split()
)
"""Functions of packages that make a value and do nothing besides; those of `math` are too."""


class _Known(NamedTuple):
    """What a file may call at the start: names, units of other packages; and what it calls its imports."""

    names: set[str]
    units: set[str]
    packages: dict[str, str]


def go_effects(tree: CodeTree, known: Sequence[str]) -> Iterator[Flaw]:
    """What runs at the start; `known` are units that may be called."""
    types = {one.name for one in definitions(tree) if one.node.type in ("type_spec", "type_alias")}
    own = {one.name for one in definitions(tree)} - types
    packages = {one.local: one.path.rpartition("/")[2] for one in imports(tree)}
    units = {name.rpartition(".")[2] for name in known}
    names = {*_BUILT_IN, *types, *units} - own
    for one in definitions(tree):
        if one.name in ("init", "main"):
            hint = "put it into the unit, or leave it out"
            message = f"{one.name} runs when the program starts"
            yield Flaw("unit", message, hint, tree.first_line(one.statement))
        elif one.node.type == "var_spec":
            value = one.node.child_by_field_name("value")
            if value is not None:
                yield from _of_value(tree, value, _Known(names, units, packages))


def _of_value(tree: CodeTree, value: tree_sitter.Node, known: _Known) -> Iterator[Flaw]:
    stack = [value]
    while stack:
        node = stack.pop()
        if node.type == "func_literal":
            continue  # not run yet; one that is called is told by its call
        is_receive = node.type == "unary_expression" and tree.text(node).startswith("<-")
        if is_receive or (node.type == "call_expression" and not _makes_a_value(tree, node, known)):
            told = " ".join((tree.field(node, "function") or tree.text(node)).split())[:60]
            hint = "call it in the unit, or write the value down"
            yield Flaw("unit", f"{told} is called when the program starts", hint, tree.first_line(node))
        stack.extend(reversed(node.named_children))


def _makes_a_value(tree: CodeTree, call: tree_sitter.Node, known: _Known) -> bool:
    node = call.child_by_field_name("function")
    if node is None:
        return False
    while node.type in ("parenthesized_expression", "generic_type", "type_instantiation_expression"):
        node = node.named_children[0]
    if node.type == "selector_expression":
        # A method is none of these, whatever it is called.
        package, field = known.packages.get(tree.field(node, "operand"), ""), tree.field(node, "field")
        return (
            package == "math"
            or f"{package}.{field}" in _FROM_PACKAGES
            or bool(package and field in known.units)
        )
    is_type = node.type in ("array_type", "slice_type", "map_type", "pointer_type", "type_identifier")
    return is_type or (node.type == "identifier" and tree.text(node) in known.names)
