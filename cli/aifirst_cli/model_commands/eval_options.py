"""Options that several evaluations share: which model, and where the result goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aifirst_cli.failure import Failure
from aifirst_cli.option_list import with_options

if TYPE_CHECKING:
    from aifirst_model.evaluation.result import Result
    from aifirst_model.settings import ModelSettings

_Command = Callable[..., Any]
_FIELDS = ("backend", "url", "model", "server", "script", "context", "threads", "device", "dtype", "adapters",
    "cache_type", "draft_model", "prompt_lookup",
)  # fmt: skip
_MODEL = (
    click.option("--model", metavar="NAME",
                 help="The model: its name at the server, a GGUF file, or a checkpoint's folder or hub name."),
    click.option("--backend", type=click.Choice(("openai-compatible", "llama-cpp", "transformers", "scripted")),
                 metavar="NAME", help="openai-compatible (default), llama-cpp, transformers or scripted."),
    click.option("--url", help="Of the server, with its version: http://127.0.0.1:8080/v1."),
    click.option("--server", type=click.Choice(("vllm", "llama.cpp", "ollama", "openai")), metavar="NAME",
                 help="vllm, llama.cpp, ollama or openai; it is asked otherwise."),
    click.option("--script", metavar="FILE", help="Of a scripted model."),
    click.option("--context", type=click.IntRange(256), metavar="N", help="Tokens that a local model has room for."),
    click.option("--threads", type=click.IntRange(1), metavar="N", help="Of a local model; default: one a core."),
    click.option("--device", type=click.Choice(("auto", "cpu", "cuda", "mps")), help="Where transformers computes."),
    click.option("--adapter", "adapters", multiple=True, metavar="PATH",
                 help="A LoRA adapter on the model: GGUF for llama-cpp, a PEFT folder for transformers."),
    click.option("--dtype", type=click.Choice(("auto", "float32", "bfloat16", "float16")),
                 help="Numbers that transformers computes with."),
    click.option("--cache-type", type=click.Choice(("f16", "q8_0", "q4_0")),
                 help="How llama-cpp keeps what it has read."),
    click.option("--draft-model", metavar="FILE", help="A small GGUF file that guesses ahead for llama-cpp."),
    click.option("--prompt-lookup", is_flag=True, default=None,
                 help="Let llama-cpp guess ahead from what stands in the prompt."),
)  # fmt: skip
_NO_MODEL = (
    "no model is named: give --url and --model for a server, or --backend llama-cpp --model FILE.gguf, or set "
    "AIFIRST_MODEL_URL and AIFIRST_MODEL. `aifirst model list` shows the models on this machine."
)
_NEEDED = {
    "llama-cpp": "--model FILE.gguf",
    "transformers": "--model and a checkpoint's folder or hub name",
}
_OUTPUT = (
    click.option("-f", "--format", "shape", type=click.Choice(("text", "json", "markdown")), default="text",
                 show_default=True, help="How the result is printed."),
)  # fmt: skip


def model_options(command: _Command) -> _Command:
    """Which model is asked; what is not given comes from the environment (AIFIRST_MODEL_…)."""
    return with_options(_MODEL)(command)


def output_options(command: _Command) -> _Command:
    """How the result is printed."""
    return with_options(_OUTPUT)(command)


def saving_option(command: _Command) -> _Command:
    """Where the result is kept."""
    option = click.option(
        "-o", "--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
        help="Keep the result there, for `compare` and `gate`.",
    )  # fmt: skip
    return option(command)


def names_a_model(options: dict[str, Any]) -> bool:
    """Whether an option of the command line says which model is meant."""
    return any(options[name] not in (None, ()) for name in _FIELDS)


def settings_of(options: dict[str, Any]) -> ModelSettings:
    """The model's settings, its options taken out of `options`. Raises `ModelError`, `click.UsageError`."""
    import msgspec
    from aifirst_model.settings import ModelSettings, read_environment

    given = {name: options.pop(name) for name in _FIELDS}
    changed = {name: value for name, value in given.items() if value is not None and value != ()}
    settings = msgspec.to_builtins(read_environment(os.environ)) | changed
    try:
        return msgspec.convert(settings, ModelSettings)
    except msgspec.ValidationError as error:
        raise click.UsageError(f"the model's settings cannot be ({error}). See docs/models.md.") from None


def check_named(settings: ModelSettings) -> None:
    """Raise `Failure` where no model is named, for a command that cannot do without one."""
    if settings.backend == "openai-compatible" and not (settings.url or settings.model):
        raise Failure(_NO_MODEL)
    if settings.backend in _NEEDED and not settings.model:
        raise Failure(f"no model is named: --backend {settings.backend} needs {_NEEDED[settings.backend]}.")


def tell_result(result: Result, shape: str, out: Path | None = None) -> None:
    """Print the result and keep it where that was asked for. Raises `Failure` where it cannot be kept."""
    from aifirst_model.evaluation.result import write_result
    from aifirst_model.evaluation.show_result import show_result

    if out is not None:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            write_result(result, out)
        except OSError as error:
            raise Failure(f"{out} cannot be written ({error.strerror}). Give another --out.") from error
    click.echo(show_result(result, shape))  # pyright: ignore[reportArgumentType]  # click knows the three shapes
