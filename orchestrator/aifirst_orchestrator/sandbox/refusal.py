"""The error of a sandbox that is not there or does not come up; it always says the next step."""

from __future__ import annotations


class SandboxRefusedError(Exception):
    """Nothing was run: the protection asked for is missing. `next_step` is what the person can do."""

    def __init__(self, reason: str, next_step: str) -> None:
        super().__init__(f"{reason} {next_step}")
        self.reason = reason
        self.next_step = next_step
