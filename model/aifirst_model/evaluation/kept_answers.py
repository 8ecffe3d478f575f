"""Keeps what a model answered in a file of lines, so that an evaluation that was interrupted asks nothing twice."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_model.evaluation.aiccl_result import AicclSubject
from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.run_folder import add_line


class _Kept(msgspec.Struct, frozen=True):
    key: str
    answer: str


class KeptSubject:
    """Another subject with a memory; use it as a context. The file is for one model with one set of options."""

    def __init__(self, subject: AicclSubject, path: Path, asked: str = "") -> None:
        """Open or begin the file; a last line that was cut off goes. Raises EvaluationError for another's file.

        `asked` is what else decides an answer, such as the resolution.
        """
        self._who = f"{subject.name} {asked}".rstrip()
        self._subject = subject
        self.name = subject.name
        try:
            self._stream = path.open("a+b", buffering=0)
        except OSError as error:
            raise EvaluationError(
                f"{path} cannot be opened ({error.strerror})", "give another --keep"
            ) from None
        try:
            self._known = self._read(path)
        except BaseException:
            self._stream.close()
            raise

    async def compress(self, source: str, language: str) -> str:
        """As the subject does it, or did it. Raises what it raises."""
        key = self._key("compress", source, language)
        if key not in self._known:
            self._keep(key, await self._subject.compress(source, language))
        return self._known[key]

    async def expand(self, document: str, language: str) -> str:
        """As the subject does it, or did it. Raises what it raises."""
        key = self._key("expand", document, language)
        if key not in self._known:
            self._keep(key, await self._subject.expand(document, language))
        return self._known[key]

    def __enter__(self) -> KeptSubject:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._stream.close()

    def _read(self, path: Path) -> dict[str, str]:
        self._stream.seek(0)
        data = self._stream.readall() or b""
        os.ftruncate(self._stream.fileno(), data.rfind(b"\n") + 1)
        lines = data[: data.rfind(b"\n") + 1].splitlines()
        decoder = msgspec.json.Decoder(_Kept)
        try:
            kept = [decoder.decode(line) for line in lines]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise EvaluationError(f"{path} holds no kept answers ({error})", "give another --keep") from None
        first = _Kept("subject", self._who)
        if kept and kept[0] != first:
            raise EvaluationError(f"{path} holds answers of {kept[0].answer}", "give another --keep")
        if not kept:
            add_line(self._stream, msgspec.json.encode(first))
        return {line.key: line.answer for line in kept[1:]}

    def _keep(self, key: str, answer: str) -> None:
        self._known[key] = answer
        add_line(self._stream, msgspec.json.encode(_Kept(key, answer)))

    def _key(self, what: Literal["compress", "expand"], text: str, language: str) -> str:
        told = "\0".join((what, language, text))
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]
