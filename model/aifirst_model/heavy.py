"""The one way to the packages that are heavy: PyTorch and what stands on it, ONNX, GGUF.

They are imported when work begins that needs them, and never by a program that only asks a model; a missing one is an
error that says which extra brings it. They come as `Any`: most have no types, and who has not installed them can check
the types of this project all the same.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from typing import Any, Literal

from aifirst_model.errors import NeedsExtraError

Extra = Literal["train", "local", "keyring"]


def heavy(module: str, extra: Extra) -> Any:
    """The module of that name. Raises `NeedsExtraError`, which says what to install, for one that is missing or broken.

    Hubs are not asked for anything (`HF_HUB_OFFLINE`) unless the environment says otherwise.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    logging.getLogger("bitsandbytes").setLevel(logging.CRITICAL)  # its hints are for who programs with it
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise _missing(error.name or module, extra) from None
    except (ImportError, OSError) as error:  # a library in it that does not fit this machine, or its memory
        why = " ".join(str(error).split())[:200]
        raise NeedsExtraError(
            f"the package {module.partition('.')[0]} cannot be loaded ({why})",
            f"install it again (pip install --force-reinstall 'aifirst[{extra}]'), or see whether memory suffices",
        ) from None


def need(module: str, extra: Extra) -> None:
    """Raise `NeedsExtraError` where a package is missing that a process of its own will import."""
    if importlib.util.find_spec(module) is None:
        raise _missing(module, extra)


def _missing(module: str, extra: Extra) -> NeedsExtraError:
    return NeedsExtraError(
        f"the package {module.partition('.')[0]} is not installed, which this work needs",
        f"pip install 'aifirst[{extra}]'",
    )
