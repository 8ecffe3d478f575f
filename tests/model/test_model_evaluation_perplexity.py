"""Perplexity is what the definition says, whatever the windows; speed and memory are what a stopwatch says."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aifirst_model.answer import Token
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_model.errors import TooLongError
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.perplexity import (
    Windows,
    fit_windows,
    perplexity_result,
    read_texts,
    stretches,
    surprise_of,
)
from aifirst_model.evaluation.speed import memory_of, percentile, speed_result
from aifirst_model.text_model import Capabilities
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"
)
TEXT = "".join(f"line {number}: größer\n" for number in range(200))


class Letters(Scripted):
    """A model whose tokens are characters; the chance of each is a half, that of a space a quarter, of the first none."""

    def __init__(self, room: int = 0) -> None:
        super().__init__(Script(()))
        self.read: list[int] = []
        self.room = room

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(scores=True, token_counts=True, context=self.room)

    async def count_tokens(self, text: str) -> int:
        return len(text)

    async def score(self, text: str) -> tuple[Token, ...]:
        if 0 < self.room < len(text):
            raise TooLongError("is too long", "give less")
        self.read.append(len(text))
        chances = [math.nan if not at else 0.25 if letter == " " else 0.5 for at, letter in enumerate(text)]
        return tuple(Token(letter, math.log(chance)) for letter, chance in zip(text, chances, strict=True))


@pytest.mark.parametrize(
    "windows", [Windows(10_000, 10_000), Windows(100, 50), Windows(64, 1), Windows(50, 50)]
)
def test_every_token_is_scored_once_whatever_the_windows(windows: Windows) -> None:
    model, text = Letters(), TEXT[:600]
    seen = asyncio.run(surprise_of(model, text, windows))
    # Without context (the last of the windows) the first token of each window has no chance.
    lost = len(model.read) - (len(model.read) > 1) if windows.stride == windows.window else 1
    assert seen.tokens == len(text) - lost
    if lost == 1:
        bits = sum(2 if letter == " " else 1 for letter in text[1:])
        assert seen.loss / math.log(2) == pytest.approx(bits)
        assert seen.size == len(text.encode()) - 1
    assert max(model.read) <= max(windows.window, 22)


@pytest.mark.parametrize("room", [20, 70, 99])
def test_where_a_window_is_too_large_all_the_same_every_token_is_scored_once(room: int) -> None:
    """Texts are cut by characters, so some windows have more tokens than were meant."""
    model, text = Letters(room), TEXT[:600]
    seen = asyncio.run(surprise_of(model, text, Windows(100, 50)))
    bits = sum(2 if letter == " " else 1 for letter in text)
    assert seen.loss / math.log(2) == pytest.approx(bits, abs=4)
    assert len(text) - 4 <= seen.tokens <= len(text) - 1


def test_the_window_is_what_the_model_has_room_for() -> None:
    for room, asked, expected in (
        (1000, (None, None), Windows(900, 450)), (1 << 20, (None, None), Windows(1024, 512)),
        (0, (None, 100), Windows(1024, 100)), (1000, (1000, None), Windows(1000, 500)),
    ):  # fmt: skip
        assert asyncio.run(fit_windows(Letters(room), *asked)) == expected
    with pytest.raises(EvaluationError, match="has room for 1,000 tokens, and the window is 1,001"):
        asyncio.run(fit_windows(Letters(1000), 1001, None))
    with pytest.raises(EvaluationError, match="stride of 901 tokens is larger than the window of 900"):
        asyncio.run(fit_windows(Letters(1000), None, 901))


@given(st.text(alphabet="ab\n", min_size=1, max_size=300), st.integers(1, 60), st.integers(0, 60))
@settings(derandomize=True, max_examples=80, deadline=None)
def test_stretches_are_the_text_and_their_contexts_stand_before_them(
    text: str, stride: int, more: int
) -> None:
    place = 0
    for stretch in stretches(text, 1.0, Windows(stride + more, stride)):
        assert text.startswith(stretch.target, place)
        assert text[:place].endswith(stretch.context)
        assert len(stretch.target) <= stride
        assert len(stretch.context) <= more
        place += len(stretch.target)
    assert place == len(text)


def test_figures_are_per_token_and_per_byte(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(TEXT)
    model = Letters()
    result = asyncio.run(perplexity_result(model, read_texts([path]), Windows(), lambda _, __: None))
    bits = sum(2 if letter == " " else 1 for letter in TEXT[1:])
    assert result.metrics["bits_per_byte"].value == pytest.approx(bits / (len(TEXT.encode()) - 1))
    assert result.metrics["perplexity"].value == pytest.approx(2 ** (bits / (len(TEXT) - 1)))
    with pytest.raises(EvaluationError, match="is empty"):
        read_texts([tmp_path / "none.txt" if (tmp_path / "none.txt").write_text(" ") else path])


def test_it_is_what_transformers_computes(tiny_qwen2: Path) -> None:
    pytest.importorskip("torch")
    from aifirst_model.heavy import heavy
    from aifirst_model.open_model import open_model
    from aifirst_model.settings import ModelSettings

    transformers: Any = heavy("transformers", "train")
    torch: Any = heavy("torch", "train")
    text = Path(__file__).read_text()[:1500]
    model = open_model(ModelSettings(backend="transformers", model=str(tiny_qwen2), threads=1))
    windows = Windows(1000, 1000)
    result = asyncio.run(perplexity_result(model, [("text", text)], windows, lambda _, __: None))
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_qwen2)
    numbers = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        network = transformers.AutoModelForCausalLM.from_pretrained(tiny_qwen2).float()
        loss = float(network(numbers, labels=numbers).loss)
    assert result.metrics["log_loss_per_token"].value == pytest.approx(loss, rel=1e-3)
    short = asyncio.run(perplexity_result(model, [("text", text)], Windows(128, 64), lambda _, __: None))
    assert short.metrics["log_loss_per_token"].count == 1
    tokens = [each.items[0].scores["log_loss_per_token"].weight for each in (result, short)]
    assert abs(tokens[0] - tokens[1]) <= 5
    assert short.metrics["log_loss_per_token"].value > 0.9 * loss


def test_percentiles_are_numpys() -> None:
    values = sorted([5.0, 1.0, 9.0, 2.5, 7.0])
    for share in (0, 25, 50, 95, 100):
        assert percentile(values, share) == pytest.approx(float(np.percentile(values, share)))


def test_speed_is_told_from_first_token_to_last() -> None:
    script = Script((Step(answer="a b c d e f g h", pause=0.02, times=0),))
    started = time.perf_counter()
    model = Scripted(script)
    result = asyncio.run(speed_result(model, ("x",), 4, 8, lambda _, __: None, hour_cost=3.6))
    took = time.perf_counter() - started
    metrics = result.metrics
    assert 19 <= metrics["first_token_p50"].value <= metrics["first_token_p95"].value <= 1000 * took
    assert metrics["answer_tokens"].value == 8.0
    assert 7 / took <= metrics["tokens_per_second"].value <= 52
    assert metrics["memory"].value * 1e9 >= 1e7
    # 32 tokens in at least 0.64 s: 0.02 s a token, a thousandth of the money a second
    assert 20.0 <= metrics["cost_per_million_tokens"].value <= took / 32 * 1000
    with pytest.raises(EvaluationError, match="every answer was empty"):
        asyncio.run(speed_result(Scripted(Script((Step(times=0),))), ("x",), 2, 8, lambda _, __: None))


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells memory this way")
def test_memory_is_that_of_a_process_and_all_below_it() -> None:
    before = memory_of(os.getpid())
    program = "block = bytearray(b'x') * (128 << 20)\nprint(1, flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert memory_of(child.pid) > 128 << 20
        assert memory_of(os.getpid()) - before > 100 << 20
        child.communicate(b"\n")
    assert memory_of(2**22 + 1) == 0
