"""The program that tells `llama_cpp` the probabilities of texts that are given: llama.cpp's server tells none.

Told on standard input what to load, then a text a line, it answers each with a line, and ends when its input does. The
file is mapped, so that beside a server that has it too the weights are in memory once. See `export.llama_logits` for why
the library is called, and in a process of its own.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any, Final

import msgspec

from aifirst_model.errors import ModelError
from aifirst_model.export.llama_logits import LlamaReader, log_probabilities

_AT_ONCE: Final = 128
"""Tokens whose probabilities over the whole vocabulary are held at a time."""


class ScoreLoad(msgspec.Struct, frozen=True):
    """What to load; the first line of standard input. `context` is the most tokens that a text may have."""

    path: str
    context: int
    threads: int = 0
    adapter: str = ""


class ScoreReady(msgspec.Struct, frozen=True):
    """What came of it: the tokens that there is room for, or why there are none."""

    context: int = 0
    error: str = ""


class ScoreQuestion(msgspec.Struct, frozen=True):
    """A further line of standard input: a text to score, or only to count the tokens of."""

    text: str
    only_count: bool = False


class Scores(msgspec.Struct, frozen=True):
    """Of a text: its tokens with the logarithms of their probabilities, None for a first one behind nothing.

    `count` is how many tokens the text has, `whole` with those that the model puts around; where these are too many, or
    only a count was asked for, there is no more.
    """

    count: int = 0
    whole: int = 0
    texts: list[str] = []
    log_probabilities: list[float | None] = []
    error: str = ""


class _Scorer:
    def __init__(self, load: ScoreLoad) -> None:
        self._reader = LlamaReader(load.path, load.context, load.threads, _AT_ONCE)
        library = self._reader.library
        library.llama_token_to_piece.restype = ctypes.c_int32
        library.llama_token_to_piece.argtypes = [
            ctypes.c_void_p, ctypes.c_int32, ctypes.c_char_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_bool,
        ]  # fmt: skip
        made_for = library.llama_model_n_ctx_train
        made_for.restype, made_for.argtypes = ctypes.c_int32, [ctypes.c_void_p]
        trained: int = made_for(self._reader.model)
        self.context = min(load.context, trained) if trained > 0 else load.context
        if load.adapter:
            self._put_on(library, load.adapter)

    def answer(self, asked: ScoreQuestion) -> Scores:
        reader = self._reader
        own, read = reader.tokens(asked.text, special=False), reader.tokens(asked.text)
        if len(read) > self.context or asked.only_count:
            return Scores(len(own), len(read))
        start = next((at for at in range(len(read)) if read[at : at + len(own)] == own), 0)
        chances: list[float | None] = [None]
        for at in range(0, len(read) - 1, _AT_ONCE):
            part = read[at : at + _AT_ONCE]
            following = read[at + 1 : at + 1 + len(part)]
            chances += log_probabilities(reader.logits(part, at)[: len(following)], following)
        end = start + len(own)
        return Scores(len(own), len(read), [self._text(token) for token in own], chances[start:end])

    def _text(self, token: int) -> str:
        room = ctypes.create_string_buffer(512)
        size: int = self._reader.library.llama_token_to_piece(
            self._reader.vocabulary, token, room, len(room), 0, True
        )
        return room.raw[: max(0, size)].decode("utf-8", "replace")

    def _put_on(self, library: Any, path: str) -> None:
        pointer = ctypes.c_void_p
        library.llama_adapter_lora_init.restype = pointer
        library.llama_adapter_lora_init.argtypes = [pointer, ctypes.c_char_p]
        library.llama_set_adapters_lora.restype = ctypes.c_int32
        library.llama_set_adapters_lora.argtypes = [
            pointer, ctypes.POINTER(pointer), ctypes.c_size_t, ctypes.POINTER(ctypes.c_float),
        ]  # fmt: skip
        adapter = library.llama_adapter_lora_init(self._reader.model, path.encode())
        if not adapter:
            raise RuntimeError(f"the adapter {path} does not fit it")
        held, scale = (pointer * 1)(adapter), (ctypes.c_float * 1)(1.0)
        if library.llama_set_adapters_lora(self._reader.context, held, 1, scale):
            raise RuntimeError(f"the adapter {path} cannot be put on")


def main() -> None:
    """Answer until standard input ends."""
    load = msgspec.json.decode(sys.stdin.buffer.readline(), type=ScoreLoad)
    try:
        scorer = _Scorer(load)
    except (RuntimeError, AttributeError, OSError, ModelError) as error:
        _tell(ScoreReady(error=str(error) or "no reason is told"))
        return
    _tell(ScoreReady(scorer.context))
    while line := sys.stdin.buffer.readline():
        try:
            _tell(scorer.answer(msgspec.json.decode(line, type=ScoreQuestion)))
        except (RuntimeError, MemoryError) as error:
            _tell(Scores(error=str(error) or "memory does not suffice"))


def _tell(told: ScoreReady | Scores) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
