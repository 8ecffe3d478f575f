"""`aifirst completion`: the completion script of a shell."""

from __future__ import annotations

import click

_INSTALL = {
    "bash": 'eval "$(aifirst completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(aifirst completion zsh)"    # in ~/.zshrc',
    "fish": "aifirst completion fish | source     # in ~/.config/fish/config.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_INSTALL)))
def command(shell: str) -> None:
    """Print the completion script for a shell.

    \b
    bash  eval "$(aifirst completion bash)"   in ~/.bashrc
    zsh   eval "$(aifirst completion zsh)"    in ~/.zshrc
    fish  aifirst completion fish | source    in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from aifirst_cli.main import cli

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}.")
    click.echo(found(cli, {}, "aifirst", "_AIFIRST_COMPLETE").source())
