"""Which embedder makes the vectors, as the configuration says."""

from __future__ import annotations

from typing import Literal

import msgspec

EmbedderKind = Literal["static", "sentence-transformer", "endpoint", "none"]


class EmbedderSettings(msgspec.Struct, frozen=True):
    """The embedder of a project; every field has a default that needs nothing installed and no network."""

    kind: EmbedderKind = "static"
    """`static`: word vectors that ship with aifirst. `sentence-transformer`: a model on this machine. `endpoint`: a
    server that speaks the OpenAI protocol. `none`: no vectors."""
    model: str = ""
    """The folder of a sentence transformer ("" for the packaged one), or the model's name at the endpoint."""
    url: str = ""
    """Of the endpoint, up to and with its version: `http://127.0.0.1:8080/v1`."""
    key_variable: str = "OPENAI_API_KEY"
    """The environment variable with the key of the endpoint; none is sent where it is not set."""
    dimension: int = 0
    """Length of a vector to ask the endpoint for; 0 for the model's own."""
    timeout: float = 30.0
    """Seconds to wait for an answer of the endpoint."""
