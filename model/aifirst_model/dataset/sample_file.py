"""Samples that others made, in a file of JSON lines or a dataset's folder, to be added to a making."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.lines import read_samples
from aifirst_model.dataset.record import SPLITS, Sample
from aifirst_model.dataset.workshop import digest


class SampleFile:
    """A `SampleSource` of a file, or of a dataset, whose own splits do not matter here."""

    def __init__(self, path: Path) -> None:
        """Raises `DatasetError` for what cannot be read, and for a dataset that is not whole."""
        self.name = path.name
        if path.is_dir():
            dataset = open_dataset(path)
            self._paths = [dataset.path(split) for split in SPLITS if dataset.count(split)]
        else:
            self._paths = [path]
        self.key = digest([_state(one) for one in self._paths])

    def samples(self) -> Iterator[Sample]:
        """All samples in order; a line that is none raises `DatasetError` with its place."""
        for path in self._paths:
            yield from read_samples(path)


def _state(path: Path) -> list[str | int]:
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}", "check the path") from error
    return [str(path.resolve()), status.st_size, status.st_mtime_ns]
