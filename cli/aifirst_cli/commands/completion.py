"""`aifirst completion`: the completion script of a shell."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    Commands, options, files, rules and presets are completed. For good, put the line into the file beside it:

    \b
    eval "$(aifirst completion bash)"    ~/.bashrc
    eval "$(aifirst completion zsh)"     ~/.zshrc, after compinit
    aifirst completion fish | source     ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from aifirst_cli.main import cli

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}.")
    click.echo(found(cli, {}, "aifirst", "_AIFIRST_COMPLETE").source())
