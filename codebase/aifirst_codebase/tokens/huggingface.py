"""Any Hugging Face tokenizer, from its `tokenizer.json` on disk. Never from a hub."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from aifirst_codebase.tokens.tokenizer_error import TokenizerError


def load_count_from_file(path: Path) -> Callable[[str], int]:
    """The function that counts tokens by the tokenizer in `path`, without special tokens.

    Raises `TokenizerError` when the `tokenizers` package is missing or the file is not a tokenizer.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise TokenizerError(
            f"counting with {path} needs the tokenizers package: pip install 'aifirst[tokenizers]'"
        ) from error
    if not path.is_file():
        raise TokenizerError(f"tokenizer file {path} does not exist: give the path of a tokenizer.json")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:
        raise TokenizerError(f"{path} is not a tokenizer.json: {error}") from error

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count
