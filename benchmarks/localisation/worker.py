"""A program in an environment of its own that answers one JSON line with one JSON line.

Some things that are compared need packages that the toolchain does not want to depend on. They run as
`workers/<script>.py` with the interpreter that an environment variable names, and end with this process.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec

_SCRIPTS = Path(__file__).parent / "workers"


class Worker:
    """One running program. `variable` names the interpreter, `needs` says what has to be installed there."""

    def __init__(self, script: str, variable: str, needs: str) -> None:
        python = os.environ.get(variable)
        if not python:
            raise SystemExit(
                f"set {variable} to a Python interpreter that has {needs}, or leave this ranker out"
            )
        command = [python, str(_SCRIPTS / f"{script}.py")]
        # Some of what is compared orders sets by their hashes.
        environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": ""}
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, question: object) -> Any:
        """The answer to one question; raises `RuntimeError` where the program has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(question) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self._process.args} ended with status {self._process.wait()}")
        return msgspec.json.decode(answer)
