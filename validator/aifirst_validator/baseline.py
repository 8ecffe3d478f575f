"""A baseline: the findings a project knows of and does not want told again.

With it an old codebase starts today: what stands in the baseline is silent, what is new is told. The ratchet
turns one way only: `shrink` takes out what was mended and never puts anything in.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from aifirst_validator.finding import Finding

_MAX_BYTES = 50_000_000
_SHOWN = 200
"""Characters of a path that a message shows where the path itself is what is wrong."""


class BaselineError(Exception):
    """A baseline that cannot be read or written; the message says the next step."""


class KnownFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One known finding. Only the fingerprint counts; the rest is for the people who read the file."""

    fingerprint: str
    rule: str
    line: int
    message: str


class Baseline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Known findings by path."""

    version: Literal[1]
    findings: dict[str, tuple[KnownFinding, ...]]

    @property
    def size(self) -> int:
        """How many findings are known."""
        return sum(len(known) for known in self.findings.values())


def baseline_of(findings: Iterable[Finding]) -> Baseline:
    """The baseline that knows exactly these findings (notes are left out: they fail nothing)."""
    by_path: dict[str, list[KnownFinding]] = {}
    for f in findings:
        if f.severity != "note":
            by_path.setdefault(f.path, []).append(KnownFinding(f.fingerprint, f.rule, f.line, f.message))
    return Baseline(1, {path: tuple(by_path[path]) for path in sorted(by_path)})


def read_baseline(path: Path) -> Baseline:
    """The baseline in `path`; raises `BaselineError`.

    Only a regular file is read, and at most 50 MB of it: a pipe would hang, a device would never end.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BaselineError(f"the baseline {path} is not a regular file: name a file")
        with path.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise BaselineError(f"there is no baseline {path}: make it with --write-baseline {path}") from error
    except OSError as error:
        raise BaselineError(f"the baseline {_shown(path)} cannot be read: {_reason(error)}") from error
    except ValueError as error:  # a NUL in the path
        raise BaselineError(
            f"the baseline {str(path)!r} cannot be the name of a file: name another"
        ) from error
    if len(raw) > _MAX_BYTES:
        raise BaselineError(
            f"the baseline {path} is larger than {_MAX_BYTES // 1_000_000} MB: "
            "write it again with --write-baseline, or one for each part of the project"
        )
    try:
        return msgspec.json.decode(raw, type=Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BaselineError(
            f"{path} is no baseline ({error}): name another, or move it away and write it again with "
            f"--write-baseline {path}"
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write the baseline, whole or not at all; raises `BaselineError`."""
    text = msgspec.json.format(msgspec.json.encode(baseline), indent=1) + b"\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(text)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise BaselineError(f"the baseline {_shown(path)} cannot be written: {_reason(error)}") from error


def split_known(findings: Sequence[Finding], baseline: Baseline) -> tuple[list[Finding], int]:
    """The findings that are new, and how many were known."""
    known = {(path, one.fingerprint) for path, ones in baseline.findings.items() for one in ones}
    new = [finding for finding in findings if (finding.path, finding.fingerprint) not in known]
    return new, len(findings) - len(new)


def shrink(baseline: Baseline, findings: Iterable[Finding], judged: Iterable[str] | None = None) -> Baseline:
    """The baseline without what is no longer found; files that were not judged keep their entries.

    `judged` are the paths that were judged, None for the whole project (deleted files count as mended).
    """
    current = {(finding.path, finding.fingerprint) for finding in findings}
    looked_at = None if judged is None else set(judged)
    left: dict[str, tuple[KnownFinding, ...]] = {}
    for path, ones in baseline.findings.items():
        if looked_at is not None and path not in looked_at:
            left[path] = ones
            continue
        standing = tuple(one for one in ones if (path, one.fingerprint) in current)
        if standing:
            left[path] = standing
    return Baseline(1, left)


def _reason(error: OSError) -> str:
    """The system's words with the next step."""
    told = error.strerror or str(error)
    if error.errno == errno.ENAMETOOLONG:
        return f"{told}: name another"
    return f"{told}: check the path and its rights"


def _shown(path: Path) -> str:
    text = str(path)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
