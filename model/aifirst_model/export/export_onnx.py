"""Writes a checkpoint as an ONNX model, which onnxruntime runs, with what it remembers of the text as inputs and outputs.

Batch, new tokens and remembered tokens may be of any number. Inputs: `input_ids`, `attention_mask` (over remembered and
new tokens), `position_ids`, and for each layer `past.N.key` and `past.N.value` of (batch, heads, tokens, width), with no
tokens at the start. Outputs: `logits`, and `present.N.key` and `present.N.value` to hand back. Left out: models over 2
billion parameters in one file (weights go into a file beside), sampling, tokenizers.
"""

from __future__ import annotations

import contextlib
import io
import logging
import shutil
import warnings
from pathlib import Path
from typing import Any, Final

from aifirst_model.checkpoint.load_pretrained import load_pretrained_model
from aifirst_model.checkpoint.open_checkpoint import Checkpoint
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.tensor_names import ARCHITECTURES
from aifirst_model.heavy import heavy

OPSET: Final = 18
"""The oldest operator set that PyTorch's exporter writes; the operators of 11 cannot say all that is needed."""
MODEL_FILE: Final = "model.onnx"
_BESIDE: Final = (
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
    "tokenizer.model", "special_tokens_map.json",
)  # fmt: skip


def export_onnx(checkpoint: Checkpoint, out: Path) -> Path:
    """Write the model into the folder `out`, with its tokenizer and settings; the path of the model's file.

    Numbers are float32. Raises `ExportError` for a folder that is there already, an adapter or another architecture.
    """
    if checkpoint.architecture not in ARCHITECTURES:
        raise ExportError(
            f"models of the architecture {checkpoint.architecture} cannot be exported to ONNX here "
            f"(only {', '.join(ARCHITECTURES)})",
            "optimum exports more kinds",
        )
    if checkpoint.quantisation:
        raise ExportError("the weights are packed already", "take the model that it was made from")
    if out.exists():
        raise ExportError(f"{out} is there already", "delete it, or give another folder")
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        _write(checkpoint, part / MODEL_FILE)
        for name in _BESIDE:
            if (checkpoint.folder / name).is_file():
                shutil.copyfile(checkpoint.folder / name, part / name)
        part.rename(out)
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written ({error.strerror})", "check its folder and its disk"
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return out / MODEL_FILE


def _write(checkpoint: Checkpoint, path: Path) -> None:
    torch = heavy("torch", "train")
    heavy("onnxscript", "train")
    transformers = heavy("transformers", "train")
    transformers.utils.logging.disable_progress_bar()
    model = load_pretrained_model(checkpoint.folder, dtype=torch.float32, attn_implementation="eager").eval()
    layers, heads, width = checkpoint.layers, checkpoint.key_value_heads, checkpoint.head_width
    wrapped = _wrap(torch, transformers, model, layers)
    past = [torch.zeros(2, heads, 3, width) for _ in range(2 * layers)]
    new = torch.ones(2, 5, dtype=torch.int64)
    given = (new, torch.ones(2, 8, dtype=torch.int64), torch.arange(3, 8).repeat(2, 1), past)
    batch, tokens, held = (torch.export.Dim(name) for name in ("batch", "tokens", "held"))
    shapes = (
        {0: batch, 1: tokens}, {0: batch, 1: torch.export.Dim.AUTO}, {0: batch, 1: tokens},
        [{0: batch, 2: held} for _ in past],
    )  # fmt: skip
    names = [f"{{}}.{layer}.{part}" for layer in range(layers) for part in ("key", "value")]
    with _quiet(), torch.no_grad():
        torch.onnx.export(
            wrapped, given, str(path), dynamo=True, opset_version=OPSET, dynamic_shapes=shapes, verbose=False,
            external_data=checkpoint.parameters > 400_000_000, optimize=True,
            input_names=["input_ids", "attention_mask", "position_ids", *(name.format("past") for name in names)],
            output_names=["logits", *(name.format("present") for name in names)],
        )  # fmt: skip


def _wrap(torch: Any, transformers: Any, model: Any, layers: int) -> Any:
    """The model as a function of plain tensors."""

    module: Any = torch.nn.Module

    class Wrapped(module):
        def forward(self, ids: Any, mask: Any, places: Any, past: list[Any]) -> tuple[Any, ...]:
            cache = transformers.DynamicCache(
                ddp_cache_data=[(past[2 * layer], past[2 * layer + 1]) for layer in range(layers)]
            )
            told = model(
                input_ids=ids, attention_mask=mask, position_ids=places, past_key_values=cache, use_cache=True
            )
            held = [tensor for one in cache.layers for tensor in (one.keys, one.values)]
            return (told.logits, *held)

    wrapped: Any = Wrapped()
    wrapped.model = model  # so that its weights are found
    return wrapped


@contextlib.contextmanager
def _quiet() -> Any:
    """Without what the exporter tells of its own work."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
