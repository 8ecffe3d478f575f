"""Converts texts, files and folders into AICCL: by the codec first, and by a model where it adds something.

Left out: whole projects with one map (`aifirst compress`), and keeping an index current (the shadow of `aifirst index`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.discovery import Skipped, discover, read_source
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages.registry import language_of, may_be_source

from aifirst_model.aiccl.codec import LANGUAGES, Codec, CodecError, Compressed, Resolution
from aifirst_model.aiccl.compress_by_model import CompressOptions, compress_by_model
from aifirst_model.text_model import TextModel

_BY_TEXT: Final = ("go", "rust", "java", "python", "javascript", "typescript", "php")
"""In which order a text without a name is tried: languages whose texts few others read first."""


class Converted(msgspec.Struct, frozen=True):
    """What became of a file: its document, or why there is none."""

    path: str
    language: str
    document: Compressed | None = None
    by_model: bool = False
    why: str = ""


class Converter:
    """See the module. `model` may be left out; it belongs to who made it."""

    def __init__(
        self, codec: Codec, count: Callable[[str], int], model: TextModel | None = None,
        options: CompressOptions | None = None,
    ) -> None:  # fmt: skip
        self._codec = codec
        self._count = count
        self._model = model
        self._options = options

    def detect_language(self, text: str, name: str = "") -> str:
        """The language by the file's name or, without one, the first that the text parses in; empty where none is."""
        if name:
            language = language_of(name, text.encode("utf-8", "replace"))
            return language.name if language is not None and language.kind == "code" else ""
        tries = ("php",) if "<?php" in text else _BY_TEXT
        return next((one for one in tries if text.strip() and self._codec.parses(text, one)), "")

    async def convert_text(
        self, text: str, language: str = "", resolution: Resolution = "exact"
    ) -> Converted:
        """A text as a document. Raises `ModelError` of the model; what the codec cannot do is said in `why`."""
        found = language or self.detect_language(text)
        if not found:
            return Converted("", "", why="it is in no language that is known: name one")
        return await self._convert("", text, found, resolution)

    async def convert_file(self, path: Path, resolution: Resolution = "exact") -> Converted:
        """A file as a document of its own. Raises `CodecError` where it cannot be read."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CodecError(f"{path} cannot be read: {error}", "give a file of source in UTF-8") from error
        language = self.detect_language(text, path.name)
        if not language:
            return Converted(str(path), "", why="it is in no language that is known")
        return await self._convert(str(path), text, language, resolution)

    async def convert_folder(self, root: Path, resolution: Resolution = "exact") -> AsyncIterator[Converted]:
        """The files below a folder that somebody wrote, in order of their paths, each as a document of its own."""
        for file in discover(root, wanted=may_be_source).files:
            source = read_source(root, file)
            if isinstance(source, Skipped):
                yield Converted(file.path, "", why=source.reason.message)
                continue
            language = language_of(source.path, source.data)
            if (
                language is None
                or language.name not in LANGUAGES
                or generated_reason(source.path, source.data)
            ):
                continue
            yield await self._convert(source.path, source.text, language.name, resolution)

    async def _convert(self, path: str, text: str, language: str, resolution: Resolution) -> Converted:
        try:
            if self._model is None:
                return Converted(path, language, self._codec.compress(text, language, resolution))
            made = await compress_by_model(
                self._model, text, language, resolution, self._codec, self._count, self._options
            )
            return Converted(path, language, made.document, made.is_models, made.why)
        except CodecError as error:
            return Converted(path, language, why=str(error))
