"""The paths through a function: a graph of its steps, with those that exceptions, `return`, `break` and `finally` take.

A step is a statement without blocks, or the head of one with blocks. Of a `finally` there is a copy for each way into it,
so that what is known of one way is not lost to the others. Every step that may raise has a way to the handler around it,
or out of the function. What cannot be known is taken both ways: whether a `with` swallows an exception, whether a
handler fits.

Source: Aho, Lam, Sethi, Ullman, Compilers, chapter 9, for the form; the Python reference, chapter 8, for the ways.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

from aifirst_compiler.decompose.effects import Effects, EffectsOf
from aifirst_compiler.decompose.names_used import Function

Kind = Literal["next", "exception", "return", "break", "continue"]
Dangling = list[tuple[int, Kind]]
"""Ways that begin at a step and end where the next one will be."""
_MOST_STEPS = 20_000


class TooBranchedError(Exception):
    """A function with more steps than are looked at, or with `except*`."""


class Step:
    """One step; `owner` is the number of the statement it belongs to, in the order of the text."""

    __slots__ = ("effects", "following", "owner")

    def __init__(self, owner: int, effects: Effects) -> None:
        self.owner = owner
        self.effects = effects
        self.following: list[tuple[int, Kind]] = []


class FlowGraph(NamedTuple):
    """The steps; `entry`, `exit` (the function returns) and `raised` (it raises) do nothing themselves."""

    steps: list[Step]
    entry: int
    exit: int
    raised: int


class _Frame:
    """What stands around a place: the way out leads through it."""

    def __init__(self, exception: int | None = None) -> None:
        self.exception = exception
        self.copies: dict[Kind, int] = {}


class _Loop(_Frame):
    def __init__(self, head: int) -> None:
        super().__init__()
        self.head = head
        self.breaks: Dangling = []


class _Passed(_Frame):
    """Something that is done on the way out: a finally, an exit of a with, the end of a handler."""

    def __init__(
        self, owner: int, run: Callable[[Dangling, tuple[_Frame, ...]], Dangling], exception: int
    ) -> None:
        super().__init__(exception)
        self.owner = owner
        self.run = run


Frames = tuple[_Frame, ...]


def flow_graph(
    function: Function,
    numbers: dict[ast.stmt, int],
    effects: EffectsOf,
    never_swallows: Callable[[ast.expr], bool],
) -> FlowGraph:
    """The graph of a function's own statements, which `numbers` gives numbers.

    `never_swallows` says of the expression of a `with` that its exit lets every exception go on. Raises
    TooBranchedError.
    """
    builder = _Builder(numbers, effects, never_swallows)
    entry = builder.step(-1, effects())
    builder.exit = builder.step(-1, effects())
    builder.raised = builder.step(-1, effects())
    builder.lead(builder.block(function.body, [(entry, "next")], ()), builder.exit)
    return FlowGraph(builder.steps, entry, builder.exit, builder.raised)


class _Builder:
    def __init__(
        self, numbers: dict[ast.stmt, int], effects: EffectsOf, never_swallows: Callable[[ast.expr], bool]
    ) -> None:
        self._numbers = numbers
        self._effects = effects
        self._never_swallows = never_swallows
        self.steps: list[Step] = []
        self.exit = self.raised = 0

    def step(self, owner: int, effects: Effects) -> int:
        if len(self.steps) >= _MOST_STEPS:
            raise TooBranchedError
        self.steps.append(Step(owner, effects))
        return len(self.steps) - 1

    def lead(self, ways: Dangling, to: int) -> None:
        for at, kind in ways:
            if (to, kind) not in self.steps[at].following:
                self.steps[at].following.append((to, kind))

    def _add(self, owner: int, effects: Effects, ways: Dangling, frames: Frames) -> int:
        """A step at the end of some ways."""
        at = self.step(owner, effects)
        self.lead(ways, at)
        if effects.may_raise:
            self.lead([(at, "exception")], self._handler(frames))
        return at

    def _handler(self, frames: Frames) -> int:
        return next((f.exception for f in reversed(frames) if f.exception is not None), self.raised)

    def _leave(self, ways: Dangling, kind: Kind, frames: Frames) -> None:
        """Lead ways out: of the innermost loop, or of the function, through all that stands between."""
        at = len(frames)
        ways = [(step, kind) for step, _ in ways]
        while at:
            at -= 1
            frame = frames[at]
            if isinstance(frame, _Loop) and kind in ("break", "continue"):
                if kind == "break":
                    frame.breaks += ways
                else:
                    self.lead(ways, frame.head)
                return
            if isinstance(frame, _Passed):
                known = frame.copies.get(kind)
                if known is not None:
                    self.lead(ways, known)
                    return
                frame.copies[kind] = joined = self.step(frame.owner, self._effects())
                self.lead(ways, joined)
                ways = [(step, kind) for step, _ in frame.run([(joined, kind)], frames[:at])]
        self.lead(ways, self.exit)

    def block(self, statements: Sequence[ast.stmt], ways: Dangling, frames: Frames) -> Dangling:
        """The ways out of the end of a block."""
        for statement in statements:
            ways = self._statement(statement, ways, frames)
        return ways

    def _statement(self, statement: ast.stmt, ways: Dangling, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        if isinstance(statement, ast.If):
            test = self._add(owner, self._effects(statement.test), ways, frames)
            return [
                *self.block(statement.body, [(test, "next")], frames),
                *self.block(statement.orelse, [(test, "next")], frames),
            ]
        if isinstance(statement, ast.While):
            return self._while(statement, ways, frames)
        if isinstance(statement, ast.For | ast.AsyncFor):
            return self._for(statement, ways, frames)
        if isinstance(statement, ast.With | ast.AsyncWith):
            return self._with(statement, 0, ways, frames)
        if isinstance(statement, ast.TryStar):
            raise TooBranchedError  # several of its handlers may run, each after the other
        if isinstance(statement, ast.Try):
            return self._try(statement, ways, frames)
        if isinstance(statement, ast.Match):
            return self._match(statement, ways, frames)
        return self._simple(statement, ways, frames)

    def _simple(self, statement: ast.stmt, ways: Dangling, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        if isinstance(statement, ast.Global | ast.Nonlocal | ast.Pass):
            return [(self._add(owner, self._effects(), ways, frames), "next")]
        at = self._add(owner, self._effects(statement), ways, frames)
        if isinstance(statement, ast.Raise):
            self.lead([(at, "exception")], self._handler(frames))
            return []
        if isinstance(statement, ast.Assert):
            self.lead([(at, "exception")], self._handler(frames))
        kind: Kind = _leaves(statement)
        if kind != "next":
            self._leave([(at, "next")], kind, frames)
            return []
        return [(at, "next")]

    def _while(self, statement: ast.While, ways: Dangling, frames: Frames) -> Dangling:
        head = self._add(self._numbers[statement], self._effects(statement.test), ways, frames)
        loop = _Loop(head)
        self.lead(self.block(statement.body, [(head, "next")], (*frames, loop)), head)
        endless = isinstance(statement.test, ast.Constant) and bool(statement.test.value)
        done: Dangling = [] if endless else [(head, "next")]
        return [*self.block(statement.orelse, done, frames), *loop.breaks]

    def _for(self, statement: ast.For | ast.AsyncFor, ways: Dangling, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        begin = self._add(owner, self._effects(statement.iter), ways, frames)
        head = self._add(owner, self._effects(), [(begin, "next")], frames)
        self.lead([(head, "exception")], self._handler(frames))
        bind = self._add(owner, self._effects(statement.target), [(head, "next")], frames)
        loop = _Loop(head)
        self.lead(self.block(statement.body, [(bind, "next")], (*frames, loop)), head)
        return [*self.block(statement.orelse, [(head, "next")], frames), *loop.breaks]

    def _with(
        self, statement: ast.With | ast.AsyncWith, place: int, ways: Dangling, frames: Frames
    ) -> Dangling:
        if place == len(statement.items):
            return self.block(statement.body, ways, frames)
        owner, item = self._numbers[statement], statement.items[place]
        enter = self._add(owner, self._effects(item.context_expr), ways, frames)
        self.lead([(enter, "exception")], self._handler(frames))
        failed = self._add(owner, self._effects(), [], frames)
        self.lead([(failed, "exception")], self._handler(frames))

        def leave(out: Dangling, around: Frames) -> Dangling:
            at = self._add(owner, self._effects(), out, around)
            self.lead([(at, "exception")], self._handler(around))
            return [(at, "next")]

        inside: Frames = (*frames, _Passed(owner, leave, failed))
        bind = self._add(owner, self._effects(item.optional_vars), [(enter, "next")], inside)
        ended = self._with(statement, place + 1, [(bind, "next")], inside)
        swallowed: Dangling = [] if self._never_swallows(item.context_expr) else [(failed, "next")]
        return [*(leave(ended, frames) if ended else []), *swallowed]

    def _try(self, statement: ast.Try, ways: Dangling, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        around = frames
        if statement.finalbody:
            failed = self.step(owner, self._effects())

            def finish(out: Dangling, outside: Frames) -> Dangling:
                return self.block(statement.finalbody, out, outside)

            around = (*frames, _Passed(owner, finish, failed))
            raised = self.block(statement.finalbody, [(failed, "next")], frames)
            self.lead([(step, "exception") for step, _ in raised], self._handler(frames))
        inside = around
        dispatch = -1
        if statement.handlers:
            dispatch = self.step(owner, self._effects())
            inside = (*around, _Frame(dispatch))
        ended = self.block(statement.body, ways, inside)
        ended = self.block(statement.orelse, ended, around)
        if statement.handlers:
            ended = [*ended, *self._handlers(statement, dispatch, around)]
        return self.block(statement.finalbody, ended, frames) if ended else []

    def _handlers(self, statement: ast.Try, dispatch: int, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        ended: Dangling = []
        ways: Dangling = [(dispatch, "next")]
        for handler in statement.handlers:
            fits = self._add(owner, self._effects(handler.type), ways, frames)
            name = handler.name
            if name is None:
                ended += self.block(handler.body, [(fits, "next")], frames)
            else:
                ended += self._named_handler(owner, handler, name, fits, frames)
            ways = [(fits, "next")] if handler.type is not None else []
        self.lead([(step, "exception") for step, _ in ways], self._handler(frames))
        return ended

    def _named_handler(
        self, owner: int, handler: ast.ExceptHandler, name: str, fits: int, frames: Frames
    ) -> Dangling:
        """The ways out of a handler that has the exception's name: it is deleted on every one."""
        failed = self._add(owner, self._effects(deleted=[name]), [], frames)
        self.lead([(failed, "exception")], self._handler(frames))

        def forget(out: Dangling, around: Frames) -> Dangling:
            return [(self._add(owner, self._effects(deleted=[name]), out, around), "next")]

        bind = self._add(owner, self._effects(bound=[name]), [(fits, "next")], frames)
        ended = self.block(handler.body, [(bind, "next")], (*frames, _Passed(owner, forget, failed)))
        return forget(ended, frames) if ended else []

    def _match(self, statement: ast.Match, ways: Dangling, frames: Frames) -> Dangling:
        owner = self._numbers[statement]
        ways = [(self._add(owner, self._effects(statement.subject), ways, frames), "next")]
        ended: Dangling = []
        for case in statement.cases:
            fits = self._add(owner, self._effects(*_expressions(case.pattern)), ways, frames)
            self.lead([(fits, "exception")], self._handler(frames))
            at = self._add(owner, self._effects(bound=_captures(case.pattern)), [(fits, "next")], frames)
            ways = [] if _always_fits(case.pattern) else [(fits, "next")]
            if case.guard is not None:
                at = self._add(owner, self._effects(case.guard), [(at, "next")], frames)
                ways = [*ways, (at, "next")]
            ended += self.block(case.body, [(at, "next")], frames)
        return [*ended, *ways]


def _leaves(statement: ast.stmt) -> Kind:
    """How a statement leaves its block, `next` where it does not."""
    if isinstance(statement, ast.Return):
        return "return"
    if isinstance(statement, ast.Break):
        return "break"
    return "continue" if isinstance(statement, ast.Continue) else "next"


def _expressions(pattern: ast.pattern) -> list[ast.expr]:
    found: list[ast.expr] = []
    stack: list[ast.AST] = [pattern]
    while stack:
        for child in ast.iter_child_nodes(stack.pop()):
            if isinstance(child, ast.expr):
                found.append(child)
            else:
                stack.append(child)
    return found


def _captures(pattern: ast.pattern) -> list[str]:
    names = (
        node.rest if isinstance(node, ast.MatchMapping) else node.name
        for node in ast.walk(pattern)
        if isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping)
    )
    return [name for name in names if name]


def _always_fits(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None
