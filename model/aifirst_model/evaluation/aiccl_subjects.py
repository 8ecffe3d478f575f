"""What can be evaluated at AICCL: the deterministic codec, which is the bar, and a model that was taught it."""

from __future__ import annotations

from aifirst_model.aiccl.codec import Codec, Resolution
from aifirst_model.aiccl.grammar import document_grammar
from aifirst_model.aiccl.prompt_format import ask_to_compress, ask_to_expand, chat_of
from aifirst_model.request import Grammar, Options
from aifirst_model.text_model import TextModel


class CodecSubject:
    """The codec as one that is evaluated."""

    def __init__(self, codec: Codec, resolution: Resolution = "exact") -> None:
        self._codec = codec
        self._resolution: Resolution = resolution
        self.name = "deterministic codec"

    async def compress(self, source: str, language: str) -> str:
        """Its document. Raises CodecError."""
        return self._codec.compress(source, language, self._resolution).text

    async def expand(self, document: str, language: str) -> str:
        """Its code. Raises CodecError."""
        return self._codec.expand(document)


class ModelSubject:
    """A model asked in the words it was trained with; where it can be held to a grammar, its documents always parse."""

    def __init__(self, model: TextModel, max_tokens: int, resolution: Resolution = "exact") -> None:
        self._model, self._max_tokens = model, max_tokens
        self._resolution: Resolution = resolution
        self.name = model.name

    async def compress(self, source: str, language: str) -> str:
        """Its document. Raises ModelError."""
        held = self._model.capabilities.grammar
        constraint = Grammar(document_grammar(language, self._resolution)) if held else None
        return await self._ask(
            ask_to_compress(source, language, self._resolution),
            Options(self._max_tokens, constraint=constraint),
        )

    async def expand(self, document: str, language: str) -> str:
        """Its code. Raises ModelError."""
        return await self._ask(ask_to_expand(document, language), Options(self._max_tokens))

    async def _ask(self, question: str, options: Options) -> str:
        return (await self._model.generate(chat_of(question), options)).text
