"""Fetches a model from a hub into the cache that all Hugging Face programs share, checked and whole or not at all.

Each file comes into a place beside the cache and is moved into it once its checksum is right; the model gets its name
when all its files are there. So what was cut off is never loaded, and the same command goes on where it stopped.
huggingface_hub is not used for it: its present version begins a file anew and does not compare checksums.
"""

from __future__ import annotations

import errno
import fcntl
import fnmatch
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Final

import msgspec
from aifirst_codebase.byte_size import show_bytes

from aifirst_model.checkpoint.hub_cache import hub_cache
from aifirst_model.checkpoint.open_checkpoint import PICKLES
from aifirst_model.library.hub import Hub, PullError, RemoteFile, RemoteModel, is_broken_off

Report = Callable[[int, int], None]
"""Told the bytes that are here, of how many."""
_WEIGHTS: Final = ("*.safetensors",)
_TEXTS: Final = (
    "config.json", "generation_config.json", "*.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
    "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "tekken.json",
    "chat_template.json", "chat_template.jinja", "adapter_config.json", "README.md", "LICENSE*", "LICENCE*", "NOTICE*",
)  # fmt: skip
_AT_ONCE: Final = 1 << 20
_TRIES: Final = 5
"""In a row without a byte more."""
_SPARE: Final = 64 << 20
"""Bytes that are left free on the disk."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class PullPlan(msgspec.Struct, frozen=True):
    """What a pull will do."""

    model: RemoteModel
    files: tuple[RemoteFile, ...]
    left_out: tuple[str, ...]
    """Pickles, which are never fetched."""
    folder: Path
    """Where the model is found afterwards."""
    size: int
    here: int
    """Bytes of `size` that are here already."""


def plan_pull(hub: Hub, name: str, gguf: str = "") -> PullPlan:
    """What would be fetched: weights in safetensors, or the GGUF files whose names hold `gguf`; nothing is, yet.

    Raises `PullError`: no such model, no network, nothing in it that is ever fetched, or several GGUF kinds to choose of.
    """
    model = hub.find(name)
    weights = _weights(model, gguf)
    texts = ("README.md", "LICENSE*", "LICENCE*", "NOTICE*") if gguf else _TEXTS
    files = tuple(file for file in model.files if file in weights or _is_one(file.name, texts))
    left_out = tuple(file.name for file in model.files if Path(file.name).suffix in PICKLES)
    home = _home(model)
    here = sum(file.size if _blob(home, file).is_file() else _part_size(home, file) for file in files)
    folder = home / "snapshots" / model.commit
    return PullPlan(model, files, left_out, folder, sum(file.size for file in files), here)


def pull(hub: Hub, plan: PullPlan, report: Report | None = None) -> Path:
    """Fetch what the plan says; the model's folder. Raises `PullError`; the same plan goes on where it stopped."""
    home = _home(plan.model)
    _check_room(home, plan.size - plan.here)
    done = 0
    try:
        (home / "blobs").mkdir(parents=True, exist_ok=True)
        with _alone(home):
            for file in plan.files:
                if not _blob(home, file).is_file():
                    _fetch(hub, plan, file, None if report is None else _shifted(report, done, plan.size))
                done += file.size
                if report is not None:
                    report(done, plan.size)
            _give_name(home, plan)
    except OSError as error:
        raise _disk_error(error, home) from None
    return plan.folder


@contextmanager
def _alone(home: Path) -> Generator[None]:
    """Be the only one who fetches this model, as two would write into one another's parts. Raises `PullError`."""
    place = home.parent / ".aifirst-pull" / f"{home.name}.lock"
    place.parent.mkdir(exist_ok=True)
    with place.open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PullError("another process fetches this model", "wait for it, or end it") from None
        try:
            yield
        finally:
            place.unlink(missing_ok=True)


def _weights(model: RemoteModel, gguf: str) -> frozenset[RemoteFile]:
    ggufs = [file for file in model.files if file.name.endswith(".gguf")]
    tensors = [file for file in model.files if _is_one(file.name, _WEIGHTS)]
    # some have the same weights a second time, for other programs (consolidated.safetensors)
    tensors = [file for file in tensors if file.name.startswith("model")] or tensors
    found = [file for file in ggufs if gguf.lower() in file.name.lower()] if gguf else tensors
    if not found:
        raise _nothing(model, ggufs)
    return frozenset(found)


def _nothing(model: RemoteModel, ggufs: list[RemoteFile]) -> PullError:
    """The error for a model of which nothing is to be fetched."""
    if ggufs:
        names = ", ".join(file.name for file in ggufs)
        return PullError(
            f"{model.name} has GGUF files: {names}", "say which: --gguf and a part of its name, as Q4_K_M"
        )
    if any(Path(file.name).suffix in PICKLES for file in model.files):
        return PullError(
            f"{model.name} has its weights in pickles only, which run code when they are loaded",
            "take a model in safetensors",
        )
    return PullError(f"{model.name} has no weights in safetensors", "take another model")


