"""Gives a command a list of options, in the order of the list: for those that have too many to read above a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def with_options(options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    """The decorator that adds these arguments and options of click to a command."""

    def add(command: Callable[..., Any]) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return add
