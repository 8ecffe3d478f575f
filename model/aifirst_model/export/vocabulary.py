"""A tokenizer as GGUF holds it: tokens, their kinds, merges or scores, special tokens, the chat template.

Byte-level tokenizers come from tokenizer.json, SentencePiece's from tokenizer.model, or from tokenizer.json where that
is all there is. Rows of the embedding that no token has are filled with `[PAD…]`, as llama.cpp's converter does.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from aifirst_model.checkpoint.read_json import MOST_TOKENIZER, read_bytes, read_json
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.pre_tokenizer import recognise
from aifirst_model.export.sentencepiece_file import read_pieces
from aifirst_model.heavy import heavy

_NORMAL, _UNKNOWN, _CONTROL, _USER, _UNUSED, _BYTE = range(1, 7)
_FILL_TOKENS: Final = {
    "fim_pre": ("<|fim_prefix|>", "<fim_prefix>", "<｜fim▁begin｜>", "▁<PRE>"),
    "fim_suf": ("<|fim_suffix|>", "<fim_suffix>", "<｜fim▁hole｜>", "▁<SUF>"),
    "fim_mid": ("<|fim_middle|>", "<fim_middle>", "<｜fim▁end｜>", "▁<MID>"),
    "fim_pad": ("<|fim_pad|>", "<fim_pad>"),
    "fim_rep": ("<|repo_name|>", "<|reponame|>", "<reponame>", "<repo_name>"),
    "fim_sep": ("<|file_sep|>", "<file_sep>"),
}
_LATE: Final = -1000.0


class Vocabulary(msgspec.Struct):
    """What was read: the texts of the tokens by their numbers, and their kinds."""

    model: str
    pre: str
    texts: list[str]
    kinds: list[int]
    scores: list[float] | None = None


def read_vocabulary(folder: Path, rows: int, pre_tokenizer: str | None = None) -> Vocabulary:
    """The tokenizer of a checkpoint whose embedding has so many rows. Raises `ExportError`, `CheckpointError`."""
    if (folder / "tokenizer.model").is_file():
        return _read_sentencepiece(folder, rows)
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ExportError(
            f"{folder} has neither tokenizer.json nor tokenizer.model",
            "save its tokenizer with transformers (`AutoTokenizer.from_pretrained(…).save_pretrained(…)`)",
        )
    told = _decode(path)
    model = cast("dict[str, Any]", told.get("model") or {})
    if model.get("type", "BPE") != "BPE" or not isinstance(model.get("vocab"), dict):
        raise ExportError(
            f"the tokenizer is of the kind {model.get('type')!r}, which cannot be exported (only BPE)",
            "use llama.cpp's convert_hf_to_gguf.py for this model",
        )
    if model.get("byte_fallback"):
        return _read_merged(told, model, rows)
    vocabulary = _empty("gpt2", pre_tokenizer or recognise(told), rows)
    for text, number in cast("dict[str, int]", model["vocab"]).items():
        vocabulary.texts[number], vocabulary.kinds[number] = text, _NORMAL
    _add(vocabulary, told.get("added_tokens", []))
    return vocabulary


def add_vocabulary(writer: Any, folder: Path, vocabulary: Vocabulary) -> None:
    """Write a tokenizer into a `gguf.GGUFWriter`, with its special tokens and its chat template."""
    writer.add_tokenizer_model(vocabulary.model)
    writer.add_tokenizer_pre(vocabulary.pre)
    writer.add_token_list(vocabulary.texts)
    if vocabulary.scores is not None:
        writer.add_token_scores(vocabulary.scores)
    writer.add_token_types(vocabulary.kinds)
    logging.getLogger("gguf").setLevel(
        logging.ERROR
    )  # its warnings are about pairs of texts, which no prompt is
    special = heavy("gguf", "train").SpecialVocab(
        folder, load_merges=vocabulary.scores is None, n_vocab=len(vocabulary.texts)
    )
    if vocabulary.scores is None:
        for end in ("bos", "eos"):  # a byte-level tokenizer adds only what it says that it adds
            special.add_special_token.setdefault(end, False)
    special.add_to_gguf(writer, quiet=True)
    if vocabulary.scores is not None:
        space = read_json(folder / "tokenizer_config.json", missing={}).get("add_prefix_space")
        if isinstance(space, bool):
            writer.add_add_space_prefix(space)
    numbers = {text: number for number, text in enumerate(vocabulary.texts)}
    for role, texts in _FILL_TOKENS.items():
        if (found := next((numbers[text] for text in texts if text in numbers), None)) is not None:
            writer.add_uint32(f"tokenizer.ggml.{role}_token_id", found)


def _decode(path: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(read_bytes(path, MOST_TOKENIZER), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ExportError(f"{path} is broken ({error})", "fetch it again") from None


def _empty(model: str, pre: str, rows: int) -> Vocabulary:
    return Vocabulary(model, pre, [f"[PAD{number}]" for number in range(rows)], [_UNUSED] * rows)


def _add(vocabulary: Vocabulary, tokens: object) -> None:
    """The tokens that are never cut: controls where they are special or look it, else plain words of the user."""
    for told in cast("list[dict[str, Any]]", tokens):
        number, text = int(told["id"]), str(told["content"])
        looks_special = text.startswith(("<|", "<｜")) and text.endswith(("|>", "｜>"))
        is_control = bool(told.get("special")) or looks_special or text in ("<pad>", "<mask>")
        vocabulary.texts[number] = text if is_control else text.replace("▁", " ")
        vocabulary.kinds[number] = _CONTROL if is_control else _USER
        if vocabulary.scores is not None:
            vocabulary.scores[number] = _LATE


def _read_sentencepiece(folder: Path, rows: int) -> Vocabulary:
    vocabulary = _empty("llama", "default", rows)
    vocabulary.scores = [-10000.0] * rows
    for number, piece in enumerate(read_pieces(folder / "tokenizer.model")[:rows]):
        vocabulary.texts[number], vocabulary.kinds[number] = piece.text, piece.kind
        vocabulary.scores[number] = piece.score
    settings = read_json(folder / "tokenizer_config.json", missing={})
    added: object = settings.get("added_tokens_decoder")
    if isinstance(added, dict):
        told = cast("dict[str, dict[str, Any]]", added)
        _add(vocabulary, [{"id": number, **token} for number, token in told.items() if int(number) < rows])
    elif (folder / "tokenizer.json").is_file():
        _add(vocabulary, _decode(folder / "tokenizer.json").get("added_tokens", []))
    return vocabulary


def _read_merged(told: dict[str, Any], model: dict[str, Any], rows: int) -> Vocabulary:
    """SentencePiece's kind out of tokenizer.json: what is merged earlier has the higher score."""
    vocabulary = _empty("llama", "default", rows)
    scores = [_LATE] * rows
    numbers = cast("dict[str, int]", model["vocab"])
    for text, number in numbers.items():
        is_byte = len(text) == 6 and text.startswith("<0x") and text.endswith(">")
        vocabulary.texts[number] = text
        vocabulary.kinds[number] = (
            _BYTE if is_byte else _UNKNOWN if text == model.get("unk_token") else _NORMAL
        )
        scores[number] = 0.0 if is_byte else -1e6
    for rank, merge in enumerate(cast("list[Any]", model.get("merges", []))):
        whole = merge.replace(" ", "") if isinstance(merge, str) else "".join(merge)
        if whole in numbers:
            scores[numbers[whole]] = max(scores[numbers[whole]], -float(rank))
    vocabulary.scores = scores
    _add(
        vocabulary,
        [one for one in told.get("added_tokens", []) if one.get("content") != model.get("unk_token")],
    )
    return vocabulary
