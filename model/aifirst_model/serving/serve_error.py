"""What can go wrong before a server answers, and while it runs."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class ServeError(LocalError):
    """No server runs, or it ended by itself; nothing of it is left."""
