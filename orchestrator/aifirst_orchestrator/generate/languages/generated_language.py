"""What generation has to know of a language to write it: how its code is read, judged, put together and tested.

A language is one object of this shape. All that is the same for every language (sizes, rules, repairs, records) is not in
it. What a specification says in a language (paths, names of tests) is in `spec.language_names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.test_run import TestRun
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox
from aifirst_orchestrator.spec.units import SpecUnit
from aifirst_orchestrator.spec.write_ticket import Ticket


class Head(NamedTuple):
    """What the documentation at the top of a file says: a title, and where it comes from."""

    title: str
    origin: str


class GeneratedLanguage(Protocol):
    """One language that generation writes."""

    @property
    def name(self) -> str:
        """As the registry of languages has it, such as `typescript`."""
        ...

    @property
    def title(self) -> str:
        """As people write it, such as TypeScript."""
        ...

    @property
    def fences(self) -> tuple[str, ...]:
        """What a model may write behind the fence of a block of it; the first is what it is told to write."""
        ...

    @property
    def runner(self) -> str:
        """What runs its tests: languages of one runner are tested together."""
        ...

    def require_tools(self) -> None:
        """Raise `NoTestRunnerError` where its tests cannot be run here."""
        ...

    def is_code(self, text: str) -> bool:
        """Whether a text without a fence is code: it parses, and defines something."""
        ...

    def unreadable(self, code: str) -> Flaw | None:
        """Why the code cannot be taken apart; what follows is only ever given code that can."""
        ...

    def judge_unit(self, code: str, unit: SpecUnit) -> Iterable[Flaw]:
        """Where the code is not that unit: another name or signature, more than it, something that runs at import."""
        ...

    def judge_tests(self, code: str, ticket: Ticket) -> Iterable[Flaw]:
        """Where the tests are not those that the ticket names."""
        ...

    def names(self, code: str) -> tuple[str, ...]:
        """What the code defines at its top, constants too."""
        ...

    def imported(self, code: str) -> dict[str, str]:
        """The names that the code imports, each with the import that brings it."""
        ...

    def compose(
        self, path: str, head: Head, codes: Sequence[str], units: Sequence[SpecUnit], own: Sequence[str]
    ) -> str:
        """One file of several pieces. `units` are all of the plan; `own` are those whose code stands in `path`."""
        ...

    def outline(self, code: str, name: str) -> str:
        """What a caller has to know of a unit: its definition and documentation, no bodies."""
        ...

    def import_line(self, user: str, path: str, name: str, package: str = "") -> str:
        """How the file `user` gets the unit `name` of `path`, in a line or in words."""
        ...

    def project_files(self, units: Sequence[SpecUnit]) -> Mapping[str, str]:
        """Files that code of the language needs beside it to run, such as `go.mod`."""
        ...

    def run(
        self,
        sandbox: Sandbox,
        files: Mapping[str, str],
        tests: Mapping[str, Sequence[str]],
        seconds: float,
        memory: int,
    ) -> TestRun:
        """Run files of tests, each named with the tests that have to pass."""
        ...
