"""A dataset's folder: a file of samples a split, and a manifest with the count and sum of each.

It is written beside its place as `<name>.part`, the manifest last, and takes its name when it is whole. It is opened only
where the manifest is there and every sum matches, so that nothing half-written or changed by hand is ever trained on.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Literal

import msgspec

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.lines import SampleWriter, read_samples
from aifirst_model.dataset.record import SPLITS, Sample, Split
from aifirst_model.dataset.step_report import StepReport

MANIFEST: Final = "dataset.json"
VERSION: Final = 1


class FileRecord(msgspec.Struct, frozen=True):
    """What a file of samples has to be: how many, how many bytes, and their SHA-256."""

    samples: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`dataset.json`: the files by split, and the reports of the steps that made them."""

    version: int = VERSION
    name: str = ""
    files: dict[str, FileRecord]
    steps: tuple[StepReport, ...] = ()

    @property
    def samples(self) -> int:
        """How many there are in all splits."""
        return sum(file.samples for file in self.files.values())


class Dataset(msgspec.Struct, frozen=True):
    """A folder that was opened and found whole."""

    folder: Path
    manifest: Manifest

    def path(self, split: Split) -> Path:
        """Where the samples of that split stand."""
        return self.folder / f"{split}.jsonl"

    def count(self, split: Split) -> int:
        """How many samples a split has, 0 for one that is not there."""
        record = self.manifest.files.get(split)
        return record.samples if record else 0

    def samples(
        self,
        split: Split,
        on_bad: Literal["stop", "tell"] = "stop",
        tell: Callable[[DatasetError], None] | None = None,
    ) -> Iterator[Sample]:
        """The samples of a split as `read_samples` gives them; none for one that is not there."""
        if split in self.manifest.files:
            yield from read_samples(self.path(split), on_bad, tell)


def open_dataset(folder: Path, *, verify: bool = True) -> Dataset:
    """The dataset in a folder; raises `DatasetError` for one that is not whole.

    `verify` reads every file for its sum, at the speed of the disk; without it only the sizes are compared.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError):
        raise DatasetError(*_no_manifest(folder)) from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DatasetError(f"{path} cannot be read: {error}", "make the dataset again") from error
    if manifest.version != VERSION:
        raise DatasetError(
            f"{path} has version {manifest.version}, this program reads {VERSION}",
            "make the dataset again, or use the aifirst that made it",
        )
    for name, record in manifest.files.items():
        if name not in SPLITS:
            raise DatasetError(
                f"{path} names a split {name!r}",
                f"the splits are {', '.join(SPLITS)}: make the dataset again",
            )
        _check_file(folder / f"{name}.jsonl", record, verify)
    return Dataset(folder, manifest)


def _no_manifest(folder: Path) -> tuple[str, str]:
    if not folder.is_dir():
        return (
            f"{folder} is no folder",
            "give the folder of a dataset, or make one: aifirst model dataset make",
        )
    if folder.name.endswith(".part"):
        return f"{folder} is a dataset that was not finished", "run the command that was making it again"
    return (
        f"{folder} is no dataset, there is no {MANIFEST}",
        "make one: aifirst model dataset make PROJECT -o DIR",
    )


def _check_file(path: Path, record: FileRecord, verify: bool) -> None:
    try:
        size = path.stat().st_size
        if size != record.bytes:
            raise DatasetError(
                f"{path} has {size} bytes, the manifest says {record.bytes}",
                "it was cut or changed: make the dataset again, or copy it again",
            )
        if verify and _sum_of(path) != record.sha256:
            raise DatasetError(
                f"{path} is not what the manifest says, its SHA-256 differs",
                "it was changed since: make the dataset again, or copy it again",
            )
    except OSError as error:
        raise DatasetError(
            f"{path} cannot be read: {error.strerror or error}", "copy the dataset again"
        ) from error


def _sum_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class DatasetWriter:
    """Writes a dataset; use as a context manager and call `finish` as its last act.

    Left without `finish`, or by an error, no folder is there. A dataset that had the place is replaced only by a
    finished one; a folder that is something else is never touched.
    """

    def __init__(self, folder: Path, *, name: str = "") -> None:
        """Raises `DatasetError` where the place holds something that is no dataset."""
        self.folder = folder
        self._name = name or folder.name
        self._part = folder.with_name(f"{folder.name}.part")
        self._writers: dict[Split, SampleWriter] = {}
        self._open = ExitStack()
        self._is_finished = False
        check_place(folder)

    def write(self, split: Split, sample: Sample) -> None:
        """Append a sample to a split."""
        self._writers[split].write(sample)

    def finish(self, steps: Sequence[StepReport] = ()) -> Manifest:
        """Close the files, write the manifest, take the name; returns the manifest."""
        self._open.close()
        files = {
            split: FileRecord(writer.samples, writer.size, writer.sha256)
            for split, writer in self._writers.items()
        }
        manifest = Manifest(
            name=self._name, files={split: files[split] for split in SPLITS}, steps=tuple(steps)
        )
        try:
            with (self._part / MANIFEST).open("wb") as stream:
                stream.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
            put_in_place(self._part, self.folder)
        except OSError as error:
            raise DatasetError(
                f"{self.folder} cannot be written: {error.strerror or error}",
                "make room or give another folder, then run it again",
            ) from error
        self._is_finished = True
        return manifest

    def __enter__(self) -> DatasetWriter:
        try:
            shutil.rmtree(self._part, ignore_errors=True)
            self._part.mkdir(parents=True)
        except OSError as error:
            raise DatasetError(
                f"{self._part} cannot be made: {error.strerror or error}", "give another folder"
            ) from error
        for split in SPLITS:
            self._writers[split] = self._open.enter_context(SampleWriter(self._part / f"{split}.jsonl"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._open.__exit__(kind, error, trace)
        finally:
            if not self._is_finished:
                shutil.rmtree(self._part, ignore_errors=True)


def check_place(folder: Path) -> None:
    """Raise `DatasetError` unless a dataset may take this place: nothing there, nothing in it, or a dataset."""
    if folder.name in ("", "..") or folder.name.endswith(".part"):
        raise DatasetError(f"{folder} is no name for a dataset", "give the name of a folder")
    if folder.is_dir() and not (folder / MANIFEST).is_file() and any(folder.iterdir()):
        raise DatasetError(
            f"{folder} holds something that is no dataset, which would be lost", "give another folder with -o"
        )
    if folder.exists() and not folder.is_dir():
        raise DatasetError(f"{folder} is a file", "give another folder with -o")


def put_in_place(part: Path, folder: Path) -> None:
    """Give a finished folder its name; what had it before goes only then. Raises `OSError`."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    part.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
