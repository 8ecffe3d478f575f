"""The projects that queries are made from, and which side of the split each is on.

A project is on one side only, so what is tuned on one is measured on others. None of the test projects
is among those that ranking was designed on (requests, flask, pytest, scrapy, pylint, fastapi, django,
sphinx, sympy). A bare git directory of `owner/name` is looked for in a given folder as `owner+name/repo`,
`owner+name/repo/.git`, `owner+name` or `owner+name.git`; for a name alone any one owner will do.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.localisation.queries import Split

PROJECTS: dict[str, Split] = {
    "caddyserver/caddy": "test",
    "celery/celery": "test",
    "encode/httpx": "test",
    "eslint/eslint": "test",
    "mockito/mockito": "test",
    "prometheus/prometheus": "test",
    "pypa/pip": "test",
    "redis/redis": "test",
    "tokio-rs/tokio": "test",
    "vuejs/core": "test",
    "BurntSushi/ripgrep": "tune",
    "TanStack/query": "tune",
    "Textualize/textual": "tune",
    "assertj/assertj": "tune",
    "axios/axios": "tune",
    "benoitc/gunicorn": "tune",
    "chartjs/Chart.js": "tune",
    "clap-rs/clap": "tune",
    "cli/cli": "tune",
    "encode/starlette": "tune",
    "fastify/fastify": "tune",
    "google/gson": "tune",
    "junegunn/fzf": "tune",
    "labstack/echo": "tune",
    "libgit2/libgit2": "tune",
    "marshmallow-code/marshmallow": "tune",
    "memcached/memcached": "tune",
    "mochajs/mocha": "tune",
    "nats-io/nats-server": "tune",
    "networkx/networkx": "tune",
    "pallets/click": "tune",
    "preactjs/preact": "tune",
    "rayon-rs/rayon": "tune",
    "redis/jedis": "tune",
    "seanmonstar/reqwest": "tune",
    "stylelint/stylelint": "tune",
    "tornadoweb/tornado": "tune",
    "tower-rs/tower": "tune",
    "tox-dev/tox": "tune",
    "trpc/trpc": "tune",
}


def git_folder(folder: Path, repo: str) -> Path:
    """The bare git directory of a project; `FileNotFoundError` where the folder has none."""
    name = repo.replace("/", "+") if "/" in repo else f"*+{repo}"
    for inside in (f"{name}/repo/.git", f"{name}/repo", f"{name}.git", name):
        found = sorted(path.parent for path in folder.glob(f"{inside}/HEAD"))
        if found:
            return found[0]
    raise FileNotFoundError(
        f"no git directory of {repo} in {folder}: clone it there as {name}.git with --bare"
    )
