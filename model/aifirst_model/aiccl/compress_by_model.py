"""A document by a model, taken only where the codec proves it and it costs fewer tokens than the codec's own.

The model is held to the notation by a grammar where its backend can do that. It adds something where the codec's rules
end: the layout of JavaScript and TypeScript, which the codec leaves as it is, and a text that does not parse, of which
the codec writes nothing; what a model writes of such a text stands unproved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from aifirst_model.aiccl.codec import Codec, CodecError, Compressed, Resolution
from aifirst_model.aiccl.grammar import EXTENSIONS, document_grammar
from aifirst_model.aiccl.prompt_format import ask_to_compress, chat_of
from aifirst_model.ask_what_fits import ask_what_fits
from aifirst_model.request import Grammar, Options
from aifirst_model.text_model import TextModel


class CompressOptions(msgspec.Struct, frozen=True):
    """How a model is asked; `symbols` are those that a map may use, in their order."""

    tries: int = 1
    max_tokens: int = 1024
    temperature: float = 0.7
    symbols: tuple[str, ...] = ()


class ModelCompressed(msgspec.Struct, frozen=True):
    """The document that was taken and whether it is the model's; `is_proved` is false only for a text without a tree.

    `why` says what became of the model's answer.
    """

    document: Compressed
    is_models: bool
    is_proved: bool
    why: str


async def compress_by_model(
    model: TextModel,
    source: str,
    language: str,
    resolution: Resolution,
    codec: Codec,
    count: Callable[[str], int],
    options: CompressOptions | None = None,
) -> ModelCompressed:
    """The source as a document of one block. Raises `CodecError` where neither has one, and `ModelError` of the model."""
    asked = CompressOptions() if options is None else options
    try:
        own = codec.compress(source, language, resolution)
    except CodecError as error:
        return await _unproved(model, source, language, resolution, codec, count, asked, error)
    best, why = own, "its answer was no smaller"
    is_models = False
    for text in await _answers(model, source, language, resolution, asked):
        reason = _unproved_reason(text, source, language, resolution, own, codec)
        if reason:
            why = reason if not is_models else why
        elif count(text) < best.tokens:
            best, is_models, why = (
                Compressed(text, own.source_tokens, count(text)),
                True,
                "proved and smaller",
            )
    return ModelCompressed(best, is_models, True, why)


async def _answers(
    model: TextModel, source: str, language: str, resolution: Resolution, asked: CompressOptions
) -> Sequence[str]:
    constraint = None
    if model.capabilities.grammar:
        constraint = Grammar(
            document_grammar(language, resolution, asked.symbols if resolution == "exact" else ())
        )
    found: list[str] = []
    for number in range(asked.tries):
        options = Options(
            max_tokens=asked.max_tokens, temperature=asked.temperature if number else 0.0, seed=number,
            constraint=constraint,
        )  # fmt: skip
        answer = await ask_what_fits(model, chat_of(ask_to_compress(source, language, resolution)), options)
        if answer is None:
            return []
        found.append(answer.text if answer.is_whole else closed_document(answer.text, resolution, language))
    return found


def closed_document(text: str, resolution: Resolution, language: str) -> str:
    """An answer that was cut for want of tokens, with the end that the notation needs; a line that was cut goes.

    An exact document whose map was cut is closed behind the map: it can be read, and holds no code.
    """
    whole = text[: text.rfind("\n") + 1]
    if resolution != "exact":
        begun = f'<comp:code id="{resolution}">\nunit.{EXTENSIONS[language]}\n'
        return (
            text
            if text.endswith("</comp:code>\n")
            else f"{whole if len(whole) >= len(begun) else begun}</comp:code>\n"
        )
    if text.startswith("<comp:map") and "</comp:map>" in text and "\n<comp:file" in whole:
        return text
    if text.startswith("<comp:file") and whole:
        return text
    kept = whole.partition("</comp:map>")[0] if text.startswith("<comp:map") else ""
    return f"{kept and kept + '</comp:map>' + chr(10)}<comp:file unit.{EXTENSIONS[language]}>\n"


def _unproved_reason(
    text: str, source: str, language: str, resolution: Resolution, own: Compressed, codec: Codec
) -> str:
    """Why the codec does not prove a model's document, empty where it does."""
    try:
        if resolution == "exact":
            return (
                ""
                if codec.is_same(source, codec.expand(text), language)
                else "its answer was another program"
            )
        same = codec.read(text).expanded == codec.read(own.text).expanded
        return "" if same else "its answer tells of other lines"
    except CodecError:
        return "its answer was no document"


async def _unproved(
    model: TextModel,
    source: str,
    language: str,
    resolution: Resolution,
    codec: Codec,
    count: Callable[[str], int],
    asked: CompressOptions,
    error: CodecError,
) -> ModelCompressed:
    if resolution == "exact":
        raise error  # without a tree there is nothing that could prove it, and exact means proved
    for text in await _answers(model, source, language, resolution, asked):
        try:
            codec.units(text)
        except CodecError:
            continue
        made = Compressed(text, count(source), count(text))
        return ModelCompressed(made, True, False, "written by the model, unproved: the source does not parse")
    raise error
