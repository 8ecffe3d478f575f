"""Opens the embedder that the settings name."""

from __future__ import annotations

from pathlib import Path

from aifirst_memory.embedding.embedder import Embedder
from aifirst_memory.embedding.settings import EmbedderSettings


def open_embedder(settings: EmbedderSettings) -> Embedder | None:
    """The embedder, ready to use; None for the kind `none`. Raises `EmbedderError`, which says the next step."""
    if settings.kind == "static":
        from aifirst_memory.embedding.static import SHIPPED, open_static

        return open_static(Path(settings.model).expanduser() if settings.model else SHIPPED)
    if settings.kind == "sentence-transformer":
        from aifirst_memory.embedding.sentence_transformer import open_sentence_transformer

        return open_sentence_transformer(settings.model)
    if settings.kind == "endpoint":
        from aifirst_memory.embedding.endpoint import open_endpoint

        return open_endpoint(settings)
    return None
