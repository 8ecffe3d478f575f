"""What `aifirst model list`, `pull` and `doctor` tell of models and memory, for a person and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from aifirst_codebase.byte_size import show_bytes
from aifirst_codebase.discovery.reading import printable_path
from aifirst_model.library.known_models import KNOWN_MODELS, KnownModel
from aifirst_model.library.local_models import LocalModel
from aifirst_model.library.machine_memory import MachineMemory
from aifirst_model.library.memory_fit import Need, estimate_need, weights_in
from aifirst_model.library.pull_model import PullPlan

from aifirst_cli.index_run import printable

_KINDS: Final = ("Q4_K_M", "Q8_0", "F16")
_FORMULA: Final = (
    "Memory is an estimate: weights + cache (2 x layers x key-value heads x head width x 2 bytes x {tokens:,} tokens) "
    "+ a tenth of the weights + 0.3 GB (a checkpoint 0.9 GB); it fits where that is at most nine tenths of what is free."
)


def local_as_text(
    models: Sequence[LocalModel], memory: MachineMemory, tokens: int, width: int | None = None
) -> str:
    """The models of this machine as a table; in a terminal of `width` cells without columns that do not fit."""
    if not models:
        return "\n".join((
            "No model is here: none in the cache of Hugging Face, of llama.cpp, LM Studio or Ollama.",
            "`aifirst model list --known` shows some that fit; `aifirst model pull NAME` fetches one.",
        ))  # fmt: skip
    rows = [("MODEL", "WHAT", "NUMBERS", "SIZE", "CONTEXT", "LICENCE", "NEEDS", "FITS")]
    notes: list[str] = []
    for model in models:
        if model.form == "broken":
            rows.append((model.name, "broken", "", "", "", "", "", ""))
            notes.append(f"{printable(model.name)}: {printable(model.problem)}")
            continue
        need = model.need(tokens, on_gpu=bool(memory.gpus))
        is_adapter = model.form == "adapter"
        numbers = f"{_count(model.shape.parameters)} {model.kind}".strip()
        rows.append((
            model.name, f"{model.form} {model.architecture}".strip(), numbers,
            show_bytes(model.size), f"{model.shape.context:,}" if model.shape.context else "",
            model.licence or "not told",
            "its base's" if is_adapter else show_bytes(need.whole), "" if is_adapter else _fit(need, memory),
        ))  # fmt: skip
    told = (*notes, *_machine_lines(memory), _FORMULA.format(tokens=tokens))
    return _page(rows, told, width, ["CONTEXT", "NUMBERS", "LICENCE", "WHAT"])


def known_as_text(memory: MachineMemory, tokens: int, width: int | None = None) -> str:
    """The table of known models; in a terminal of `width` cells without columns that do not fit."""
    rows = [
        (
            "MODEL",
            "SIZE",
            "LICENCE",
            "CONTEXT",
            "FILLS GAPS",
            *(f"{kind} NEEDS" for kind in _KINDS),
            "FITS AS",
        )
    ]
    for model in KNOWN_MODELS:
        needs = [known_need(model, kind, tokens) for kind in _KINDS]
        fits = [kind for kind, need in zip(_KINDS, needs, strict=True) if _fit(need, memory) != "no"]
        rows.append((
            model.name, f"{model.billions:g} B", model.licence, f"{model.context:,}", "yes" if model.can_infill else "no",
            *(show_bytes(need.whole) for need in needs), ", ".join(fits) or "none",
        ))  # fmt: skip
    lines = (
        "Sizes and licences are approximate, from the models' public cards; the licence's own text holds.",
        "Q4_K_M, Q8_0 and F16 are GGUF files for llama.cpp; as a checkpoint a model needs what F16 does on a GPU, "
        "twice the weights on a processor.",
    )
    told = (*_machine_lines(memory), _FORMULA.format(tokens=tokens), *lines)
    return _page(rows, told, width, ["FILLS GAPS", "CONTEXT", "F16 NEEDS", "Q8_0 NEEDS", "LICENCE"])


def known_need(model: KnownModel, kind: str, tokens: int) -> Need:
    """The memory of a known model with its weights kept as `kind`."""
    return estimate_need(model.shape, weights_in(model.shape, kind), tokens)


def largest_fits(memory: int, tokens: int) -> tuple[KnownModel, str] | None:
    """The largest known Qwen coder that fits into so many free bytes, with the finest way of keeping it that does."""
    for model in sorted(KNOWN_MODELS, key=lambda one: -one.billions):
        for kind in reversed(_KINDS):
            if "Coder" in model.name and known_need(model, kind, tokens).fits(memory):
                return model, kind
    return None


def tables_as_json(models: Sequence[LocalModel], memory: MachineMemory, tokens: int) -> str:
    """Models here, models known and the machine's memory as one object; sizes in bytes."""
    here: list[dict[str, Any]] = []
    for model in models:
        told: dict[str, Any] = msgspec.to_builtins(model, enc_hook=_path)
        told |= {"name": printable_path(model.name), "problem": printable_path(model.problem)}
        if model.form in ("checkpoint", "gguf"):
            need = model.need(tokens, on_gpu=bool(memory.gpus))
            told |= {"need": _need(need), "fits": _fit(need, memory)}
        here.append(told)
    known = [
        {
            **msgspec.to_builtins(model),
            "needs": {kind: _need(known_need(model, kind, tokens)) for kind in _KINDS},
            "fits": {kind: _fit(known_need(model, kind, tokens), memory) for kind in _KINDS},
        }
        for model in KNOWN_MODELS
    ]
    value = {"version": 1, "context": tokens, "memory": memory, "models": here, "known": known}
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_path), indent=2).decode()


