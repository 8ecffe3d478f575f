"""Which GGUF file is served: the one that was named, or the one that a checkpoint is written as and kept.

A checkpoint is written once, into the user's cache, under a name that changes with its files and with what writes them.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from aifirst_model.checkpoint.hub_cache import find_ggufs
from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint
from aifirst_model.export.export_gguf import Report, export_gguf
from aifirst_model.export.gguf_file import GgufFile, read_gguf
from aifirst_model.export.number_kinds import Kind
from aifirst_model.serving.serve_error import ServeError

_FORMAT: Final = 1
"""Changes where another version writes other files."""


def served_file(model: str, kind: Kind = "Q8_0", *, report: Report | None = None) -> GgufFile:
    """The file for a GGUF file, a checkpoint's folder or a hub's name that is on this machine.

    Raises `ServeError`, `ExportError` and `CheckpointError` for what cannot be served; nothing is downloaded.
    """
    path = Path(model).expanduser()
    if path.suffix == ".gguf" or path.is_file():
        found = read_gguf(path.absolute())
    elif not path.exists() and len(ggufs := find_ggufs(model)) == 1:
        found = read_gguf(ggufs[0])
    else:
        checkpoint = open_checkpoint(model)
        if checkpoint.adapter_of is not None:
            raise ServeError(
                f"{checkpoint.folder} is an adapter, not a model",
                "merge it into its base (`aifirst model merge`)",
            )
        kept = kept_file(checkpoint, kind)
        if not kept.is_file():
            export_gguf(checkpoint, kept, kind, report=report)
        found = read_gguf(kept)
    if found.text("general.type") == "adapter" or not found.tensors:
        raise ServeError(f"{found.path} holds no model", "give the model's file")
    return found


def kept_file(checkpoint: Checkpoint, kind: Kind) -> Path:
    """Where the GGUF file of a checkpoint is kept: in the user's cache."""
    digest = hashlib.sha256(f"{_FORMAT} {kind}\n".encode())
    for path in sorted(checkpoint.folder.iterdir()):
        if path.suffix in (".json", ".jinja", ".model", ".safetensors", ".txt"):
            found = path.stat()
            digest.update(f"{path.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    name = re.sub(r"[^\w.-]+", "-", Path(checkpoint.name).name or "model")[:60]
    return cache_folder() / f"{name}-{digest.hexdigest()[:16]}.{kind}.gguf"


def cache_folder() -> Path:
    """The folder of files that can be made again."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "aifirst" / "models"
