"""One archive of files, the same bytes for the same files on every machine with the same compressor."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path

from targets import Target

_KEPT = 20
"""Archives that are kept, the newest: those of the last change for each machine, and some before."""
_OF_A_VERSION = re.compile(r"cp(?:ython-)?3\d\d")


def write_archive(files: Mapping[str, bytes], target: Target, place: Path, kept: Path) -> None:
    """Write `files` to `place` as tar.xz; compressing takes long, so what was compressed before is taken from `kept`."""
    tar = _tar(files)
    filters = target.filters
    digest = hashlib.sha256(tar + repr(filters).encode()).hexdigest()
    known = kept / f"{digest[:32]}.tar.xz"
    if not known.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        packed = lzma.compress(tar, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=filters)
        unfinished = known.with_suffix(".part")
        unfinished.write_bytes(packed)
        unfinished.replace(known)
        others = sorted(kept.glob("*.tar.xz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in others[_KEPT:]:
            old.unlink(missing_ok=True)
    place.write_bytes(known.read_bytes())
    known.touch()


def _tar(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(files, key=_beside_its_like):
            entry = tarfile.TarInfo(name)
            entry.size = len(files[name])
            entry.mode = 0o644
            tar.addfile(entry, io.BytesIO(files[name]))
    return stream.getvalue()


def _beside_its_like(name: str) -> tuple[str, str, str]:
    """Libraries that differ by the version of Python only stand together: the second costs a tenth of the first."""
    place, _, rest = name.partition("/")
    return (Path(rest).suffix, _OF_A_VERSION.sub("", rest), place)
