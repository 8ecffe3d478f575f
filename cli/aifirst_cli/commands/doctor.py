"""`aifirst doctor`: whether the installation and the project are in order."""

from __future__ import annotations

import click


@click.command("doctor")
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("-f", "--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True,
              help="For a person, or for a program.")  # fmt: skip
def command(path: str, shape: str) -> int:
    """Say whether this installation and project are in order.

    Checks the interpreter, every language's grammar, the tokenizer, git, the settings, the rules and plug-ins,
    the cache and index of the project at PATH, the tools that make scripts smaller and the language server,
    says which language model the memory has room for, and of each problem what to do. Nothing is changed.

    \b
    aifirst doctor                   this installation, and the project one stands in
    aifirst doctor --format json     to go with a report of a bug

    Exit code: 0 in order, 1 something is not.
    """
    from pathlib import Path

    from aifirst_cli.health import as_json, as_text, examine
    from aifirst_cli.run_options import current_folder

    checks = examine((current_folder() / Path(path)).resolve())
    click.echo(as_json(checks) if shape == "json" else as_text(checks))
    return 1 if any(check.state == "wrong" for check in checks) else 0
