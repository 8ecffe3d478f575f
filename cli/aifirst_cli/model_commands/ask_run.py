"""What `aifirst model ask` does: makes the request, and shows the answer piece by piece, or whole as JSON."""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import click
import msgspec
from aifirst_model.answer import Answer, Piece, Token, collect
from aifirst_model.open_model import open_model
from aifirst_model.request import Chat, Continuation, Grammar, Infill, JsonSchema, Message, Options, Prompt
from aifirst_model.text_model import TextModel
from aifirst_validator.formats.wording import plural

from aifirst_cli.failure import Failure
from aifirst_cli.model_commands.eval_options import check_named, settings_of
from aifirst_cli.output import write_output

_MOST_INPUT = 1 << 24


def run_ask(options: dict[str, Any]) -> int:
    """Ask and tell. Raises `ModelError`, `Failure`, `click.UsageError`."""
    prompt, asked = _prompt(options), _options(options)
    settings = settings_of(options)
    check_named(settings)
    asyncio.run(_ask(open_model(settings), prompt, asked, options["shape"]))
    return 0


async def _ask(model: TextModel, prompt: Prompt, options: Options, shape: str) -> None:
    begun, first = time.monotonic(), 0.0
    seen: list[Piece] = []
    try:
        async with aclosing(model.stream(prompt, options)) as pieces:
            async for piece in pieces:
                seen.append(piece)
                first = first or (time.monotonic() if piece.text else 0.0)
                if shape == "text":
                    sys.stdout.write(_shown(piece.text))
                    sys.stdout.flush()
    except BaseException:
        if any(piece.text for piece in seen) and shape == "text":
            click.echo()  # what is said of it begins a line
        raise
    finally:
        await model.aclose()
    answer = await collect(_each(seen))
    took = time.monotonic() - begun
    if shape == "json":
        told = {"version": 1, "model": model.name, "seconds": round(took, 4), **msgspec.to_builtins(answer)}
        write_output(json.dumps(_plain(told), ensure_ascii=False) + "\n", None, for_programs=True)
        return
    click.echo()
    click.echo("\n".join([*_tokens(answer.tokens), _told(answer, took, (first or begun) - begun)]), err=True)


async def _each(pieces: list[Piece]) -> AsyncGenerator[Piece]:
    for piece in pieces:
        yield piece


def _told(answer: Answer, took: float, first: float) -> str:
    """What came of it, in a line."""
    ends = {
        "stop": "ended by itself",
        "length": "cut off by --max-tokens",
        "filter": "cut off by a filter",
        "": "ended",
    }
    usage = answer.usage
    counted = "" if usage is None else f", {usage.answer} tokens after {usage.prompt}"
    ahead = (
        "" if usage is None or not usage.guessed else f", {usage.accepted} of {usage.guessed} guesses held"
    )
    in_chat = ", asked for in a chat" if answer.in_chat else ""
    return f"{ends[answer.finish]}{counted}{ahead}{in_chat}; {took:.2f} s, the first after {first:.2f} s"


def _tokens(tokens: tuple[Token, ...]) -> list[str]:
    """A line a token: how likely it was, and what else could have stood there."""
    return [
        f"{_percent(token.log_probability)}  {token.text!r}"
        + "".join(f"  {text!r} {_percent(chance).strip()}" for text, chance in token.alternatives)
        for token in tokens
    ]


def _percent(chance: float) -> str:
    return f"{100 * math.exp(chance):6.2f} %" if math.isfinite(chance) else "     ? %"


def _shown(text: str) -> str:
    """The text, without what would steer a terminal."""
    if not sys.stdout.isatty():
        return text
    return "".join(
        one if one.isprintable() or one in "\n\t" else one.encode("unicode_escape").decode() for one in text
    )


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Numbers that JSON has not are null."""
    for token in told["tokens"]:
        token["log_probability"] = _finite(token["log_probability"])
        token["alternatives"] = [[text, _finite(chance)] for text, chance in token["alternatives"]]
    return told


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _prompt(options: dict[str, Any]) -> Prompt:
    """What is asked. Raises `Failure`, `click.UsageError`."""
    text: str | None = options["text"]
    if options["gap"] is not None:
        if text is not None or options["chat"]:
            raise click.UsageError("--gap says it all. Leave TEXT and --chat out.")
        return _gap(options["gap"])
    if text is None or text == "-":
        text = _standard_input()
    if not options["chat"]:
        if options["system"] is not None:
            raise click.UsageError("--system is of a chat. Add --chat.")
        return Continuation(text)
    said = () if options["system"] is None else (Message("system", options["system"]),)
    return Chat((*said, Message("user", text)))


def _gap(place: str) -> Infill:
    """The texts on both sides of a place in a file."""
    from aifirst_codebase.languages import language_of_name

    name, numbers = place, list[int]()
    while len(numbers) < 2 and (at := name.rfind(":")) > 0 and name[at + 1 :].isdecimal():
        name, numbers = name[:at], [int(name[at + 1 :][:9]), *numbers]
    if not numbers:
        raise click.UsageError(f"{place} names no line. Give --gap FILE:LINE or FILE:LINE:COLUMN.")
    text = _read(Path(name))
    lines = text.splitlines(keepends=True) or [""]
    line, column = numbers[0], numbers[1] if len(numbers) > 1 else None
    if not 1 <= line <= len(lines):
        raise Failure(
            f"{name} has {len(lines)} {plural(len(lines), 'line')}, and no line {line}. Give one of them."
        )
    body = lines[line - 1].rstrip("\r\n")
    cut = len(body) if column is None else column - 1
    if not 0 <= cut <= len(body):
        raise Failure(
            f"Line {line} of {name} has columns 1 to {len(body) + 1}, not {column}. Give one of them."
        )
    start = sum(map(len, lines[: line - 1])) + cut
    language = language_of_name(Path(name).name)
    return Infill(text[:start], text[start:], language.name if language else "")


def _options(options: dict[str, Any]) -> Options:
    if options["schema"] is not None and options["grammar"] is not None:
        raise click.UsageError("an answer is held to one thing. Give --schema or --grammar.")
    constraint = _schema(options["schema"]) if options["schema"] is not None else None
    if options["grammar"] is not None:
        constraint = Grammar(_read(options["grammar"]))
    taken = ("max_tokens", "temperature", "top_p", "seed", "stop", "alternatives", "adapter")
    return Options(constraint=constraint, **{name: options[name] for name in taken})


def _schema(path: Path) -> JsonSchema:
    try:
        schema: object = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise Failure(f"{path} is no JSON ({error}). Give a JSON schema.") from None
    if not isinstance(schema, dict):
        raise Failure(f"{path} holds no JSON object. Give a JSON schema.")
    return JsonSchema(cast("dict[str, Any]", schema))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")  # line ends as they are
    except OSError as error:
        raise Failure(f"{path} cannot be read ({error.strerror}). Check its path.") from None
    except UnicodeDecodeError:
        raise Failure(f"{path} is no UTF-8 text. Give one that is.") from None


def _standard_input() -> str:
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("there is nothing to ask. Give TEXT, --gap, or text on standard input.")
    data = sys.stdin.buffer.read(_MOST_INPUT + 1)
    if len(data) > _MOST_INPUT:
        raise Failure(f"Standard input holds over {_MOST_INPUT >> 20} MiB. Give less.")
    text = data.decode("utf-8", "replace")
    if not text.strip():
        raise Failure("Standard input is empty. Give a text to go on from.")
    return text
