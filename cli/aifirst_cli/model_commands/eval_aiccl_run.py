"""What `aifirst model eval aiccl` does."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from aifirst_cli.model_commands.eval_options import names_a_model, settings_of, tell_result

if TYPE_CHECKING:
    from aifirst_model.evaluation.aiccl_result import AicclSubject
    from aifirst_model.evaluation.result import Result


def run_aiccl(options: dict[str, Any]) -> int:
    """Evaluate and print. Raises `ModelError`, `click.UsageError`."""
    result = asyncio.run(_evaluate(options))
    tell_result(result, options["shape"], options["out"])
    return 0


async def _evaluate(options: dict[str, Any]) -> Result:
    from aifirst_model.aiccl.pieces import PieceSizes
    from aifirst_model.evaluation.aiccl_result import AicclEvaluation, pieces_of
    from aifirst_model.evaluation.aiccl_subjects import CodecSubject, ModelSubject
    from aifirst_model.evaluation.kept_answers import KeptSubject
    from aifirst_model.evaluation.problem import read_suite
    from aifirst_model.evaluation.source_files import read_source_files
    from aifirst_model.open_model import open_model

    from aifirst_cli.model_wiring.code_runner import open_runner
    from aifirst_cli.model_wiring.codec import CompilerCodec
    from aifirst_cli.progress import progress_bar

    is_model = names_a_model(options)
    settings = settings_of(options)
    pieces = pieces_of(read_source_files(options["paths"]), PieceSizes())[: options["first"]]
    problems = (
        read_suite("humaneval", options["tests"]).problems[: options["first"]] if options["tests"] else ()
    )
    runner = open_runner(options["sandbox"]) if problems else None
    codec = CompilerCodec()
    model = open_model(settings) if is_model else None
    subject: AicclSubject = (
        CodecSubject(codec, options["resolution"])
        if model is None
        else ModelSubject(model, options["max_tokens"], options["resolution"])
    )
    try:
        with ExitStack() as opened:
            if options["keep"] is not None:
                subject = opened.enter_context(KeptSubject(subject, options["keep"], options["resolution"]))
            update = opened.enter_context(progress_bar("Pieces"))
            evaluation = AicclEvaluation(
                subject, codec, update or (lambda _, __: None), options["resolution"]
            )
            return await evaluation.run(pieces, problems, runner)
    finally:
        if model is not None:
            await model.aclose()
