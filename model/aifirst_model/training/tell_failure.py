"""Turns what the libraries raise where memory or disk is full into errors that say the next step."""

from __future__ import annotations

import errno
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from aifirst_model.errors import ModelError, NoMemoryError
from aifirst_model.heavy import heavy
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.training_error import TrainingError

_FULL: Final = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_TOLD: Final = (
    "No space left", "File too large", "Disk quota exceeded", "PytorchStreamWriter failed writing",
    *(f"os error {number}" for number in sorted(_FULL)),
)  # fmt: skip


@contextmanager
def told_failures(recipe: Recipe) -> Generator[None]:
    """Raises `NoMemoryError` or `TrainingError` for what the block raises where memory or disk is full."""
    try:
        yield
    except ModelError:
        raise
    except MemoryError:
        raise _no_memory(recipe) from None
    except Exception as error:
        text = str(error)
        if isinstance(error, heavy("torch", "train").OutOfMemoryError) or "can't allocate memory" in text:
            raise _no_memory(recipe) from None
        if is_disk_full(error):
            raise TrainingError(
                "the disk is full, or a file may not be as large as a checkpoint has to be",
                "make room and resume: the checkpoints that are there are whole",
            ) from None
        raise


def _no_memory(recipe: Recipe) -> NoMemoryError:
    steps = (
        [f"at_once below {recipe.at_once or recipe.batch}"] if (recipe.at_once or recipe.batch) > 1 else []
    )
    steps += [] if recipe.checkpoint_activations else ["checkpoint_activations"]
    steps += [] if recipe.quantize_base or recipe.adapter == "none" else ["quantize_base"]
    steps.append(f"length below {recipe.length}")
    return NoMemoryError("there was not enough memory for a step", f"train anew with {', '.join(steps)}")


def is_disk_full(error: BaseException) -> bool:
    """Whether a file could not be written; the libraries put that into errors of their own, with the system's text."""
    if getattr(error, "errno", None) in _FULL or any(word in str(error) for word in _TOLD):
        return True
    cause = error.__cause__ or error.__context__
    return cause is not None and cause is not error and is_disk_full(cause)
