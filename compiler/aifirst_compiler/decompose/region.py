"""Whether statements of a block that follow each other can become a function of their own, and with which values.

They can where there is one way in, and every way out is the end of the statements, or every one is a `return`; where
what they need has a value before them, and what is needed after them is given back; and where nothing else can see that
the variables are others: no handler around, no inner function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aifirst_compiler.decompose.flow_graph import Kind
from aifirst_compiler.decompose.function_facts import FunctionFacts
from aifirst_compiler.decompose.lifetimes import ends_earlier
from aifirst_compiler.decompose.module_names import called_name
from aifirst_compiler.decompose.names_used import in_scope
from aifirst_compiler.decompose.outcome import Why
from aifirst_compiler.decompose.statement_facts import StatementFacts, together
from aifirst_compiler.decompose.suspension import suspended_elsewhere
from aifirst_compiler.python_scopes import names_bound_by

_NORMAL: tuple[Kind, ...] = ("next", "break", "continue")


class Region(NamedTuple):
    """A part that can move. `parameters` and `results` are in the order of the text.

    `ends`: how its call stands: a statement of its own (`goes on`), or a `return` of it (`returns`). `continues` are the
    `continue` of the loop around that become `return` in it. `globals` are the names it binds in the module.
    """

    statements: tuple[ast.stmt, ...]
    parameters: tuple[str, ...]
    results: tuple[str, ...]
    ends: str
    never_ends: bool
    yields: bool
    awaits: bool
    continues: tuple[ast.Continue, ...]
    globals: tuple[str, ...]


class Refused(NamedTuple):
    """Why a part cannot move."""

    why: Why
    detail: str = ""


class Block(NamedTuple):
    """A block of statements, what it stands in (outermost first), and whether it is the body of a loop."""

    statements: list[ast.stmt]
    around: tuple[ast.stmt, ...]
    of_loop: bool


class _Ways(NamedTuple):
    """What is known of the ways into and out of a part, as sets of bits; `ends` are the steps after its end."""

    needed_in: int
    assigned_in: int
    needed_out: int
    assigned_out: int
    seen_by_handler: int
    changed_out: int
    ends: frozenset[int]


class Regions:
    """Judges parts of one function."""

    def __init__(self, facts: FunctionFacts) -> None:
        self._facts = facts
        self._steps_of: dict[int, list[int]] = {}
        for at, step in enumerate(facts.graph.steps):
            if facts.flow.reached[at]:
                self._steps_of.setdefault(step.owner, []).append(at)
        self._behind: list[list[int]] = [[] for _ in facts.graph.steps]
        for at, step in enumerate(facts.graph.steps):
            if facts.flow.reached[at]:
                for to, _ in step.following:
                    self._behind[to].append(at)
        self._held_by = self._held()

    def judge(self, block: Block, first: int, last: int) -> Region | Refused:
        """The part of a block from one statement to another, or why it cannot move."""
        statements = tuple(block.statements[first : last + 1])
        facts = self._facts
        known = together([facts.statements[one] for one in statements])
        refused = self._refused_by_form(block, statements, known)
        if refused is not None:
            return refused
        steps = [
            step
            for number in range(facts.numbers[statements[0]], facts.last[statements[-1]] + 1)
            for step in self._steps_of.get(number, ())
        ]
        if not steps:
            return Refused("never-reached")
        ways = self._ways(steps)
        if known.returns and ways.ends and ways.ends != frozenset([facts.graph.exit]):
            return Refused("early-return")
        values = self._values(statements, steps, ways)
        if isinstance(values, Refused):
            return values
        return Region(
            statements, *values, "returns" if known.returns else "goes on", not ways.ends and not known.returns,
            known.yields, known.awaits, known.continues, self._bound_globals(statements),
        )  # fmt: skip

    def _refused_by_form(
        self, block: Block, statements: tuple[ast.stmt, ...], known: StatementFacts
    ) -> Refused | None:
        """Why statements cannot move whatever they do to variables."""
        facts = self._facts
        if known.forbidden is not None:
            return Refused(*known.forbidden)
        counting = self._counting_frames(statements)
        if counting:
            return Refused("frame-depth", f"{counting}()")
        whole_rest = block.of_loop and statements[-1] is block.statements[-1] and not known.returns
        if known.breaks or (known.continues and not whole_rest):
            return Refused("loop-exit")
        is_async = isinstance(facts.place.function, ast.AsyncFunctionDef)
        if is_async and (known.yields or (known.returns and facts.is_generator)):
            return Refused("suspended", "an asynchronous generator")
        if known.yields or known.awaits:
            what = suspended_elsewhere(statements, block.around, facts.swallowing)
            return Refused("suspended", what) if what else None
        return None

    def _counting_frames(self, statements: Sequence[ast.stmt]) -> str:
        """A function of the module that is called there and looks far up the stack, empty where none is."""
        names = self._facts.counts_frames
        if not names:
            return ""
        calls = (part for one in statements for part in ast.walk(one) if isinstance(part, ast.Call))
        return next((name for name in map(called_name, calls) if name in names), "")

    def _ways(self, steps: Sequence[int]) -> _Ways:
        inside = set(steps)
        flow, graph = self._facts.flow, self._facts.graph
        everything = (1 << len(self._facts.index)) - 1
        needed_in, assigned_in = 0, everything
        needed_out, assigned_out, seen, changed = 0, everything, 0, 0
        ends: set[int] = set()
        for at in steps:
            if any(before not in inside for before in self._behind[at]):
                needed_in |= flow.needed[at]
                assigned_in &= flow.assigned[at]
            for to, kind in graph.steps[at].following:
                if to in inside:
                    continue
                changed |= flow.changed[to]
                if kind in _NORMAL:
                    ends.add(to)
                    needed_out |= flow.needed[to]
                    assigned_out &= flow.assigned_after(at, raised=False)
                else:
                    seen |= flow.needed[to]
        return _Ways(needed_in, assigned_in, needed_out, assigned_out, seen, changed, frozenset(ends))

    def _values(
        self, statements: Sequence[ast.stmt], steps: Sequence[int], ways: _Ways
    ) -> tuple[tuple[str, ...], tuple[str, ...]] | Refused:
        """The parameters and results of a part."""
        facts = self._facts
        reads = writes = deletes = held = rebound = 0
        for at in steps:
            bits = facts.flow.bits[at]
            reads |= bits.reads
            writes |= bits.writes
            deletes |= bits.deletes
            held |= bits.held
            rebound |= bits.rebound
        touched = reads | writes | deletes | held
        results = writes & ways.needed_out
        parameters = ways.needed_in & (reads | held | results)
        held_outside, rebound_anywhere = self._held_outside(steps)
        checks: tuple[tuple[Why, int], ...] = (
            ("declared-outer", touched & facts.outer),
            ("enclosing-variable", touched & facts.unfixed),
            ("rebound-by-inner", touched & rebound_anywhere),
            ("captured", (held & ways.changed_out) | (writes & held_outside)),
            ("seen-by-handler", (writes | deletes) & ways.seen_by_handler),
            ("possibly-unbound", parameters & ~ways.assigned_in),
            ("possibly-unbound", results & ~ways.assigned_out),
            ("deletes", self._plain_deletes(statements) & (parameters | ways.needed_out)),
        )
        for why, bits in checks:
            if bits:
                return Refused(why, ", ".join(facts.names_of(bits)))
        kept = ends_earlier(facts.place.function, statements, set(facts.names_of(results)))
        if kept:
            return Refused("object-lifetime", kept)
        return tuple(facts.names_of(parameters)), tuple(facts.names_of(results))

    def _plain_deletes(self, statements: Sequence[ast.stmt]) -> int:
        """The variables that a `del` names, not the names of exceptions that end with their handler."""
        names = {
            part.id
            for part in in_scope(statements)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del)
        }
        return sum(1 << self._facts.index[name] for name in names if name in self._facts.index)

    def _held(self) -> dict[int, list[int]]:
        """By variable the steps that make a closure which holds it."""
        found: dict[int, list[int]] = {}
        for at, bits in enumerate(self._facts.flow.bits):
            held, bit = bits.held, 0
            while held:
                if held & 1:
                    found.setdefault(bit, []).append(at)
                held >>= 1
                bit += 1
        return found

    def _held_outside(self, steps: Sequence[int]) -> tuple[int, int]:
        inside = set(steps)
        held = sum(1 << bit for bit, makers in self._held_by.items() if not inside.issuperset(makers))
        rebound = 0
        for bits in self._facts.flow.bits:
            rebound |= bits.rebound
        return held, rebound

    def _bound_globals(self, statements: Sequence[ast.stmt]) -> tuple[str, ...]:
        if not self._facts.globals:
            return ()
        bound = {name for part in in_scope(statements) for name in names_bound_by(part)}
        return tuple(sorted(bound & self._facts.globals))


def blocks_of(facts: FunctionFacts) -> Iterator[Block]:
    """Every block of the function itself, outer ones first."""
    stack = [Block(facts.place.function.body, (), False)]
    while stack:
        block = stack.pop()
        yield block
        for statement in block.statements:
            stack += _blocks_in(statement, block)


def _blocks_in(statement: ast.stmt, block: Block) -> list[Block]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    around = (*block.around, statement)
    loop = isinstance(statement, ast.For | ast.AsyncFor | ast.While)
    found = [Block(case.body, around, False) for case in getattr(statement, "cases", [])]
    for name in ("body", "orelse", "finalbody"):
        inner: list[ast.stmt] = getattr(statement, name, [])
        if inner:
            found.append(Block(inner, around, loop and name == "body"))
    found += [Block(one.body, around, False) for one in getattr(statement, "handlers", [])]
    return found
