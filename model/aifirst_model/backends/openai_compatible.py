"""A model behind an OpenAI-compatible server: vLLM, llama.cpp's server, Ollama, or a hosted one.

How a server fills a gap is found by asking what it is, then by trying: `/completions` with a suffix, llama.cpp's own
`/infill`, the model's own tokens for a gap where its name tells the family, and a chat at last; the first that is taken
is remembered. To try alone would not do: llama.cpp passes over a suffix without a word. Left out: images, several
answers at once, results of tools as messages of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec

from aifirst_model.answer import Answer, Piece, Token, collect
from aifirst_model.backends.openai_answer import (
    is_count,
    read_choice,
    read_infill,
    read_object,
    without_fence,
)
from aifirst_model.backends.openai_request import (
    Body,
    chat_body,
    completion_body,
    encode_body,
    fill_tokens_body,
    infill_chat,
    llama_infill_body,
    suffix_body,
    with_adapter,
)
from aifirst_model.errors import (
    BrokenAnswerError,
    BusyError,
    RedirectedError,
    RequestRefusedError,
    SettingsError,
    StatusError,
    TooLongError,
    UnsupportedError,
)
from aifirst_model.fill_tokens import fill_tokens_of
from aifirst_model.http.address import read_address
from aifirst_model.http.client import HttpClient, Patience, Response
from aifirst_model.http.events import EventReader
from aifirst_model.http.retry import Retry
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Infill, Options, Prompt
from aifirst_model.settings import ModelSettings, Server
from aifirst_model.system_keyring import read_keyring
from aifirst_model.text_model import Capabilities, check_options, refuse_scores

_MOST_BODY: Final = 1 << 24
_MOST_STREAM: Final = 1 << 28
_MOST_TEXT: Final = 1 << 22
"""Characters of an answer."""
_MOST_AT_ONCE: Final = 1 << 16
"""Bytes of a stream that are read before others get a turn."""
_LAST_BYTES: Final = 0.05
"""Seconds that the end of a stream may come after its last event, for the connection to be kept."""
_REFUSALS: Final = frozenset({400, 404, 405, 415, 422, 501})
_OWNERS: Final[dict[object, Server]] = {
    "vllm": "vllm", "llamacpp": "llama.cpp", "library": "ollama", "openai": "openai", "system": "openai",
}  # fmt: skip
_FIRST_WAYS: Final[dict[Server, str]] = {"vllm": "tokens", "llama.cpp": "infill", "openai": "chat"}
_CAPABILITIES: Final[dict[Server, Capabilities]] = {
    "": Capabilities(),
    "openai": Capabilities(infill=False, tool_calls=True),
    "vllm": Capabilities(grammar=True, token_counts=True, scores=True, adapters=True),
    "llama.cpp": Capabilities(grammar=True, token_counts=True, adapters=True),
    "ollama": Capabilities(),
}


class _Request(msgspec.Struct, frozen=True):
    """A request and how its answer is read; `in_chat` for an infill that is asked for in a chat."""

    path: str
    body: Body
    form: str
    in_chat: bool = False

    def read(self, data: bytes, client: HttpClient) -> Piece | None:
        """What a whole answer or an event tells. Raises `BrokenAnswerError`."""
        answer = read_object(data)
        if self.form == "infill":
            return read_infill(answer, client.show)
        return read_choice(answer, client.show, is_chat=self.form == "chat")


class OpenAiCompatible:
    """See the module. Raises `SettingsError` for settings that cannot work."""

    def __init__(self, settings: ModelSettings, *, key: str = "") -> None:
        if not settings.model:
            raise SettingsError(
                "has no model named",
                "give the model's name as the server knows it (AIFIRST_MODEL, AIFIRST_MODEL_URL)",
            )
        self._settings = settings
        self._client = HttpClient(
            read_address(settings.url),
            key_variable=settings.key_variable,
            key=key,
            patience=Patience(settings.connect_timeout, settings.read_timeout, settings.whole_timeout),
            retry=Retry(settings.attempts, settings.first_wait, settings.longest_wait),
        )
        self._server: Server = settings.server
        self._context = 0
        self._way = ""

    @property
    def name(self) -> str:
        """The model's name, as the server knows it."""
        return self._settings.model

    @property
    def capabilities(self) -> Capabilities:
        """As far as the server is known; `find_server` asks it."""
        known, told = _CAPABILITIES[self._server], self._settings.tool_calls
        calls = known.tool_calls if told is None else told
        return msgspec.structs.replace(known, context=self._context, tool_calls=calls)

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        """The whole answer in one. Raises `ModelError`."""
        request, response = await self._open(prompt, options, stream=False)
        try:
            pieces = [await self._read_whole(request, response)]
        finally:
            response.close()
        return await collect(_each(pieces))

    async def stream(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> AsyncGenerator[Piece, None]:
        """The answer as it is written. Raises `ModelError`; closing it, or cancelling, closes the connection at once."""
        request, response = await self._open(prompt, options, stream=True)
        try:
            if response.kind != "text/event-stream":  # a server that does not stream answers whole
                yield await self._read_whole(request, response)
                return
            reader, length, kept = _StreamReader(request, self._client), 0, list[Piece]()
            while not reader.is_done:
                for piece in reader.feed(await response.chunk(_MOST_AT_ONCE)):
                    length += len(piece.text) + sum(len(call.arguments) for call in piece.calls)
                    if length > _MOST_TEXT:
                        raise BrokenAnswerError("writes without end", "see its own log")
                    if request.in_chat:
                        kept.append(piece)
                    else:
                        yield piece
            if request.in_chat:
                yield _of_chat(await collect(_each(kept)))
            await response.finish(_LAST_BYTES)
        finally:
            response.close()

    async def count_tokens(self, text: str) -> int:
        """How many of the model's tokens a text has, as the server counts. Raises `UnsupportedError`, `ModelError`."""
        server = self._server or await self.find_server()
        path = f"{self._client.address.path.removesuffix('/v1')}/tokenize"
        if server == "vllm":
            body: Body = {"model": self.name, "prompt": text, "add_special_tokens": False}
            count: object = (await self._ask(path, body)).get("count")
        elif server == "llama.cpp":
            tokens: object = (await self._ask(path, {"content": text, "add_special": False})).get("tokens")
            count = len(tokens) if isinstance(tokens, list) else None  # pyright: ignore[reportUnknownArgumentType]  # a list of anything
        else:
            raise UnsupportedError(
                "counts no tokens",
                "count with aifirst's own counter, or set `server` if it is vLLM or llama.cpp",
            )
        if not is_count(count):
            raise BrokenAnswerError("counts tokens in another form", "check what runs at its address")
        return count

    async def score(self, text: str) -> tuple[Token, ...]:
        """The log-probability of each token of a text: vLLM tells them (`echo`), others raise `UnsupportedError`."""
        if (self._server or await self.find_server()) != "vllm":
            raise refuse_scores(self._server or "this server")
        body = completion_body(self.name, text, Options(max_tokens=1, alternatives=0), "vllm", stream=False)
        try:
            answer = await self._ask(f"{self._client.address.path}/completions", body | {"echo": True})
        except RequestRefusedError as error:
            if not error.is_too_long:
                raise
            raise TooLongError(error.what, error.next_step) from None
        piece = read_choice(answer, self._client.show, is_chat=False)
        written = piece.usage.answer if piece is not None and piece.usage is not None else 0
        if piece is None or len(piece.tokens) <= written:
            raise BrokenAnswerError("tells no probabilities of the text", "see its own log")
        return piece.tokens[: len(piece.tokens) - written]

    async def find_server(self) -> Server:
        """What the server is, as set, or by the owner that its list of models names; "" where that tells nothing."""
        if self._settings.server:
            return self._settings.server
        for model in await self._models():
            owner: object = model.get("owned_by")
            self._server = _OWNERS.get(owner, "") if isinstance(owner, str) else ""
            if self._server:
                break
        return self._server

    async def list_models(self) -> tuple[str, ...]:
        """The names of the models that the server has, in its order. Raises `ModelError`."""
        return tuple(name for model in await self._models() if isinstance(name := model.get("id"), str))

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._client.aclose()

    async def _keyed(self) -> HttpClient:
        """The client, with the key that the settings mean: the environment's, else the keyring's, read once."""
        settings = self._settings
        if settings.key_from and not self._client.has_key:
            self._client.use_key(
                await asyncio.to_thread(read_keyring, settings.key_from, settings.key_variable)
            )
        return self._client

    async def _look_at_server(self) -> None:
        """Ask what it is; one that does not tell is none the worse, one that is busy is asked again the next time."""
        try:
            await self.find_server()
        except (RequestRefusedError, RedirectedError, BrokenAnswerError):
            return
        except BusyError as error:
            if error.status != 500:
                raise

    async def _models(self) -> list[dict[str, Any]]:
        client = await self._keyed()
        data = await client.ask_whole("GET", f"{client.address.path}/models", most=_MOST_BODY)
        models = read_object(data).get("data")
        if not isinstance(models, list):
            raise BrokenAnswerError("lists its models in another form", "check what runs at its address")
        found: list[dict[str, Any]] = [one for one in models if isinstance(one, dict)]  # pyright: ignore[reportUnknownVariableType]  # JSON
        lengths: list[object] = [
            one.get("max_model_len") for one in found if one.get("id") == self.name
        ]  # vLLM's
        self._context = next(filter(is_count, lengths), 0)
        return found

    async def _ask(self, path: str, body: Body) -> dict[str, Any]:
        data = await (await self._keyed()).ask_whole("POST", path, encode_body(body), most=_MOST_BODY)
        return read_object(data)

    async def _read_whole(self, request: _Request, response: Response) -> Piece:
        piece = request.read(await response.read(_MOST_BODY), self._client)
        if piece is None or len(piece.text) > _MOST_TEXT:
            raise BrokenAnswerError("answers with no text, or far too much", "see its own log")
        piece = msgspec.structs.replace(piece, finish=piece.finish or "")
        return _of_chat(await collect(_each([piece]))) if request.in_chat else piece

    async def _open(self, prompt: Prompt, options: Options, *, stream: bool) -> tuple[_Request, Response]:
        """The request that the server took, and the beginning of its answer."""
        if (options.constraint or options.tools or options.adapter is not None) and not self._server:
            await self.find_server()
        check_options(options, self.capabilities, self._server or "this server")
        if isinstance(prompt, Infill):
            return await self._open_infill(prompt, options, stream)
        base, model, server = self._client.address.path, self.name, self._server
        if isinstance(prompt, Chat):
            body = chat_body(model, prompt, options, server, stream)
            return await self._send(_Request(f"{base}/chat/completions", body, "chat"), options)
        body = completion_body(model, prompt.text, options, server, stream)
        return await self._send(_Request(f"{base}/completions", body, "completion"), options)

    async def _send(self, request: _Request, options: Options) -> tuple[_Request, Response]:
        body = request.body
        if self.capabilities.adapters:
            body = with_adapter(body, self._settings.adapters, options, self._server)
        return request, await (await self._keyed()).ask("POST", request.path, encode_body(body))

    async def _open_infill(self, infill: Infill, options: Options, stream: bool) -> tuple[_Request, Response]:
        """Ask in the way that is known to work, and in the next where the server refuses that one."""
        if not self._way:
            await self._look_at_server()
            self._way = _FIRST_WAYS.get(self._server, "suffix")
        while True:
            request = self._infill_request(infill, options, stream)
            if request is not None:
                try:
                    return await self._send(request, options)
                except (RequestRefusedError, BusyError) as error:
                    if not _refuses_kind(error):
                        raise
                    if self._way == "chat":
                        self._way = ""
                        raise
                    if self._way == "suffix" and "suffix" not in error.said:
                        self._way = "chat"
                        continue
            self._way = {"suffix": "infill", "infill": "tokens"}.get(self._way, "chat")

    def _infill_request(self, infill: Infill, options: Options, stream: bool) -> _Request | None:
        """The request in the present way, None where the way needs what is not known."""
        base, model, server = self._client.address.path, self.name, self._server
        if self._way == "suffix":
            return _Request(
                f"{base}/completions", suffix_body(model, infill, options, server, stream), "completion"
            )
        if self._way == "infill":
            path = f"{base.removesuffix('/v1')}/infill"
            return _Request(path, llama_infill_body(infill, options, stream), "infill")
        if self._way == "tokens":
            tokens = fill_tokens_of(model)
            if tokens is None:
                return None
            body = fill_tokens_body(model, infill, tokens, options, server, stream)
            return _Request(f"{base}/completions", body, "completion")
        in_chat = msgspec.structs.replace(options, stop=("\n\n\n",))
        body = chat_body(model, infill_chat(infill), in_chat, server, stream)
        return _Request(f"{base}/chat/completions", body, "chat", in_chat=True)


class _StreamReader:
    """Turns the bytes of a stream into pieces; done at its last event."""

    def __init__(self, request: _Request, client: HttpClient) -> None:
        self._request = request
        self._client = client
        self._events = EventReader()
        self._has_finish = False
        self._size = 0
        self.is_done = False

    def feed(self, data: bytes | None) -> list[Piece]:
        """The pieces that these bytes complete; None is the stream's end. Raises `BrokenAnswerError`."""
        if data is None:
            events, self.is_done = self._events.finish(), True
        else:
            self._size += len(data)
            if self._size > _MOST_STREAM:
                raise BrokenAnswerError("streams without end", "see its own log")
            events = self._events.feed(data)
        pieces: list[Piece] = []
        for event in events:
            if event.data.strip() == b"[DONE]":
                self.is_done = self._has_finish = True
                break
            piece = self._request.read(event.data, self._client)
            if piece is None:
                continue
            pieces.append(piece)
            self._has_finish |= piece.finish is not None
            if piece.finish is not None and self._request.form == "infill":
                self.is_done = True
        if data is None and not self._has_finish:
            raise BrokenAnswerError("cut its stream off", "see its own log")
        return pieces


async def _each(pieces: list[Piece]) -> AsyncGenerator[Piece, None]:
    for piece in pieces:
        yield piece


def _of_chat(answer: Answer) -> Piece:
    return Piece(without_fence(answer.text), answer.tokens, answer.finish, answer.usage, in_chat=True)


def _refuses_kind(error: StatusError) -> bool:
    """Whether the server does not take requests of this kind at all."""
    return error.status in _REFUSALS or (error.status == 500 and "suffix" in error.said)
