"""Tries, judges and mends answers to AICCL's questions for the command line."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar

if TYPE_CHECKING:
    from aifirst_model.aiccl.rejudge import Agreement
    from aifirst_model.aiccl.trials import Statistics
    from aifirst_model.text_model import TextModel


def run_try(options: dict[str, Any]) -> int:
    """Ask the questions of a dataset; the exit code."""
    from aifirst_model.aiccl.trials import TrialLog, export_failures, read_trials, statistics, try_samples
    from aifirst_model.dataset.folder import open_dataset
    from aifirst_model.request import Options

    from aifirst_cli.model_wiring.codec import CompilerCodec

    dataset = open_dataset(options["dataset"])
    if not dataset.count(options["split"]):
        raise Failure(
            f"{options['dataset']} holds nothing in its split {options['split']}. Name another with --split, "
            "or make the dataset from more projects."
        )
    total = min(dataset.count(options["split"]), options["count"] or dataset.count(options["split"]))
    samples = islice(dataset.samples(options["split"]), total)
    with TrialLog(options["out"], clean=options["clean"]) as log, progress_bar("asking the model") as update:
        tell = _counted(update, total)
        given = Options(max_tokens=options["max_tokens"])
        _with_model(lambda model: try_samples(model, samples, CompilerCodec(), log, given, tell))
    if options["failures"] is not None:
        found = export_failures(options["out"], options["failures"])
    else:
        found = statistics(read_trials(options["out"]))
    _tell(found, (), options["shape"])
    return 0


def run_rejudge(options: dict[str, Any]) -> int:
    """Judge trials again; the exit code."""
    from aifirst_model.aiccl.rejudge import CodecJudge, ModelJudge, agreements, rejudge
    from aifirst_model.aiccl.trials import TrialLog, read_trials, statistics

    from aifirst_cli.model_wiring.codec import CompilerCodec

    trials = list(read_trials(options["trials"]))
    codec = CodecJudge(CompilerCodec())
    with TrialLog(options["out"], clean=options["clean"]) as log, progress_bar("judging") as update:
        tell = _counted(update, len(trials))
        if options["by"] == "codec":
            asyncio.run(rejudge(trials, [codec], log, tell))
        else:

            def judged(model: TextModel) -> Awaitable[None]:
                judges = [ModelJudge(model)] if options["by"] == "model" else [codec, ModelJudge(model)]
                return rejudge(trials, judges, log, tell)

            _with_model(judged)
    found = list(read_trials(options["out"]))
    _tell(statistics(found), agreements(found), options["shape"])
    return 0


def run_critique(options: dict[str, Any]) -> int:
    """Have failed answers mended; the exit code."""
    from aifirst_model.aiccl.self_critique import CritiqueOptions, improve_all, improved_samples
    from aifirst_model.aiccl.trials import TrialLog, read_trials, statistics
    from aifirst_model.dataset.lines import SampleWriter

    from aifirst_cli.model_wiring.codec import CompilerCodec

    trials = list(read_trials(options["trials"]))
    codec = CompilerCodec()
    asked = CritiqueOptions(rounds=options["rounds"])
    with TrialLog(options["out"], clean=options["clean"]) as log, progress_bar("mending answers") as update:
        tell = _counted(update, len(trials))
        _with_model(lambda model: improve_all(trials, model, codec, log, asked, tell))
    if options["samples"] is not None:
        with SampleWriter(options["samples"]) as writer:
            for sample in improved_samples(read_trials(options["out"]), codec):
                writer.write(sample)
    _tell(statistics(read_trials(options["out"])), (), options["shape"])
    return 0


def _with_model(use: Callable[[TextModel], Awaitable[None]]) -> None:
    """Do something with the model that the environment names."""
    from aifirst_model.open_model import open_model
    from aifirst_model.settings import read_environment

    async def run() -> None:
        model = open_model(read_environment(os.environ))
        try:
            await use(model)
        finally:
            await model.aclose()

    asyncio.run(run())


def _counted(update: Callable[[int, int], None] | None, total: int) -> Callable[[int], None] | None:
    if update is None:
        return None
    return lambda done: update(done, total)


def _tell(found: Statistics, rows: Sequence[Agreement], shape: str) -> None:
    if shape == "json":
        import msgspec

        told = {"version": 1, **msgspec.to_builtins(found), "judges": msgspec.to_builtins(list(rows))}
        write_output(msgspec.json.encode(told).decode() + "\n", None, for_programs=True)
        return
    click.echo(f"{found.passed:,} of {found.trials:,} answers are right")
    for category, count in found.failures.items():
        click.echo(f"  {count:,} {category}")
    for row in rows:
        click.echo(
            f"{row.judge} passes {row.passed:,} of {row.judged:,}: {row.false_alarms:,} false alarms, "
            f"{row.missed:,} missed failures"
        )
