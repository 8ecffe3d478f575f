"""Embeds through any server that speaks the OpenAI protocol (`POST /v1/embeddings`).

Reference: https://platform.openai.com/docs/api-reference/embeddings. The key comes from the environment, goes into
one header and nowhere else; redirects are not followed, so it reaches no other server.
"""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import msgspec

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.identity import endpoint_name
from aifirst_memory.embedding.settings import EmbedderSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXTS_AT_ONCE = 64
_CHARACTERS_AT_ONCE = 100_000
_TRIES = 4
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_SHOWN = 200


class _Row(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Row]


class _Busy(Exception):  # noqa: N818  # not an error yet: there may be another try
    """The server did not answer this time. `wait` is how long it asked to wait, 0 where it did not."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class EndpointEmbedder:
    """An embedder; see `open_endpoint`."""

    def __init__(self, settings: EmbedderSettings, place: SplitResult, first_wait: float) -> None:
        self._settings = settings
        self._place = place
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
        rows: list[list[float]] = []
        for batch in _batches([texts[index] for index in asked]):
            rows += self._embed(batch)
        result = np.zeros((len(texts), len(rows[0]) if rows else self.dimension), np.float32)
        if rows:
            self._dimension = len(rows[0])
            found = np.array(rows, np.float32)
            result[asked] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
        return result

    def _embed(self, batch: list[str]) -> list[list[float]]:
        asked: dict[str, object] = {"model": self._settings.model, "input": batch, "encoding_format": "float"}
        if self._settings.dimension:
            asked["dimensions"] = self._settings.dimension
        answer = self._ask(msgspec.json.encode(asked))
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

    def _ask(self, body: bytes) -> bytes:
        """The body of the answer, with further tries while there is hope."""
        wait = self._first_wait
        for left in reversed(range(_TRIES)):
            try:
                return self._post(body)
            except _Busy as busy:
                if not left:
                    raise self._failed(
                        f"{busy}, {_TRIES} times", "check that it runs at `url`"
                    ) from busy.__cause__
                time.sleep(min(max(wait, busy.wait), _LONGEST_WAIT))
                wait *= 2
        raise AssertionError("the last try returns or raises")

    def _post(self, body: bytes) -> bytes:
        kind = http.client.HTTPSConnection if self._place.scheme == "https" else http.client.HTTPConnection
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        key = os.environ.get(self._settings.key_variable, "") if self._settings.key_variable else ""
        if key:
            headers["Authorization"] = f"Bearer {key}"
        connection = kind(self._place.hostname or "", self._place.port, timeout=self._settings.timeout)
        try:
            connection.request("POST", f"{self._place.path.rstrip('/')}/embeddings", body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except TimeoutError as error:
            raise _Busy(f"did not answer within {self._settings.timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise _Busy(f"cannot be reached ({error or type(error).__name__})") from error
        finally:
            connection.close()
        if answer.status == 200:
            return text
        self._refused(answer, text)
        raise AssertionError("a refusal raises")

    def _refused(self, answer: http.client.HTTPResponse, text: bytes) -> None:
        shown = " ".join(text.decode("utf-8", "replace").split())[:_SHOWN]
        said = f"answered {answer.status} {answer.reason}" + (f": {shown}" if shown else "")
        if answer.status in _WORTH_ANOTHER_TRY:
            asked = answer.getheader("Retry-After", "")
            raise _Busy(said, float(asked) if asked.isdecimal() else 0.0)
        if answer.status in {401, 403}:
            raise self._failed(
                said, f"set the environment variable {self._settings.key_variable} to a valid key"
            )
        if answer.status == 404:
            raise self._failed(said, "check `url` (it ends in /v1 mostly) and `model`")
        raise self._failed(said, "check `url`, `model` and `dimension`")

    def _failed(self, what: str, next_step: str) -> EmbedderError:
        where = f"{self._place.scheme}://{self._place.netloc.rpartition('@')[2]}{self._place.path}"
        return EmbedderError(f"the embedder at {where} {what}: {next_step}")


def open_endpoint(settings: EmbedderSettings, *, first_wait: float = _FIRST_WAIT) -> EndpointEmbedder:
    """The embedder at `settings.url`; the server is not asked yet. `first_wait` is the pause in seconds before a
    second try. Raises `EmbedderError`.
    """
    place = urlsplit(settings.url)
    if place.scheme not in {"http", "https"} or not place.hostname:
        raise EmbedderError(
            f"the embedder's url {settings.url!r} is none of http or https: set AIFIRST_EMBEDDER_URL in the"
            " environment, like http://127.0.0.1:8080/v1"
        )
    if not settings.model:
        raise EmbedderError("an endpoint needs the name of a model: set `model` of the embedder")
    return EndpointEmbedder(settings, place, first_wait)


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
