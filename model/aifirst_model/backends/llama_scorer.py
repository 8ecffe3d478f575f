"""Asks the program `llama_scores`, in a process of its own, for the probabilities of texts; it is started when needed.

One text at a time. Who gives up waiting ends the process, as its answer would be taken for the next one's.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import sys
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from aifirst_model.answer import Token
from aifirst_model.backends.llama_scores import ScoreLoad, ScoreQuestion, ScoreReady, Scores
from aifirst_model.errors import BrokenAnswerError, TooLongError, UnsupportedError

_PATIENCE: Final = 5.0
"""Seconds that a process has to end by itself."""
_MOST_LINE: Final = 1 << 26
_Told = TypeVar("_Told", ScoreReady, Scores)


class LlamaScorer:
    """See the module."""

    def __init__(self, load: ScoreLoad) -> None:
        self._load = load
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self.context = 0
        """Tokens that a text may have, 0 until it runs."""

    @property
    def is_running(self) -> bool:
        """Whether the model is loaded here."""
        return self._process is not None and self._process.returncode is None

    async def score(self, text: str) -> tuple[Token, ...]:
        """The tokens of a text with their log-probabilities. Raises `TooLongError`, `BrokenAnswerError`."""
        told = await self._ask(ScoreQuestion(text))
        if told.whole > self.context:
            raise TooLongError(
                f"cannot read {told.whole} tokens at once: there is room for {self.context}",
                "give it less at once, or set `context` higher if the model can",
            )
        chances = (math.nan if chance is None else chance for chance in told.log_probabilities)
        return tuple(Token(one, chance) for one, chance in zip(told.texts, chances, strict=True))

    async def count_tokens(self, text: str) -> int:
        """How many tokens a text has, without those that the model puts around it."""
        return (await self._ask(ScoreQuestion(text, only_count=True))).count

    async def aclose(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            await end_process(process)

    async def _ask(self, question: ScoreQuestion) -> Scores:
        try:
            line = msgspec.json.encode(question)
        except UnicodeEncodeError:
            raise UnsupportedError(
                "was not asked: the text holds half a character (a lone surrogate)", "take that out"
            ) from None
        async with self._turn:
            if not self.is_running:
                await self._start()
            told = await self._exchange(line, Scores)
        if told is None or told.error:
            await self.aclose()
            raise self._unreadable(told.error if told else "")
        return told

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "aifirst_model.backends.llama_scores", stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=_MOST_LINE,
        )  # fmt: skip
        ready = await self._exchange(msgspec.json.encode(self._load), ScoreReady)
        if ready is None or ready.error:
            await self.aclose()
            raise self._unreadable(ready.error if ready else "")
        self.context = ready.context

    async def _exchange(self, line: bytes, kind: type[_Told]) -> _Told | None:
        """What the process answers to a line, None where it ended."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            with contextlib.suppress(ConnectionError):
                process.stdin.write(line + b"\n")
                await process.stdin.drain()
            told = await process.stdout.readline()
        except BaseException:
            self._process = None
            process.kill()
            await process.wait()
            raise
        return msgspec.json.decode(told, type=kind) if told.endswith(b"\n") else None

    def _unreadable(self, why: str) -> BrokenAnswerError:
        return BrokenAnswerError(
            f"cannot tell the probabilities of a text with {Path(self._load.path).name} ({why or 'its process ended'})",
            "check that its files are whole and belong together, and that memory suffices",
        )


async def end_process(process: asyncio.subprocess.Process) -> None:
    """Let a process that ends with its standard input end, by force where it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
