"""What is wrong with a dataset or with the making of one."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class DatasetError(LocalError):
    """A dataset cannot be read, made or written; the text names the file, the line and the next step."""
