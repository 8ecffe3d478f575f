"""Opens a checkpoint: a folder with settings, weights in safetensors and a tokenizer, or an adapter for one.

Everything that can be known without loading is checked here, so that what is cut off, mixed up or able to run code is
told in a line before minutes of loading. Left out: GGUF files (`llama-cpp` reads them itself), and code that a model
brings along: it is never run.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from aifirst_model.checkpoint.check_tokenizer import check_tokenizer
from aifirst_model.checkpoint.hub_cache import find_snapshot, is_hub_name
from aifirst_model.checkpoint.read_json import read_json
from aifirst_model.checkpoint.safetensors_header import Tensor, read_header
from aifirst_model.errors import CheckpointError

PICKLES: Final = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"})
"""Endings of files that run code when they are loaded."""
_CONVERT: Final = (
    "pickles run code when they are loaded: take the model in safetensors, or convert to safetensors where that can "
    "do no harm"
)
_KINDS: Final = {
    "BF16": "bfloat16", "F16": "float16", "F32": "float32", "F64": "float64", "I8": "int8", "U8": "uint8",
    "F8_E4M3": "float8", "F8_E5M2": "float8",
}  # fmt: skip
_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)^---", re.DOTALL | re.MULTILINE)
_LICENCE: Final = re.compile(r"^license:[ \t]*[\"']?([\w.+-]+)", re.MULTILINE)
_LICENCE_NAME: Final = re.compile(r"^license_name:[ \t]*[\"']?([\w.+-]+)", re.MULTILINE)
_PLAIN: Final = re.compile(r"[\w.-]{1,255}", re.ASCII)
"""What files and types of models are called."""
_MOST: Final = 1 << 40
"""Of what a model has; where settings say more they are broken."""
_EMBEDDINGS: Final = re.compile(
    r"(?:^|\.)(?:embed_tokens|wte|word_embeddings|embed_in|tok_embeddings)\.weight$"
)


class Checkpoint(msgspec.Struct, frozen=True):
    """A model on this machine that can be loaded, or an adapter (`adapter_of`), which is one only with its base."""

    folder: Path
    name: str
    """As it was named: a path or a hub's name."""
    architecture: str
    """The model's type, as `qwen2` or `llama`; the adapter's kind, as `lora`."""
    parameters: int
    dtype: str
    """Of most of its numbers, as PyTorch calls it: `bfloat16`."""
    context: int
    """Tokens that it was made for, 0 where that is not told."""
    vocabulary: int
    """Rows of the embedding: the tokenizer may have fewer tokens, never more. 0 for an adapter."""
    tied_embeddings: bool
    licence: str | None
    """As its card says it, for reading: `apache-2.0`."""
    has_chat_template: bool
    adapter_of: str | None
    """The base that an adapter is for, by its path or name; None for a model."""
    weights: tuple[Path, ...]
    weight_bytes: int
    layers: int = 0
    key_value_heads: int = 0
    head_width: int = 0
    quantisation: str = ""
    """The way its numbers are packed (`bitsandbytes`, `gptq`, …), "" where they are not."""


def open_checkpoint(name: str | Path) -> Checkpoint:
    """The checkpoint in a folder, or the one of a hub's name that lies in the cache of this machine.

    Nothing is downloaded and no weight is loaded. Raises `CheckpointError`, which says what is wrong and what to do.
    """
    folder = find_folder(name)
    config = folder / "config.json"
    adapter = folder / "adapter_config.json"
    if adapter.is_file() and not config.is_file():
        return _open_adapter(folder, str(name), read_json(adapter))
    if not config.is_file():
        if ggufs := sorted(folder.glob("*.gguf")):
            raise CheckpointError(
                f"{folder} is no checkpoint but holds GGUF", f"ask {ggufs[0]} by the backend llama-cpp"
            )
        raise CheckpointError(
            f"{folder} is no checkpoint (it has no config.json)", "give the folder that holds config.json"
        )
    return _open_model(folder, str(name), read_json(config))


def find_folder(name: str | Path) -> Path:
    """The folder that a path or a hub's name means. Raises `CheckpointError`."""
    text = str(name)
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            return path.absolute()
        is_file = path.is_file()
    except (OSError, ValueError, RuntimeError):
        raise CheckpointError(f"no folder can be called {text!r}", "give a folder's path") from None
    if is_file:
        if path.suffix in PICKLES:
            raise CheckpointError(f"{path} is a pickle", _CONVERT)
        told = (
            "ask it by the backend llama-cpp" if path.suffix == ".gguf" else "give the folder that it is in"
        )
        raise CheckpointError(f"{path} is a file, and a checkpoint is a folder", told)
    if isinstance(name, str) and is_hub_name(text):
        if (snapshot := find_snapshot(text)) is not None:
            return snapshot
        raise CheckpointError(
            f"there is no folder {text}, and no model of that name in the cache of this machine",
            f"`aifirst model pull {text}` fetches it",
        )
    raise CheckpointError(f"there is no folder {text}", "check its path")


