"""Packs an ONNX model's linear layers as whole numbers of 8 bits, with scales that are found while it runs (dynamic).

Weights are packed by column, which loses least; embeddings stay as they are. Source: onnxruntime's dynamic quantisation.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from aifirst_model.export.export_error import ExportError
from aifirst_model.export.export_onnx import MODEL_FILE
from aifirst_model.heavy import heavy

_BESIDE_LIMIT = 1_500_000_000
"""Bytes from which the weights go into a file beside: one ONNX file holds 2 GB."""


def export_int8(model: Path, out: Path) -> Path:
    """Write the model of an ONNX folder into the folder `out`, packed; the path of the model's file.

    Raises `ExportError` for a folder without a model, or one that is there already.
    """
    folder = model if model.is_dir() else model.parent
    given = folder / MODEL_FILE
    if not given.is_file():
        raise ExportError(f"{folder} has no {MODEL_FILE}", "export the model to ONNX first")
    if out.exists():
        raise ExportError(f"{out} is there already", "delete it, or give another folder")
    quantization = heavy("onnxruntime.quantization", "train")
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    log = logging.getLogger()
    level = log.level
    log.setLevel(logging.ERROR)  # it advises steps that this model does not need
    try:
        part.mkdir(parents=True)
        size = sum(path.stat().st_size for path in folder.iterdir() if path.name.startswith(MODEL_FILE))
        quantization.quantize_dynamic(
            str(given), str(part / MODEL_FILE), weight_type=quantization.QuantType.QInt8, per_channel=True,
            op_types_to_quantize=["MatMul", "Gemm"], use_external_data_format=size > _BESIDE_LIMIT,
        )  # fmt: skip
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith(MODEL_FILE) and path.name != "export.json":
                shutil.copyfile(path, part / path.name)
        part.rename(out)
    except OSError as error:
        raise ExportError(
            f"{out} cannot be written ({error.strerror})", "check its folder and its disk"
        ) from None
    finally:
        log.setLevel(level)
        shutil.rmtree(part, ignore_errors=True)
    return out / MODEL_FILE
