"""What can go wrong between a request and its answer, each as a type of its own that says the next step.

`what` is a predicate without a subject ("cannot be reached"), so that who asked can name the server in his own words
and give a next step that fits his settings. No text of these errors ever holds a key.
"""

from __future__ import annotations


class ModelError(Exception):
    """There is no answer that can be used; the text says why and what to do."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__()
        self.next_step = next_step
        self.retell(what)

    def retell(self, what: str) -> None:
        """Say it in other words."""
        self.what = what
        self.args = (f"the model's server {what}: {self.next_step}",)


class SettingsError(ModelError):
    """What was set can never work; nothing was sent."""


class UnsupportedError(ModelError):
    """This backend or server cannot do what was asked of it; nothing was generated."""

    def retell(self, what: str) -> None:
        """Say it in other words; there may be no server."""
        self.what = what
        self.args = (f"the model {what}: {self.next_step}",)


class TooLongError(UnsupportedError):
    """What was asked has more tokens than the model has room for; nothing was generated."""


class UnreachableError(ModelError):
    """There is no connection. `is_lasting` where another try would meet the same, as with a wrong certificate."""

    def __init__(self, what: str, next_step: str, *, is_lasting: bool = False) -> None:
        super().__init__(what, next_step)
        self.is_lasting = is_lasting


class StalledError(ModelError):
    """Nothing came within the time that was given."""


class BrokenAnswerError(ModelError):
    """The answer is garbage, cut off or without end."""


class StatusError(ModelError):
    """The server answered with another status than 200; `said` is the beginning of its answer, for reading."""

    def __init__(self, what: str, next_step: str, status: int, said: str = "") -> None:
        super().__init__(what, next_step)
        self.status = status
        self.said = said


class KeyRefusedError(StatusError):
    """The key is missing, wrong or may not do this (401, 403)."""


class RedirectedError(StatusError):
    """The server sends elsewhere, where neither code nor key goes (300 to 399)."""


class BusyError(StatusError):
    """The server cannot answer now, after every try (429, 5xx); `wait` is how many seconds it asked for, 0 for none."""

    def __init__(self, what: str, next_step: str, status: int, said: str = "", wait: float = 0.0) -> None:
        super().__init__(what, next_step, status, said)
        self.wait = wait


class RequestRefusedError(StatusError):
    """The server does not take a request like this one (other statuses from 400); `is_too_long` where it says so."""

    def __init__(
        self, what: str, next_step: str, status: int, said: str = "", *, is_too_long: bool = False
    ) -> None:
        super().__init__(what, next_step, status, said)
        self.is_too_long = is_too_long


class LocalError(ModelError):
    """What is wrong is on this machine, a file or a package, and no server was asked; `what` is a whole clause."""

    def retell(self, what: str) -> None:
        """Say it in other words."""
        self.what = what
        self.args = (f"{what}: {self.next_step}",)


class LocalSettingsError(LocalError, SettingsError):
    """What was set for a model on this machine can never work: a file is not there, or is of another kind."""


class NeedsExtraError(LocalError):
    """A package is not installed that this work needs, and aifirst alone does not bring along."""


class CheckpointError(LocalError):
    """What was named is no checkpoint that can be loaded: not there, broken, cut off, or a kind that is never loaded."""


class NoMemoryError(LocalError):
    """The memory of this machine, or of its GPU, does not suffice for the model or for what it was asked."""
