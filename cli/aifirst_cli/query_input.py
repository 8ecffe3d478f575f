"""A query as it was given: on the command line, or on standard input."""

from __future__ import annotations

import sys
from pathlib import Path

import click

_LARGEST_QUERY = 8_000_000
"""Bytes of standard input that are read: a log beyond that says nothing new."""


class QueryCommand(click.Command):
    """A command that takes a query as one argument, and says so where its words came without quotes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; raises `click.UsageError` for wrong use."""
        last = args[-1:]
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if type(error) is click.UsageError:  # too many arguments; other wrong use has its own class
                raise click.UsageError(f"{error.message}: {_advice(ctx, last)}", error.ctx) from error
            raise


def _advice(ctx: click.Context, last: list[str]) -> str:
    takes_folder = any(parameter.name == "path" for parameter in ctx.command.params)
    if not takes_folder and any(Path(one).is_dir() for one in last):
        return "run this in the folder of the project."
    return "put the query in quotes."


def given_query(given: str | None) -> str:
    """The query; of standard input (`-`) what is text in it, whatever its encoding."""
    if given != "-":
        return (given or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    stream = getattr(sys.stdin, "buffer", None)
    raw = stream.read(_LARGEST_QUERY) if stream is not None else b""
    return raw.decode("utf-8", "replace").replace("\0", " ")
