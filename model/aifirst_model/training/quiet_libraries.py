"""Keeps the libraries' own bars, hints and warnings from the screen: they are for who programs with them."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Generator
from contextlib import contextmanager

from aifirst_model.heavy import heavy


@contextmanager
def quiet_libraries() -> Generator[None]:
    """Quiet while the block runs, and as far as their loggers go, after it too."""
    logging.getLogger("bitsandbytes").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log = heavy("transformers", "train").utils.logging
        log.set_verbosity_error()
        log.disable_progress_bar()
        heavy("datasets", "train").disable_progress_bars()
        yield
