"""Asking git about a repository that may be hostile: its programs never run, its network is never used."""

from aifirst_codebase.git.command import Git, GitError
from aifirst_codebase.git.git_stream import GitStream
from aifirst_codebase.git.revisions import commit_id, is_shallow, shallow_boundary

__all__ = ["Git", "GitError", "GitStream", "commit_id", "is_shallow", "shallow_boundary"]
