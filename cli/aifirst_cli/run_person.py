"""Who answers the questions of a run: the person at the terminal, the program that reads the events, or nobody.

A question ends at Ctrl-C, in whichever thread it is asked. What is shown holds no character that could steer the
terminal: it may come from a model.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol

import click

from aifirst_cli.index_run import printable_lines

if TYPE_CHECKING:
    from aifirst_cli.run_stoppable import Stop

AT_TERMINAL = "the person at the terminal"


class Question(NamedTuple):
    """What is asked; `number` is that of its event."""

    gate: str
    told: str
    asked: str
    """In a few words, for the end of the line that is answered in."""
    number: int


class Person(Protocol):
    """Who is asked."""

    @property
    def is_there(self) -> bool:
        """Whether anybody can answer."""
        ...

    def expect(self, question: Question) -> None:
        """Take its answer from now on: whoever hears of it may be quicker than who asks."""
        ...

    def allows(self, question: Question) -> str:
        """Who allows it, "" where it is refused."""
        ...

    def answers(self, question: Question) -> str:
        """The answer in words, "" for none."""
        ...


class Nobody:
    """No one to ask."""

    is_there = False

    def expect(self, question: Question) -> None:
        """Nothing comes."""

    def allows(self, question: Question) -> str:
        """Nobody does."""
        del question
        return ""

    def answers(self, question: Question) -> str:
        """Nothing."""
        del question
        return ""


class AtTerminal:
    """The person before this terminal; `undisturbed` takes whatever is shown there away for the time of a question."""

    is_there = True

    def __init__(self, stop: Stop, undisturbed: Callable[[], AbstractContextManager[None]]) -> None:
        self._stop = stop
        self._undisturbed = undisturbed

    def expect(self, question: Question) -> None:
        """The terminal keeps what is typed."""

    def allows(self, question: Question) -> str:
        """Ask for yes or no; no answer at all is no."""
        with self._undisturbed():
            click.echo(_coloured(printable_lines(question.told)), err=True)
            while True:
                click.echo(f"{question.asked} [y/N]: ", nl=False, err=True)
                given = self._line()
                if given is None:
                    click.echo(err=True)
                word = (given or "").strip().lower()
                if word in ("y", "yes"):
                    return AT_TERMINAL
                if word in ("", "n", "no"):
                    return ""
                click.echo("Answer y or n.", err=True)

    def answers(self, question: Question) -> str:
        """Ask for words."""
        with self._undisturbed():
            click.echo(f"{printable_lines(question.told)}\n> ", nl=False, err=True)
            return (self._line() or "").strip()

    def _line(self) -> str | None:
        """A line that was typed, None at the end of input; KeyboardInterrupt once the run is to end."""
        sys.stderr.flush()
        if os.name == "nt":  # its select knows no terminals
            line = sys.stdin.readline()
            return line or None
        descriptor = sys.stdin.fileno()
        ready, _, _ = select.select((descriptor, self._stop.waker), (), ())
        if self._stop.event.is_set() or descriptor not in ready:
            raise KeyboardInterrupt
        with contextlib.suppress(OSError):
            if read := os.read(descriptor, 65_536):
                return read.decode(sys.stdin.encoding or "utf-8", "replace")
        return None


def _coloured(told: str) -> str:
    """A difference in the colours that people know; other text as it is."""
    if "\n+++ " not in told or os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return told
    colours = {"+": "green", "-": "red", "@": "cyan"}
    return "\n".join(
        click.style(line, fg=colours[line[0]]) if line[:1] in colours else line for line in told.split("\n")
    )
