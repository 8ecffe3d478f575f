"""Smaller texts of the same programs by a model, for `aifirst compress --model`: only what the codec proves is taken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from aifirst_cli.compile_run import tell
from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from aifirst_model.text_model import TextModel

_MOST: Final = 2000
"""Tokens of a file that is asked for; question and answer stand in one context."""


def smaller_sources(files: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The files, each in the model's text where that is proved to be the same program and is smaller.

    The model is that of the environment. Raises `Failure` for what is wrong with it.
    """
    from aifirst_model.errors import ModelError
    from aifirst_model.open_model import open_model
    from aifirst_model.settings import read_environment

    try:
        return asyncio.run(_ask(open_model(read_environment(os.environ)), files))
    except ModelError as error:
        raise Failure(str(error)) from error


async def _ask(model: TextModel, files: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    from aifirst_codebase.languages.registry import language_of_name
    from aifirst_codebase.tokens import get_counter
    from aifirst_model.aiccl.codec import CodecError
    from aifirst_model.aiccl.compress_by_model import CompressOptions, compress_by_model
    from aifirst_model.aiccl.grammar import EXTENSIONS

    from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols

    codec, count = CompilerCodec(), get_counter("o200k_base").count
    options = CompressOptions(max_tokens=_MOST, symbols=map_symbols(30))
    made: list[tuple[str, str]] = []
    taken = 0
    try:
        for path, text in files:
            language = language_of_name(path.rpartition("/")[2])
            if language is None or language.name not in EXTENSIONS or count(text) > _MOST:
                made.append((path, text))
                continue
            try:
                found = await compress_by_model(model, text, language.name, "exact", codec, count, options)
            except CodecError:
                made.append((path, text))
                continue
            taken += found.is_models
            made.append((path, codec.expand(found.document.text) if found.is_models else text))
    finally:
        await model.aclose()
    tell(f"the model's text was proved and smaller in {taken:,} of {len(files):,} files")
    return made
