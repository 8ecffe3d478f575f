"""Loads a checkpoint whole for training, merging and exporting, or says in a line why it cannot be.

Settings that contradict the weights would else end in an error of a library, or train layers that were never in the
file. Left out: models that are asked; `local_weights` loads those, with adapters and on other devices.
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from aifirst_model.errors import CheckpointError, ModelError
from aifirst_model.heavy import heavy

_NEXT: Final = (
    "fetch the model again, or take a newer transformers; code that a model brings along is never run"
)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM})


def load_pretrained_model(folder: Path, **given: Any) -> Any:
    """The model in a folder, `given` as transformers takes it. Raises `CheckpointError`; lack of memory goes through."""
    with _told(folder):
        model, told = heavy("transformers", "train").AutoModelForCausalLM.from_pretrained(
            str(folder), trust_remote_code=False, use_safetensors=True, local_files_only=True,
            output_loading_info=True, **given,
        )  # fmt: skip
    if missing := sorted(told["missing_keys"]):
        raise CheckpointError(
            f"{folder} lacks {len(missing)} of the model's tensors ({missing[0]})", "fetch the model again"
        )
    return model


def load_pretrained_tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder. Raises `CheckpointError`."""
    with _told(folder):
        return heavy("transformers", "train").AutoTokenizer.from_pretrained(
            str(folder), trust_remote_code=False, local_files_only=True
        )


@contextmanager
def _told(folder: Path) -> Generator[None]:
    try:
        yield
    except (ModelError, MemoryError):
        raise
    except Exception as error:
        text = str(error)
        is_lack = "memory" in text and isinstance(error, RuntimeError)
        if is_lack or (isinstance(error, OSError) and error.errno in _FULL):
            raise
        why = " ".join(text.split())[:200] or type(error).__name__
        raise CheckpointError(f"{folder} cannot be loaded ({why})", _NEXT) from None
