"""The options that leave a source out of an answer, shared by the commands that ask the memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

_WHAT: Final = {
    "lexical": "the search by words",
    "vectors": "the search by embedding",
    "graph": "what depends on what",
    "history": "what git knows",
    "tags": "tags and tickets",
    "concepts": "the concepts of the project",
}


def source_options(*names: str) -> tuple[Callable[..., Any], ...]:
    """An option `--no-NAME` for each of these sources."""
    return tuple(
        click.option(f"--no-{name}", is_flag=True, help=f"Leave out {_WHAT[name]}.") for name in names
    )


def take_left_out(options: dict[str, Any]) -> tuple[str, ...]:
    """The sources that were left out; their options are taken from the others."""
    return tuple(name for name in _WHAT if options.pop(f"no_{name}", False))
