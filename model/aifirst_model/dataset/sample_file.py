"""Samples that others made, in a file of JSON lines or a dataset's folder, to be added to a making."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.lines import read_samples
from aifirst_model.dataset.other_forms import read_other_form
from aifirst_model.dataset.record import SPLITS, Sample
from aifirst_model.dataset.workshop import digest

_MOST_TOLD: Final = 5


class SampleFile:
    """A `SampleSource` of a file, in our form or another's, or of a dataset, whose own splits do not matter here.

    After `samples` was read to its end, `passed_over` counts the lines that are none, and `told` says which and why.
    """

    def __init__(self, path: Path, on_bad: Literal["stop", "skip"] = "stop") -> None:
        """Raises `DatasetError` for what cannot be read, and for a dataset that is not whole."""
        self.name = path.name
        self.passed_over = 0
        self.told: list[str] = []
        self._on_bad = on_bad
        if path.is_dir():
            dataset = open_dataset(path)
            self._paths = [dataset.path(split) for split in SPLITS if dataset.count(split)]
        else:
            self._paths = [path]
        self.key = digest([_state(one) for one in self._paths], on_bad)

    def samples(self) -> Iterator[Sample]:
        """All samples in order; a line that is none raises `DatasetError` with its place, or is passed over."""
        for path in self._paths:
            yield from read_samples(
                path,
                "stop" if self._on_bad == "stop" else "tell",
                self._pass_over,
                other_form=read_other_form,
            )

    def _pass_over(self, bad: DatasetError) -> None:
        self.passed_over += 1
        if len(self.told) < _MOST_TOLD:
            self.told.append(f"passed over: {bad.what}")
        elif len(self.told) == _MOST_TOLD:
            self.told.append("and more lines that are no samples")


def _state(path: Path) -> list[str | int]:
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror or error}", "check the path") from error
    return [str(path.resolve()), status.st_size, status.st_mtime_ns]
