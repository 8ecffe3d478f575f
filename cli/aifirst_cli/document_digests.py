"""What units were like when a document was written, kept for `aifirst expand --merge`: by the document's own digest.

So a unit whose source changed since is found even where its line did not. Without it lines are compared. The last
documents of a project are kept, in `.aifirst`, which can be deleted.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from aifirst_cli.output import replace_file

FOLDER: Final = ".aifirst/documents"
_KEPT: Final = 30


def save_digests(root: Path, document: str, digests: dict[str, str]) -> None:
    """Keep the digests of units by id; nothing where the project cannot be written to."""
    import msgspec
    from aifirst_codebase.cache.store import open_cache

    folder = root / FOLDER
    if (root / ".aifirst").is_symlink() or folder.is_symlink():
        return
    with suppress(OSError):
        open_cache(root).close()  # makes .aifirst with what keeps it out of git
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / _name(document)
        replace_file(target, msgspec.json.encode(digests))
        known = sorted(folder.glob("*.json"), key=lambda path: (path.stat().st_mtime, path.name))
        for old in known[:-_KEPT]:
            old.unlink()


def load_digests(root: Path, document: str) -> dict[str, str] | None:
    """The digests that were kept for a document; None where there are none."""
    import msgspec

    try:
        return msgspec.json.decode((root / FOLDER / _name(document)).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return None


def _name(document: str) -> str:
    return blake2b(document.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest() + ".json"
