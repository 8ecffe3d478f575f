"""Unpacks an archive of the bundled server for the Python that runs this, once, beside other versions of it."""

import hashlib
import json
import os
import re
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
WHOLE = "unpacked"
"""The file in a folder that was written after all others: without it something is missing."""
_OURS = re.compile(r"(?:(?:server|grammars|arrays)-cp\d+-[0-9a-f]{12}|unfinished-\w+)")


def read_manifest() -> dict:
    """What `gather_server` wrote of this bundle.

    Raises `ValueError` where it is not there or lacks something.
    """
    path = HERE / "manifest.json"
    try:
        about = json.loads(path.read_text("utf-8"))
        return {
            "version": _text(about["version"]),
            "system": _text(about["system"]),
            "pythons": [_text(one) for one in about["pythons"]],
            "machines": [_text(about["machines"][0]), *about["machines"][1:]],
            "archives": {name: _text(about["archives"][name]) for name in ("server", "grammars", "arrays")},
        }
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is missing or damaged: install the extension anew") from error


def _text(value) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def unpacked(storage: Path, name: str) -> Path:
    """The folder of the archive called `name` within `storage`, unpacked now where it is not there whole.

    Raises `OSError` for want of space or rights, `ValueError` for a bundle that is not the one that was packed.
    """
    digests = read_manifest()["archives"]
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    place = storage / f"{name}-{tag}-{digests[name][:12]}"
    if _is_whole(place):
        _touch(place)
        return place
    storage.mkdir(parents=True, exist_ok=True)
    archive = HERE / f"{name}.tar.xz"
    if hashlib.sha256(archive.read_bytes()).hexdigest() != digests[name]:
        raise ValueError(f"{archive} is damaged: install the extension anew")
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=str(storage)))
    try:
        _extract(archive, tag, unfinished / "new")
        (unfinished / "new" / WHOLE).touch()
        if not _is_whole(place):
            with suppress(FileNotFoundError):
                place.rename(unfinished / "old")
            (unfinished / "new").replace(place)
    except OSError:
        if not _is_whole(place):  # else another window was faster
            raise
    finally:
        shutil.rmtree(str(unfinished), ignore_errors=True)
    _tidy(storage, digests)
    return place


def _is_whole(place: Path) -> bool:
    return (place / WHOLE).is_file()


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


def _tidy(storage: Path, digests: dict) -> None:
    """Take away what was unpacked here long ago, but nothing of others, nor what this version may have in use."""
    current = tuple(digest[:12] for digest in digests.values())
    for folder in storage.iterdir():
        if not _OURS.fullmatch(folder.name) or folder.name.endswith(current):
            continue
        try:
            if folder.is_dir() and time.time() - folder.stat().st_mtime > UNUSED_FOR:
                shutil.rmtree(str(folder), ignore_errors=True)
        except OSError:
            continue  # another window took it away
