"""A sandbox whose jobs end when a run is stopped, so that whoever ends a run waits for no test of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.sandbox.outcome import Outcome


class RunStoppedError(Exception):
    """The run was stopped: nothing is known of what the job would have come to."""


class _Either(threading.Event):
    """Set where one of two is."""

    def __init__(self, first: threading.Event, second: threading.Event) -> None:
        super().__init__()
        self._two = first, second

    def is_set(self) -> bool:
        return any(one.is_set() for one in self._two)


@dataclass(frozen=True, slots=True)
class Stoppable:
    """Runs jobs in another sandbox until `stop` is set; what runs then is killed, and nothing is begun any more."""

    inner: Sandbox
    stop: threading.Event

    @property
    def name(self) -> str:
        """The other's."""
        return self.inner.name

    def run(self, job: Job, *, cancel: threading.Event | None = None) -> Outcome:
        """See `Sandbox.run`; raises `RunStoppedError` where the run was stopped before the job had ended by itself."""
        if self.stop.is_set():
            raise RunStoppedError
        outcome = self.inner.run(job, cancel=self.stop if cancel is None else _Either(cancel, self.stop))
        if outcome.ending == "cancelled" and self.stop.is_set():
            raise RunStoppedError
        return outcome
