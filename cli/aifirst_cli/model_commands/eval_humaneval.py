"""`aifirst model eval humaneval`."""

from __future__ import annotations

from typing import Any

import click

from aifirst_cli.model_commands.eval_suite_options import suite_options


@click.command("humaneval")
@suite_options
def command(**options: Any) -> int:
    """Test a model's answers to HumanEval: pass@k, in the sandbox.

    FILE is HumanEval.jsonl or HumanEval.jsonl.gz. pass@k is the unbiased estimate from all samples, with a 95 %
    interval over problems. An answer is cut to the function by parsing, and is tested in a process that knows neither
    the tests nor how a pass is told.

    \b
    aifirst model eval humaneval HumanEval.jsonl.gz --backend llama-cpp --model coder.gguf --out runs/a
    aifirst model eval humaneval HumanEval.jsonl.gz --url http://127.0.0.1:8080/v1 --model coder --chat -n 20 --out runs/b
    aifirst model eval humaneval HumanEval.jsonl.gz --answers samples.jsonl --out runs/c

    Exit code: 0 done, 2 wrong use or failure, 130 interrupted: the same command goes on.
    """
    from aifirst_cli.model_commands.eval_suite_run import run_suite_command

    return run_suite_command("humaneval", options)
