"""Whether a tokenizer belongs to the weights beside it: no token may have a number that the embedding has no row for.

Such a pair loads without a word and then fails, or worse, on the first text with that token.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from aifirst_model.checkpoint.read_json import MOST_TOKENIZER, read_bytes, read_json
from aifirst_model.errors import CheckpointError

_KINDS: Final = ("tokenizer.json", "tokenizer.model", "vocab.json", "tekken.json")
"""Files that make a tokenizer, each alone."""
_NEXT: Final = "take the tokenizer's files from the same model as the weights"


class _AddedToken(msgspec.Struct):
    id: int
    content: str


class _Vocabulary(msgspec.Struct):
    vocab: dict[str, int] | list[Any] = {}


class _Tokenizer(msgspec.Struct):
    model: _Vocabulary
    added_tokens: list[_AddedToken] = []


def check_tokenizer(folder: Path, rows: int, configs: tuple[dict[str, Any], ...]) -> None:
    """Raise `CheckpointError` unless the folder has a tokenizer whose every token has one of `rows` rows.

    `configs` are the model's own settings, which number special tokens too.
    """
    if not any((folder / name).is_file() for name in _KINDS):
        raise CheckpointError(f"{folder} has no tokenizer", f"copy tokenizer.json into it; {_NEXT}")
    path = folder / "tokenizer.json"
    if path.is_file():
        token, number = _last_token(path)
        if number >= rows:
            raise CheckpointError(
                f"the tokenizer does not match the model: {token!r} has number {number}, the model has {rows} tokens "
                f"({path})",
                _NEXT,
            )
    settings = read_json(folder / "tokenizer_config.json", missing={})
    for name, number in (*_special_tokens(configs), *_added_tokens(settings)):
        if number >= rows:
            raise CheckpointError(
                f"a special token does not match the model: {name} is number {number}, the model has {rows} tokens "
                f"({folder})",
                _NEXT,
            )


def _last_token(path: Path) -> tuple[str, int]:
    """The token with the highest number."""
    try:
        told = msgspec.json.decode(read_bytes(path, MOST_TOKENIZER), type=_Tokenizer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise CheckpointError(f"the tokenizer cannot be read ({error}): {path}", "fetch it again") from None
    words = told.model.vocab
    numbered = [(token.content, token.id) for token in told.added_tokens]
    if isinstance(words, dict):
        numbered += [max(words.items(), key=lambda one: one[1])] if words else []
    elif words:
        numbered.append((str(cast("object", words[-1])), len(words) - 1))
    if not numbered:
        raise CheckpointError(f"the tokenizer has no tokens: {path}", "fetch it again")
    return max(numbered, key=lambda one: one[1])


def _special_tokens(configs: tuple[dict[str, Any], ...]) -> Iterator[tuple[str, int]]:
    for config in configs:
        for name, value in config.items():
            if not name.endswith("_token_id"):
                continue
            for number in cast("list[object]", value) if isinstance(value, list) else [value]:
                if isinstance(number, int):
                    yield name, number


def _added_tokens(settings: dict[str, Any]) -> Iterator[tuple[str, int]]:
    told: object = settings.get("added_tokens_decoder")
    if isinstance(told, dict):
        for number, token in cast("dict[str, object]", told).items():
            if number.isdecimal():
                content = (
                    cast("dict[str, object]", token).get("content") if isinstance(token, dict) else token
                )
                yield repr(content), int(number[:12])
