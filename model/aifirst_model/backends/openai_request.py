"""The bodies of requests in the OpenAI protocol, with what vLLM, llama.cpp and Ollama add or call otherwise.

References: https://platform.openai.com/docs/api-reference, vLLM's page "OpenAI-Compatible Server" and "Structured
Outputs", and the README of llama.cpp's server.
"""

from __future__ import annotations

from typing import Any, Final, cast

import msgspec

from aifirst_model.backends.choose_adapter import choose_adapter
from aifirst_model.errors import UnsupportedError
from aifirst_model.fill_tokens import FillTokens
from aifirst_model.request import Chat, Grammar, Infill, JsonSchema, Message, Options, ToolSignature
from aifirst_model.settings import Server

Body = dict[str, Any]
"""A JSON object as it goes over the wire."""
_MOST_STOPS: Final = 4
_KINDS: Final = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_VALUES: Final = frozenset({"enum", "const", "default", "examples"})
"""Of a JSON schema, what holds values and no schemas."""
_ENDS: Final = ("<|endoftext|>", "<|fim_prefix|>", "<|file_sep|>")
_TASK: Final = (
    "You complete code in an editor. Answer with the text to insert at <CURSOR> and nothing else: "
    "no explanation, no code fence, nothing of what stands around it already."
)


def encode_body(body: Body) -> bytes:
    """The JSON text of a body. Raises `UnsupportedError` for a lone surrogate, or a schema that is no JSON."""
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.EncodeError) as error:
        why = "half a character (a lone surrogate)" if isinstance(error, UnicodeEncodeError) else str(error)
        raise UnsupportedError(
            f"was not asked: JSON cannot say what to ask ({why})", "take that out"
        ) from error


def completion_body(model: str, prompt: str, options: Options, server: Server, stream: bool) -> Body:
    """For `/completions`."""
    body: Body = {"model": model, "prompt": prompt, **_common(options, server, stream)}
    if options.alternatives is not None:
        body["logprobs"] = _alternatives(options, server)
    return body


def chat_body(model: str, chat: Chat, options: Options, server: Server, stream: bool) -> Body:
    """For `/chat/completions`."""
    messages = [{"role": one.role, "content": one.content} for one in chat.messages]
    body: Body = {"model": model, "messages": messages, **_common(options, server, stream)}
    if options.tools:
        body |= {"tools": [_tool(one) for one in options.tools], "tool_choice": "required"}
        body |= {"parallel_tool_calls": False} if server in ("openai", "vllm") else {}
    if options.alternatives is not None:
        body |= {"logprobs": True, "top_logprobs": _alternatives(options, server)}
    return body


def _tool(one: ToolSignature) -> Body:
    return {
        "type": "function",
        "function": {"name": one.name, "description": one.purpose, "parameters": one.schema},
    }


def suffix_body(model: str, infill: Infill, options: Options, server: Server, stream: bool) -> Body:
    """For `/completions` of a server that takes the text behind the gap as `suffix`."""
    body = completion_body(model, infill.before, _with_ends(options, _ENDS), server, stream)
    return body | {"suffix": infill.after}


def fill_tokens_body(
    model: str, infill: Infill, tokens: FillTokens, options: Options, server: Server, stream: bool
) -> Body:
    """For `/completions`, with the gap spelled in the model's own tokens."""
    return completion_body(model, tokens.prompt(infill), _with_ends(options, tokens.ends), server, stream)


def with_adapter(body: Body, adapters: tuple[str, ...], options: Options, server: Server) -> Body:
    """The same to be answered by an adapter: vLLM has them as models, llama.cpp in the order in which it loaded them."""
    if not adapters:
        return body
    chosen = choose_adapter(adapters, options.adapter)
    if server == "vllm":
        return body if chosen is None else body | {"model": adapters[chosen]}
    return body | {"lora": [{"id": at, "scale": float(at == chosen)} for at in range(len(adapters))]}


def llama_infill_body(infill: Infill, options: Options, stream: bool) -> Body:
    """For llama.cpp's `/infill`."""
    body: Body = {
        "input_prefix": infill.before,
        "input_suffix": infill.after,
        "n_predict": options.max_tokens,
    }
    body |= {"stop": list(options.stop), "stream": stream}
    body |= {
        name: value
        for name, value in (
            ("temperature", options.temperature), ("top_p", options.top_p), ("seed", options.seed),
            ("n_probs", _alternatives(options, "llama.cpp")),
        )
        if value is not None
    }  # fmt: skip
    return body | _constraint(options, "llama.cpp")


def infill_chat(infill: Infill) -> Chat:
    """An infill as a chat, for models that know nothing else."""
    language = f"Language: {infill.language}\n\n" if infill.language else ""
    told = f"{language}{infill.before}<CURSOR>{infill.after}"
    return Chat((Message("system", _TASK), Message("user", told)))


def _check_kinds(schema: object) -> None:
    """Raise `UnsupportedError` for a kind of value that JSON has not: llama.cpp passes over such a schema silently."""
    if isinstance(schema, list):
        for one in cast("list[object]", schema):
            _check_kinds(one)
    if not isinstance(schema, dict):
        return
    for name, value in cast("dict[str, object]", schema).items():
        if name == "type" and isinstance(value, str) and value not in _KINDS:
            raise UnsupportedError(f"cannot read the constraint (there is no type {value!r})", "correct it")
        if name not in _VALUES:
            _check_kinds(value)


def _alternatives(options: Options, server: Server) -> int | None:
    """llama.cpp takes none for no log-probabilities at all."""
    return 1 if options.alternatives == 0 and server == "llama.cpp" else options.alternatives


def _with_ends(options: Options, ends: tuple[str, ...]) -> Options:
    """The same with the tokens that end a file as stop texts, as far as servers take so many."""
    return msgspec.structs.replace(
        options, stop=(*options.stop, *ends)[: max(_MOST_STOPS, len(options.stop))]
    )


def _common(options: Options, server: Server, stream: bool) -> Body:
    body: Body = {"max_tokens": options.max_tokens, "stream": stream}
    if options.stop:
        body["stop"] = list(options.stop)
    for name in ("temperature", "top_p", "seed"):
        if (value := getattr(options, name)) is not None:
            body[name] = value
    return body | _constraint(options, server)


def _constraint(options: Options, server: Server) -> Body:
    match options.constraint:
        case JsonSchema(schema, _) if server == "llama.cpp":
            _check_kinds(schema)
            return {"json_schema": schema}
        case JsonSchema(schema, name):
            form = {"name": name, "schema": schema, "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": form}}
        case Grammar(text) if server == "vllm":
            return {"structured_outputs": {"grammar": text}}
        case Grammar(text):
            return {"grammar": text}
        case None:
            return {}
