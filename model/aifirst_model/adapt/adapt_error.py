"""What can go wrong while a completer is made of a project."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class AdaptError(LocalError):
    """No completer can be made, or not in this folder; what was made until then stays and is gone on with."""
