"""How fast a running model answers and what memory it takes, as a user meets it: through the backend, streamed.

The first request loads the model and is told apart. Memory is that of this process and all below it, which holds the
models that run on this machine by themselves; of a server, say its process. Linux only; elsewhere it is not told.
"""

from __future__ import annotations

import math
import statistics
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from aifirst_model.answer import Usage
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.result import Metric, MetricKind, Result, Table
from aifirst_model.evaluation.show_result import number
from aifirst_model.request import Continuation, Options
from aifirst_model.text_model import TextModel

WANTED_TOKENS_PER_SECOND = 50.0
WANTED_GIGABYTES = 3.0
PROMPTS = (
    'def read_settings(path: str) -> dict[str, str]:\n    """Read lines of name=value, comments left out."""\n',
    'class Stack:\n    """A stack of integers."""\n\n    def __init__(self) -> None:\n',
    "function debounce(callback, milliseconds) {\n",
    "def merge_sorted(left: list[int], right: list[int]) -> list[int]:\n",
)
_LOOKS = 0.05
_KIB = 1024


class Timing(msgspec.Struct, frozen=True):
    """One answer: seconds to its first piece, from there to its end, its tokens, and those guessed ahead."""

    first: float
    rest: float
    tokens: int
    guessed: int = 0
    accepted: int = 0


async def time_answer(model: TextModel, prompt: str, max_tokens: int) -> Timing | None:
    """Ask once; None where the answer was empty. Raises ModelError."""
    started = time.perf_counter()
    first, pieces, usage = 0.0, 0, Usage(0, 0)
    async for piece in model.stream(Continuation(prompt), Options(max_tokens=max_tokens, temperature=0.0)):
        if piece.text:
            pieces += 1
            first = first or time.perf_counter()
        if piece.usage is not None:
            usage = piece.usage
    ended = time.perf_counter()
    if not pieces:
        return None
    return Timing(first - started, ended - first, usage.answer or pieces, usage.guessed, usage.accepted)


async def speed_result(
    model: TextModel, prompts: Sequence[str], requests: int, max_tokens: int, report: Callable[[int, int], None],
    process: int | None = None, quality: str = "", hour_cost: float | None = None,
) -> Result:  # fmt: skip
    """Percentiles over `requests` answers, one after the other; what a million tokens cost where an hour's cost is given.

    Raises ModelError, EvaluationError for empty answers.
    """
    with _memory(process) as peak:
        started = time.perf_counter()
        await time_answer(model, prompts[0], 1)
        loading = time.perf_counter() - started
        timings: list[Timing] = []
        for done in range(requests):
            report(done, requests)
            timing = await time_answer(model, prompts[done % len(prompts)], max_tokens)
            if timing is not None:
                timings.append(timing)
    if not timings:
        raise EvaluationError("every answer was empty", "give --prompts that the model goes on from")
    count = len(timings)
    firsts = sorted(timing.first * 1000 for timing in timings)
    speeds = [
        (timing.tokens - 1) / timing.rest for timing in timings if timing.tokens > 1 and timing.rest > 0
    ]
    metrics = {
        "first_token_p50": Metric(percentile(firsts, 50), better="lower", unit="ms", count=count),
        "first_token_p95": Metric(percentile(firsts, 95), better="lower", unit="ms", count=count),
        "first_request": Metric(loading, better="", unit="s"),
        "answer_tokens": Metric(statistics.mean(timing.tokens for timing in timings), better="", count=count),
    }
    if speeds:
        kind = MetricKind(unit="tokens/s", wanted=(WANTED_TOKENS_PER_SECOND, None))
        median = statistics.median(speeds)
        metrics["tokens_per_second"] = Metric(median, unit=kind.unit, count=len(speeds), wanted=kind.wanted)
    metrics |= _of_all(timings, hour_cost)
    if peak():
        wanted = (None, WANTED_GIGABYTES)
        metrics["memory"] = Metric(peak() / 1e9, better="lower", unit="GB", wanted=wanted)
    if (held := gpu_memory()) is not None:
        metrics["gpu_memory"] = Metric(held / 1e9, better="lower", unit="GB")
    about = {"requests": f"{count}, one after the other, at most {max_tokens} tokens each"}
    return Result("speed", model.name, metrics, (), about, (_row(model.name, metrics, quality),))


def _of_all(timings: Sequence[Timing], hour_cost: float | None) -> dict[str, Metric]:
    """What is told of all answers together: what tokens cost, and how many guesses held."""
    metrics: dict[str, Metric] = {}
    if hour_cost is not None:
        spent = math.fsum(timing.first + timing.rest for timing in timings)
        hours = spent / sum(timing.tokens for timing in timings) * 1e6 / 3600
        metrics["cost_per_million_tokens"] = Metric(hours * hour_cost, better="lower", count=len(timings))
    if guessed := sum(timing.guessed for timing in timings):
        share = sum(timing.accepted for timing in timings) / guessed
        metrics["guesses_accepted"] = Metric(share, better="", count=guessed)
    return metrics


def gpu_memory() -> int | None:
    """The most bytes that tensors of this process held on a CUDA device; None where it has no such tensors."""
    torch: Any = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available() or not torch.cuda.is_initialized():
        return None
    return int(torch.cuda.max_memory_allocated())


def _row(name: str, metrics: dict[str, Metric], quality: str) -> Table:
    """Speed, memory and quality in one line, to set beside those of other models."""
    cells = (
        number(metric.value, metric.unit) if (metric := metrics.get(which)) is not None else "not known"
        for which in ("tokens_per_second", "first_token_p50", "first_token_p95", "memory")
    )
    head = ("Model", "Speed", "First token, p50", "p95", "Memory", "Quality")
    return Table("Speed, memory, quality", head, ((name, *cells, quality or "not given"),))


def percentile(ordered: Sequence[float], share: float) -> float:
    """The percentile by linear interpolation, as numpy's default, of values in order."""
    place = (len(ordered) - 1) * share / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def memory_of(process: int) -> int:
    """Bytes that a process and all below it hold now, shared pages counted by their share; 0 where nobody tells."""
    folder = Path(f"/proc/{process}")
    try:
        told = (folder / "smaps_rollup").read_text()
        own = sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) * _KIB
        children = [
            int(each)
            for task in (folder / "task").iterdir()
            for each in (task / "children").read_text().split()
        ]
    except (OSError, ValueError, IndexError):
        return 0
    return own + sum(map(memory_of, children))


@contextmanager
def _memory(process: int | None) -> Generator[Callable[[], int]]:
    """The most memory that was held within, looked at twenty times a second."""
    import os

    watched = process if process is not None else os.getpid()
    most = [memory_of(watched)]
    if process is not None and not most[0]:
        raise EvaluationError(f"there is no process {process} that can be looked at", "leave --process out")
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(_LOOKS):
            most[0] = max(most[0], memory_of(watched))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield lambda: most[0]
    finally:
        is_over.set()
        watcher.join()
