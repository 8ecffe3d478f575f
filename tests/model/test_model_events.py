"""Server-sent events: however the bytes are cut, the events are the same."""

from __future__ import annotations

import itertools

import pytest
from aifirst_model.errors import BrokenAnswerError
from aifirst_model.http.events import Event, EventReader
from hypothesis import given, settings
from hypothesis import strategies as st

TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)


def _all(parts: list[bytes]) -> list[Event]:
    reader = EventReader()
    return [event for part in parts for event in reader.feed(part)] + reader.finish()


@settings(derandomize=True, max_examples=150, deadline=None)
@given(
    st.lists(st.lists(TEXT, min_size=1, max_size=3), max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 300), max_size=8),
)
def test_events_do_not_depend_on_where_the_bytes_are_cut(
    events: list[list[str]], end: str, cuts: list[int]
) -> None:
    data = "".join("".join(f"data: {line}{end}" for line in lines) + end for lines in events).encode()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[a:b] for a, b in itertools.pairwise(places)]
    assert _all(parts) == [Event("\n".join(lines).encode()) for lines in events]


def test_a_line_end_of_two_bytes_that_is_cut_is_one() -> None:
    data = b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n"
    for cut in range(len(data)):
        assert _all([data[:cut], data[cut:]]) == [Event(b"a\nb"), Event(b"c")]
    assert _all([data[at : at + 1] for at in range(len(data))]) == [Event(b"a\nb"), Event(b"c")]


def test_comments_and_what_is_unknown_are_passed_over_and_kinds_are_told() -> None:
    data = b": ping\n\nid: 5\nretry: 9\nevent: error\ndata:{}\n\ndata: a\ndata: b\n\n"
    assert _all([data]) == [Event(b"{}", "error"), Event(b"a\nb")]


def test_a_last_event_without_its_empty_line_counts() -> None:
    assert _all([b"data: a\n\ndata: b"]) == [Event(b"a"), Event(b"b")]


def test_an_event_without_end_is_an_error() -> None:
    with pytest.raises(BrokenAnswerError, match="without end"):
        _all([b"data: " + b"x" * 10_000 + b"\n"] * 200)
    with pytest.raises(BrokenAnswerError, match="without end"):
        EventReader().feed(b"x" * (2 << 20))
