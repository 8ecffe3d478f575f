"""What was exported: `export.json`, beside the files, for programs and for who asks later what a file is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from aifirst_model.export.agreement import Agreement
from aifirst_model.export.export_error import ExportError

REPORT_FILE: Final = "export.json"


class Exported(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file, or the folder of an ONNX model."""

    file: str
    format: str
    kind: str
    bytes: int
    seconds: float
    agreement: Agreement | None = None


class ExportReport(msgspec.Struct, frozen=True):
    """All that was made from one model in a folder."""

    version: int
    model: str
    parameters: int
    bytes: int
    """Of the original's weights."""
    files: list[Exported]


def write_report(folder: Path, report: ExportReport) -> Path:
    """Write it into a folder; what it tells of other files of the same model there is kept. Raises `ExportError`."""
    path = folder / REPORT_FILE
    files = {one.file: one for one in _before(path, report.model)} | {one.file: one for one in report.files}
    kept = [one for name, one in sorted(files.items()) if (folder / name).exists()]
    whole = msgspec.structs.replace(report, files=kept)
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n")
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror})", "check its folder") from None
    return path


def size_of(path: Path) -> int:
    """Bytes of a file, or of the model in a folder."""
    return path.stat().st_size if path.is_file() else sum(
        one.stat().st_size for one in path.iterdir() if one.name.startswith("model.onnx")
    )  # fmt: skip


def _before(path: Path, model: str) -> list[Exported]:
    try:
        told = msgspec.json.decode(path.read_bytes(), type=ExportReport)
    except (OSError, msgspec.MsgspecError):
        return []
    return told.files if told.model == model else []
