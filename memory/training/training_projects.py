"""The projects that the static embedder learns from, and those that it is measured on.

No project of the localisation benchmark's test split is here, in either list, and none of its tuning split
is learnt from: what is tuned there stays unbiased. Commits of the nine projects that ranking was designed
on count up to `NEWEST` only, because later ones are queries.
"""

from __future__ import annotations

from pathlib import Path

NEWEST = "2025-06-01"
"""Commits from this day on are never learnt from."""

LEARN = (
    "App-vNext/Polly",
    "JamesNK/Newtonsoft.Json",
    "aio-libs/aiohttp",
    "apache/commons-lang",
    "checkstyle/checkstyle",
    "composer/composer",
    "curl/curl",
    "d3/d3",
    "etcd-io/etcd",
    "expressjs/express",
    "felixxm/django",
    "fmtlib/fmt",
    "gin-gonic/gin",
    "gohugoio/hugo",
    "jekyll/jekyll",
    "jqlang/jq",
    "junit-team/junit4",
    "ktorio/ktor",
    "laravel/framework",
    "netty/netty",
    "nlohmann/json",
    "pallets/flask",
    "prettier/prettier",
    "psf/black",
    "psf/requests",
    "pydantic/pydantic",
    "pytest-dev/pytest",
    "python/mypy",
    "rails/rails",
    "rubocop/rubocop",
    "rust-lang/cargo",
    "scrapy/scrapy",
    "sphinx-doc/sphinx",
    "sqlalchemy/sqlalchemy",
    "square/okhttp",
    "starship/starship",
    "sympy/sympy",
    "typeorm/typeorm",
    "webpack/webpack",
)
"""Learnt from; `owner/name`."""

TUNE = (
    "BurntSushi/ripgrep",
    "axios/axios",
    "clap-rs/clap",
    "google/gson",
    "junegunn/fzf",
    "networkx/networkx",
    "tornadoweb/tornado",
    "trpc/trpc",
)
"""Settings of the training are chosen on these."""


def git_folder(folder: Path, repo: str) -> Path | None:
    """The bare git directory of a project in a folder of clones (`owner+name/repo`, `owner+name.git`), or None."""
    name = repo.replace("/", "+")
    for inside in (f"{name}/repo/.git", f"{name}/repo", f"{name}.git", name):
        if (folder / inside / "HEAD").is_file():
            return folder / inside
    return None
