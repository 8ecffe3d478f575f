"""What was found out once about code, kept for all files of a project: each answer the same whoever asked first.

An answer is worked out with its own budget and its own depth of calls, never with what is left of the asker's. Where
the depth of calls cut it off, it counts for that depth alone; where it was cut off by a question that was still open
(a ring), it counts no longer than that is open. Each answer knows what it asked of the project, itself and through
others, so that a file that uses it depends on that as well.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from aifirst_memory.dependencies.demands import question_number
from aifirst_memory.dependencies.python.values import NOTHING, Values
from aifirst_memory.dependencies.resolver import ProjectView

if TYPE_CHECKING:
    from aifirst_memory.dependencies.python.scopes import SummaryScope

Key = tuple[Any, ...]
CALLED: Final = "called"
"""How the keys of what calls give begin: such an answer follows calls one deeper than what it rests on."""
MAX_CALLS: Final = 5
"""How deep calls inside calls are followed."""
FILE_BUDGET: Final = 400_000
"""Expressions that one file's resolving may look at outside of what is kept for all."""
_BUDGET: Final = 20_000
_MAX_WEIGHT: Final = 160
"""How much may be open at a time, in expressions inside each other, before what is wanted is worked out first."""
_MOST_TRIED: Final = 200
_MOST_GIVEN_UP: Final = 20
_NEVER: Final = 1_000
_MOST_KEPT: Final = 600_000


class Summary:
    """An answer, and what it rests on.

    `needs` is how deep it follows calls, over `MAX_CALLS` where it would have gone deeper; `counts` from which depth on
    it can be used without a further look. `cost` is what it takes from the asker's budget, `number` that of the
    question to the project that it is an answer to, 0 for others.
    """

    __slots__ = ("cost", "counts", "low", "members", "needs", "number", "parts", "seen", "value")

    def __init__(self, value: Any, parts: tuple[Summary, ...] = (), needs: int = 0, number: int = 0) -> None:
        self.value = value
        self.parts = parts
        self.needs = needs
        self.counts = needs
        self.cost = 0
        self.number = number
        self.seen = 0
        self.low = 0
        self.members: frozenset[Key] | None = None


_CUT: Final = Summary(NOTHING, needs=_NEVER)


class _TooDeepError(Exception):
    """So much is open that a question has to be worked out before the one that asked it."""

    def __init__(self, question: tuple[Any, ...]) -> None:
        super().__init__()
        self.question = question


