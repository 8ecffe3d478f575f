"""Finds a container engine that answers and an image that is there; nothing is ever downloaded."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

from aifirst_orchestrator.sandbox.programs import find_program
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_ENGINES = ("podman", "docker", "nerdctl")
_PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine by absolute path and the image that it runs."""

    program: str
    image: str


def find_engine(image: str | None) -> Engine:
    """The first engine that has the image; raises SandboxRefusedError with the complaint of each that has not."""
    found = [(name, program) for name in _ENGINES if (program := find_program(name))]
    if not found:
        raise SandboxRefusedError(
            f"None of {', '.join(_ENGINES)} is installed.", "Install podman, or bubblewrap on Linux."
        )
    if image is None:
        raise SandboxRefusedError(
            "No image for the container is named.",
            "Name one that is on this machine and holds what your code needs, such as python:3.12-slim.",
        )
    if image.startswith("-"):
        raise SandboxRefusedError(f"{image!r} is not the name of an image.", "Name one without a dash.")
    complaints: list[str] = []
    for name, program in found:
        complaint = complaint_of([program, "image", "inspect", image])
        if complaint is None:
            return Engine(program, image)
        complaints.append(f"{name}: {complaint}")
    raise SandboxRefusedError(
        f"No engine has the image {image}: {'; '.join(complaints).rstrip('.?')}.",
        f"Start the engine, then: {found[0][0]} pull {image}",
    )


def complaint_of(command: list[str]) -> str | None:
    """The last line of what the command complains of, None if it ends well."""
    try:
        done = subprocess.run(  # noqa: S603  an engine found in absolute folders
            command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
