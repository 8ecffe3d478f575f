"""How much an export still says what the model said: on given texts, at every place.

Top-1 agreement is the share of places where both hold the same next token likeliest; perplexity is the exponential of
the mean negative log-likelihood of the text's own tokens. Each format is read by what runs it: GGUF by llama.cpp, ONNX
by onnxruntime, the original by transformers in float32.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from aifirst_model.checkpoint.load_pretrained import load_pretrained_model, load_pretrained_tokenizer
from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_onnx import MODEL_FILE
from aifirst_model.export.llama_logits import Ask, Told, read_window
from aifirst_model.heavy import heavy

WINDOW = 512
"""Tokens that are read together."""


class Agreement(msgspec.Struct, frozen=True):
    """The figures of one export against the original."""

    places: int
    """Predicted tokens."""
    top1: float
    """Share of places with the same likeliest token."""
    perplexity_original: float
    perplexity_exported: float
    same_tokens: float
    """Share of the texts that are cut into the same tokens (1.0 where the export uses the original's tokenizer)."""
    tokens_per_second: float
    """That the export reads, all cores, without loading."""
    tokens_per_second_original: float


class Reading(msgspec.Struct, frozen=True):
    """What one model says of all windows, and how the texts are cut."""

    windows: list[Told]
    seconds: float
    tokens: list[list[int]] | None = None


def cut_windows(checkpoint: Checkpoint, texts: Sequence[str], window: int = WINDOW) -> list[list[int]]:
    """The texts' tokens in windows of at most so many. Raises `ExportError` where there are too few to say anything."""
    length = min(window, checkpoint.context or window)
    windows: list[list[int]] = []
    for tokens in _cut(checkpoint, texts):
        windows += [tokens[start : start + length] for start in range(0, len(tokens), length)]
    windows = [one for one in windows if len(one) > 1]
    if not windows:
        raise ExportError("the texts to compare on are empty", "give files with text in them")
    return windows


def agreement(
    checkpoint: Checkpoint, exported: Path, texts: Sequence[str], *, window: int = WINDOW, threads: int = 0
) -> Agreement:  # fmt: skip
    """Compare one export (a GGUF file, or the folder of an ONNX model) with its original."""
    windows = cut_windows(checkpoint, texts, window)
    return compare(read_original(checkpoint, windows, threads), exported, windows, checkpoint, texts, threads)


def compare(
    original: Reading, exported: Path, windows: list[list[int]], checkpoint: Checkpoint, texts: Sequence[str],
    threads: int = 0,
) -> Agreement:  # fmt: skip
    """The same with what the original says given, for several exports of one model."""
    if exported.is_dir():
        told = read_onnx(exported, windows, threads)
        same = 1.0
    else:
        told = read_llama(exported, windows, texts, threads)
        pairs = list(zip(told.tokens or [], _cut(checkpoint, texts), strict=True))
        same = sum(ours == theirs for ours, theirs in pairs) / max(1, len(pairs))
    best = [place for one in told.windows for place in one.best]
    wanted = [place for one in original.windows for place in one.best]
    equal = sum(ours == theirs for ours, theirs in zip(best, wanted, strict=True))
    count = sum(map(len, windows))
    return Agreement(
        len(best), equal / len(best), _perplexity(original), _perplexity(told), same,
        round(count / max(told.seconds, 1e-9), 1), round(count / max(original.seconds, 1e-9), 1),
    )  # fmt: skip


def read_original(checkpoint: Checkpoint, windows: list[list[int]], threads: int = 0) -> Reading:
    """What the checkpoint says, by transformers."""
    torch = heavy("torch", "train")
    transformers = heavy("transformers", "train")
    transformers.utils.logging.disable_progress_bar()
    before = torch.get_num_threads()
    if threads:
        torch.set_num_threads(threads)
    try:
        model = load_pretrained_model(checkpoint.folder, dtype=torch.float32).eval()
        told: list[Told] = []
        seconds = 0.0
        with torch.inference_mode():
            for window in windows:
                begun = time.perf_counter()
                logits = model(input_ids=torch.tensor([window]), use_cache=False).logits[0].numpy()
                seconds += time.perf_counter() - begun
                told.append(read_window(logits, window))
    finally:
        torch.set_num_threads(before)
    return Reading(told, seconds)


def read_llama(path: Path, windows: list[list[int]], texts: Sequence[str], threads: int = 0) -> Reading:
    """What a GGUF file says, by llama.cpp in a process of its own. Raises `ExportError` where it cannot."""
    done = subprocess.run(
        [sys.executable, "-I", "-m", "aifirst_model.export.llama_logits"],
        input=msgspec.json.encode(Ask(str(path.absolute()), windows, list(texts), threads)),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    try:
        lines = [msgspec.json.decode(line, type=Told) for line in done.stdout.splitlines()]
    except msgspec.MsgspecError:
        lines = []
    error = next((line.error for line in lines if line.error), "")
    if error or len(lines) != len(windows) + 1:
        raise ExportError(
            f"llama.cpp cannot read {path.name} ({error or 'its process ended'})",
            "check that the file is whole and that memory suffices",
        )
    return Reading(lines[1:], sum(line.seconds for line in lines), lines[0].tokens)


def read_onnx(folder: Path, windows: list[list[int]], threads: int = 0) -> Reading:
    """What an ONNX model says, by onnxruntime; each window in two steps, so that what it remembers is tried too."""
    session = open_session(folder / MODEL_FILE, threads)
    told: list[Told] = []
    seconds = 0.0
    for window in windows:
        half = len(window) // 2
        begun = time.perf_counter()
        first, held = run_onnx(session, np.array([window[:half]]), None)
        second, _ = run_onnx(session, np.array([window[half:]]), held)
        seconds += time.perf_counter() - begun
        told.append(read_window(np.concatenate([first[0], second[0]]), window))
    return Reading(told, seconds)


def open_session(path: Path, threads: int = 0) -> Any:
    """The model in onnxruntime, on the processor."""
    runtime = heavy("onnxruntime", "train")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_onnx(session: Any, ids: Any, held: list[Any] | None, mask: Any = None) -> tuple[Any, list[Any]]:
    """Logits of new tokens, and all that is remembered after them; `mask` is 0 where a batch is filled up."""
    past = [one for one in session.get_inputs() if one.name.startswith("past.")]
    if held is None:
        empty = (len(ids), past[0].shape[1], 0, past[0].shape[3])
        held = [np.zeros(empty, np.float32) for _ in past]
    known = held[0].shape[2]
    whole = np.ones((len(ids), known + ids.shape[1]), np.int64) if mask is None else mask
    places = np.maximum(np.cumsum(whole, axis=1) - 1, 0)[:, known:]
    given = {"input_ids": ids.astype(np.int64), "attention_mask": whole, "position_ids": places}
    given |= {one.name: value for one, value in zip(past, held, strict=True)}
    named = {one.name for one in session.get_inputs()}
    logits, *present = session.run(None, {name: value for name, value in given.items() if name in named})
    return logits, present


def _cut(checkpoint: Checkpoint, texts: Sequence[str]) -> list[list[int]]:
    """The tokens of each text; what is spelt like a special token is text here, as llama.cpp reads it."""
    tokenizer = load_pretrained_tokenizer(checkpoint.folder)
    return [
        tokenizer(text, truncation=False, verbose=False, split_special_tokens=True)["input_ids"]
        for text in texts
    ]


def _perplexity(reading: Reading) -> float:
    chances = [one for window in reading.windows for one in window.log_probabilities]
    return math.exp(-sum(chances) / len(chances))
