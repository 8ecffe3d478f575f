"""Random small functions for the tests of decomposition, and what can be seen of running one.

The functions are hostile on purpose: variables that may have no value, handlers that read what failed half-way, closures,
`finally` with returns, generators that are closed and thrown into. Every function tells what it does to `t`, which fails
now and then, so that two functions that differ anywhere differ in what they told.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Generator
from types import CoroutineType, GeneratorType
from typing import Any, Final, cast

NAMES: Final = ("a", "b", "c", "d", "e")
_MOST_STEPS: Final = 120
_DEEPEST: Final = 5


class Writer:
    """Writes one random function `f(a, b, c)`."""

    def __init__(self, seed: int, *, generator: bool) -> None:
        self._random = random.Random(seed)  # noqa: S311 - tests, no secrets
        self._generator = generator
        self._marks = 0
        self._closures = self._random.random() < 0.3

    def function(self) -> str:
        """The text of a module with the function."""
        lines = ["def f(a, b, c):"]
        if self._random.random() < 0.2:
            lines.append("    global G")
            lines.append("    G = a")
        lines += [
            f"    {name} = {number}" for number, name in enumerate("de", 3) if self._random.random() < 0.7
        ]
        lines += self._block(1, 0, in_loop=False)
        lines.append(f"    t({self._mark()}, {self._name()})")
        if self._generator:
            lines.append("    yield 0")
        return "\n".join(lines) + "\n"

    def _name(self) -> str:
        return self._random.choice(NAMES)

    def _mark(self) -> int:
        self._marks += 1
        return self._marks

    def _value(self) -> str:
        kinds = [0, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12]
        kind = self._random.choice([*kinds, 10] if self._closures else kinds)
        name, other = self._name(), self._name()
        return [
            name, other, f"t({self._mark()}, {name})", f"({name}, {other})", f"t({self._mark()})", "0", "1",
            f"[{name} for {other} in (1, 2)]", f"({name} if {other} else t({self._mark()}))",
            f"sum({name} is {other} for x in (1, 2))", f"(lambda: {name})", f"({name} := t({self._mark()}))",
            f"({name} or ({other} := 1))",
        ][kind]  # fmt: skip

    def _block(self, depth: int, level: int, *, in_loop: bool) -> list[str]:
        lines: list[str] = []
        for _ in range(self._random.randint(1, 4 if level else 6)):
            if self._random.random() < 0.15:
                lines.append("")
            if self._random.random() < 0.15:
                lines.append(
                    "    " * depth + self._random.choice(["# STEP 1: load rows", "# note", "# compute it"])
                )
            lines += self._statement(depth, level, in_loop=in_loop)
        return lines

    def _statement(self, depth: int, level: int, *, in_loop: bool) -> list[str]:
        indent = "    " * depth
        if level < 3 and self._random.random() < 0.45:
            return self._compound(depth, level, in_loop=in_loop)
        simple = [f"{self._name()} = {self._value()}"] * 8 + [
            f"{self._name()}, {self._name()} = 1, {self._name()}",
            f"t({self._mark()}, {self._name()})", f"{self._name()} += 1", f"t({self._mark()}, {self._name()})",
            f"return {self._value()}", f"assert {self._name()}", "G = t(0)",
        ]  # fmt: skip
        if self._closures:
            simple += [f"t({self._mark()}, (lambda: {self._name()})())", f"keep(lambda: {self._name()})",
                       f"t({self._mark()}, kept())", f"del {self._name()}"]  # fmt: skip
        if in_loop:
            simple += ["continue", "break"]
        if self._generator:
            simple += [f"{self._name()} = yield {self._name()}", f"yield {self._mark()}"] * 3
            simple.append("yield from (1, 2)")
        return [indent + self._random.choice(simple)]

    def _compound(self, depth: int, level: int, *, in_loop: bool) -> list[str]:
        kind = self._random.randrange(9 if self._closures else 8)
        inner = self._block(depth + 1, level + 1, in_loop=in_loop or kind in (2, 3))
        other = self._block(depth + 1, level + 1, in_loop=in_loop)
        indent = "    " * depth
        if kind < 2:
            return [f"{indent}if {self._value()}:", *inner, *([f"{indent}else:", *other] if kind else [])]
        if kind in (2, 3):
            head = f"while t({self._mark()}):" if kind == 2 else f"for {self._name()} in (1, 2):"
            return [
                indent + head,
                *inner,
                *([f"{indent}else:", *other] if self._random.random() < 0.3 else []),
            ]
        if kind == 4:
            return self._try(depth, level, inner, other)
        if kind == 5:
            return [f"{indent}try:", *inner, f"{indent}finally:", *other]
        if kind == 6:
            return [f"{indent}with guard({self._random.randint(0, 1)}) as {self._name()}:", *inner]
        return self._match(indent, inner, other) if kind == 7 else self._function_inside(indent)

    def _try(self, depth: int, level: int, inner: list[str], other: list[str]) -> list[str]:
        indent = "    " * depth
        caught = self._random.choice(
            ["KeyError", "Exception", f"KeyError as {self._name()}", "(KeyError, NameError)"]
        )
        lines = [f"{indent}try:", *inner, f"{indent}except {caught}:", *other]
        if self._random.random() < 0.3:
            lines += [f"{indent}finally:", *self._block(depth + 1, level + 1, in_loop=False)]
        return lines

    def _match(self, indent: str, inner: list[str], other: list[str]) -> list[str]:
        pattern = self._random.choice([f"[{self._name()}, _]", f"{{'k': {self._name()}}}", "0 | 1", "str()"])
        return [
            f"{indent}match {self._name()}:",
            f"{indent}    case {pattern}:",
            *["    " + line if line else line for line in inner],
            f"{indent}    case {self._name()} if t({self._mark()}):",
            *["    " + line if line else line for line in other],
        ]

    def _function_inside(self, indent: str) -> list[str]:
        name = self._name()
        if self._random.random() < 0.5:
            return [f"{indent}def {name}():", f"{indent}    return {self._name()}"]
        changed = self._random.choice([one for one in ("a", "b", "c") if one != name])
        return [f"{indent}def {name}():", f"{indent}    nonlocal {changed}", f"{indent}    {changed} = 5"]


def as_coroutine(text: str) -> str:
    """A generator as a coroutine that waits where that yields: it can be driven the same way."""
    waits = re.sub(r"\byield (\w+)", r"await Wait(\1)", text.replace("yield from (1, 2)", "await Wait(0)"))
    return waits.replace("def f(", "async def f(", 1)


class _Wait:
    """Waits once, and gives what is sent."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __await__(self) -> Generator[object, object, object]:
        return (yield self._value)


