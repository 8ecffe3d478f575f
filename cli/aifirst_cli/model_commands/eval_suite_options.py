"""The options of the evaluations by tests, HumanEval and MBPP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from aifirst_cli.model_commands.eval_options import model_options, output_options
from aifirst_cli.number_range import NumberRange
from aifirst_cli.option_list import with_options

_Command = Callable[..., Any]
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OPTIONS = (
    click.argument("suite", metavar="FILE", type=_FILE),
    click.option("-o", "--out", required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path),
                 help="Answers, outcomes and the result go there; a run that was interrupted goes on from it."),
    click.option("--answers", metavar="FILE", type=_FILE,
                 help="Test these answers and ask no model: a line each, with task_id and completion."),
    click.option("--chat", is_flag=True, help="Ask in a chat, as instructed models want it; else code to go on from."),
    click.option("-n", "--samples", type=click.IntRange(1), default=1, show_default=True, metavar="N",
                 help="Answers to each problem."),
    click.option("--temperature", type=NumberRange(0), metavar="T",
                 help="Default: 0 for one answer, 0.8 for several."),
    click.option("--top-p", type=NumberRange(0, 1, min_open=True), metavar="P", help="Default: the server's."),
    click.option("--k", "ks", type=click.IntRange(1), multiple=True, metavar="K",
                 help="Tell pass@K; may be repeated. Default: 1, 10 and 100, as far as --samples goes."),
    click.option("--max-tokens", type=click.IntRange(1), default=512, show_default=True, metavar="N",
                 help="Of one answer."),
    click.option("--seed", type=int, default=0, show_default=True, help="Of what is drawn."),
    click.option("--first", type=click.IntRange(1), metavar="N", help="The first N problems only."),
    click.option("--requests", type=click.IntRange(1), default=1, show_default=True, metavar="N",
                 help="Asked of the model at the same time."),
    click.option("--workers", type=click.IntRange(1), default=2, show_default=True, metavar="N",
                 help="Answers tested at the same time."),
    click.option("--timeout", type=NumberRange(0, min_open=True), default=10.0, show_default=True, metavar="S",
                 help="Seconds for the tests of one answer."),
    click.option("--memory", type=click.IntRange(32), default=512, show_default=True, metavar="MIB",
                 help="For the tests of one answer."),
    click.option("--sandbox", type=click.Choice(("auto", "bubblewrap", "container", "unsafe")), default="auto",
                 show_default=True, help="unsafe confines nothing: what the model wrote runs as you."),
    click.option("--image", help="Of the container, with a python3; never downloaded."),
)  # fmt: skip


def suite_options(command: _Command) -> _Command:
    """What to ask, how often, how it is tested."""
    return with_options(_OPTIONS)(model_options(output_options(command)))
