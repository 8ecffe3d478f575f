"""Which model to ask and where, as the user of this machine sets it.

Nothing here is read from a project: whoever writes a project's files would choose where the code and the key go. So the
values come from the environment or from the user's own settings of an editor, never from `aifirst.toml`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec

from aifirst_model.errors import SettingsError

Backend = Literal["openai-compatible", "llama-cpp", "transformers", "scripted"]
Server = Literal["", "openai", "vllm", "llama.cpp", "ollama"]


class ModelSettings(msgspec.Struct, frozen=True):
    """One model; every duration in seconds."""

    backend: Backend = "openai-compatible"
    url: str = ""
    """Of an OpenAI-compatible server, up to and with its version: `http://127.0.0.1:8080/v1`."""
    model: str = ""
    """The model's name, as the server knows it; the path of a GGUF file for `llama-cpp`; a folder, or a hub's name that
    lies in the cache of this machine, for `transformers`."""
    key_variable: str = "AIFIRST_MODEL_KEY"
    """The environment variable with the key; none is sent where it is not set."""
    key_from: str = ""
    """Where the key is where that variable is not set: `keyring:SERVICE/NAME` in the system's keyring."""
    server: Server = ""
    """What the server is, "" to ask it when that matters."""
    tool_calls: bool | None = None
    """Whether the server gives calls of tools in the model's own form. None: of OpenAI it is known, of others it hangs on
    the model and on how the server was started, so that there answers are held to a schema."""
    script: str = ""
    """The file of steps of the backend `scripted`."""
    context: Annotated[int, msgspec.Meta(ge=256, le=1 << 24)] = 8192
    """Tokens that a model in a file has room for, prompt and answer."""
    threads: Annotated[int, msgspec.Meta(ge=0, le=1024)] = 0
    """Of a model in a file; 0 for one a core. With very many the libraries that compute end the whole process."""
    parallel: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    """Requests that `llama-cpp` answers at once, each with so much context; others wait for their turn."""
    cache_type: Literal["f16", "q8_0", "q4_0"] = "f16"
    """How a model in a file keeps what it has read."""
    adapters: tuple[str, ...] = ()
    """LoRA adapters that go with a model in a file: GGUF files for `llama-cpp`, PEFT folders for `transformers`. Which
    one answers is chosen with each request (`Options.adapter`); the first where none is."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where `transformers` computes; `auto` takes a GPU where there is one."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """The numbers that `transformers` computes with; `auto` takes float32 on a processor, else what the file has."""
    draft_model: str = ""
    """The path of a small GGUF file with the same tokens, which guesses ahead for `llama-cpp`."""
    prompt_lookup: bool = False
    """Let `llama-cpp` guess ahead from what stands in the prompt already, as in edits of code."""
    draft_tokens: Annotated[int, msgspec.Meta(ge=1, le=64)] = 16
    """At most so many tokens are guessed ahead at a time."""
    connect_timeout: Annotated[float, msgspec.Meta(gt=0)] = 10.0
    read_timeout: Annotated[float, msgspec.Meta(gt=0)] = 120.0
    """Without a byte of an answer."""
    whole_timeout: Annotated[float, msgspec.Meta(gt=0)] = 1800.0
    attempts: Annotated[int, msgspec.Meta(ge=1, le=20)] = 4
    """Tries in all where the server is busy or away."""
    first_wait: Annotated[float, msgspec.Meta(ge=0)] = 0.5
    """Before the second try; doubled before each further one."""
    longest_wait: Annotated[float, msgspec.Meta(ge=0)] = 30.0


_VARIABLES: Final = {"AIFIRST_MODEL": "model"} | {
    f"AIFIRST_MODEL_{field.upper()}": field
    for field in ModelSettings.__struct_fields__
    if field not in ("model", "key_variable")
}


def read_environment(environment: Mapping[str, str]) -> ModelSettings:
    """The settings that environment variables give: `AIFIRST_MODEL`, and `AIFIRST_MODEL_` with the name of a field.

    Several adapters are parted as paths are in `PATH`. Raises `SettingsError` for a value that there is none of.
    """
    given: dict[str, object] = {
        field: environment[name] for name, field in _VARIABLES.items() if environment.get(name)
    }
    if isinstance(adapters := given.get("adapters"), str):
        given["adapters"] = [path for path in adapters.split(os.pathsep) if path]
    try:
        return msgspec.convert(given, ModelSettings, strict=False)
    except msgspec.ValidationError as error:
        names = ", ".join(sorted(name for name in _VARIABLES if environment.get(name)))
        raise SettingsError(f"is set to what cannot be ({error})", f"correct one of {names}") from None
