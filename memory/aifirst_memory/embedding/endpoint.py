"""Embeds through any server that speaks the OpenAI protocol (`POST /v1/embeddings`).

Reference: https://platform.openai.com/docs/api-reference/embeddings. The key comes from the environment, goes into
one header and nowhere else; how it is asked and asked again is `aifirst_model.http`. It waits for its
answers, so it is not for the thread of an event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from aifirst_model.errors import ModelError, RequestRefusedError, SettingsError, UnreachableError
from aifirst_model.http.address import Address, read_address
from aifirst_model.http.client import HttpClient, Patience
from aifirst_model.http.retry import Retry

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.identity import endpoint_name
from aifirst_memory.embedding.settings import EmbedderSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS_AT_ONCE = 64
_CHARACTERS_AT_ONCE = 100_000
_FIRST_WAIT = 0.5
_MOST_ANSWER = 1 << 26


class _Row(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Row]


class EndpointEmbedder:
    """An embedder; see `open_endpoint`."""

    def __init__(self, settings: EmbedderSettings, address: Address, first_wait: float) -> None:
        self._settings = settings
        self._address = address
        self._first_wait = first_wait
        self._dimension = settings.dimension

    @property
    def name(self) -> str:
        """Method, server, model and the dimension asked for."""
        return endpoint_name(self._settings)

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the server where the settings do not say. Raises `EmbedderError`."""
        if not self._dimension:
            self.embed_texts(["dimension"])
        return self._dimension

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1; zeros for a text of white space. Raises `EmbedderError`."""
        import numpy as np

        asked = [index for index, text in enumerate(texts) if text.strip()]
        rows = asyncio.run(self._ask([texts[index] for index in asked])) if asked else []
        result = np.zeros((len(texts), len(rows[0]) if rows else self.dimension), np.float32)
        if rows:
            self._dimension = len(rows[0])
            found = np.array(rows, np.float32)
            result[asked] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return result

    def _body(self, batch: list[str]) -> bytes:
        asked: dict[str, object] = {"model": self._settings.model, "input": batch, "encoding_format": "float"}
        if self._settings.dimension:
            asked["dimensions"] = self._settings.dimension
        try:
            return msgspec.json.encode(asked)
        except UnicodeEncodeError:  # half a character (a lone surrogate), which JSON cannot say
            asked["input"] = [text.encode("utf-8", "replace").decode("utf-8") for text in batch]
            return msgspec.json.encode(asked)

    def _read(self, batch: list[str], answer: bytes) -> list[list[float]]:
        try:
            rows = sorted(msgspec.json.decode(answer, type=_Answer).data, key=lambda row: row.index)
        except msgspec.MsgspecError as error:
            raise self._failed(
                f"answers in another form ({error})", "check that `url` ends before /embeddings"
            ) from None
        lengths = {len(row.embedding) for row in rows} | (
            {self._dimension} if self._dimension else set[int]()
        )
        if [row.index for row in rows] != list(range(len(batch))) or len(lengths) != 1 or 0 in lengths:
            raise self._failed(
                f"gave {len(rows)} vectors of lengths {sorted(lengths)} for {len(batch)} texts",
                "check `model` and `dimension`",
            )
        return [row.embedding for row in rows]

    async def _ask(self, texts: list[str]) -> list[list[float]]:
        """The rows of the texts, batch after batch over one connection."""
        settings = self._settings
        client = HttpClient(
            self._address,
            key_variable=settings.key_variable,
            patience=Patience(settings.timeout, settings.timeout),
            retry=Retry(first_wait=self._first_wait),
        )
        rows: list[list[float]] = []
        try:
            for batch in _batches(texts):
                path = f"{self._address.path}/embeddings"
                rows += self._read(
                    batch, await client.ask_whole("POST", path, self._body(batch), most=_MOST_ANSWER)
                )
        except ModelError as error:
            raise self._failed(error.what, _next_step(error)) from error.__cause__
        finally:
            await client.aclose()
        return rows

    def _failed(self, what: str, next_step: str) -> EmbedderError:
        return EmbedderError(f"the embedder at {self._address} {what}: {next_step}")


def open_endpoint(settings: EmbedderSettings, *, first_wait: float = _FIRST_WAIT) -> EndpointEmbedder:
    """The embedder at `settings.url`; the server is not asked yet. `first_wait` is the pause in seconds before a
    second try. Raises `EmbedderError`.
    """
    try:
        address = read_address(settings.url)
    except SettingsError as error:
        raise EmbedderError(
            f"the embedder's url {error.what}: set AIFIRST_EMBEDDER_URL in the environment,"
            " like http://127.0.0.1:8080/v1"
        ) from None
    if not settings.model:
        raise EmbedderError("an endpoint needs the name of a model: set `model` of the embedder")
    return EndpointEmbedder(settings, address, first_wait)


def _next_step(error: ModelError) -> str:
    """What to do, by the names that the embedder's settings have."""
    if isinstance(error, UnreachableError) and not error.is_lasting:
        return "check that it runs at `url`"
    if isinstance(error, RequestRefusedError):
        return "check `url` (it ends in /v1 mostly), `model` and `dimension`"
    return error.next_step


def _batches(texts: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == TEXTS_AT_ONCE or size + len(text) > _CHARACTERS_AT_ONCE):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch
