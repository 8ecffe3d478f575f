"""The program that runs in the sandbox: it tests an answer which may do anything but say that it passed.

Two processes: the judge holds the tests and a token, the answer has a process of its own that is told neither. The judge
calls the answer's functions over a pipe and gets plain data back, so nothing the answer makes of its own process (an
object equal to everything, a changed `assert`, an early exit, a second verdict) reaches the tests. The verdict is a line
that begins with the token. The judge cannot be looked into from the answer's process (`PR_SET_DUMPABLE`), and reads
token and tests only after that holds. Standard library only: it runs with `python -I -S`.

Left out: arguments and results that are not plain data. Other objects stay with the answer and are handles here, which
can be called, iterated, measured and indexed, and are equal only to themselves.
"""

from __future__ import annotations

import builtins
import json
import os
import signal
import struct
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from operator import getitem
from typing import Any, BinaryIO, cast

_MOST_BYTES = 16 * 2**20
_MOST_ITEMS = 1_000_000
_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {"l": list, "t": tuple, "s": set, "f": frozenset}
_PLAIN_INT = 2**63


class GoneError(Exception):
    """The answer's process ended, or sent what is no message."""


def encode(value: Any, keep: Callable[[Any], int]) -> Any:
    """JSON for plain data, exact; `keep` gives the number of a handle for anything else."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value) if -_PLAIN_INT < value < _PLAIN_INT else ["i", hex(value)]
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value).items()
        return ["d", *([encode(key, keep), encode(item, keep)] for key, item in pairs)]
    for tag, kind in (("l", list), ("t", tuple), ("s", set), ("f", frozenset)):
        if isinstance(value, kind):
            return [tag, *(encode(item, keep) for item in cast("list[Any]", value))]
    if isinstance(value, (bytes, bytearray)):
        return ["b" if isinstance(value, bytes) else "a", value.hex()]
    if isinstance(value, complex):
        return ["c", value.real, value.imag]
    return ["r", keep(value)]


def decode(data: Any, handle: Callable[[int], Any]) -> Any:
    """The value that `encode` made JSON of; `handle` gives what a number stands for. Raises for what is none."""
    if not isinstance(data, list):
        return data
    tag, *rest = cast("list[Any]", data)
    if tag in _SEQUENCES:
        return _SEQUENCES[tag]([decode(item, handle) for item in rest])
    if tag == "d":
        return {decode(key, handle): decode(item, handle) for key, item in rest}
    if tag == "i":
        return int(rest[0], 16)
    if tag in ("b", "a"):
        return bytes.fromhex(rest[0]) if tag == "b" else bytearray.fromhex(rest[0])
    if tag == "c":
        return complex(rest[0], rest[1])
    return handle(rest[0])


def send(stream: BinaryIO, message: Any) -> None:
    """Write one message with its length before it."""
    data = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message. Raises GoneError at the end and for garbage."""
    head = stream.read(4)
    size = struct.unpack(">I", head)[0] if len(head) == 4 else 0
    if not 0 < size <= _MOST_BYTES:
        raise GoneError
    data = stream.read(size)
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise GoneError from None


class AnswerSide:
    """The process of the answer: runs it, then does what the judge asks for."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self.reader, self.writer = reader, writer
        self.kept: list[Any] = []
        self.module = types.ModuleType("answer")

    def serve(self) -> None:
        """Answer requests until the judge ends."""
        sys.modules["answer"] = self.module
        while True:
            request = receive(self.reader)
            try:
                reply = ["ok", *self._do(request[0], request[1:])]
            except BaseException as error:  # noqa: BLE001  whatever the answer raises is told to the judge
                kinds = (kind for kind in type(error).__mro__ if vars(builtins).get(kind.__name__) is kind)
                reply = ["error", next(kinds, Exception).__name__, str(error)[:500]]
            send(self.writer, reply)

    def _keep(self, value: Any) -> int:
        self.kept.append(value)
        return len(self.kept) - 1

    def _do(self, what: str, rest: list[Any]) -> list[Any]:
        if what == "run":
            exec(compile(rest[0], rest[1], "exec"), vars(self.module))  # noqa: S102  this is what the sandbox is for
            return [None]
        if what == "name":
            return [encode(vars(self.module)[rest[0]], self._keep)]
        thing = self.kept[rest[0]]
        given: list[Any] = [decode(item, self.kept.__getitem__) for item in rest[1:]]
        if what == "call":
            made = thing(*given[0], **given[1])
            changed: list[Any] = [item if isinstance(item, (list, dict, set)) else None for item in given[0]]
            return [encode(made, self._keep), encode(changed, self._keep) if any(changed) else None]
        if what == "iterate":
            items: list[Any] = list(islice(thing, _MOST_ITEMS))
            return [encode(items, self._keep)]
        simple: dict[str, Callable[..., Any]] = {
            "bool": bool, "length": len, "text": str, "attribute": getattr, "item": getitem,
        }  # fmt: skip
        return [encode(simple[what](thing, *given), self._keep)]


class Wire:
    """The judge's end of the pipe."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self.reader, self.writer = reader, writer
        self.is_broken = False

    def ask(self, what: str, *rest: Any) -> list[Any]:
        """What the answer's process says. Raises the built-in exception that the answer raised, or GoneError."""
        try:
            send(self.writer, [what, *rest])
            reply = receive(self.reader)
            if reply[0] == "ok":
                return [decode(item, lambda number: Handle(self, number)) for item in reply[1:]]
            name, said = str(reply[1]), str(reply[2])
        except (GoneError, OSError, ValueError, TypeError, LookupError, RecursionError):
            self.is_broken = True
            raise GoneError("the answer's process ended, or sent garbage") from None
        kind = vars(builtins).get(name)
        # The end of an iteration would end a loop of the tests over calls, and with it the tests.
        loops = (StopIteration, StopAsyncIteration)
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, loops):
            raise kind(said)
        raise RuntimeError(f"{name}: {said}")


