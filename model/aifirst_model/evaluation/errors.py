"""What can be wrong with an evaluation, each said with the next step."""

from __future__ import annotations

from aifirst_model.errors import LocalError


class EvaluationError(LocalError):
    """The evaluation cannot be done, or what was saved cannot be used; `what` is a whole clause."""
