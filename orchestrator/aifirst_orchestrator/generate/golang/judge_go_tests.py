"""Judges tests of Go: what a ticket names is there, as functions that take a `*testing.T` and can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.golang.go_tree import Definition, definitions
from aifirst_orchestrator.generate.golang.go_unit import prefix_of
from aifirst_orchestrator.generate.languages.code_tree import CodeTree
from aifirst_orchestrator.spec.write_ticket import Ticket

_IS_TEST = re.compile(r"Test(?![a-z])\w*$")


def judge_go_tests(tree: CodeTree, ticket: Ticket) -> Iterator[Flaw]:
    """What is wrong with the tests of a ticket."""
    there = {one.name: one for one in tests_in(tree)}
    for name in ticket.tests:
        one = there.get(name)
        if one is None:
            hint = f"write func {name}(t *testing.T)"
            yield Flaw("tests", f"there is no test {name}", hint)
        elif not re.search(r"\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(", tree.text(one.node)):
            hint = "compare with what the requirement says, and call t.Errorf where it is not so"
            yield Flaw("tests", f"{name} checks nothing", hint, tree.first_line(one.node))
    prefix = prefix_of(ticket.unit)
    for one in definitions(tree):
        if one.name not in there and one.name != "_" and not one.name.startswith(prefix):
            hint = f"leave it out, or give it a name that begins with {prefix}"
            message = f"{one.name} is no test of the ticket"
            yield Flaw("tests", message, hint, tree.first_line(one.node))


def tests_in(tree: CodeTree) -> Iterator[Definition]:
    """The tests of a file as `go test` sees them."""
    for one in definitions(tree):
        if one.node.type != "function_declaration" or not _IS_TEST.match(one.name) or one.name == "TestMain":
            continue
        if re.fullmatch(r"\(\w+ \* testing\.T\)", tree.words(one.node.child_by_field_name("parameters"))):
            yield one
