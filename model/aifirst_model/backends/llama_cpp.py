"""A model in a GGUF file on this machine, run by llama.cpp.

llama.cpp runs in a process of its own, since it ends its process where it meets what it cannot do, and that must not be
an editor's server. It is asked like any server of its kind, with a key made for this once. The file is loaded at the
first question. Adapters are loaded with it and chosen with each request. Left out: GPUs other than by default.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import msgspec

from aifirst_model.answer import Answer, Piece, Token
from aifirst_model.backends.choose_adapter import choose_adapter
from aifirst_model.backends.llama_process import Load, Loaded
from aifirst_model.backends.llama_scorer import LlamaScorer, end_process
from aifirst_model.backends.llama_scores import ScoreLoad
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.checkpoint.hub_cache import find_ggufs
from aifirst_model.errors import BrokenAnswerError, LocalSettingsError, ModelError
from aifirst_model.export.gguf_file import read_gguf
from aifirst_model.heavy import need
from aifirst_model.request import DEFAULT_OPTIONS, Options, Prompt
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import Capabilities, check_options


class LlamaCpp:
    """See the module."""

    def __init__(
        self, settings: ModelSettings, path: Path, adapters: tuple[Path, ...] = (), draft: Path | None = None
    ) -> None:
        self._settings = settings
        self._path = path
        self._adapters = adapters
        self._draft = draft
        self._process: asyncio.subprocess.Process | None = None
        self._model: OpenAiCompatible | None = None
        self._loading = asyncio.Lock()
        first = str(adapters[0]) if adapters else ""
        self._scorer = LlamaScorer(ScoreLoad(str(path), settings.context, settings.threads, first))

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.stem

    @property
    def capabilities(self) -> Capabilities:
        """All that llama.cpp can do. Of tokens that were guessed ahead it tells no probability, so then of none."""
        guesses = self._draft is not None or self._settings.prompt_lookup
        return Capabilities(
            log_probabilities=not guesses, grammar=True, token_counts=True, scores=True, adapters=True,
            context=self._scorer.context or self._settings.context,
        )  # fmt: skip

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The whole answer. Raises `ModelError`."""
        self._check(options)
        return await (await self._loaded()).generate(prompt, options)

    async def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        """The answer as it is written. Raises `ModelError`; closing it ends the generation."""
        self._check(options)
        model = await self._loaded()
        async with aclosing(model.stream(prompt, options)) as pieces:
            async for piece in pieces:
                yield piece

    async def count_tokens(self, text: str) -> int:
        """As the model's own tokenizer counts. Raises `ModelError`."""
        if self._model is None and self._scorer.is_running:
            return await self._scorer.count_tokens(text)
        return await (await self._loaded()).count_tokens(text)

    async def score(self, text: str) -> tuple[Token, ...]:
        """The log-probability of each token of a text, NaN for a first one behind nothing; with the first adapter.

        The model is loaded for it once more, by its library, mapped from the same file. Raises `ModelError`.
        """
        return await self._scorer.score(text)

    async def aclose(self) -> None:
        """End its processes and give their memory back."""
        await self._scorer.aclose()
        await self._end_server()

    async def _end_server(self) -> None:
        model, self._model = self._model, None
        process, self._process = self._process, None
        if model is not None:
            await model.aclose()
        if process is not None:
            await end_process(process)

    def _check(self, options: Options) -> None:
        """Raise `UnsupportedError` for what cannot be done, before anything is loaded for it."""
        check_options(options, self.capabilities, "llama.cpp, as it is set (draft_model, prompt_lookup)")
        choose_adapter(self._settings.adapters, options.adapter)

    async def _loaded(self) -> OpenAiCompatible:
        """The model, loaded; anew where its process has ended."""
        async with self._loading:
            if self._process is not None and self._process.returncode is not None:
                await self._end_server()
            if self._model is None:
                self._model = await self._load()
            return self._model

    def _find_broken(self) -> str:
        """Which of the files is cut off, broken or of another model; llama.cpp tells little."""
        try:
            model, *adapters = (read_gguf(file) for file in (self._path, *self._adapters))
            if self._draft:
                read_gguf(self._draft)
        except ModelError as error:
            return error.what
        kind = model.text("general.architecture")
        others = (one for one in adapters if one.text("general.architecture") != kind)
        return next((f"{one.path.name} is for another kind of model than {kind}" for one in others), "")

    async def _load(self) -> OpenAiCompatible:
        key, settings = secrets.token_urlsafe(32), self._settings
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "aifirst_model.backends.llama_process", stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            load = Load(
                str(self._path), key, settings.context, settings.threads, settings.cache_type,
                tuple(str(one) for one in self._adapters), str(self._draft or ""), settings.prompt_lookup,
                settings.draft_tokens, parallel=settings.parallel,
            )  # fmt: skip
            told = await _talk(process, msgspec.json.encode(load))
            if not told.address:
                why = await asyncio.to_thread(self._find_broken) or told.error or "its process ended"
                beside = [*map(str, self._adapters), *([str(self._draft)] if self._draft else [])]
                with_what = f" with {', '.join(beside)}" if beside else ""
                raise BrokenAnswerError(
                    f"cannot load {self._path}{with_what} ({why})",
                    "check that every file is whole, that they belong together, and that memory suffices"
                    if beside
                    else "check that the file is whole and that memory suffices",
                )
        except BaseException:
            await end_process(process)
            raise
        self._process = process
        asked = msgspec.structs.replace(
            settings,
            url=f"{told.address}/v1",
            model=self.name,
            key_variable="",
            key_from="",
            server="llama.cpp",
            attempts=1,
        )
        return OpenAiCompatible(asked, key=key)


def open_file(settings: ModelSettings) -> LlamaCpp:
    """The model in the GGUF file that `settings.model` names, with its adapters and draft. Raises `LocalSettingsError`.

    Raises `NeedsExtraError` where llama.cpp is not installed.
    """
    path = _gguf(settings.model)
    adapters = tuple(_gguf(adapter) for adapter in settings.adapters)
    draft = _gguf(settings.draft_model) if settings.draft_model else None
    need("xllamacpp", "local")
    return LlamaCpp(settings, path, adapters, draft)


def _gguf(name: str) -> Path:
    """The path of a GGUF file, or the one of a hub's name in the cache. Raises `LocalSettingsError` for what is none."""
    try:
        path = Path(name).expanduser().absolute()
        if not path.exists() and (found := find_ggufs(name)):
            if len(found) > 1:
                names = ", ".join(one.name for one in found)
                raise LocalSettingsError(
                    f"{name} has several GGUF files ({names})", f"give a path in {found[0].parent}"
                )
            path = found[0]
        with path.open("rb") as stream:
            start = stream.read(4)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: no such user's folder
        why = error.strerror if isinstance(error, OSError) else "no file has such a name"
        shown = name if name.isprintable() else repr(name)
        raise LocalSettingsError(
            f"the model's file {shown} cannot be read ({why})", "give the path of a GGUF file"
        ) from None
    if start != b"GGUF":
        raise LocalSettingsError(
            f"the model's file {path} is no GGUF", "give one in that format, nothing else is loaded"
        )
    return path


async def _talk(process: asyncio.subprocess.Process, line: bytes) -> Loaded:
    if process.stdin is None or process.stdout is None:
        return Loaded()
    with contextlib.suppress(ConnectionError):
        process.stdin.write(line + b"\n")
        await process.stdin.drain()
    told = await process.stdout.readline()
    return msgspec.json.decode(told, type=Loaded) if told.endswith(b"\n") else Loaded()