class Handle:
    """Something that stayed in the answer's process."""

    def __init__(self, wire: Wire, number: int) -> None:
        self._wire, self._number = wire, number

    def __call__(self, *given: Any, **named: Any) -> Any:
        """What the answer's function returns; lists, dicts and sets that it changed are changed here too."""
        arguments = [encode(given, number_of), encode(named, number_of)]
        made, changed = self._wire.ask("call", self._number, *arguments)
        for mine, theirs in zip(given, changed or (), strict=False):
            take_over(mine, theirs)
        return made

    def __getattr__(self, name: str) -> Any:
        """The attribute of the thing, unless Python itself looks for one."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self._wire.ask("attribute", self._number, name)[0]

    def __bool__(self) -> bool:
        """Whether it is true where it is."""
        return bool(self._wire.ask("bool", self._number)[0])

    def __len__(self) -> int:
        """Its length."""
        return int(self._wire.ask("length", self._number)[0])

    def __iter__(self) -> Iterator[Any]:
        """Its items, at most a million."""
        return iter(self._wire.ask("iterate", self._number)[0])

    def __getitem__(self, key: Any) -> Any:
        """One item."""
        return self._wire.ask("item", self._number, encode(key, number_of))[0]

    def __str__(self) -> str:
        """Its text."""
        return str(self._wire.ask("text", self._number)[0])


def take_over(mine: Any, theirs: Any) -> None:
    """Make a list, dict or set of the tests what the answer made of its copy."""
    if type(mine) is not type(theirs):
        return
    if isinstance(mine, list):
        cast("list[Any]", mine)[:] = theirs
    elif isinstance(mine, (dict, set)):
        changed = cast("dict[Any, Any]", mine)
        changed.clear()
        changed.update(theirs)


def number_of(value: Any) -> int:
    """The number of a handle; the tests can hand over nothing else that is not plain data."""
    if isinstance(value, Handle):
        return value._number  # pyright: ignore[reportPrivateUsage]  # a public name would hide the answer's attribute
    raise TypeError(f"the tests give a {type(value).__name__}, which is no plain data")


class StatementNames(Mapping[str, Any]):
    """The names of test statements: the judge's own first, then those of the answer."""

    def __init__(self, own: dict[str, Any], wire: Wire) -> None:
        self.own, self.wire = own, wire

    def __getitem__(self, name: str) -> Any:
        """Raises KeyError for built-ins, which Python then finds itself, and for what is nowhere."""
        if name in self.own:
            return self.own[name]
        if hasattr(builtins, name):
            raise KeyError(name)
        return self.wire.ask("name", name)[0]

    def __setitem__(self, name: str, value: Any) -> None:
        """Tests keep their names where their functions find them."""
        self.own[name] = value

    def __delitem__(self, name: str) -> None:
        """As `del` and `except ... as` need it."""
        del self.own[name]

    def __iter__(self) -> Iterator[str]:
        """The judge's own names."""
        return iter(self.own)

    def __len__(self) -> int:
        """How many names the judge has itself."""
        return len(self.own)


def judge(given: dict[str, Any], wire: Wire) -> str:
    """Run the answer and its tests; "" where all pass, else what went wrong and where."""
    stage, text = "answer", ""
    own: dict[str, Any] = {"__name__": "tests"}
    try:
        for part in given["answer"]:
            wire.ask("run", part, "<answer>")
        stage = "tests"
        exec(compile(given["own"], "<own>", "exec"), own)  # noqa: S102  the suite's text, in the sandbox
        for name in given["entries"]:
            own[name] = wire.ask("name", name)[0]
        if given["entries"]:
            own["candidate"] = own[given["entries"][0]]
        for text in given["tests"]:
            exec(compile(text, "<tests>", "exec"), own, cast("Any", StatementNames(own, wire)))  # noqa: S102  as above
    except BaseException as error:  # noqa: BLE001  whatever ends the tests is their result
        return f"{stage}: {_line_of(error, text)}{type(error).__name__}: {error}"[:600]
    return "answer: its process ended" if wire.is_broken else ""


def _line_of(error: BaseException, text: str) -> str:
    """The line of the tests at which they ended."""
    lines, number = text.splitlines(), 0
    at = error.__traceback__
    while at is not None:
        number = at.tb_lineno if at.tb_frame.f_code.co_filename == "<tests>" else number
        at = at.tb_next
    return f"`{lines[number - 1].strip()[:300]}` " if number and number <= len(lines) else ""


def close_to_others() -> None:
    """Keep processes of the same user from reading this one's memory and descriptors."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None).prctl(4, 0, 0, 0, 0):  # PR_SET_DUMPABLE
            raise OSError("prctl")


def main() -> None:
    """Fork the answer's process, become unreadable, then read token, answer and tests from standard input."""
    to_answer, to_judge = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.close(to_answer[1])
        os.close(to_judge[0])
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        try:
            AnswerSide(os.fdopen(to_answer[0], "rb"), os.fdopen(to_judge[1], "wb")).serve()
        finally:
            os._exit(0)
    os.close(to_answer[0])
    os.close(to_judge[1])
    close_to_others()
    given: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    verdict = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    told = judge(given, Wire(os.fdopen(to_judge[0], "rb"), os.fdopen(to_answer[1], "wb")))
    os.write(verdict, f"{given['token']} {json.dumps(told)}\n".encode())
    os._exit(0)


if __name__ == "__main__":
    main()
