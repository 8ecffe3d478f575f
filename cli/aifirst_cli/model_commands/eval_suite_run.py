"""What `aifirst model eval humaneval` and `mbpp` do."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from aifirst_cli.model_commands.eval_options import settings_of, tell_result

if TYPE_CHECKING:
    from aifirst_model.evaluation.problem import Suite, SuiteName
    from aifirst_model.evaluation.protocols import CodeRunner
    from aifirst_model.evaluation.run_folder import AnswerRecord, Plan, RunFolder
    from aifirst_model.settings import ModelSettings
    from aifirst_model.text_model import TextModel

_USUAL_KS: Final = (1, 10, 100)
_SEVERAL_AT: Final = 0.8


def run_suite_command(name: SuiteName, options: dict[str, Any]) -> int:
    """Run the suite to its end and print the result. Raises `ModelError`, `click.UsageError`."""
    from aifirst_model.evaluation.problem import read_suite
    from aifirst_model.evaluation.result import FILE_NAME, QUESTIONS
    from aifirst_model.evaluation.run_folder import RunFolder
    from aifirst_model.evaluation.suite_result import suite_result

    from aifirst_cli.model_wiring.code_runner import open_runner

    settings = _for_requests(settings_of(options), options["requests"])
    _check(options)
    # The whole file is read for a split, too: shots come from another one.
    whole = read_suite(name, options["suite"], split="all" if name == "mbpp" else "")
    suite = _chosen(whole, options)
    runner = open_runner(options["sandbox"], options["image"], options["memory"])
    model = None if options["answers"] else _open(settings)
    plan = _plan(suite, _subject(model, settings, options["answers"]), options)
    answers = _read_answers(options["answers"], suite, plan) if options["answers"] else ()
    with RunFolder(options["out"], plan) as folder:
        for answer in answers:
            if (answer.name, answer.sample) not in folder.answers:
                folder.add_answer(answer)
        asyncio.run(_run(model, runner, (suite, whole), folder, options))
        about = {
            "suite": f"{options['suite'].name} ({plan.problems} problems)",
            QUESTIONS: plan.digest[:16],
            "asked as": plan.asked_as,
            "samples": str(plan.samples),
            "temperature": f"{plan.temperature:g}",
            "sandbox": runner.name,
        }
        result = suite_result(folder, _ks(options), about)
    tell_result(result, options["shape"], options["out"] / FILE_NAME)
    return 0


def _for_requests(settings: ModelSettings, requests: int) -> ModelSettings:
    """The settings with room for so many requests at once: llama.cpp in this machine answers no more than it is told."""
    import msgspec

    if settings.backend != "llama-cpp" or settings.parallel >= requests:
        return settings
    return msgspec.structs.replace(settings, parallel=min(requests, 64))


def _open(settings: ModelSettings) -> TextModel:
    from aifirst_model.open_model import open_model

    return open_model(settings)


def _check(options: dict[str, Any]) -> None:
    """Refuse what would be a waste of hours."""
    samples, temperature = options["samples"], options["temperature"]
    if samples > 1 and temperature == 0:
        raise click.UsageError("several samples at temperature 0 are all the same. Give --temperature 0.8.")
    if options.get("shots") and options["chat"]:
        raise click.UsageError("--shots is for base models. Leave it or --chat out.")
    if any(k > samples for k in options["ks"]):
        raise click.UsageError(
            f"pass@{max(options['ks'])} needs as many samples. Give --samples {max(options['ks'])}."
        )


def _ks(options: dict[str, Any]) -> tuple[int, ...]:
    return options["ks"] or tuple(k for k in _USUAL_KS if k <= options["samples"])


def _chosen(whole: Suite, options: dict[str, Any]) -> Suite:
    """The problems of the split, the first of them where that was asked for."""
    import msgspec
    from aifirst_model.evaluation.errors import EvaluationError
    from aifirst_model.evaluation.mbpp import SPLITS

    wanted = SPLITS.get(options.get("split", "all"))
    problems = tuple(
        problem
        for problem in whole.problems
        if wanted is None or int(problem.name.partition("/")[2]) in wanted
    )
    if not problems:
        raise EvaluationError(f"{options['suite']} has no problem of that split", "give another --split")
    return msgspec.structs.replace(whole, problems=problems[: options["first"]])


def _subject(model: TextModel | None, settings: ModelSettings, answers: Path | None) -> str:
    """Who answered, as reports call it: the model, or a file by its contents."""
    if answers is None:
        adapters = "".join(f" + {Path(path).name}" for path in settings.adapters)
        return f"{model.name}{adapters}" if model is not None else ""
    from hashlib import sha256

    return f"answers of {answers.name} ({sha256(answers.read_bytes()).hexdigest()[:12]})"


def _plan(suite: Suite, subject: str, options: dict[str, Any]) -> Plan:
    from aifirst_model.evaluation.run_folder import Plan

    samples, temperature = options["samples"], options["temperature"]
    return Plan(
        suite.name, suite.digest, len(suite.problems), subject,
        asked_as="chat" if options["chat"] else "continuation",
        shots=options.get("shots", 0),
        samples=samples,
        temperature=temperature if temperature is not None else _SEVERAL_AT if samples > 1 else 0.0,
        top_p=options["top_p"], max_tokens=options["max_tokens"], seed=options["seed"],
        split=options.get("split", ""),
    )  # fmt: skip


def _read_answers(path: Path, suite: Suite, plan: Plan) -> list[AnswerRecord]:
    """The answers of a file, read before a folder is begun for them; more than --samples to a problem are a mistake."""
    from aifirst_model.evaluation.given_answers import read_given

    answers = read_given(path, suite, plan.asked_as)
    most = max(answer.sample + 1 for answer in answers)
    if most > plan.samples:
        raise click.UsageError(f"{path.name} has {most} answers to a problem. Give --samples {most}.")
    return answers


async def _run(
    model: TextModel | None, runner: CodeRunner, suites: tuple[Suite, Suite], folder: RunFolder, options: dict[str, Any]
) -> None:  # fmt: skip
    from aifirst_model.evaluation.ask_problem import choose_shots
    from aifirst_model.evaluation.run_suite import Pace, Progress, SuiteRun

    from aifirst_cli.progress import progress_bar

    with progress_bar("Answers tested") as update:

        def report(progress: Progress) -> None:
            if update is not None:
                update(progress.tested, progress.total)

        pace = Pace(options["requests"], options["workers"], options["timeout"])
        shots = choose_shots(suites[1].problems, folder.plan.shots)
        try:
            await SuiteRun(model, runner, suites[0].problems, folder, pace, report, shots).run()
        finally:
            if model is not None:
                await model.aclose()