def _open_model(folder: Path, name: str, config: dict[str, Any]) -> Checkpoint:
    inner: dict[str, Any] = {**config, **_object(config.get("text_config"))}
    weights, tensors = _read_weights(folder, "model")
    rows = _rows(tensors) or _number(inner, "vocab_size")
    kind: object = config.get("model_type")
    if not rows or not isinstance(kind, str) or not _PLAIN.fullmatch(kind):
        raise CheckpointError(
            f"{folder / 'config.json'} is broken (model_type or vocab_size is missing or odd)",
            "fetch it again",
        )
    told = _number(inner, "vocab_size")
    if told and told != rows:
        raise CheckpointError(
            f"the weights do not match config.json: {rows} rows of embedding for {told} tokens ({folder})",
            "take all files from the same model",
        )
    check_tokenizer(folder, rows, (config, read_json(folder / "generation_config.json", missing={})))
    has_head = any(tensor.endswith("lm_head.weight") for tensor in tensors)
    tied: object = inner.get("tie_word_embeddings")
    heads = _number(inner, "num_attention_heads", "n_head")
    width = _number(inner, "hidden_size", "n_embd")
    packed = _object(config.get("quantization_config"))
    return Checkpoint(
        folder, name, kind, _parameters(tensors, bool(packed), leave_head=tied is True), _kind(tensors),
        _number(inner, "max_position_embeddings", "n_positions", "seq_length"), rows,
        tied if isinstance(tied, bool) else not has_head, read_licence(folder), _has_template(folder), None, weights,
        sum(path.stat().st_size for path in weights),
        layers=_number(inner, "num_hidden_layers", "n_layer"),
        key_value_heads=_number(inner, "num_key_value_heads") or heads,
        head_width=_number(inner, "head_dim") or (width // heads if heads else 0),
        quantisation=str(packed.get("quant_method", "unknown")) if packed else "",
    )  # fmt: skip


def _open_adapter(folder: Path, name: str, config: dict[str, Any]) -> Checkpoint:
    weights, tensors = _read_weights(folder, "adapter_model")
    base: object = config.get("base_model_name_or_path")
    kind = str(config.get("peft_type", "adapter")).lower()
    size = sum(path.stat().st_size for path in weights)
    return Checkpoint(
        folder, name, kind, _parameters(tensors, is_packed=False), _kind(tensors), 0, 0, False, read_licence(folder),
        _has_template(folder), base if isinstance(base, str) else "", weights, size,
    )  # fmt: skip


def _read_weights(folder: Path, stem: str) -> tuple[tuple[Path, ...], dict[str, Tensor]]:
    """The files with the weights, and every tensor in them. Raises `CheckpointError`."""
    whole = folder / f"{stem}.safetensors"
    index = folder / f"{stem}.safetensors.index.json"
    if whole.is_file():
        return (whole,), read_header(whole)
    if not index.is_file():
        pickles = sorted(path.name for path in folder.iterdir() if path.suffix in PICKLES)
        if pickles:
            raise CheckpointError(f"{folder} has its weights in pickles only ({pickles[0]})", _CONVERT)
        raise CheckpointError(f"{folder} has no weights (no {whole.name})", "fetch the model again")
    return _read_shards(folder, index)


def _read_shards(folder: Path, index: Path) -> tuple[tuple[Path, ...], dict[str, Tensor]]:
    """The files that an index names, and every tensor in them. Raises `CheckpointError`."""
    places = _object(read_json(index).get("weight_map"))
    names = {str(place) for place in places.values()}
    if not names or not all(_PLAIN.fullmatch(one) and one.endswith(".safetensors") for one in names):
        raise CheckpointError(
            f"{index} is broken (it names no safetensors files beside it)", "fetch it again"
        )
    tensors: dict[str, Tensor] = {}
    for one in sorted(names):
        held = read_header(folder / one)
        missing = sorted(tensor for tensor, place in places.items() if place == one and tensor not in held)
        if missing:
            raise CheckpointError(f"{folder / one} lacks the tensor {missing[0]}", "fetch the model again")
        tensors |= held
    return tuple(folder / one for one in sorted(names)), tensors


def _rows(tensors: dict[str, Tensor]) -> int:
    """The rows of the embedding, 0 where no tensor is known to be it."""
    found = [
        tensor.shape[0]
        for name, tensor in tensors.items()
        if _EMBEDDINGS.search(name) and len(tensor.shape) == 2
    ]
    return found[0] if len(found) == 1 else 0


def _parameters(tensors: dict[str, Tensor], is_packed: bool, *, leave_head: bool = False) -> int:
    """Numbers of the model; of packed ones (4 bits) two a byte, which is near enough to be told."""
    return sum(
        tensor.elements * (2 if is_packed and tensor.kind == "U8" else 1)
        for name, tensor in tensors.items()
        if not (leave_head and name.endswith("lm_head.weight"))
    )


def _kind(tensors: dict[str, Tensor]) -> str:
    sizes: dict[str, int] = {}
    for tensor in tensors.values():
        sizes[tensor.kind] = sizes.get(tensor.kind, 0) + tensor.size
    most = max(sorted(sizes), key=lambda kind: sizes[kind], default="")
    return _KINDS.get(most, most.lower())


def read_licence(folder: Path) -> str | None:
    """The licence that the model's card (README.md) names, None where it names none."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as stream:
            front = _FRONT_MATTER.match(stream.read(1 << 16))
    except OSError:
        return None
    if front is None or (found := _LICENCE.search(front[1])) is None:
        return None
    named = _LICENCE_NAME.search(front[1])
    return named[1] if named and found[1] == "other" else found[1]


def _has_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    return any(
        bool(read_json(folder / name, missing={}).get("chat_template"))
        for name in ("tokenizer_config.json", "chat_template.json")
    )


def _number(config: dict[str, Any], *names: str) -> int:
    """The first of these that is a number of things, else 0."""
    found = (config.get(name) for name in names)
    return next((value for value in found if type(value) is int and 0 < value <= _MOST), 0)


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
