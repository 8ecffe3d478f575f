"""The program that reads the events of a run and answers on standard input, a line of JSON for each thing it says.

    {"gate": "plan", "allow": true}              opens the gate that is asked about, or with false keeps it shut
    {"gate": "ask", "answer": "the second one"}  answers in words
    {"pause": true}                              lets no new call begin until {"pause": false}
    {"stop": true}                               ends the run, as Ctrl-C does

`question` may name the number of the question, so that a late answer opens nothing else, and `by` who decided. A line
that fits nothing is told as an event of the kind `ignored`.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from aifirst_cli.run_person import Question
    from aifirst_cli.run_stoppable import Stop

_MOST_LINE = 1 << 20


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line that a program may say."""

    gate: str = ""
    allow: bool | None = None
    answer: str = ""
    question: int = 0
    by: str = ""
    pause: bool | None = None
    stop: bool = False


class Program:
    """Answers for a person; `pause` and `ignored` are told what else is said."""

    def __init__(self, stop: Stop, pause: Callable[[bool], None], ignored: Callable[[str], None]) -> None:
        self._stop = stop
        self._pause = pause
        self._ignored = ignored
        self._turn = threading.Condition()
        self._open: Question | None = None
        self._answer: Said | None = None
        self._is_gone = False
        threading.Thread(target=self._listen, name="program", daemon=True).start()

    @property
    def is_there(self) -> bool:
        """Whether it may still say something; one that never was is found out by asking."""
        return not self._is_gone

    def expect(self, question: Question) -> None:
        """Take the answer to it from now on."""
        with self._turn:
            self._open, self._answer = question, None

    def allows(self, question: Question) -> str:
        """Who allows it; Failure where nobody can say any more, but for what is dangerous: that is then refused."""
        said = self._answered()
        if said is None and question.gate != "danger":
            raise Failure(
                f"there is nobody to ask about the {question.gate}: standard input is at its end. "
                "Answer there with a line of JSON, or give --yes."
            )
        return (said.by or "the program that reads the events") if said is not None and said.allow else ""

    def answers(self, question: Question) -> str:
        """The answer in words, "" where there is none."""
        del question
        said = self._answered()
        return said.answer if said is not None else ""

    def _answered(self) -> Said | None:
        """The answer to the open question; None where none can come any more."""
        with self._turn:
            try:
                while self._answer is None and not self._is_gone:
                    self._turn.wait(0.05)  # Ctrl-C sets an event that no condition hears
                    if self._stop.event.is_set():
                        raise KeyboardInterrupt
                return self._answer
            finally:
                self._open = None

    def _listen(self) -> None:
        """Take lines until there are no more; not through `sys.stdin`, whose lock would outlive the program."""
        held = b""
        descriptor = sys.stdin.fileno()
        while True:
            if (
                os.name != "nt"
                and self._stop.waker in select.select((descriptor, self._stop.waker), (), ())[0]
            ):
                break
            try:
                read = os.read(descriptor, 65_536)
            except OSError:
                break
            if not read:
                break
            *lines, held = (held + read).split(b"\n")
            for line in lines:
                self._take(line)
            if len(held) > _MOST_LINE:
                self._ignored("a line of more than a mebibyte")
                held = b""
        with self._turn:
            self._is_gone = True
            self._turn.notify_all()

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            said = msgspec.json.decode(line, type=Said)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._ignored(f"a line that is none of a program's: {error}")
            return
        if said.stop:
            self._stop.request()
        if said.pause is not None:
            self._pause(said.pause)
        if said.gate and (why := self._settle(said)):
            self._ignored(why)
        if not (said.stop or said.gate or said.pause is not None):
            self._ignored("a line that says nothing")

    def _settle(self, said: Said) -> str:
        """Take the answer to the open question; why not, where it is none."""
        with self._turn:
            asked = self._open if self._answer is None else None  # the first answer counts
            if asked is None or asked.gate != said.gate or said.question not in (0, asked.number):
                return f"an answer to {said.gate}, which is not what is asked"
            if asked.gate != "ask" and said.allow is None:
                return f'an answer to {said.gate} without "allow"'
            self._answer = said
            self._turn.notify_all()
            return ""
