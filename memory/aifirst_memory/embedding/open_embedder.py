"""Opens the embedder that the settings name."""

from __future__ import annotations

from pathlib import Path

from aifirst_memory.embedding.embedder import Embedder, WordEmbedder
from aifirst_memory.embedding.identity import SHIPPED
from aifirst_memory.embedding.settings import EmbedderSettings


def open_embedder(settings: EmbedderSettings) -> Embedder | None:
    """The embedder, ready to use; None for the kind `none`. Raises `EmbedderError`, which says the next step."""
    if settings.kind == "sentence-transformer":
        from aifirst_memory.embedding.sentence_transformer import open_sentence_transformer

        return open_sentence_transformer(settings.model)
    if settings.kind == "endpoint":
        from aifirst_memory.embedding.endpoint import open_endpoint

        return open_endpoint(settings)
    return open_word_embedder(settings)


def open_word_embedder(settings: EmbedderSettings) -> WordEmbedder | None:
    """The embedder where it needs counted words only and takes no time, else None: the others come after
    everything else is indexed (`vectors.fill`). Raises `EmbedderError`.
    """
    if settings.kind != "static":
        return None
    from aifirst_memory.embedding.static import open_static

    return open_static(Path(settings.model).expanduser() if settings.model else SHIPPED)