def _path(path: object) -> str:
    return printable_path(str(path))


def plan_as_text(plan: PullPlan, hub: str) -> str:
    """What a pull will do."""
    model = plan.model
    here = f", {show_bytes(plan.here)} of it here already" if plan.here else ""
    lines = [
        f"{model.name} from {hub}, {model.revision} ({model.commit[:12]})",
        f"  licence  {printable(model.licence or 'not told: read its page before you use it')}",
        f"  size     {show_bytes(plan.size)} in {len(plan.files)} files{here}",
        *(
            f"           {file.name} ({show_bytes(file.size)})"
            for file in plan.files
            if file.size >= 50_000_000
        ),
        f"  goes to  {plan.folder}",
    ]
    if plan.left_out:
        lines.append(f"  not      {', '.join(plan.left_out[:4])}: pickles are never fetched")
    return "\n".join(lines)


def _need(need: Need) -> dict[str, int]:
    return {
        "weights": need.weights,
        "cache": need.cache,
        "room": need.room,
        "whole": need.whole,
        "tokens": need.tokens,
    }


def _fit(need: Need, memory: MachineMemory) -> str:
    """Where a model fits: on the GPU, in memory, or not."""
    if any(need.fits(gpu.free) for gpu in memory.gpus):
        return "GPU"
    return "yes" if need.fits(memory.free) else "no"


def _machine_lines(memory: MachineMemory) -> list[str]:
    lines = [f"This machine has {show_bytes(memory.free)} of {show_bytes(memory.total)} free."]
    lines += [
        f"{gpu.name} has {show_bytes(gpu.free)} of {show_bytes(gpu.total)} free." for gpu in memory.gpus
    ]
    return lines


def _count(parameters: int) -> str:
    unit, name = (1e9, "B") if parameters >= 1e8 else (1e6, "M") if parameters >= 1e6 else (1e3, "k")
    return f"{parameters / unit:.2f} {name}"


def _page(rows: Sequence[tuple[str, ...]], told: Sequence[str], width: int | None, spare: list[str]) -> str:
    """The table and what is told below it; where it is too wide, the `spare` columns go first, and it says which."""
    from textwrap import wrap

    table, gone = _aligned(rows), list[str]()
    while width is not None and spare and max(map(len, table)) > width:
        gone.append(spare.pop(0))
        kept = [number for number, name in enumerate(rows[0]) if name not in gone]
        table = _aligned([tuple(row[number] for number in kept) for row in rows])
    below = (
        *([f"Too wide for this terminal: {', '.join(gone)}. A file or a pipe gets all."] if gone else []),
        *told,
    )
    lines = below if width is None else [part for one in below for part in wrap(one, max(20, width - 1))]
    return "\n".join((*table, "", *lines))


def _aligned(given: Sequence[tuple[str, ...]]) -> list[str]:
    """The rows as lines; what would steer the terminal, as a name in a file may, is shown as an escape."""
    rows = [tuple(printable(cell) for cell in row) for row in given]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(wide) for cell, wide in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
