"""The program that asks llama.cpp what it holds likely at every place of a text, for `agreement`.

llama.cpp's server tells only of tokens that it writes itself, so its library is called, in a process of its own: told on
standard input which file and which tokens, it writes a line for each window. The few numbers that are set in structures
of the library are checked against its defaults first, so that another version is an error and not a wrong figure.
"""

from __future__ import annotations

import ctypes
import struct
import sys
import time
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from aifirst_model.errors import ModelError
from aifirst_model.export.ggml_library import ggml_library

_ROOM: Final = 1024
"""Bytes kept for a structure of the library, more than any has."""
_DEFAULTS: Final = (512, 2048, 512)
"""Of the context's first numbers: tokens, batch, physical batch."""


class Ask(msgspec.Struct, frozen=True):
    """What to read: the file, windows of tokens that belong to each other, and texts to cut into tokens."""

    path: str
    windows: list[list[int]]
    texts: list[str] = []
    threads: int = 0


class Told(msgspec.Struct, frozen=True):
    """Of a window: the likeliest token after each, and the logarithm of the probability of the one that follows."""

    best: list[int] = []
    log_probabilities: list[float] = []
    tokens: list[list[int]] = []
    """Of the texts; only in the first line."""
    seconds: float = 0.0
    error: str = ""


class _Structure(ctypes.Structure):
    _fields_ = [("data", ctypes.c_ubyte * _ROOM)]


class _Batch(ctypes.Structure):
    _fields_ = [
        ("n_tokens", ctypes.c_int32), ("token", ctypes.POINTER(ctypes.c_int32)), ("embd", ctypes.c_void_p),
        ("pos", ctypes.POINTER(ctypes.c_int32)), ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))), ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]  # fmt: skip


class LlamaReader:
    """A file that is loaded, with room for a window."""

    def __init__(self, path: str, room: int, threads: int, batch: int = 0) -> None:
        """`batch` tokens are read at once at most; all of the room where it is 0."""
        self.library = library = _declared()
        self.model = library.llama_model_load_from_file(path.encode(), library.llama_model_default_params())
        if not self.model:
            raise RuntimeError("the file cannot be loaded")
        settings = library.llama_context_default_params()
        if struct.unpack_from("<3I", settings.data) != _DEFAULTS:
            raise RuntimeError("this version of llama.cpp is not known; figures would be wrong")
        struct.pack_into("<3I", settings.data, 0, room, batch or room, batch or room)
        self.context = library.llama_init_from_model(self.model, settings)
        if not self.context:
            raise RuntimeError("there is no memory for the context")
        if threads:
            library.llama_set_n_threads(self.context, threads, threads)
        self.vocabulary = library.llama_model_get_vocab(self.model)
        self.width = library.llama_vocab_n_tokens(self.vocabulary)

    def logits(self, tokens: list[int], start: int = 0) -> NDArray[np.float32]:
        """What the model says after each token; where they do not `start` at 0, behind those that were read before."""
        library = self.library
        if not start:
            library.llama_memory_clear(library.llama_get_memory(self.context), True)
        batch = library.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for place, token in enumerate(tokens):
                batch.token[place], batch.pos[place], batch.logits[place] = token, start + place, 1
                batch.n_seq_id[place], batch.seq_id[place][0] = 1, 0
            if library.llama_decode(self.context, batch):
                raise RuntimeError("the window cannot be read")
            told = library.llama_get_logits(self.context)
            return np.ctypeslib.as_array(told, (len(tokens), self.width)).copy()
        finally:
            library.llama_batch_free(batch)

    def tokens(self, text: str, *, special: bool = True) -> list[int]:
        """As llama.cpp cuts a text, with the tokens that it puts around where `special`."""
        data = text.encode()
        room = (ctypes.c_int32 * (len(data) + 8))()
        count = self.library.llama_tokenize(self.vocabulary, data, len(data), room, len(room), special, False)
        return list(room[:count])


def _declared() -> Any:
    library = ggml_library()
    pointer, number, flag = ctypes.c_void_p, ctypes.c_int32, ctypes.c_bool
    for name, kind, given in (
        ("llama_model_default_params", _Structure, []),
        ("llama_context_default_params", _Structure, []),
        ("llama_model_load_from_file", pointer, [ctypes.c_char_p, _Structure]),
        ("llama_init_from_model", pointer, [pointer, _Structure]),
        ("llama_model_get_vocab", pointer, [pointer]),
        ("llama_vocab_n_tokens", number, [pointer]),
        ("llama_set_n_threads", None, [pointer, number, number]),
        ("llama_get_memory", pointer, [pointer]),
        ("llama_memory_clear", None, [pointer, flag]),
        ("llama_batch_init", _Batch, [number, number, number]),
        ("llama_batch_free", None, [_Batch]),
        ("llama_decode", number, [pointer, _Batch]),
        ("llama_get_logits", ctypes.POINTER(ctypes.c_float), [pointer]),
        ("llama_tokenize", number, [pointer, ctypes.c_char_p, number, pointer, number, flag, flag]),
        ("llama_backend_init", None, []),
    ):  # fmt: skip
        function = getattr(library, name)
        function.restype, function.argtypes = kind, given
    library.llama_backend_init()
    return library


def read_window(logits: NDArray[np.float32], tokens: list[int]) -> Told:
    """What the logits after each token but the last say of the next one."""
    return Told(logits[:-1].argmax(axis=1).tolist(), log_probabilities(logits[:-1], tokens[1:]))


def log_probabilities(logits: NDArray[np.float32], following: list[int]) -> list[float]:
    """The logarithm of the probability that each row gives to its token."""
    rows = logits.astype(np.float64)
    most = rows.max(axis=1, keepdims=True)
    total = np.log(np.exp(rows - most).sum(axis=1)) + most[:, 0]
    return (rows[np.arange(len(rows)), following] - total).tolist()


def main() -> None:
    """Answer the question on standard input."""
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=Ask)
    try:
        room = max(64, *(len(window) for window in ask.windows)) if ask.windows else 64
        model = LlamaReader(ask.path, room, ask.threads)
        _tell(Told(tokens=[model.tokens(text) for text in ask.texts]))
        for window in ask.windows:
            begun = time.perf_counter()
            logits = model.logits(window)
            seconds = time.perf_counter() - begun
            _tell(msgspec.structs.replace(read_window(logits, window), seconds=seconds))
    except (RuntimeError, AttributeError, OSError, ModelError) as error:
        _tell(Told(error=str(error)))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
