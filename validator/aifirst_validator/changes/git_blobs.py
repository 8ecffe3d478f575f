"""Reads file contents out of git's object store through one `git cat-file --batch` process.

The process is started by the first request and ended by `close`; a request after that starts a new one.
"""

from __future__ import annotations

import subprocess

from aifirst_codebase.git import Git

from aifirst_validator.changes.git_command import ChangeError

_CHUNK = 1 << 16


class BlobReader:
    """Contents by object id. Not shared between threads."""

    def __init__(self, git: Git, max_bytes: int) -> None:
        self._git = git
        self._max_bytes = max_bytes
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, object_id: str) -> bytes | None:
        """The blob's bytes; None where it is missing, no blob, or larger than the limit."""
        process = self._process or self._begin()
        if process.stdin is None or process.stdout is None:
            raise ChangeError("git cat-file has no pipes. Run again.")
        try:
            process.stdin.write(object_id.encode("ascii") + b"\n")
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) < 3 or not header[2].isdigit():
                if not header:
                    raise ChangeError("git cat-file ended. Check the repository with git fsck.")
                return None
            size = int(header[2])
            if header[1] == b"blob" and size <= self._max_bytes:
                content = process.stdout.read(size)
                process.stdout.read(1)
                return content
            _skip(process, size + 1)
        except (BrokenPipeError, ValueError) as error:
            raise ChangeError("git cat-file ended. Check the repository with git fsck.") from error
        return None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __del__(self) -> None:
        self.close()

    def _begin(self) -> subprocess.Popen[bytes]:
        self._process = self._git.open("cat-file", "--batch")
        return self._process


def _skip(process: subprocess.Popen[bytes], size: int) -> None:
    while size > 0 and process.stdout is not None:
        chunk = process.stdout.read(min(size, _CHUNK))
        if not chunk:
            return
        size -= len(chunk)
