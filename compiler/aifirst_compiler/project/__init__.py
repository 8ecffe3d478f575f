"""Compiles a folder: every file of it into another folder, only what changed, in several processes."""

from aifirst_compiler.project.outcome import Outcome, ProjectReport, Stale, Totals
from aifirst_compiler.project.request import ProjectRequest, options_of
from aifirst_compiler.project.run import compile_project
from aifirst_compiler.project.watch import watch_project

__all__ = [
    "Outcome",
    "ProjectReport",
    "ProjectRequest",
    "Stale",
    "Totals",
    "compile_project",
    "options_of",
    "watch_project",
]
