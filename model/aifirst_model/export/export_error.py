"""What can go wrong while a model is turned into another format."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class ExportError(LocalError):
    """A model cannot become what was asked for, or a file is not what it should be; nothing half-written is left."""
