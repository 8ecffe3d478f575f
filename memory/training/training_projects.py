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
    "FasterXML/jackson-databind",
    "JamesNK/Newtonsoft.Json",
    "Textualize/rich",
    "aio-libs/aiohttp",
    "alacritty/alacritty",
    "ansible/ansible",
    "apache/commons-lang",
    "checkstyle/checkstyle",
    "composer/composer",
    "containerd/containerd",
    "curl/curl",
    "d3/d3",
    "date-fns/date-fns",
    "etcd-io/etcd",
    "expressjs/express",
    "fastapi/fastapi",
    "felixxm/django",
    "fmtlib/fmt",
    "gin-gonic/gin",
    "gohugoio/hugo",
    "guzzle/guzzle",
    "hyperium/hyper",
    "jekyll/jekyll",
    "jestjs/jest",
    "jqlang/jq",
    "junit-team/junit4",
    "ktorio/ktor",
    "laravel/framework",
    "libuv/libuv",
    "netty/netty",
    "nlohmann/json",
    "pallets/flask",
    "pallets/werkzeug",
    "prettier/prettier",
    "psf/black",
    "psf/requests",
    "pydantic/pydantic",
    "pylint-dev/pylint",
    "pytest-dev/pytest",
    "python/mypy",
    "rails/rails",
    "restic/restic",
    "rollup/rollup",
    "rubocop/rubocop",
    "rust-lang/cargo",
    "scrapy/scrapy",
    "serde-rs/serde",
    "sharkdp/fd",
    "sidekiq/sidekiq",
    "spf13/cobra",
    "sphinx-doc/sphinx",
    "spring-projects/spring-boot",
    "sqlalchemy/sqlalchemy",
    "square/okhttp",
    "square/retrofit",
    "starship/starship",
    "sveltejs/svelte",
    "sympy/sympy",
    "tmux/tmux",
    "traefik/traefik",
    "typeorm/typeorm",
    "vitejs/vite",
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
