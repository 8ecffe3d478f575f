"""Git as comparisons ask it: what fails is a `ChangeError`, which also says what works without git."""

from __future__ import annotations

from aifirst_codebase.git import Git, GitError


class ChangeError(GitError):
    """A change that cannot be worked out; the message says the next step."""

    instead = ", or name two files to compare"


class ChangeGit(Git):
    """Git in one folder of a repository, asked for a comparison."""

    failure = ChangeError
