"""Loads a checkpoint, to be asked, trained, merged or exported, or says in a line why it cannot be.

Settings that contradict the weights would else end in an error of a library, or give layers that were never in the
file. Only safetensors are loaded, no code of a model is run, and no hub is asked. Left out: adapters.
"""

from __future__ import annotations

import errno
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from aifirst_model.errors import CheckpointError, ModelError, NoMemoryError
from aifirst_model.heavy import heavy

_NEXT: Final = (
    "fetch the model again, or take a newer transformers; code that a model brings along is never run"
)
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_LACK: Final = ("not enough memory", "out of memory", "allocate memory", "failed to map segment")


def load_pretrained_model(folder: Path, **given: Any) -> Any:
    """The model in a folder, `given` as transformers takes it. Raises `CheckpointError`, `NoMemoryError`."""
    with _told(folder):
        model, told = heavy("transformers", "train").AutoModelForCausalLM.from_pretrained(
            str(folder), trust_remote_code=False, use_safetensors=True, local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are told below, by name
            **given,
        )  # fmt: skip
    if odd := sorted(told["mismatched_keys"]):
        name, has, should = odd[0]
        raise CheckpointError(
            f"the weights do not match config.json: {name} has the shape {_shape(has)}, and would have {_shape(should)} "
            f"({folder})",
            "take all files from the same model",
        )
    if missing := sorted(told["missing_keys"]):
        raise CheckpointError(
            f"{folder} lacks {len(missing)} of the model's tensors ({missing[0]})", "fetch the model again"
        )
    return model


def load_pretrained_tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder. Raises `CheckpointError`, `NoMemoryError`."""
    with _told(folder):
        return heavy("transformers", "train").AutoTokenizer.from_pretrained(
            str(folder), trust_remote_code=False, local_files_only=True
        )


def _shape(sizes: Iterable[int]) -> str:
    return " x ".join(map(str, sizes))


@contextmanager
def told_lack_of_memory(name: str) -> Generator[None]:
    """Raises `NoMemoryError` for what PyTorch, Python and the system raise where memory does not suffice."""
    try:
        yield
    except Exception as error:
        if not _is_lack_of_memory(error):
            raise
        why = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise NoMemoryError(
            f"memory does not suffice for {name} ({why[:300]})",
            "take a smaller model, a shorter prompt, or dtype bfloat16; `aifirst model list` says what fits",
        ) from None


def _is_lack_of_memory(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, RuntimeError | ImportError):
        return any(words in str(error).lower() for words in _LACK)
    return isinstance(error, MemoryError)


@contextmanager
def _told(folder: Path) -> Generator[None]:
    try:
        with told_lack_of_memory(str(folder)):
            yield
    except ModelError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise CheckpointError(f"{folder} cannot be loaded ({why})", _NEXT) from None
