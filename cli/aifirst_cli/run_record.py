"""Names the record of a run so that only this person's own runs are gone on with.

A record says what was answered and who allowed what. A project that comes with one of its own would have its gates opened
beforehand; so the name holds a word that is kept in the person's own folder and that no project knows.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

_WORD_BYTES = 32


def record_name(*parts: str) -> str:
    """A file name for the record of what `parts` say, the same for the same person each time."""
    digest = hashlib.blake2b(digest_size=8, key=_own_word())
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return f"{digest.hexdigest()}.steps"


def _own_word() -> bytes:
    """The person's word, made the first time; where no folder can hold it, one for this run, which nothing resumes."""
    state = os.environ.get("XDG_STATE_HOME") or ""
    folder = (Path(state) if Path(state).is_absolute() else Path.home() / ".local/state") / "aifirst"
    place = folder / "run.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            word = place.read_bytes()
            return word if len(word) == _WORD_BYTES else secrets.token_bytes(_WORD_BYTES)
        with os.fdopen(handle, "wb") as file:
            word = secrets.token_bytes(_WORD_BYTES)
            file.write(word)
        return word
    except (OSError, RuntimeError):
        return secrets.token_bytes(_WORD_BYTES)
