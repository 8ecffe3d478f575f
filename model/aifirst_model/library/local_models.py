"""The models on this machine, each with what it is, from headers alone; one that is broken is listed with the reason.

Looked for: checkpoints in the hub cache, GGUF files there and where llama.cpp, LM Studio and Ollama keep theirs, and the
folders and files that are given.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from aifirst_model.checkpoint.hub_cache import list_snapshots
from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint, read_licence
from aifirst_model.errors import ModelError
from aifirst_model.export.gguf_file import GgufFile, read_gguf
from aifirst_model.library.memory_fit import CONTEXT, PYTORCH_ROOM, Need, Shape, estimate_need

Form = Literal["checkpoint", "adapter", "gguf", "broken"]
_DEPTH: Final = 4
"""Folders below a given one that are looked into."""
_MANIFEST: Final = 1 << 20
_MODEL_LAYER: Final = "application/vnd.ollama.image.model"
_SHARD: Final = re.compile(r"-(\d{5})-of-(\d{5})\.gguf\Z")
_FILE_TYPES: Final = {0: "F32", 1: "F16", 7: "Q8_0", 15: "Q4_K_M", 17: "Q5_K_M", 18: "Q6_K", 32: "BF16"}
"""As GGUF files number the commonest ways of packing."""


class LocalModel(msgspec.Struct, frozen=True):
    """A model that lies here; for one that is `broken`, `problem` says why, and the rest is empty."""

    name: str
    path: Path
    form: Form
    architecture: str = ""
    kind: str = ""
    """How its numbers are kept: `bfloat16`, `Q4_K_M`."""
    size: int = 0
    """Bytes of its weights on the disk."""
    licence: str | None = None
    shape: Shape = Shape(0)
    base: str | None = None
    """Of an adapter."""
    problem: str = ""

    def need(self, tokens: int = CONTEXT, *, on_gpu: bool = False) -> Need:
        """The memory that it needs: checkpoints are computed with in float32 on processors, others as they are."""
        widened = self.form == "checkpoint" and not on_gpu and self.kind in ("bfloat16", "float16")
        weights = self.shape.parameters * 4 if widened else self.size
        if self.form == "checkpoint":
            return estimate_need(self.shape, weights, tokens, PYTORCH_ROOM)
        return estimate_need(self.shape, weights, tokens)


def list_local_models(given: Iterable[Path] = ()) -> list[LocalModel]:
    """All models that are found, by name; each once, however often it is linked."""
    found: dict[Path, LocalModel] = {}
    for name, path in _places(given):
        key = path.resolve()
        if key not in found:
            found[key] = _look_at(name, path)
    return sorted(found.values(), key=lambda model: (model.name.lower(), str(model.path)))


def _places(given: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for place in given:
        if place.is_dir():
            yield from _inside(place, _DEPTH, str(place))
        else:
            yield place.name, place
    for name, folder in list_snapshots():
        ggufs = sorted(folder.glob("*.gguf"))
        yield from ((f"{name}/{path.name}", path) for path in ggufs if _is_first(path))
        if (folder / "config.json").is_file() or (folder / "adapter_config.json").is_file():
            yield name, folder
    home = Path.home()
    caches = (
        os.environ.get("LLAMA_CACHE") or f"{os.environ.get('XDG_CACHE_HOME') or home / '.cache'}/llama.cpp",
        home / ".lmstudio" / "models", home / ".cache" / "lm-studio" / "models",
    )  # fmt: skip
    for cache in map(Path, caches):
        yield from ((path.name, path) for path in sorted(cache.rglob("*.gguf")) if _is_first(path))
    yield from _ollama(Path(os.environ.get("OLLAMA_MODELS") or home / ".ollama" / "models"))


def _inside(folder: Path, depth: int, name: str) -> Iterator[tuple[str, Path]]:
    """The models in a folder and the ones below it, without following links in a circle."""
    if (folder / "config.json").is_file() or (folder / "adapter_config.json").is_file():
        yield name, folder
        return
    try:
        inner = sorted(folder.iterdir())
    except OSError:
        return
    for path in inner:
        if path.suffix == ".gguf" and path.is_file():
            if _is_first(path):
                yield f"{name}/{path.name}", path
        elif depth and path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            yield from _inside(path, depth - 1, f"{name}/{path.name}")


def _is_first(path: Path) -> bool:
    """Whether a GGUF file is whole, or the first of its parts; a file that only sees images is no model."""
    part = _SHARD.search(path.name)
    return (part is None or part[1] == "00001") and not path.name.startswith("mmproj")


def _ollama(models: Path) -> Iterator[tuple[str, Path]]:
    """Ollama's models by name and tag; their files are called by checksum."""
    manifests = models / "manifests"
    for manifest in sorted(manifests.rglob("*")):
        try:
            if not manifest.is_file() or manifest.stat().st_size > _MANIFEST:
                continue
            told = msgspec.json.decode(manifest.read_bytes(), type=_Manifest)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            continue
        for layer in told.layers:
            name = layer.digest.replace(":", "-")
            if layer.kind == _MODEL_LAYER and Path(name).name == name and (models / "blobs" / name).is_file():
                yield f"ollama {manifest.parent.name}:{manifest.name}", models / "blobs" / name


class _Layer(msgspec.Struct, rename={"kind": "mediaType"}):
    kind: str
    digest: str


class _Manifest(msgspec.Struct):
    layers: list[_Layer] = []


def _look_at(name: str, path: Path) -> LocalModel:
    try:
        if path.is_dir():
            return _of_checkpoint(name, open_checkpoint(path))
        return _of_gguf(name, [read_gguf(part) for part in _parts(path)])
    except ModelError as error:
        return LocalModel(name, path, "broken", problem=str(error))


def _of_checkpoint(name: str, found: Checkpoint) -> LocalModel:
    return LocalModel(
        name, found.folder, "checkpoint" if found.adapter_of is None else "adapter", found.architecture,
        found.quantisation or found.dtype, found.weight_bytes, found.licence,
        Shape(found.parameters, found.layers, found.key_value_heads, found.head_width, found.context), found.adapter_of,
    )  # fmt: skip


def _parts(path: Path) -> list[Path]:
    """The files of a GGUF model: itself, or all that its name counts."""
    part = _SHARD.search(path.name)
    if part is None:
        return [path]
    stem = path.name[: part.start()]
    return [path.with_name(f"{stem}-{number:05}-of-{part[2]}.gguf") for number in range(1, int(part[2]) + 1)]


def _of_gguf(name: str, parts: list[GgufFile]) -> LocalModel:
    found = parts[0]
    architecture = found.text("general.architecture")

    def number(key: str) -> int:
        return found.number(f"{architecture}.{key}")

    heads = number("attention.head_count")
    width = number("attention.key_length") or (number("embedding_length") // heads if heads else 0)
    parameters = sum(math.prod(tensor.shape) for part in parts for tensor in part.tensors)
    kind = _FILE_TYPES.get(found.number("general.file_type", -1), "")
    shape = Shape(
        parameters,
        number("block_count"),
        number("attention.head_count_kv") or heads,
        width,
        number("context_length"),
    )
    is_adapter = found.text("general.type") == "adapter"
    licence = found.text("general.license") or read_licence(found.path.parent)
    form: Form = "adapter" if is_adapter else "gguf"
    size = sum(part.size for part in parts)
    return LocalModel(name, found.path, form, architecture, kind, size, licence, shape)
