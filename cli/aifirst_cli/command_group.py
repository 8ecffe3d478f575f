"""A group whose errors of wrong use say the next step: the command that is near, the help to read.

click leaves the command that was used out of some errors of its own, such as an option with too few values,
and of those that a command raises itself.
"""

from __future__ import annotations

from typing import Any

import click


class CommandGroup(click.Group):
    """A group of commands or of groups of this kind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a `click.UsageError` leaves with the context of the command that it is about."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if error.ctx is None:
                name = ctx.invoked_subcommand
                command = self.get_command(ctx, name) if name else None
                error.ctx = click.Context(command, ctx, info_name=name) if command else ctx
            raise

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, with the nearest name in the error for one that is not there."""
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], names, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(names)}."
            ctx.fail(f"there is no command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)
