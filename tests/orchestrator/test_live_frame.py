"""What a view shows fits every terminal, whatever a run is called and does; what did not change is not written again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import unicodedata

from aifirst_cli.live.cells import plain, styled, width_of
from aifirst_cli.live.frame import ASCII, UNICODE, frame
from aifirst_cli.live.run_state import RunState
from aifirst_cli.live.screen import Screen
from aifirst_orchestrator.calls.budget import RunLimits
from aifirst_orchestrator.generate.event import Event, PlannedUnit
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal_run import Screen as Terminal

NAMES = st.sampled_from(("total", "größe", "終わり", "a" * 60, "x\x1b[2J", "e\u0301"))
WHATS = ("begun", "asking", "asked", "flawed", "passed", "blocked", "escalated", "paused", "resumed")
EVENTS = st.builds(
    Event,
    state=st.sampled_from(("CODE", "VERIFY", "INTEGRATE", "DONE")),
    what=st.sampled_from(WHATS),
    unit=st.one_of(NAMES, st.just("")),
    detail=st.sampled_from(("", "wrong " * 20, "終" * 50, "two\nlines\x07")),
    agent=st.sampled_from(("coder", "")),
    model=st.sampled_from(("org/a-model-of-some-name", "")),
    tier=st.just("small"),
    attempt=st.integers(0, 12),
    tokens=st.integers(0, 10**9),
    cost=st.floats(0, 9),
    seconds=st.floats(0, 9),
)


def state_of(events: list[Event], units: int, *, is_agent: bool = False) -> RunState:
    state = RunState(RunLimits(calls=9, tokens=10**6, seconds=60, money=2.5, price=(1, 4)), 0.0)
    planned = tuple(PlannedUnit(f"unit_{number}", f"a/f{number % 40}.py") for number in range(units))
    command = "agent" if is_agent else "generate"
    state.apply(Event("PLAN", "started", command=command, title="Ein 終わり Warenkorb", units=planned), 0.0)
    for number, event in enumerate(events):
        state.apply(event, float(number))
    return state


def cells(text: str) -> int:
    """The width by Unicode's own tables, to compare with."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(EVENTS, max_size=12),
    st.sampled_from((0, 3, 200)),
    st.integers(1, 200),
    st.integers(1, 50),
    st.booleans(),
)
def test_no_line_is_wider_and_no_frame_higher_than_the_terminal(
    events: list[Event], units: int, width: int, height: int, is_agent: bool
) -> None:
    state = state_of(events, units, is_agent=is_agent)
    for marks in (UNICODE, ASCII):
        lines = frame(state, 99.0, width, height, marks)
        assert 1 <= len(lines) <= height
        for line in lines:
            assert cells(plain(line)) <= width
            assert plain(line).isprintable()
            assert "\x1b" not in plain(line)
            assert styled(line).count("\x1b[0m") * 2 == styled(line).count("\x1b")


def test_a_narrow_view_says_the_counts_and_the_keys_whole() -> None:
    shown = [plain(line) for line in frame(state_of([Event("CODE", "begun", "unit_1")], 6), 1.0, 39, 23)]
    assert "0 passed, 1 under way, 5 waiting" in shown
    assert shown[-1] == "p: pause   Ctrl-C: end"


def test_every_unit_is_shown_by_name_or_by_a_mark() -> None:
    few = "\n".join(plain(line) for line in frame(state_of([], 6), 1.0, 79, 23))
    assert [few.count(f"· unit_{number}") for number in range(6)] == [1] * 6
    many = "".join(plain(line) for line in frame(state_of([], 200), 1.0, 79, 23))
    assert many.count(UNICODE.standing["waiting"]) >= 200
    assert "units 200: 0 passed, 200 waiting" in many


def test_a_pause_and_a_question_stop_the_clock() -> None:
    state = state_of([Event("CODE", "begun", "total")], 0)
    state.apply(Event("CODE", "paused"), 10.0)
    assert state.seconds(50.0) == 10.0
    state.apply(Event("CODE", "resumed"), 50.0)
    assert state.seconds(53.0) == 13.0
    state.wait(2.0)
    assert (state.seconds(53.0), state.units["total"].since) == (11.0, 42.0)


def test_the_same_frame_is_not_written_again_and_a_changed_line_alone_is() -> None:
    written: list[str] = []
    screen = Screen(written.append)
    lines = [("one", 3), ("two", 3), ("three", 5)]
    screen.show(lines, (20, 9))
    screen.show(lines, (20, 9))
    assert len(written) == 1
    screen.show([("one", 3), ("2", 1), ("three", 5)], (20, 9))
    assert "2\x1b[K" in written[1]
    assert "one" not in written[1]
    assert "three" not in written[1]
    screen.show([("one", 3)], (20, 9), above="said\n")
    terminal = Terminal(20, 9)
    terminal.feed("".join(written))
    assert terminal.text() == "said\none"
    screen.clear()
    terminal.feed(written[-1])
    assert terminal.text() == "said\n"
    assert terminal.has_cursor


def test_a_line_that_became_two_in_a_narrower_terminal_is_taken_away_whole() -> None:
    written: list[str] = []
    screen = Screen(written.append)
    screen.show([("a" * 18, 18), ("b", 1)], (20, 9))
    screen.show([("a" * 9, 9), ("b", 1)], (10, 9))
    assert "\x1b[2A\x1b[J" in written[1]


def test_widths_are_those_of_the_terminal() -> None:
    assert [width_of(text) for text in ("abc", "größe", "終わり", "e\u0301")] == [3, 5, 6, 1]


STUCK = """
import asyncio, time
from aifirst_cli.run_stoppable import Stop, left_by_force

async def work():
    print("begun", flush=True)
    await asyncio.to_thread(time.sleep, 50)

stop = Stop()
with left_by_force(stop):
    stop.run(work(), {})
"""


def test_a_thread_that_cannot_be_ended_keeps_no_program() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=40)
        assert process.returncode == 130
        assert time.monotonic() - begun < 40
    assert b"Interrupted" in err
