"""A model that answers from a file of steps, for tests and demos: the same questions get the same answers, always.

A step may also fail, stall, pause or break off, so that what uses a model can be tried with all that servers do. Its
tokens are words with the space before them. Left out: constraints are accepted and not enforced; the script says what
is answered.
"""

from __future__ import annotations

import asyncio
import re
from codecs import BOM_UTF8
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from aifirst_model.answer import Answer, Finish, Piece, Token, Usage, collect
from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    KeyRefusedError,
    LocalSettingsError,
    ModelError,
    RequestRefusedError,
    StalledError,
    UnreachableError,
)
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Infill, Options, Prompt
from aifirst_model.text_model import Capabilities

_TOKEN: Final = re.compile(r"\s*\S+|\s+")
_MOST_FILE: Final = 1 << 26
Failure = Literal["unreachable", "stalled", "broken", "busy", "key-refused", "refused"]
_STEP: Final = "the script says so"
_FAILURES: Final[dict[str, Callable[[], ModelError]]] = {
    "unreachable": lambda: UnreachableError("cannot be reached", _STEP),
    "stalled": lambda: StalledError("sent nothing", _STEP),
    "broken": lambda: BrokenAnswerError("ended the connection before its answer was whole", _STEP),
    "busy": lambda: BusyError("answered 503", _STEP, 503),
    "key-refused": lambda: KeyRefusedError("answered 401", _STEP, 401),
    "refused": lambda: RequestRefusedError("answered 400", _STEP, 400),
}


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer."""

    answer: str = ""
    when: str = ""
    """Only for prompts that hold this text."""
    times: Annotated[int, msgspec.Meta(ge=0)] = 1
    """How often it is used; 0 for without end."""
    finish: Finish = "stop"
    pause: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    """Seconds before each token."""
    log_probability: float = -0.1
    """Of each token."""
    fail: Failure | None = None
    """Fail in this way, after the answer where there is one."""
    stall: bool = False
    """Never end after the answer, until cancelled."""


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The steps, in their order: the first that fits and is not used up answers."""

    steps: tuple[Step, ...]
    name: str = "scripted"
    version: Literal[1] = 1


class Scripted:
    """See the module. `asked` holds every prompt with its options, in order."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._used = [0] * len(script.steps)
        self.asked: list[tuple[Prompt, Options]] = []

    @property
    def name(self) -> str:
        """The script's own."""
        return self._script.name

    @property
    def capabilities(self) -> Capabilities:
        """Everything: the script says what comes of it."""
        return Capabilities(grammar=True, token_counts=True, scores=True, adapters=True)

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The next answer, whole. Raises `ModelError`."""
        return await collect(self.stream(prompt, options))

    async def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        """The next answer, token by token. Raises `ModelError`."""
        self.asked.append((prompt, options))
        text = _text_of(prompt)
        step = self._next(text)
        answer, finish = _until_stop(step, options.stop)
        tokens = _TOKEN.findall(answer)
        if len(tokens) > options.max_tokens:
            tokens, finish = tokens[: options.max_tokens], "length"
        for token in tokens:
            await asyncio.sleep(step.pause)
            told = () if options.alternatives is None else (Token(token, step.log_probability),)
            yield Piece(token, told)
        if step.fail is not None:
            raise _FAILURES[step.fail]()
        if step.stall:
            await asyncio.get_running_loop().create_future()
        yield Piece("", finish=finish, usage=Usage(await self.count_tokens(text), len(tokens)))

    async def count_tokens(self, text: str) -> int:
        """The words of a text."""
        return len(_TOKEN.findall(text))

    async def score(self, text: str) -> tuple[Token, ...]:
        """Each word with the log-probability of the script's first step."""
        value = self._script.steps[0].log_probability if self._script.steps else -1.0
        return tuple(
            Token(word, value if number else float("nan")) for number, word in enumerate(_TOKEN.findall(text))
        )

    async def aclose(self) -> None:
        """Nothing is held."""

    def _next(self, text: str) -> Step:
        for number, step in enumerate(self._script.steps):
            if step.when in text and (step.times == 0 or self._used[number] < step.times):
                self._used[number] += 1
                return step
        raise RequestRefusedError(
            f"has no step left for this prompt ({len(self.asked)} were asked)", "add one to the script", 400
        )


def open_script(path: str) -> Scripted:
    """The model that a file of steps (JSON, see `Script`) makes. Raises `LocalSettingsError`."""
    if not path:
        raise LocalSettingsError(
            "the scripted model has no script", "give its path as `script` (AIFIRST_MODEL_SCRIPT)"
        )
    shown = path if path.isprintable() else repr(path)
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(_MOST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: no file can have such a name
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise LocalSettingsError(f"the script {shown} cannot be read ({why})", "check its path") from None
    if len(data) > _MOST_FILE:
        raise LocalSettingsError(f"the script {shown} has more than {_MOST_FILE} bytes", "split it")
    try:
        return Scripted(msgspec.json.decode(data.removeprefix(BOM_UTF8), type=Script))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LocalSettingsError(f"the script {shown} is none ({error})", "correct it there") from None


def _text_of(prompt: Prompt) -> str:
    if isinstance(prompt, Chat):
        return "\n".join(message.content for message in prompt.messages)
    return f"{prompt.before}\n{prompt.after}" if isinstance(prompt, Infill) else prompt.text


def _until_stop(step: Step, stops: tuple[str, ...]) -> tuple[str, Finish]:
    """The answer up to the first stop text in it."""
    found = [at for stop in stops if stop and (at := step.answer.find(stop)) >= 0]
    return (step.answer[: min(found)], "stop") if found else (step.answer, step.finish)
