"""A checkpoint in this process, run by transformers.

Everything that blocks runs in one thread of the model's own, one request after the other; a request that was cancelled
ends at its next token. The weights are loaded at the first question. Left out: several requests at once (a server does
that), tools and images.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from aifirst_model.answer import Answer, Piece, Token, Usage, collect
from aifirst_model.backends.choose_adapter import choose_adapter
from aifirst_model.backends.local_weights import LocalWeights, load_tokenizer
from aifirst_model.backends.openai_answer import without_fence
from aifirst_model.backends.openai_request import infill_chat
from aifirst_model.backends.token_picker import Chance, TokenPicker
from aifirst_model.backends.written_text import WrittenText
from aifirst_model.checkpoint.load_pretrained import told_lack_of_memory
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.errors import BrokenAnswerError, LocalSettingsError, TooLongError, UnsupportedError
from aifirst_model.fill_tokens import FillTokens, fill_tokens_among
from aifirst_model.heavy import heavy
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Continuation, Infill, Options, Prompt
from aifirst_model.settings import ModelSettings
from aifirst_model.text_model import Capabilities, check_options

_Result = TypeVar("_Result")
_CHAT_STOP: Final = "\n\n\n"
_NO_TEMPLATE: Final = "ask it to go on from a text, or take a model made for chats (an -instruct one)"


class _Asked(NamedTuple):
    """A request as tokens; `ends` are those that end the answer."""

    numbers: list[int]
    ends: list[int]
    options: Options


class TransformersModel:
    """See the module. Raises `CheckpointError`, `LocalSettingsError` for settings that cannot work; loads nothing yet."""

    def __init__(self, settings: ModelSettings) -> None:
        if not settings.model:
            raise LocalSettingsError(
                "no model is named", "give a folder, or a hub's name that lies in the cache"
            )
        self._settings = settings
        self._checkpoint = open_checkpoint(settings.model)
        for adapter in settings.adapters:
            open_checkpoint(adapter)
        if self._checkpoint.adapter_of is not None:
            base = self._checkpoint.adapter_of
            raise LocalSettingsError(
                f"{settings.model} is an adapter",
                f"give {base or 'its base'} as the model and it as one of `adapters`",
            )
        self._tokenizer: Any = None
        self._weights: LocalWeights | None = None
        self._fill: tuple[FillTokens | None, list[int]] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._running: set[threading.Event] = set()

    @property
    def name(self) -> str:
        """As the settings name it."""
        return self._settings.model

    @property
    def capabilities(self) -> Capabilities:
        """All; constraints need a model with a tokenizer.json."""
        return Capabilities(grammar=True, token_counts=True, scores=True, adapters=True, context=self._room())

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The whole answer. Raises `ModelError`."""
        pieces, in_chat = await self._whole(prompt, options)
        answer = await collect(_each(pieces))
        return _of_chat(answer) if in_chat else answer

    async def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        """The answer as it is written. Raises `ModelError`; closing it ends the generation at the next token."""
        if isinstance(prompt, Infill) and not await self._call(self._can_infill):
            whole = await self.generate(prompt, options)
            yield Piece(whole.text, whole.tokens, whole.finish, whole.usage, in_chat=True)
            return
        check_options(options, self.capabilities, self.name)
        adapter = choose_adapter(self._settings.adapters, options.adapter)
        async with aclosing(self._generated(prompt, options, adapter)) as pieces:
            async for piece in pieces:
                yield piece

    async def count_tokens(self, text: str) -> int:
        """As the model's own tokenizer counts; the weights are not loaded for it. Raises `ModelError`."""
        return len(await self._call(lambda: self._encode(text, special=False)))

    async def score(self, text: str) -> tuple[Token, ...]:
        """The log-probability of each token of a text, NaN for a first one that nothing stands before."""
        cancelled = threading.Event()
        try:
            return await self._call(partial(self._score, text, cancelled.is_set))
        finally:
            cancelled.set()

    async def aclose(self) -> None:
        """End what runs and give the memory back."""
        for cancelled in self._running:
            cancelled.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._forget)
            thread.shutdown(wait=False)

    def _in_thread(self, work: Callable[[], _Result]) -> asyncio.Future[_Result]:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "aifirst-transformers")
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _call(self, work: Callable[[], _Result]) -> _Result:
        return await self._in_thread(work)

    async def _whole(self, prompt: Prompt, options: Options) -> tuple[list[Piece], bool]:
        """The pieces of an answer that nobody waits for, and whether a gap was asked for in a chat."""
        check_options(options, self.capabilities, self.name)
        adapter = choose_adapter(self._settings.adapters, options.adapter)
        pieces, cancelled = list[Piece](), threading.Event()

        def write() -> bool:
            self._write(prompt, options, adapter, pieces.append, cancelled.is_set, is_whole=True)
            return isinstance(prompt, Infill) and not self._can_infill()

        self._running.add(cancelled)
        try:
            in_chat = await self._in_thread(write)
            if cancelled.is_set():
                raise _closed()
            return pieces, in_chat
        finally:
            cancelled.set()
            self._running.discard(cancelled)

    async def _generated(
        self, prompt: Prompt, options: Options, adapter: int | None
    ) -> AsyncGenerator[Piece, None]:
        """The pieces, out of the thread as it makes them."""
        loop, cancelled = asyncio.get_running_loop(), threading.Event()
        queue: asyncio.Queue[Piece | BaseException | None] = asyncio.Queue()

        def send(piece: Piece) -> None:
            try:
                loop.call_soon_threadsafe(queue.put_nowait, piece)
            except RuntimeError:  # the loop is closed: nobody listens any more
                cancelled.set()

        self._running.add(cancelled)
        try:
            done = self._in_thread(partial(self._write, prompt, options, adapter, send, cancelled.is_set))
            done.add_done_callback(lambda one: None if one.cancelled() else queue.put_nowait(one.exception()))
            while (told := await queue.get()) is not None:
                if isinstance(told, BaseException):
                    raise told
                yield told
            if cancelled.is_set():
                raise _closed()
        finally:
            cancelled.set()
            self._running.discard(cancelled)

    # What follows runs in the thread.

    def _forget(self) -> None:
        weights, self._weights, self._tokenizer = self._weights, None, None
        if weights is not None and weights.device == "cuda":
            torch = weights.torch
            del weights
            torch.cuda.empty_cache()

    def _loaded_tokenizer(self) -> Any:
        if self._tokenizer is None:
            self._tokenizer = load_tokenizer(self._checkpoint)
        return self._tokenizer

    def _loaded(self) -> LocalWeights:
        if self._weights is None:
            self._weights = LocalWeights(self._checkpoint, self._loaded_tokenizer(), self._settings)
        return self._weights

    def _encode(self, text: str, *, special: bool) -> list[int]:
        try:
            return self._loaded_tokenizer()(text, add_special_tokens=special, verbose=False)["input_ids"]
        except (UnicodeEncodeError, TypeError):
            raise UnsupportedError(
                "was not asked: the text holds half a character (a lone surrogate)", "take that out"
            ) from None

    def _fill_tokens(self) -> FillTokens | None:
        """How this model spells a gap: its vocabulary tells. Found once, the vocabulary is large."""
        if self._fill is None:
            vocabulary = self._loaded_tokenizer().get_vocab()
            tokens = fill_tokens_among(vocabulary)
            ends = [vocabulary[end] for end in tokens.ends if end in vocabulary] if tokens else []
            self._fill = (tokens, ends)
        return self._fill[0]

    def _can_infill(self) -> bool:
        return self._fill_tokens() is not None

    def _ask(self, prompt: Prompt, options: Options, ends: list[int]) -> _Asked:
        """The prompt as tokens. Raises `UnsupportedError` for one that this model cannot be asked."""
        if isinstance(prompt, Continuation):
            return self._checked(_Asked(self._encode(prompt.text, special=True), ends, options))
        if isinstance(prompt, Infill):
            if (tokens := self._fill_tokens()) is not None and self._fill is not None:
                ends = [*ends, *self._fill[1]]
                return self._checked(_Asked(self._encode(tokens.prompt(prompt), special=True), ends, options))
            options = msgspec.structs.replace(options, stop=(*options.stop, _CHAT_STOP))
            prompt = infill_chat(prompt)
        return self._checked(_Asked(self._encode(self._templated(prompt), special=False), ends, options))

    def _templated(self, chat: Chat) -> str:
        tokenizer = self._loaded_tokenizer()
        if not tokenizer.chat_template:
            raise UnsupportedError("cannot be asked in a chat: it has no chat template", _NO_TEMPLATE)
        messages = [{"role": one.role, "content": one.content} for one in chat.messages]
        jinja = heavy("jinja2", "train")
        try:
            return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except jinja.TemplateSyntaxError as error:
            raise UnsupportedError(
                f"cannot be asked in a chat: its chat template is broken ({error})", "fetch the model again"
            ) from None
        except (jinja.TemplateError, TypeError, ValueError) as error:
            raise UnsupportedError(
                f"cannot put these messages into its chat template ({error})",
                "change their roles or their order",
            ) from None

    def _room(self) -> int:
        return min(self._checkpoint.context or self._settings.context, self._settings.context)

    def _checked(self, asked: _Asked) -> _Asked:
        if len(asked.numbers) >= self._room():
            raise TooLongError(
                f"cannot read {len(asked.numbers)} tokens: its context has room for {self._room()}, with the answer",
                "shorten the prompt, or set `context` higher if the model can",
            )
        return asked

    def _write(
        self, prompt: Prompt, options: Options, adapter: int | None, send: Callable[[Piece], None],
        is_cancelled: Callable[[], bool], *, is_whole: bool = False,
    ) -> None:  # fmt: skip
        """Generate, and send every piece, the last with `finish`."""
        if is_cancelled():
            return
        weights = self._loaded()
        asked = self._ask(prompt, options, weights.ends)
        if not asked.numbers:
            raise UnsupportedError(
                "was not asked: the prompt has no tokens", "give it some text to go on from"
            )
        torch, options = weights.torch, asked.options
        written = WrittenText(weights.decode, asked.numbers, options.stop, is_whole=is_whole)
        picker, config = _picker(weights, asked, self._room())
        watch = _Watch(torch, weights.device, written, picker, asked.ends, send, is_cancelled)
        read = torch.tensor([asked.numbers], device=weights.device)
        with weights.adapted(adapter) as model, told_lack_of_memory(self.name):
            model.generate(
                input_ids=read, attention_mask=torch.ones_like(read), generation_config=config,
                logits_processor=[picker], stopping_criteria=[watch],
            )  # fmt: skip
        if not is_cancelled():
            usage = Usage(len(asked.numbers), watch.count)
            send(written.finish("stop" if watch.is_ended else "length", usage))

    def _score(self, text: str, is_cancelled: Callable[[], bool]) -> tuple[Token, ...]:
        weights = self._loaded()
        own = self._encode(text, special=False)
        numbers = self._encode(text, special=True)
        if len(numbers) > self._room():
            raise TooLongError(
                f"cannot read {len(numbers)} tokens at once: its context has room for {self._room()}",
                "give it less at once (`aifirst model eval perplexity` by a smaller --window)",
            )
        if not own:
            return ()
        adapter = choose_adapter(self._settings.adapters, None)
        scores = [float("nan"), *weights.score(numbers, adapter, is_cancelled)]
        if is_cancelled():
            return ()
        start = next((at for at in range(len(numbers)) if numbers[at : at + len(own)] == own), 0)
        return weights.tokens_of(numbers[start : start + len(own)], scores[start : start + len(own)])


