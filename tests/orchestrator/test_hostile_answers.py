"""What a program on standard input may say: garbage, too early, twice, for ever; a gate opens by one right answer."""

from __future__ import annotations

import os
import sys

import pytest
from aifirst_cli.failure import Failure
from aifirst_cli.run_person import Question
from aifirst_cli.run_program import Program
from aifirst_cli.run_stoppable import Stop

PLAN = Question("plan", "", "", 1)


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> tuple[Program, list[str], int]:
    """A program that is heard, what of it was ignored, and where it speaks."""
    reading, writing = os.pipe()
    monkeypatch.setattr(sys, "stdin", os.fdopen(reading, "rb", closefd=False))
    ignored: list[str] = []
    return Program(Stop(), lambda _: None, ignored.append), ignored, writing


def test_the_first_answer_counts_and_none_that_comes_too_early(
    spoken: tuple[Program, list[str], int],
) -> None:
    program, ignored, writing = spoken
    program._take(b'{"gate": "plan", "allow": true}')  # pyright: ignore[reportPrivateUsage]  in order, without a race
    program.expect(PLAN)
    for line in (b'{"gate": "plan", "allow": false}', b'{"gate": "plan", "allow": true}'):
        program._take(line)  # pyright: ignore[reportPrivateUsage]  as above
    assert program.allows(PLAN) == ""
    assert len(ignored) == 2
    os.close(writing)


def test_garbage_and_a_closed_pipe_open_nothing(spoken: tuple[Program, list[str], int]) -> None:
    program, ignored, writing = spoken
    program.expect(PLAN)
    said = (
        b"\xff\xfe",
        b"[" * 50_000,
        b"null",
        b'{"gate": 1}',
        b'{"allow": true}',
        b'{"gate": "plan"}',
        b"{}",
    )
    for line in (*said, b"x" * (2 << 20)):
        os.write(writing, line[:4096] + b"\n") if len(line) < 4096 else _write(writing, line + b"\n")
    os.close(writing)
    with pytest.raises(Failure, match="nobody to ask"):
        program.allows(PLAN)
    assert len(ignored) >= len(said)


def _write(writing: int, data: bytes) -> None:
    while data:
        data = data[os.write(writing, data) :]
