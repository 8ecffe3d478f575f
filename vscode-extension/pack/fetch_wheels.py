"""Fetches wheels for another machine through pip, one of each package for every version of Python that needs its own.

What was fetched is kept, so that packing again needs no network.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from targets import PYTHONS, Target


class PackError(Exception):
    """The package cannot be made; the message says the next step."""


def fetch_wheels(target: Target, requirements: Sequence[str], kept: Path) -> dict[str, list[Path]]:
    """The wheels of `requirements` (`name==version`) for `target`, by version of Python."""
    folder = kept / target.name
    folder.mkdir(parents=True, exist_ok=True)
    first, *others = PYTHONS
    wheels = {first: _fetch(target, first, requirements, folder)}
    special = [
        requirement for requirement in requirements if not _serves_all(_wheel_of(requirement, wheels[first]))
    ]
    for version in others:
        own = _fetch(target, version, special, folder)
        shared = [wheel for wheel in wheels[first] if _serves_all(wheel)]
        wheels[version] = sorted([*own, *shared])
    return wheels


def _fetch(target: Target, version: str, requirements: Sequence[str], folder: Path) -> list[Path]:
    asked = "\n".join([*target.platforms, version, *requirements])
    note = folder / f"{version}-{hashlib.sha256(asked.encode()).hexdigest()[:16]}.txt"
    if note.is_file():
        wheels = [folder / name for name in note.read_text().split()]
        if all(wheel.is_file() for wheel in wheels):
            return wheels
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--implementation", "cp", "--python-version", version]
    for platform in target.platforms:
        command += ["--platform", platform]
    done = subprocess.run([*command, "--dest", str(folder), *requirements], check=False)  # noqa: S603  # pip, with names of ours
    if done.returncode:
        raise PackError(
            f"pip could not fetch the wheels of {target.name} for Python {version}: see above; it needs a network once"
        )
    tag = "cp" + version.replace(".", "")
    wheels = sorted(_wheel_of(requirement, folder.glob("*.whl"), tag) for requirement in requirements)
    note.write_text("\n".join(wheel.name for wheel in wheels))
    return wheels


def _wheel_of(requirement: str, wheels: Iterable[Path], tag: str = "") -> Path:
    name, _, version = requirement.partition("==")
    start = f"{name.replace('-', '_')}-{version}-".lower()
    found = [wheel for wheel in wheels if wheel.name.lower().startswith(start)]
    found = [wheel for wheel in found if not tag or _serves_all(wheel) or f"-{tag}-{tag}-" in wheel.name]
    if len(found) != 1:
        names = ", ".join(wheel.name for wheel in found) or "none"
        raise PackError(
            f"one wheel of {requirement} is wanted, there are {names}: remove the folder .wheels and pack again"
        )
    return found[0]


def _serves_all(wheel: Path) -> bool:
    """Whether a wheel serves every version of Python that has the stable interface."""
    return "-abi3-" in wheel.name or "-none-" in wheel.name