def _is_one(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)


def _home(model: RemoteModel) -> Path:
    return hub_cache() / f"models--{model.name.replace('/', '--')}"


def _blob(home: Path, file: RemoteFile) -> Path:
    return home / "blobs" / file.checksum


def _part(home: Path, file: RemoteFile) -> Path:
    """Where a file comes: no program looks for a model there."""
    return home.parent / ".aifirst-pull" / f"{file.checksum}.part"


def _part_size(home: Path, file: RemoteFile) -> int:
    try:
        return min(_part(home, file).stat().st_size, file.size)
    except OSError:
        return 0


def _check_room(home: Path, needed: int) -> None:
    place = next(one for one in (home, *home.parents) if one.exists())
    free = shutil.disk_usage(place).free
    if free < needed + _SPARE:
        raise PullError(
            f"the disk has no room: {show_bytes(needed)} are to come, {show_bytes(free)} are free at {place}",
            "make room, or set HF_HOME to a place on another disk",
        )


def _shifted(report: Report, before: int, whole: int) -> Report:
    return lambda done, _: report(before + done, whole)


def _fetch(hub: Hub, plan: PullPlan, file: RemoteFile, report: Report | None) -> None:
    """Fetch a file, going on where one try or an earlier command broke off, and move it into place if it is right."""
    home = _home(plan.model)
    part = _part(home, file)
    part.parent.mkdir(parents=True, exist_ok=True)
    tries = 0
    while (have := _part_size(home, file)) < file.size or not part.exists():
        try:
            _receive(hub, plan.model, file, part, report)
        except (OSError, HTTPException) as error:
            if not is_broken_off(error):
                raise
            _wait_or_raise(hub, error, tries)
        tries = 0 if _part_size(home, file) > have else tries + 1
        if tries >= _TRIES:
            raise hub.unreachable(ConnectionError("it ends its answers too early"))
    if part.stat().st_size > file.size or checksum_of(part, file.checksum) != file.checksum:
        part.unlink()
        raise PullError(
            f"{file.name} does not have the checksum that {hub.address} tells; it was not kept",
            "fetch it again",
        )
    part.replace(_blob(home, file))


def _wait_or_raise(hub: Hub, error: Exception, tries: int) -> None:
    if tries + 1 >= _TRIES:
        raise hub.unreachable(error) from None
    time.sleep(0.2 * 2**tries)


def _receive(hub: Hub, model: RemoteModel, file: RemoteFile, part: Path, report: Report | None) -> None:
    """Append what comes to the part. Raises `PullError`, `OSError`."""
    start = part.stat().st_size if part.exists() else 0
    with hub.open_file(model, file, start) as answer:
        begins = start if answer.status == 206 else 0  # 200: the server sends all of it
        with part.open("ab" if begins else "wb") as stream:
            have = begins
            while have <= file.size and (chunk := answer.read(_AT_ONCE)):
                stream.write(chunk)
                have += len(chunk)
                if report is not None:
                    report(min(have, file.size), file.size)
            stream.flush()
            os.fsync(stream.fileno())


def checksum_of(path: Path, form: str) -> str:
    """SHA-256 of a file, or git's SHA-1 of it where `form` is one of 40 digits."""
    if len(form) == 64:
        digest = hashlib.sha256()
    else:
        digest = hashlib.sha1(usedforsecurity=False)  # git's name of a file
        digest.update(b"blob %d\0" % path.stat().st_size)
    with path.open("rb") as stream:
        while chunk := stream.read(_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()


def _give_name(home: Path, plan: PullPlan) -> None:
    """Link the files into the model's folder, then say that this is the revision that was asked for."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    for file in plan.files:
        link = plan.folder / file.name
        if link.exists():
            continue
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(Path("..") / ".." / "blobs" / file.checksum)
        except OSError:  # a file system without links
            shutil.copyfile(_blob(home, file), link)
    if plan.model.revision != plan.model.commit:
        reference = home / "refs" / plan.model.revision
        reference.parent.mkdir(parents=True, exist_ok=True)
        beside = reference.with_name(f"{reference.name}.{os.getpid()}")
        beside.write_text(plan.model.commit, encoding="ascii")
        beside.replace(reference)


def _disk_error(error: OSError, home: Path) -> PullError:
    if error.errno in _FULL:
        return PullError(
            f"the disk is full ({error.strerror}) at {home.parent}",
            "make room, or set HF_HOME to a place on another disk; the same command goes on where this one stopped",
        )
    return PullError(
        f"{home.parent} cannot be written ({error.strerror})", "check its rights, or set HF_HOME"
    )
