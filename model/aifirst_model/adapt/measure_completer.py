"""Measures a GGUF file as a completer of lines: what it writes, greedily, and how likely it holds the right line.

Both are asked of the file as it is served, about the same texts: where a gap is longer than the window, what is
furthest from it is left out, two thirds of the room for what stands before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.adapt.score_lines import LineScore, score_line
from aifirst_model.checkpoint.load_pretrained import load_pretrained_tokenizer
from aifirst_model.dataset.record import Gap
from aifirst_model.export.agreement import read_llama
from aifirst_model.open_model import open_model
from aifirst_model.request import Infill, Options
from aifirst_model.settings import ModelSettings
from aifirst_model.training.format_sample import IGNORED, Formatter

ANSWER: Final = 64
"""Tokens of an answer, at most."""
Tell = Callable[[int, int], None]


def measure_completer(
    path: Path, tokenizer: Path, gaps: list[Gap], window: int, *, threads: int = 0, tell: Tell | None = None
) -> tuple[list[LineScore], float]:
    """A score a gap, and the milliseconds that an answer takes on average. Raises `ModelError`."""
    gaps = fit_gaps(gaps, tokenizer, window)
    begun = time.perf_counter()
    answers = asyncio.run(_answers(path, gaps, window, threads, tell))
    took = (time.perf_counter() - begun) * 1000 / max(1, len(gaps))
    chances = likelihoods(path, tokenizer, gaps, window, threads)
    pairs = zip(gaps, answers, chances, strict=True)
    return [score_line(gap.middle, answer, chance) for gap, answer, chance in pairs], took


def likelihoods(
    path: Path, tokenizer: Path, gaps: list[Gap], window: int, threads: int = 0
) -> list[list[float]]:
    """The logarithms of the probabilities of each gap's own tokens."""
    formatter = Formatter(load_pretrained_tokenizer(tokenizer), window, 0.0, 0)
    windows: list[list[int]] = []
    places: list[list[int]] = []
    for gap in gaps:
        told = formatter.pieces(gap)[0]
        learned = [at for at, label in enumerate(told.labels) if label != IGNORED]
        windows.append(told.ids)
        places.append(learned[:-1])  # the last is the end of the gap, which is no part of the line
    read = read_llama(path, windows, [], threads).windows
    return [[one.log_probabilities[at - 1] for at in own] for one, own in zip(read, places, strict=True)]


def fit_gaps(gaps: list[Gap], tokenizer: Path, window: int) -> list[Gap]:
    """The gaps with so much around them that a window holds them and an answer."""
    loaded = load_pretrained_tokenizer(tokenizer)
    room = max(16, window - ANSWER - 8)
    fitted: list[Gap] = []
    for gap in gaps:
        before, after = (
            loaded(text, add_special_tokens=False)["input_ids"] for text in (gap.before, gap.after)
        )
        if len(before) + len(after) > room:
            kept_after = after[: max(room // 3, room - len(before))]
            kept_before = before[-(room - len(kept_after)) :]
            gap = msgspec.structs.replace(
                gap, before=loaded.decode(kept_before), after=loaded.decode(kept_after)
            )
        fitted.append(gap)
    return fitted


async def _answers(path: Path, gaps: list[Gap], window: int, threads: int, tell: Tell | None) -> list[str]:
    settings = ModelSettings(
        backend="llama-cpp",
        model=str(path),
        context=window + 2 * ANSWER,
        threads=threads or ModelSettings().threads,
    )
    model = open_model(settings)
    options = Options(max_tokens=ANSWER, temperature=0.0, stop=("\n",))
    answers: list[str] = []
    try:
        for at, gap in enumerate(gaps):
            answers.append((await model.generate(Infill(gap.before, gap.after), options)).text)
            if tell:
                tell(at + 1, len(gaps))
    finally:
        await model.aclose()
    return answers