class _TooLongError(BaseException):
    """Ends a function that loops for ever."""


def run(text: str, seed: int) -> object:
    """What can be seen of a function: what it told, and how it ended."""
    told: list[object] = []
    chance = random.Random(seed)  # noqa: S311 - tests, no secrets
    holders: list[Callable[[], object]] = []

    def t(mark: int, value: object = None) -> object:
        told.append((mark, shown(value)))
        if len(told) > _MOST_STEPS:
            raise _TooLongError
        if chance.random() < 0.08:
            raise chance.choice([KeyError, ValueError, StopIteration])
        return chance.choice([0, 1, 1, [3, 4], {"k": 2}, "text"])

    class Guard:
        def __init__(self, swallows: int) -> None:
            self._swallows = swallows

        def __enter__(self) -> object:
            return t(1000)

        def __exit__(self, kind: type | None, *_: object) -> bool:
            told.append(("exit", kind and kind.__name__))
            return bool(self._swallows) and kind is not None and issubclass(kind, Exception)

    def kept() -> object:
        return shown(holders[-1]()) if holders else None

    space: dict[str, Any] = {"t": t, "guard": Guard, "keep": holders.append, "kept": kept, "Wait": _Wait}
    exec(compile(text, "program", "exec"), space)  # noqa: S102 - the test's own programs
    try:
        made = space["f"](2, 0, 7)
        ended = (
            _driven(cast("Generator[Any, Any, Any]", made), chance, told)
            if isinstance(made, GeneratorType | CoroutineType)
            else shown(made)
        )
    except _TooLongError:
        return told[:_MOST_STEPS]
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is compared
        ended = _raised(error)
    for holder in holders:
        try:
            told.append(shown(holder()))
        except NameError:
            told.append("unbound")
    return told, ended, shown(space.get("G"))


def _raised(error: BaseException) -> object:
    """An exception without its text, which names the variable and differs between UnboundLocalError and NameError."""
    return "NameError" if isinstance(error, NameError) else type(error).__name__


def _driven(made: Generator[Any, Any, Any], chance: random.Random, told: list[object]) -> object:
    """What a generator gives when it is sent values, thrown into, and closed."""
    try:
        told.append(("yields", shown(made.send(None))))
        for _ in range(20):
            action = chance.randrange(8)
            if action == 0:
                told.append(("yields", shown(made.throw(KeyError))))
            elif action == 1:
                made.close()
                return "closed"
            else:
                told.append(("yields", shown(made.send(action))))
    except StopIteration as stop:
        return "ended", shown(stop.value)
    return "goes on"


def shown(value: object, depth: int = 0) -> object:
    """A value that can be compared: functions are what they return, exceptions their kind."""
    if depth > _DEEPEST:
        return "deep"
    if isinstance(value, BaseException):
        return _raised(value)
    if callable(value):
        try:
            return "function", shown(value(), depth + 1)
        except (Exception, RecursionError) as error:  # noqa: BLE001 - part of what is compared
            return "function", _raised(error)
    if isinstance(value, tuple | list):
        return type(value).__name__, [shown(one, depth + 1) for one in value][:4]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - of anything
    return value
