"""What the runs of `aifirst generate` and `aifirst agent` have in common: events, view, questions, pause, end.

A session shows the run as the format asks for (a view or lines for a person, JSON lines for a program), puts the
questions at gates to whoever is there, and tells at the end what was used, however it ended.
"""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

from aifirst_cli.failure import Failure
from aifirst_cli.run_events import RunEvents, tell_line, tell_words
from aifirst_cli.run_person import AtTerminal, Nobody, Person, Question
from aifirst_cli.run_program import Program
from aifirst_cli.run_stoppable import Stop, left_by_force

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Sequence

    from aifirst_orchestrator.calls.ask import Asker
    from aifirst_orchestrator.calls.budget import RunLimits
    from aifirst_orchestrator.generate.event import PlannedUnit, ToldEvent
    from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
    from aifirst_orchestrator.trajectory.trajectory import Trajectory

    from aifirst_cli.live.live_view import LiveView

Result = TypeVar("Result")
_PAUSE_KEYS: Final = "pP "
_PAUSE_SIGNAL: Final = "SIGUSR1"


class Gate(NamedTuple):
    """A gate of a run: its name, the question in a few words, and what is said where nobody can be asked."""

    name: str
    asked: str
    failure: str
    shows_difference: bool = False


class RunSession:
    """A run that is looked at and steered. `code` is the exit code that it comes to."""

    def __init__(self, shape: str, limits: RunLimits, *, yes: bool, plain: bool) -> None:
        from aifirst_orchestrator.calls.budget import Spent
        from aifirst_orchestrator.calls.pause import Pause

        self.spent = Spent.start(limits)
        self.stop = Stop()
        self.pause = Pause(self._paused)
        self.code = 2
        self._yes = yes
        self._shape = shape
        self._view = None if plain or shape != "text" else self._live_view(limits)
        self.events = RunEvents(self._listener())
        self._person: Person = Nobody()

    @contextmanager
    def open(self, command: str, title: str, units: Sequence[PlannedUnit] = ()) -> Generator[None]:
        """Show the run in here and tell its end; what is raised goes on its way afterwards."""
        from aifirst_orchestrator.generate.event import Event

        with left_by_force(self.stop), ExitStack() as stack:
            self.events.tell(Event("PLAN", "started", command=command, title=title, units=tuple(units)))
            self._person = self._person_there()
            if self._view is not None:
                stack.enter_context(self._view.shown())
            why = ""
            try:
                yield
            except (KeyboardInterrupt, click.Abort):
                self.code, why = 130, "interrupted"
                raise
            except Failure as error:
                self.code, why = 2, error.format_message()
                raise
            except SystemExit as ending:
                self.code, why = ending.code if isinstance(ending.code, int) else 2, "ended by a signal"
                raise
            except BaseException as error:
                self.code, why = 2, f"{type(error).__name__}: {error}"
                raise
            finally:
                usage = self.spent.told()
                self.events.tell(Event(self.events.state, "ended", detail=why, code=self.code, usage=usage))
                stack.close()
                if why and self._shape == "text" and usage.total.calls:
                    from aifirst_cli.run_usage import usage_line

                    click.echo(f"so far: {usage_line(usage)}", err=True)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work comes to; Ctrl-C ends it at once, a signal pauses it."""
        number: int | None = getattr(signal, _PAUSE_SIGNAL, None)
        return self.stop.run(work, {} if number is None else {number: self.pause.toggle})

    def asker(self, trajectory: Trajectory, *, only_recorded: bool, profile: str = "") -> Asker:
        """What asks the models of the run, each time with the person's profile."""
        from aifirst_codebase.tokens import get_counter
        from aifirst_orchestrator.calls.ask import Asker

        return Asker(
            trajectory, self.spent, get_counter().count, self.events.tell_call, pause=self.pause,
            only_recorded=only_recorded, profile=profile,
        )  # fmt: skip

    def stoppable(self, sandbox: Sandbox) -> Sandbox:
        """The sandbox, ended with the run."""
        from aifirst_orchestrator.sandbox.stoppable import Stoppable

        return Stoppable(sandbox, self.stop.event)

    def approve(self, gate: Gate, told: str) -> str:
        """Who opens a gate, "" where it stays shut. Raises `Failure` where nobody can be asked."""
        if self._yes:
            return "--yes"
        if not self._person.is_there:
            raise Failure(gate.failure)
        return self._question(gate, told, self._person.allows)

    def approve_danger(self, told: str) -> str:
        """Who allows what much hangs on; where nobody is there, nobody does."""
        return (
            self._question(Gate("danger", "Allow it?", ""), told, self._person.allows)
            if self._can_ask
            else ""
        )

    def ask(self, question: str) -> str:
        """What a person answers, "" where nobody does."""
        return self._question(Gate("ask", "", ""), question, self._person.answers) if self._can_ask else ""

    @property
    def _can_ask(self) -> bool:
        return self._person.is_there

    def _question(self, gate: Gate, told: str, put: Callable[[Question], str]) -> str:
        from aifirst_orchestrator.generate.event import Event

        number = self.events.next_question()
        detail, difference = ("", told) if gate.shows_difference else (told, "")
        question = Question(gate.name, told, gate.asked, number)
        with self.spent.waiting():
            self._person.expect(question)
            self.events.tell(
                Event(
                    self.events.state, "question", detail=detail, gate=gate.name, question=number,
                    difference=difference,
                )
            )  # fmt: skip
            return put(question)

    def _person_there(self) -> Person:
        if sys.stdin is None:
            return Nobody()
        if sys.stdin.isatty():
            return AtTerminal(self.stop, self._undisturbed)
        if self._shape == "events":
            return Program(self.stop, self.pause.set, self._ignored)
        return Nobody()

    @contextmanager
    def _undisturbed(self) -> Generator[None]:
        if self._view is None:
            yield
        else:
            with self._view.away():
                yield

    def _live_view(self, limits: RunLimits) -> LiveView | None:
        from aifirst_cli.live.live_view import LiveView, can_be_live

        return LiveView(limits, self._pressed) if can_be_live() else None

    def _listener(self) -> Callable[[ToldEvent], None]:
        if self._shape == "events":
            return tell_line
        return self._view.listen if self._view is not None else tell_words

    def _pressed(self, key: str) -> None:
        if key in _PAUSE_KEYS:
            self.pause.toggle()

    def _paused(self, is_on: bool) -> None:
        from aifirst_orchestrator.generate.event import Event

        if is_on:
            self.spent.hold()
            told = Event(self.events.state, "paused", detail="calls under way end, no new one begins")
        else:
            self.spent.go_on()
            told = Event(self.events.state, "resumed")
        self.events.tell(told)

    def _ignored(self, why: str) -> None:
        from aifirst_orchestrator.generate.event import Event

        self.events.tell(Event(self.events.state, "ignored", detail=why))
