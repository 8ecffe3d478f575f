"""Finds bubblewrap and what it needs on this machine, and says precisely what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

from aifirst_orchestrator.sandbox.bubblewrap_start import Tools
from aifirst_orchestrator.sandbox.filter.filter_program import this_architecture
from aifirst_orchestrator.sandbox.programs import find_program
from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError

_NEEDED: Final = ("--disable-userns", "--size", "--clearenv", "--json-status-fd", "--seccomp")
_KERNEL_SWITCHES: Final = (
    (
        "user/max_user_namespaces",
        "0",
        "sysctl user.max_user_namespaces is 0",
        "sudo sysctl user.max_user_namespaces=10000",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "sysctl kernel.unprivileged_userns_clone is 0",
        "sudo sysctl kernel.unprivileged_userns_clone=1",
    ),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor restricts user namespaces (Ubuntu 24.04 and later)",
        "sudo apt install apparmor-profiles && sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict "
        "/etc/apparmor.d/ && sudo systemctl reload apparmor",
    ),
)


def find_bubblewrap() -> Tools:
    """The tools, all there and new enough; raises SandboxRefusedError for the first that is not.

    Whether this machine lets anybody build a sandbox with them shows when one is built.
    """
    if sys.platform != "linux":
        raise SandboxRefusedError(
            "bubblewrap runs on Linux only.", "Name a container: open_sandbox('container', image)."
        )
    architecture = this_architecture()
    if architecture is None:
        raise SandboxRefusedError(
            "The filter of system calls is written for x86-64 and 64-bit Arm only.", "Name a container."
        )
    bwrap, prlimit, setpriv = map(find_program, ("bwrap", "prlimit", "setpriv"))
    if bwrap is None:
        raise SandboxRefusedError("bubblewrap is not installed.", _install("bubblewrap"))
    if prlimit is None or setpriv is None:
        raise SandboxRefusedError("prlimit and setpriv are not both installed.", _install("util-linux"))
    options = _options(bwrap)
    missing = [option for option in _NEEDED if option not in options]
    if missing:
        raise SandboxRefusedError(
            f"{bwrap} is too old: it has no {', '.join(missing)}.", "Install bubblewrap 0.8 or later."
        )
    return Tools(bwrap, prlimit, setpriv, architecture)


def why_not_built() -> tuple[str, str] | None:
    """The reason and the next step where this machine forbids user namespaces, as far as it can be told; or None."""
    for name, value, reason, step in _KERNEL_SWITCHES:
        if _setting(name) == value:
            return f"{reason}.", f"{step} (your administrator decides)."
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            "This container may not make user namespaces.",
            "Start it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined, or run outside it.",
        )
    return None


def _setting(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def _options(bwrap: str) -> set[str]:
    """The words of its help text, options among them; empty where it does not run."""
    try:
        done = subprocess.run([bwrap, "--help"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603  found in absolute folders
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return set(done.stdout.split()) | set(done.stderr.split())


def _install(package: str) -> str:
    for manager, words in (
        ("apt-get", "sudo apt install"),
        ("dnf", "sudo dnf install"),
        ("pacman", "sudo pacman -S"),
        ("zypper", "sudo zypper install"),
        ("apk", "sudo apk add"),
    ):
        if find_program(manager):
            return f"{words} {package}"
    return f"Install {package} with your system's package manager."
