"""What `aifirst model export` does: writes each file, compares it, and tells."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import msgspec
from aifirst_model.checkpoint.open_checkpoint import Checkpoint, open_checkpoint
from aifirst_model.export.agreement import Agreement, compare, cut_windows, read_original
from aifirst_model.export.compare_texts import read_texts
from aifirst_model.export.export_adapter import export_adapter
from aifirst_model.export.export_gguf import export_gguf
from aifirst_model.export.export_int8 import export_int8
from aifirst_model.export.export_onnx import export_onnx
from aifirst_model.export.number_kinds import Kind, kind_of
from aifirst_model.export.report import Exported, ExportReport, size_of, write_report

from aifirst_cli.failure import Failure
from aifirst_cli.output import write_output
from aifirst_cli.progress import progress_bar


def run_export(
    *, model: str, form: str, kinds: tuple[str, ...], output: str | None, base: str | None, compared: tuple[str, ...],
    pre_tokenizer: str | None, threads: int | None, shape: str,
) -> int:  # fmt: skip
    """Export, compare, write export.json and tell."""
    checkpoint = open_checkpoint(model)
    if checkpoint.adapter_of is not None:
        return _run_adapter(checkpoint, form, output, base or checkpoint.adapter_of)
    if kinds and form != "gguf":
        raise Failure("--kind is for GGUF. Leave it out, or give --to gguf.")
    made = (
        _write_gguf(checkpoint, kinds, output, pre_tokenizer)
        if form == "gguf"
        else [_write_onnx(checkpoint, form, output)]
    )
    if compared:
        made = _compared(made, checkpoint, compared, threads or 0)
    report = ExportReport(
        1, checkpoint.name, checkpoint.parameters, checkpoint.weight_bytes, [one for _, one in made]
    )
    write_report(made[0][0].parent, report)
    _tell(report, [path for path, _ in made], shape)
    return 0


def _compared(
    made: list[tuple[Path, Exported]], checkpoint: Checkpoint, paths: tuple[str, ...], threads: int
) -> list[tuple[Path, Exported]]:
    """The same with how far each agrees with the original on the texts of `paths`."""
    texts = read_texts(tuple(map(Path, paths)))
    windows = cut_windows(checkpoint, texts)
    original = read_original(checkpoint, windows, threads)
    found: list[tuple[Path, Exported]] = []
    for path, one in made:
        agreed = compare(original, path, windows, checkpoint, texts, threads)
        found.append((path, msgspec.structs.replace(one, agreement=agreed)))
    return found


def _run_adapter(adapter: Checkpoint, form: str, output: str | None, base: str) -> int:
    if form != "gguf":
        raise Failure(
            "An adapter becomes GGUF only. Merge it into its base (`aifirst model merge`) for other formats."
        )
    if not base:
        raise Failure("The adapter does not say which model it is for. Name it with --base.")
    path = Path(output) if output else Path(f"{_name(adapter)}.lora.gguf")
    export_adapter(adapter, open_checkpoint(base), path)
    write_output(f"{path}  {path.stat().st_size:,} bytes, for {base}\n", None)
    return 0


def _write_gguf(
    checkpoint: Checkpoint, kinds: tuple[str, ...], output: str | None, pre_tokenizer: str | None
) -> list[tuple[Path, Exported]]:
    wanted: list[Kind] = [kind_of(kind) for kind in kinds] or ["F16"]
    made: list[tuple[Path, Exported]] = []
    for kind, path in zip(wanted, _places(checkpoint, wanted, output), strict=True):
        begun = time.monotonic()
        with progress_bar(f"{path.name} (bytes)") as tell:
            export_gguf(checkpoint, path, kind, pre_tokenizer=pre_tokenizer, report=tell)
        made.append((path, _told(path, "gguf", kind, begun)))
    return made


def _write_onnx(checkpoint: Checkpoint, form: str, output: str | None) -> tuple[Path, Exported]:
    folder = Path(output) if output else Path(f"{_name(checkpoint)}.{form}")
    begun = time.monotonic()
    if form == "onnx":
        export_onnx(checkpoint, folder)
        return folder, _told(folder, form, "F32", begun)
    if folder.exists():
        raise Failure(f"{folder} is there already. Delete it, or give another folder with -o.")
    whole = folder.with_name(f"{folder.name}.whole")
    try:
        export_onnx(checkpoint, whole)
        export_int8(whole, folder)
    finally:
        shutil.rmtree(whole, ignore_errors=True)
    return folder, _told(folder, form, "INT8", begun)


def _places(checkpoint: Checkpoint, kinds: list[Kind], output: str | None) -> list[Path]:
    if output and output.endswith(".gguf"):
        if len(kinds) > 1:
            raise Failure("One file cannot be of several kinds. Give a folder with -o.")
        return [Path(output)]
    folder = Path(output or ".")
    return [folder / f"{_name(checkpoint)}.{kind}.gguf" for kind in kinds]


def _name(checkpoint: Checkpoint) -> str:
    return (
        Path(checkpoint.name).resolve().name if Path(checkpoint.name).is_dir() else Path(checkpoint.name).name
    )


def _told(path: Path, form: str, kind: str, begun: float) -> Exported:
    return Exported(path.name, form, kind, size_of(path), round(time.monotonic() - begun, 3))


def _tell(report: ExportReport, paths: list[Path], shape: str) -> None:
    if shape == "json":
        write_output(msgspec.json.encode(report).decode() + "\n", None, for_programs=True)
        return
    lines: list[str] = []
    for path, one in zip(paths, report.files, strict=True):
        share = one.bytes / max(1, report.bytes)
        lines.append(
            f"{path}  {one.kind}, {one.bytes:,} bytes ({share:.0%} of the original), {one.seconds:.1f} s"
        )
        if one.agreement is not None:
            lines.append(f"    {agreement_line(one.agreement)}")
    if not any(one.agreement for one in report.files):
        lines.append("Not compared with the original: --compare PATH does.")
    write_output("\n".join(lines) + "\n", None)


def agreement_line(found: Agreement) -> str:
    """An agreement for a person."""
    tokens = "" if found.same_tokens == 1.0 else f"; OTHER TOKENS in {1 - found.same_tokens:.1%} of the texts"
    return (
        f"top-1 agreement {found.top1:.2%} of {found.places:,} places, perplexity {found.perplexity_exported:.3f} "
        f"(original {found.perplexity_original:.3f}), reads {found.tokens_per_second:,.0f} tokens/s "
        f"(original {found.tokens_per_second_original:,.0f}){tokens}"
    )
