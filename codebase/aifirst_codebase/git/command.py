"""Runs git on a repository that may be hostile: nothing that its configuration names is ever started.

A cloned repository's `.git/config` can name programs for hooks, the file system monitor, external diffs,
text conversion, clean filters, the pager, remotes and ssh. Every one of them is switched off by option or
environment, filters by name, because git has no switch for all of them. No call needs a network: the
protocols are closed, so that a partial clone cannot fetch either.

Left out: the user's own global configuration is trusted, apart from the same programs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, ClassVar

_OPTIONS = (
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "core.sshCommand=false",
    "-c", "core.untrackedCache=false",
    "-c", "core.quotePath=false",
    "-c", "core.ignoreStat=false",
    "-c", "diff.external=",
    "-c", "diff.ignoreSubmodules=none",
    "-c", "diff.noprefix=false",
    "-c", "diff.relative=false",
    "-c", "protocol.allow=never",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
    "-c", "log.showSignature=false",
    "-c", "credential.helper=",
    "-c", "advice.detachedHead=false",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_ASKPASS": "false",
    "SSH_ASKPASS": "false",
    "GIT_SSH_COMMAND": "false",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_DROPPED = ("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS")
_PLACE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE")
_FILTER = re.compile(rb"filter\.(.*)\.(?:clean|smudge|process|required)\Z", re.DOTALL | re.IGNORECASE)
_SECONDS = 300


class GitError(Exception):
    """What git cannot give; the message says the next step."""

    instead: ClassVar[str] = ""
    """What a person may do where there is no git, as the end of a sentence."""


class Git:
    """Git in one folder of a repository."""

    failure: ClassVar[type[GitError]] = GitError

    def __init__(self, folder: Path) -> None:
        """Raises `failure` where git is missing or the folder is in no repository."""
        self.folder = folder
        self._program = self._find_git()
        self._environment = self._environment_of(keep_place=True)
        if not folder.is_dir():
            raise self.failure(f"{folder} is no folder. Give the folder of the project.")
        if not self._is_here() and any(name in os.environ for name in _PLACE):
            self._environment = self._environment_of(keep_place=False)
        self._switch_filters_off()
        self.has_work_tree = self.run("rev-parse", "--is-inside-work-tree").strip() == b"true"

    def run(self, *arguments: str, allowed: Sequence[int] = (0,)) -> bytes:
        """What the command writes; raises `failure` with git's own words where it fails."""
        done = self._start(arguments)
        if done.returncode not in allowed:
            raise self.failure(self._explain(done.stderr))
        return done.stdout

    def succeeds(self, *arguments: str) -> bool:
        """Whether the command ends with 0."""
        return self._start(arguments).returncode == 0

    def open(self, *arguments: str, stdin: int | IO[bytes] = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """Start a command whose output is a pipe, and its input too unless given; the caller ends it."""
        return subprocess.Popen(
            self._command(arguments), cwd=self.folder, env=self._environment,
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [self._program, "--no-pager", *_OPTIONS, *arguments]

    def _start(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(
                self._command(arguments), cwd=self.folder, env=self._environment,
                stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise self.failure(
                f"git is not installed or not on PATH. Install git{self.failure.instead}."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise self.failure(
                f"git took longer than {_SECONDS} s. Check the repository with git fsck."
            ) from error
        except ValueError as error:
            raise self.failure(
                f"git cannot be given a NUL character: {error}. Correct the revision."
            ) from error

    def _is_here(self) -> bool:
        """Whether the repository that the environment names is the one the folder is in."""
        done = self._start(("rev-parse", "--show-toplevel"))
        top = os.fsdecode(done.stdout).rstrip("\n")
        if done.returncode or not top:
            return False
        here = os.path.realpath(self.folder)
        return here == os.path.realpath(top) or here.startswith(os.path.realpath(top).rstrip(os.sep) + os.sep)

    def _switch_filters_off(self) -> None:
        """Empty every clean, smudge and process filter that any configuration names."""
        done = self._start(("config", "--null", "--name-only", "--get-regexp", r"^filter\."))
        names = {match[1] for name in done.stdout.split(b"\0") if (match := _FILTER.match(name))}
        # In the environment, not as `-c`, because a name may hold `=`; after those that the user gives.
        count = int(self._environment.get("GIT_CONFIG_COUNT") or 0)
        for name in sorted(names):
            for key in ("clean", "smudge", "process", "required"):
                self._environment[f"GIT_CONFIG_KEY_{count}"] = f"filter.{os.fsdecode(name)}.{key}"
                self._environment[f"GIT_CONFIG_VALUE_{count}"] = "false" if key == "required" else ""
                count += 1
        if count:
            self._environment["GIT_CONFIG_COUNT"] = str(count)

    @staticmethod
    def _environment_of(*, keep_place: bool) -> dict[str, str]:
        dropped = _DROPPED if keep_place else (*_DROPPED, *_PLACE)
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in dropped
            and not name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_", "GIT_TRACE"))
        }
        return kept | _ENVIRONMENT

    def _find_git(self) -> str:
        """The full path of git, never one that the project brings along."""
        found = shutil.which("git")
        if found is None:
            raise self.failure(f"git is not installed or not on PATH. Install git{self.failure.instead}.")
        if Path(os.path.realpath(found)).is_relative_to(os.path.realpath(self.folder)):
            raise self.failure(f"{found} lies in the project itself. Put the real git first on PATH.")
        return found

    def _explain(self, stderr: bytes) -> str:
        said = stderr.decode("utf-8", "replace").strip().splitlines()
        first = next(
            (line for line in said if line.startswith(("fatal:", "error:"))),
            said[0] if said else "no reason given",
        )
        reason = first.partition(":")[2].strip() or first
        if "not a git repository" in reason:
            return f"{self.folder} is in no git repository. Run git init{self.failure.instead}."
        if "dubious ownership" in reason:
            return (
                f"git does not trust {self.folder}, it belongs to another user. "
                "If you trust it: git config --global --add safe.directory <folder>"
            )
        return f"git failed: {reason}. Run git status in {self.folder} to see what is wrong."
