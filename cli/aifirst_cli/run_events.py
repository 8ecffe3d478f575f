"""Tells the events of a run: numbered, with the run's own name and the time, to whoever looks on.

Any thread may tell: the loop of the run, a thread that asks a person, one that reads keys. Left out: how they are shown,
which is for those who listen (`event_lines.py`, `live/`).
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from typing import TYPE_CHECKING

import click

from aifirst_cli.index_run import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from aifirst_orchestrator.calls.ask import Call, Reply
    from aifirst_orchestrator.generate.event import Event, State, ToldEvent

_FOR_PROGRAMS = frozenset(("started", "asking", "question", "ended"))
"""Kinds that a person is told in another way: by the view, the question itself, the outcome."""


class RunEvents:
    """What a run tells its events to; `listen` is told each in its turn."""

    def __init__(self, listen: Callable[[ToldEvent], None]) -> None:
        self._listen = listen
        self._lock = threading.RLock()
        self._run = secrets.token_hex(8)
        self._number = 0
        self._state: State = "PLAN"
        self._questions = 0

    @property
    def state(self) -> State:
        """Of the last event."""
        return self._state

    def next_question(self) -> int:
        """The number of a question, from 1."""
        with self._lock:
            self._questions += 1
            return self._questions

    def tell(self, event: Event) -> None:
        """Tell it."""
        import msgspec
        from aifirst_orchestrator.generate.event import VERSION, ToldEvent

        with self._lock:
            self._number += 1
            self._state = event.state
            self._listen(
                ToldEvent(
                    **msgspec.structs.asdict(event), version=VERSION, run=self._run, number=self._number,
                    at=round(time.time(), 3),
                )
            )  # fmt: skip

    def tell_call(self, call: Call, reply: Reply | None) -> None:
        """Tell that a model is asked, or what came of it."""
        from aifirst_orchestrator.generate.event import STATES, Event

        state, unit, _, attempt, *_ = (*call.key.split("/"), "", "")
        event = Event(
            state if state in STATES else "CODE", "asking", unit, call.agent,
            tier=call.tier, attempt=int(attempt) + 1 if attempt.isdecimal() else 0, agent=call.agent, model=call.model,
            prompt_tokens=call.prompt_tokens, recorded=call.is_recorded,
        )  # fmt: skip
        if reply is not None:
            event = _answered(event, call, reply)
        self.tell(event)


def _answered(event: Event, call: Call, reply: Reply) -> Event:
    """The event of a call once its reply is there."""
    import msgspec

    return msgspec.structs.replace(
        event, what="asked", tokens=reply.answer_tokens, prompt_tokens=reply.prompt_tokens, seconds=reply.seconds,
        cost=call.cost, detail=reply.failure or call.agent,
    )  # fmt: skip


def tell_line(event: ToldEvent) -> None:
    """Write an event to standard output as a line of JSON; whoever reads has it at once."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(event).decode() + "\n")
    sys.stdout.flush()


def tell_words(event: ToldEvent) -> None:
    """Write an event to standard error in words."""
    if event.what not in _FOR_PROGRAMS:
        click.echo(printable(event.told()), err=True)
