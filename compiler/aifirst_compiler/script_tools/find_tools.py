"""Where the tools for JavaScript and TypeScript are: a folder whose `node_modules` holds them.

Looked for in `AIFIRST_NODE_TOOLS`, then in the user's data folder, then in npm's global folder. Never in the
workspace: whoever wrote a repository would else choose what runs here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from aifirst_compiler.errors import CompileError

VARIABLE = "AIFIRST_NODE_TOOLS"
TOOLS = ("oxc-minify", "esbuild")
_SECONDS = 20


class ToolsMissingError(CompileError):
    """Node, or the tools, are not there; `next_step` says how to get them."""


def data_folder() -> Path:
    """Where the tools of this user are kept, by the platform's own rules. It need not exist."""
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
        return Path(root) / "aifirst" / "node-tools"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "aifirst" / "node-tools"
    root = os.environ.get("XDG_DATA_HOME", "")
    data = Path(root) if root and Path(root).is_absolute() else Path.home() / ".local" / "share"
    return data / "aifirst" / "node-tools"


def find_node() -> str:
    """The path of Node's executable; raises `ToolsMissingError` where there is none."""
    found = shutil.which("node")
    if found is None:
        raise ToolsMissingError(
            "making JavaScript and TypeScript smaller, or one file, needs Node, which is not on the path",
            "install Node 18 or later",
        )
    return str(Path(found).absolute())


def find_tools() -> Path:
    """The folder that holds the tools; raises `ToolsMissingError` where there is none."""
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named).absolute()
        if not has_tools(folder):
            raise ToolsMissingError(
                f"{VARIABLE} names {folder}, whose node_modules has neither {' nor '.join(TOOLS)}",
                f"install them there, or unset {VARIABLE}",
            )
        return folder
    if has_tools(data_folder()):
        return data_folder()
    shared = _global_folder()
    if shared is not None and has_tools(shared):
        return shared
    raise ToolsMissingError(
        f"making JavaScript and TypeScript smaller, or one file, needs {' or '.join(TOOLS)}, which are not installed",
        f"run `aifirst compile --install-tools`, or install them with npm into a folder of your own and set "
        f"{VARIABLE} to it",
    )


def has_tools(folder: Path) -> bool:
    """Whether one of the tools is installed in the folder."""
    return any((folder / "node_modules" / tool / "package.json").is_file() for tool in TOOLS)


def tool_versions() -> tuple[str, ...]:
    """The tools that are found, each as `name@version`; none where there are none."""
    try:
        return versions_in(find_tools())
    except ToolsMissingError:
        return ()


def versions_in(folder: Path) -> tuple[str, ...]:
    """The tools that a folder's `node_modules` holds, each as `name@version`, by name."""
    found: list[str] = []
    for tool in TOOLS:
        with suppress(OSError, msgspec.DecodeError):
            data = (folder / "node_modules" / tool / "package.json").read_bytes()
            found.append(f"{tool}@{msgspec.json.decode(data, type=_Package).version}")
    return tuple(sorted(found))


class _Package(msgspec.Struct):
    version: str = ""


@cache
def _global_folder() -> Path | None:
    """The folder whose `node_modules` npm installs into globally, asked for outside the workspace."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        asked = subprocess.run(  # noqa: S603 - npm, found on the path, with our own arguments
            [npm, "root", "--global"],
            cwd=Path.home(),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    folder = Path(asked.stdout.strip())
    return folder.parent if folder.name == "node_modules" else None