class _Watch:
    """Told of each token by `generate`, sends what is certain, and says when to stop."""

    def __init__(
        self, torch: Any, device: str, written: WrittenText, picker: TokenPicker, ends: list[int],
        send: Callable[[Piece], None], is_cancelled: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._go = torch.zeros(1, dtype=torch.bool, device=device)
        self._stop = torch.ones(1, dtype=torch.bool, device=device)
        self._written, self._picker, self._ends = written, picker, frozenset(ends)
        self._send, self._is_cancelled = send, is_cancelled
        self.count = 0
        self.is_ended = False

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """Whether to stop."""
        if self._is_cancelled():
            return self._stop
        self.count += 1
        number = int(input_ids[0, -1])
        if number in self._ends:
            self.is_ended = True
            return self._stop
        if (piece := self._written.feed(number, self._picker.token)) is not None:
            self._send(piece)
        self.is_ended = self._picker.is_complete
        return self._stop if self._written.is_stopped or self.is_ended else self._go


def _picker(weights: LocalWeights, asked: _Asked, room: int) -> tuple[TokenPicker, Any]:
    """Who picks the tokens, and the settings of `generate`; what the options leave open is as the model's makers want."""
    options, torch = asked.options, weights.torch
    temperature, top_p, top_k, penalty = options.temperature, options.top_p, 0, None
    if temperature is None and weights.sampling is not None:
        temperature, own_top_p, own_top_k, penalty = weights.sampling
        top_p, top_k = top_p if top_p is not None else own_top_p, own_top_k or 0
        temperature = 1.0 if temperature is None else temperature
    chance = None
    if temperature:
        whole = 1.0 if top_p is None else top_p
        chance = Chance(torch, weights.device, temperature, whole, top_k, options.seed)
    mask = None if options.constraint is None else weights.constraint_tokens().mask(options.constraint, torch)
    most = min(options.max_tokens, room - len(asked.numbers))
    config = weights.transformers.GenerationConfig(
        do_sample=False, max_new_tokens=most, eos_token_id=asked.ends or None, repetition_penalty=penalty,
        pad_token_id=asked.ends[0] if asked.ends else 0,
    )  # fmt: skip
    return TokenPicker(torch, chance, mask, options.alternatives, weights.show), config


def _closed() -> BrokenAnswerError:
    return BrokenAnswerError("was closed while it answered", "ask it again")


def _of_chat(answer: Answer) -> Answer:
    return Answer(without_fence(answer.text), answer.finish, answer.tokens, answer.usage, in_chat=True)


async def _each(pieces: Iterable[Piece]) -> AsyncGenerator[Piece, None]:
    for piece in pieces:
        yield piece
