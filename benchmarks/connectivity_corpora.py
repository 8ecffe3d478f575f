"""The open-source projects that the connectivity benchmark measures, and how to get them.

`python benchmarks/connectivity_corpora.py DIR` downloads the exact versions with pip, npm and go, unpacks
them under DIR and leaves a project in place that is already there. The split says what a project is used for:
`table` (the background table is counted over it), `tuning` (the weights and the border are fitted on it) or
`test` (nothing was chosen by looking at it).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Literal, NamedTuple

Split = Literal["table", "tuning", "test"]


class Project(NamedTuple):
    """One project: where it comes from (`python` is the running interpreter's standard library)."""

    name: str
    source: Literal["python", "pip", "npm", "go"]
    package: str
    split: Split


PROJECTS: tuple[Project, ...] = (
    Project("stdlib", "python", "", "table"),
    Project("click", "pip", "click==8.1.8", "table"),
    Project("jinja2", "pip", "jinja2==3.1.4", "table"),
    Project("werkzeug", "pip", "werkzeug==3.1.3", "table"),
    Project("httpx", "pip", "httpx==0.28.1", "table"),
    Project("attrs", "pip", "attrs==24.3.0", "table"),
    Project("rich", "pip", "rich==13.9.4", "table"),
    Project("pygments", "pip", "pygments==2.18.0", "table"),
    Project("webpack", "npm", "webpack@5.97.1", "table"),
    Project("echo", "go", "github.com/labstack/echo/v4@v4.13.3", "table"),
    Project("networkx", "pip", "networkx==3.4.2", "tuning"),
    Project("scrapy", "pip", "scrapy==2.12.0", "tuning"),
    Project("sqlalchemy", "pip", "sqlalchemy==2.0.36", "tuning"),
    Project("celery", "pip", "celery==5.4.0", "tuning"),
    Project("docutils", "pip", "docutils==0.21.2", "tuning"),
    Project("koa", "npm", "koa@2.15.3", "tuning"),
    Project("lodash", "npm", "lodash@4.17.21", "tuning"),
    Project("cobra", "go", "github.com/spf13/cobra@v1.8.1", "tuning"),
    Project("flask", "pip", "flask==3.0.3", "test"),
    Project("requests", "pip", "requests==2.32.3", "test"),
    Project("django", "pip", "django==5.1.4", "test"),
    Project("sympy", "pip", "sympy==1.13.3", "test"),
    Project("express", "npm", "express@4.21.2", "test"),
    Project("gin", "go", "github.com/gin-gonic/gin@v1.10.0", "test"),
)


def project_folder(project: Project, corpora: Path) -> Path:
    """Where the project's sources lie."""
    if project.source == "python":
        return Path(sysconfig.get_paths()["stdlib"])
    return corpora / project.name


def fetch(project: Project, corpora: Path) -> None:
    """Download and unpack a project unless it is there."""
    target = project_folder(project, corpora)
    if target.is_dir():
        return
    with tempfile.TemporaryDirectory() as scratch:
        if project.source == "pip":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            subprocess.run([*command, "-d", scratch, project.package], check=True)
            zipfile.ZipFile(next(Path(scratch).glob("*.whl"))).extractall(target)  # noqa: S202 - zipfile strips absolute and parent paths itself
        elif project.source == "npm":
            subprocess.run(["npm", "pack", "--silent", project.package], cwd=scratch, check=True)
            with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
                archive.extractall(target, filter="data")
        else:
            _fetch_go(project, Path(scratch), target)


def _fetch_go(project: Project, scratch: Path, target: Path) -> None:
    (scratch / "go.mod").write_text("module scratch\n\ngo 1.21\n")
    subprocess.run(["go", "mod", "download", "-modcacherw", project.package], cwd=scratch, check=True)
    cache = subprocess.run(
        ["go", "env", "GOMODCACHE"], cwd=scratch, check=True, capture_output=True, text=True
    )
    shutil.copytree(Path(cache.stdout.strip()) / project.package, target)


if __name__ == "__main__":
    for each in PROJECTS:
        fetch(each, Path(sys.argv[1]))