class Summaries:
    """Keeps answers. `summaries` are those for all files, `own` those that hang on the file being resolved.

    `overridden` are attributes by class and name, and containers by module, as a call that is followed fills them.
    """

    asked: set[Summary]
    level: int
    budget: int
    depth: int
    weight: int
    low: int
    overridden: dict[tuple[str, str, str], Values]

    def __init__(self, project: ProjectView) -> None:
        self.project = project
        self.summaries: dict[Key, Summary] = {}
        self._open: dict[Key, int] = {}
        self._passing: dict[Key, Summary] = {}
        self._given_up: set[Key] = set()
        self._serial = 0
        self.begin_file(project)

    def begin_file(self, project: ProjectView) -> None:
        """Forget what hangs on the file before."""
        self.project = project
        if len(self.summaries) > _MOST_KEPT:
            self.forget()
        self.own: dict[Key, Summary] = {}
        self.asked = set()
        self.level = MAX_CALLS
        self.budget = FILE_BUDGET
        self.depth = 0
        self.weight = 0
        self.low = _NEVER
        self.overridden = {}
        self._open.clear()
        self._passing.clear()
        self._given_up.clear()

    def forget(self) -> None:
        """Let go of everything that is kept for all files."""
        self.summaries.clear()
        self.own.clear()
        self.asked.clear()

    def asked_numbers(self) -> set[int]:
        """The questions to the project that the file's answers rest on, by their numbers."""
        self._serial = serial = self._serial + 1
        found: set[int] = set()
        stack = list(self.asked)
        while stack:
            node = stack.pop()
            if node.seen != serial:
                node.seen = serial
                if node.number:
                    found.add(node.number)
                elif node.parts:
                    stack.extend(node.parts)
        return found

    # Questions to the project

    def entry(self, path: str, name: str, unpack: Callable[[bytes], Any]) -> Any:
        """What a file says of a name, unpacked; None where it says nothing."""
        key = (path, name)
        node = self.summaries.get(key)
        if node is None:
            data = self.project.entry(path, name)
            value = None if data is None else unpack(data)
            node = self.summaries[key] = Summary(value, number=question_number("e", path, name))
        self.asked.add(node)
        return node.value

    def exists(self, path: str) -> bool:
        """Whether the project has a file."""
        node = self.summaries.get((path,))
        if node is None:
            node = Summary(self.project.exists(path), number=question_number("x", path))
            self.summaries[(path,)] = node
        self.asked.add(node)
        return node.value

    def find(self, name: str) -> tuple[str, ...]:
        """Paths of the files that go by a name."""
        key = ("find", name, "")
        node = self.summaries.get(key)
        if node is None:
            node = self.summaries[key] = Summary(
                tuple(self.project.find(name)), number=question_number("k", name)
            )
        self.asked.add(node)
        return node.value

    # Questions that are worked out

    def use(self, node: Summary) -> Any:
        """Take an answer, and what it cost."""
        asked = self.asked
        if node not in asked:
            asked.add(node)
            self.budget -= node.cost
        return node.value

    def cut_off(self) -> Values:
        """Nothing, because calls are followed no deeper."""
        self.asked.add(_CUT)
        return NOTHING

    def once(self, key: Key, find: Callable[..., Any], empty: Any, *arguments: Any) -> Any:
        """What is asked of a definition, whoever asks: found with all depth there is."""
        node = self.summaries.get(key)
        if node is not None and not node.counts:
            asked = self.asked
            if node not in asked:
                asked.add(node)
                self.budget -= node.cost
            return node.value
        return self._answer(self.summaries, key, key, MAX_CALLS, find, empty, arguments)

    def at_depth(self, key: Key, find: Callable[..., Values], *arguments: Any) -> Values:
        """What is asked of code, found as deep as calls are still followed."""
        node = self.summaries.get(key)
        level = self.level
        if node is not None and node.counts <= level:
            asked = self.asked
            if node not in asked:
                asked.add(node)
                self.budget -= node.cost
            return node.value
        return self._answer(self.summaries, key, (level, key), level, find, NOTHING, arguments)

    def inside(self, key: Key, find: Callable[..., Values], *arguments: Any, own: bool) -> Values:
        """What is asked under values that a call gave; `own` says that they hang on the file."""
        level = self.level
        memo = self.own if own else self.summaries
        if self.overridden:
            key = (*key, tuple(self.overridden.items()))
        node = memo.get(key)
        if node is not None and node.counts <= level:
            return self.use(node)
        return self._answer(memo, key, (level, key), level, find, NOTHING, arguments, around=True)

    def local(self, scope: SummaryScope, name: str, find: Callable[..., Values], *arguments: Any) -> Values:
        """What a name stands for in a function; kept with the scope, which is gone when nobody needs it."""
        level, around = self.level, scope.given is not None
        key: Key | str = name
        if around and self.overridden:
            key = (name, tuple(self.overridden.items()))
        return self._answer(
            scope.answers, key, (level, scope, key), level, find, NOTHING, arguments, around=around
        )

    def is_open(self, key: Key) -> bool:
        """Whether what is asked is being worked out; who asks then gets something else."""
        opened = self._open.get((self.level, key))
        if opened is not None:
            self.low = min(self.low, opened)
        return opened is not None

    def _answer(
        self,
        memo: dict[Any, Summary],
        key: Any,
        exact: Key,
        level: int,
        find: Callable[..., Any],
        empty: Any,
        arguments: tuple[Any, ...],
        *,
        around: bool = False,
    ) -> Any:
        """An answer that is not at hand, or only for this very depth."""
        opened = self._open.get(exact)
        if opened is not None:
            self.low = min(self.low, opened)
            return empty
        node = self._passing.get(exact)
        if node is not None:
            self.low = min(self.low, node.low)
            return self.use(node)
        node = memo.get(exact)
        if node is not None and (node.members is None or node.members.isdisjoint(self._open)):
            return self.use(node)
        question = (memo, key, exact, level, find, empty, arguments, around)
        if not self._open:
            return self._outermost(question)
        # The names of a followed call are found again only with the call.
        if self.weight + self.depth > _MAX_WEIGHT and (not around or key[0] == CALLED):
            if exact in self._given_up or len(self._given_up) > _MOST_GIVEN_UP:
                return empty
            raise _TooDeepError(question)
        return self._work_out(question)

    def _outermost(self, question: tuple[Any, ...]) -> Any:
        """Work out a question that none around it is open for; what is too deep inside comes first."""
        before = (self.asked, self.level, self.budget, self.depth, self.weight, self.low, self.overridden)
        waiting, tried = [question], set[Key]()
        while True:
            try:
                value = self._work_out(waiting[-1])
            except _TooDeepError as deep:
                self._open.clear()
                self._passing.clear()
                (self.asked, self.level, self.budget, self.depth, self.weight, self.low, self.overridden) = (
                    before
                )
                exact = deep.question[2]
                if exact in tried or len(tried) > _MOST_TRIED:
                    # It is a ring as well: there what is too deep is not looked at.
                    self._given_up.add(exact)
                else:
                    tried.add(exact)
                    waiting.append(deep.question)
                continue
            waiting.pop()
            if not waiting:
                self._given_up.clear()
                return value
            (self.asked, self.level, self.budget, self.depth, self.weight, self.low, self.overridden) = before

    def _work_out(self, question: tuple[Any, ...]) -> Any:
        memo, key, exact, level, find, _, arguments, around = question
        opened = self._open
        index = len(opened)
        opened[exact] = index
        asked, outer, budget, depth = self.asked, self.level, self.budget, self.depth
        low, overridden, passing = self.low, self.overridden, len(self._passing)
        parts: set[Summary] = set()
        self.asked, self.level, self.budget, self.depth, self.low = parts, level, _BUDGET, 0, _NEVER
        if not around and overridden:
            self.overridden = {}
        self.weight += depth + 2
        value = find(*arguments)
        self.weight -= depth + 2
        cost, ring = _BUDGET - self.budget, self.low
        self.asked, self.level, self.budget, self.depth = asked, outer, budget, depth
        self.low, self.overridden = low, overridden
        del opened[exact]
        needs = 0
        if key is not exact:
            for part in parts:
                if part.needs > needs:
                    needs = part.needs
            if key[0] == CALLED:
                needs += 1
        node = Summary(value, tuple(parts), needs)
        node.cost = cost if around else 1
        self._keep(node, memo, key, exact, index, ring, passing)
        return self.use(node)

    def _keep(
        self,
        node: Summary,
        memo: dict[Any, Summary],
        key: Any,
        exact: Key,
        index: int,
        ring: int,
        passing: int,
    ) -> None:
        """Keep an answer: for good, for this depth, or as long as the question is open that cut it off."""
        inner = list(islice(self._passing, passing, None))
        if ring < index:
            for at in inner:
                held = self._passing[at]
                held.low = min(held.low, ring)
            node.low = ring
            self._passing[exact] = node
            self.low = min(self.low, ring)
            return
        for at in inner:
            del self._passing[at]
        if inner:
            node.members, node.counts = frozenset(inner), _NEVER
            memo[exact] = node
        elif node.needs > MAX_CALLS:
            memo[exact] = node
        else:
            memo[key] = node
