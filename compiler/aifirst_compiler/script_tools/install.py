"""Installs the tools for JavaScript and TypeScript into the user's data folder, after saying what, whence and how big.

Versions are pinned by the lock beside this module. Install scripts of packages are not run: none of these needs one.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from aifirst_compiler.errors import CompileError
from aifirst_compiler.script_tools.find_tools import ToolsMissingError, data_folder, versions_in

PINNED = Path(__file__).parent / "node_tools"
_MEGABYTES = 20
_SECONDS = 600


class InstallPlan(msgspec.Struct, frozen=True):
    """What would be installed where: packages as `name@version`, and about how much they take on disk."""

    packages: tuple[str, ...]
    folder: Path
    megabytes: int

    def __str__(self) -> str:
        return (
            f"Installs {' and '.join(self.packages)} with npm from the registry it is set up for into {self.folder} "
            f"(about {self.megabytes} MB). Their install scripts are not run."
        )


class _Package(msgspec.Struct):
    dependencies: dict[str, str]


def plan_install(folder: Path | None = None) -> InstallPlan:
    """What `install_tools` would do, to be shown to the person before."""
    pinned = msgspec.json.decode((PINNED / "package.json").read_bytes(), type=_Package).dependencies
    packages = tuple(f"{name}@{version}" for name, version in sorted(pinned.items()))
    return InstallPlan(packages, folder or data_folder(), _MEGABYTES)


def install_tools(plan: InstallPlan) -> tuple[str, ...]:
    """Install what the plan says; the packages that are there then, as `name@version`.

    Raises `CompileError` with what npm said where it fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise ToolsMissingError(
            "installing the tools needs npm, which is not on the path", "install Node with npm"
        )
    plan.folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(PINNED / name, plan.folder / name)
    command = [npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(  # noqa: S603 - npm, found on the path, with our own arguments
            command, cwd=plan.folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CompileError(
            f"npm could not be run: {error}", "try again, or install the tools by hand"
        ) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise CompileError(
            f"npm could not install the tools: {said[0] if said else 'it did not say why'}",
            "check the connection to the registry, then run it again",
        )
    installed = versions_in(plan.folder)
    if set(installed) != set(plan.packages):
        raise CompileError(
            f"npm ended well, but {plan.folder} has {' and '.join(installed) or 'none of the tools'}",
            "remove that folder, then run it again",
        )
    return installed


def main() -> int:
    """Say what is installed, install it, say where; the exit status."""
    plan = plan_install()
    print(plan, file=sys.stderr)
    try:
        installed = install_tools(plan)
    except CompileError as error:
        print(f"{error}: {error.next_step}", file=sys.stderr)
        return 2
    print(f"{' and '.join(installed)} are installed in {plan.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
