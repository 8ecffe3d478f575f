"""The texts that exports are compared on: files, folders of files, or the held-out samples of a dataset folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aifirst_model.dataset.folder import open_dataset
from aifirst_model.dataset.record import texts_of
from aifirst_model.export.export_error import ExportError

MOST: Final = 400_000
"""Characters; what is beyond is left out."""


def read_texts(paths: tuple[Path, ...], most: int = MOST) -> list[str]:
    """The texts, in the order of the paths and names, up to `most` characters in all. Raises `ExportError`."""
    texts: list[str] = []
    room = most
    for path in paths:
        for text in _texts(path):
            if room <= 0:
                return texts
            texts.append(text[:room])
            room -= len(texts[-1])
    if not any(text.strip() for text in texts):
        raise ExportError("there is no text to compare on", "name text files, a folder of them, or a dataset")
    return texts


def _texts(path: Path) -> list[str]:
    if (path / "dataset.json").is_file():
        samples = list(open_dataset(path).samples("test"))
        return ["".join(texts_of(sample)) for sample in samples]
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    found: list[str] = []
    for one in files:
        if any(part.startswith(".") for part in one.relative_to(path).parts):
            continue
        try:
            data = one.read_bytes()
        except OSError as error:
            raise ExportError(f"{one} cannot be read ({error.strerror})", "check its path") from None
        if b"\0" not in data[:8000]:
            found.append(data.decode("utf-8", "replace"))
    return found
