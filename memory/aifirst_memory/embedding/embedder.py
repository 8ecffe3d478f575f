"""What turns texts into vectors: the protocol, and the error that all embedders raise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeGuard

if TYPE_CHECKING:  # NumPy takes a tenth of a second to import, and this module is imported at every start
    import numpy as np
    from numpy.typing import NDArray


class EmbedderError(Exception):
    """An embedder that cannot be had or does not answer; the message says the next step."""


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product says how much the texts have to do with each other.

    `name` tells embedders apart whose vectors must not be compared (method, model, version); the index keeps
    it and makes all vectors anew under another. `dimension` is the length of a vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, of length 1; zeros for a text with nothing in it. Raises `EmbedderError`."""
        ...


class WordEmbedder(Embedder, Protocol):
    """An embedder that needs a text's words and their counts only, which the index has anyway."""

    def embed_words(self, counts: Sequence[Mapping[str, int]]) -> NDArray[np.float32]:
        """The same for texts as counted by `lexical.words.count_words`."""
        ...

    def rows_of(self, words: Collection[str]) -> NDArray[np.float32]:
        """The row of each word. Their sum, by `static.WEIGHTS` of their counts and brought to length 1,
        is a text's: so fields of a text can be weighted and added.
        """
        ...


def embeds_words(embedder: Embedder | None) -> TypeGuard[WordEmbedder]:
    """Whether there is an embedder and it needs words only."""
    return hasattr(embedder, "rows_of")
