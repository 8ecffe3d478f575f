"""Unpacks an archive of the bundled server for the Python that runs this, once, beside other versions of it."""

import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
import time
from contextlib import suppress
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNUSED_FOR = 30 * 24 * 3600.0
"""Seconds after which what an older version of the extension unpacked is taken away."""


def read_manifest() -> dict:
    """What `gather_server` wrote of this bundle."""
    return json.loads((HERE / "manifest.json").read_text("utf-8"))


def unpacked(storage: Path, name: str) -> Path:
    """The folder of the archive called `name` within `storage`, unpacked now where it was not yet.

    Raises `OSError` for want of space or rights, `ValueError` for an archive that is not the one that was packed.
    """
    digest = read_manifest()["archives"][name]
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    place = storage / f"{name}-{tag}-{digest[:12]}"
    if place.is_dir():
        _touch(place)
        return place
    storage.mkdir(parents=True, exist_ok=True)
    archive = HERE / f"{name}.tar.xz"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
        raise ValueError(f"{archive} is damaged: install the extension anew")
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=str(storage)))
    try:
        _extract(archive, tag, unfinished)
        unfinished.replace(place)
    except OSError:
        if not place.is_dir():  # else another window was faster
            raise
    finally:
        shutil.rmtree(str(unfinished), ignore_errors=True)
    _tidy(storage)
    return place


def _extract(archive: Path, tag: str, into: Path) -> None:
    """What is for every Python and for this one; our own archive has plain files only."""
    with tarfile.open(str(archive), "r|xz") as tar:
        for entry in tar:
            kind, _, name = entry.name.partition("/")
            if kind not in ("any", tag) or not entry.isfile() or ".." in name.split("/"):
                continue
            path = into / name
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = tar.extractfile(entry)
            if stream is not None:
                path.write_bytes(stream.read())


def _touch(place: Path) -> None:
    with suppress(OSError):  # somebody else's storage, which we only read
        os.utime(str(place))


def _tidy(storage: Path) -> None:
    for folder in storage.iterdir():
        try:
            if folder.is_dir() and time.time() - folder.stat().st_mtime > UNUSED_FOR:
                shutil.rmtree(str(folder), ignore_errors=True)
        except OSError:
            continue  # another window took it away
