"""`aifirst model pull`: fetches a model from a hub, after saying what that will do."""

from __future__ import annotations

import click


@click.command("pull")
@click.argument("name")
@click.option(
    "--gguf", default="", metavar="PART", help="Take the GGUF files whose names hold PART, as Q4_K_M."
)
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def command(name: str, gguf: str, yes: bool, dry_run: bool) -> int:
    """Fetch the model NAME (owner/model) from a hub.

    Says first what it will fetch: files, size, licence and where they go, which is the cache that all Hugging Face
    programs share. Weights come as safetensors, or as GGUF with --gguf; pickles never do. Every file is checked against
    the hub's checksum before it is put in place. What was cut off goes on with the same command. The path of the model
    goes to standard output. The hub is huggingface.co, or what HF_ENDPOINT names; HF_TOKEN is sent to it where it is set.

    \b
    aifirst model pull Qwen/Qwen2.5-Coder-0.5B
    aifirst model pull Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF --gguf q4_k_m
    aifirst model pull Qwen/Qwen2.5-Coder-7B --dry-run

    Exit code: 0 it is here, 1 it was not wanted, 2 it could not be fetched.
    """
    from aifirst_model.library.hub import Hub
    from aifirst_model.library.pull_model import plan_pull, pull

    from aifirst_cli.model_table import plan_as_text
    from aifirst_cli.progress import progress_bar

    hub = Hub()
    plan = plan_pull(hub, name, gguf)
    click.echo(plan_as_text(plan, hub.address), err=True)
    if dry_run:
        return 0
    if not yes and plan.here < plan.size and not _confirmed():
        return 1
    with progress_bar("Fetching") as report:
        folder = pull(hub, plan, report)
    ggufs = [file.name for file in plan.files if file.name.endswith(".gguf")]
    click.echo(str(folder / ggufs[0] if ggufs else folder))
    return 0


def _confirmed() -> bool:
    import sys

    from aifirst_cli.failure import Failure

    if sys.stdin is None or not sys.stdin.isatty():
        raise Failure("Nothing was fetched: nobody is there to be asked. Add --yes to fetch it.")
    return click.confirm("Fetch it?", err=True)
