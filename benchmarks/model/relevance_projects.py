"""The projects that the relevance ranker learns from and is measured on, with the licence of each.

All licences permit use with attribution. `held-out` are those of the localisation benchmark's test split that
are under such a licence in every state looked at; they are never learnt from. `validation` decided the settings.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Split = Literal["train", "validation", "held-out"]
Licence = Literal["MIT", "BSD-3-Clause", "Apache-2.0", "ISC", "MIT OR Apache-2.0", "MIT OR Unlicense", "curl"]

HELD_OUT: dict[str, Licence] = {
    "caddyserver/caddy": "Apache-2.0", "celery/celery": "BSD-3-Clause", "encode/httpx": "BSD-3-Clause",
    "eslint/eslint": "MIT", "mockito/mockito": "MIT", "prometheus/prometheus": "Apache-2.0", "pypa/pip": "MIT",
    "tokio-rs/tokio": "MIT", "vuejs/core": "MIT",
}  # fmt: skip
VALIDATION: dict[str, Licence] = {
    "Textualize/textual": "MIT", "axios/axios": "MIT", "clap-rs/clap": "MIT OR Apache-2.0", "cli/cli": "MIT",
    "google/gson": "Apache-2.0", "memcached/memcached": "BSD-3-Clause", "tornadoweb/tornado": "Apache-2.0",
    "trpc/trpc": "MIT",
}  # fmt: skip
TRAIN: dict[str, Licence] = {
    "App-vNext/Polly": "BSD-3-Clause", "BurntSushi/ripgrep": "MIT OR Unlicense",
    "FasterXML/jackson-databind": "Apache-2.0", "JamesNK/Newtonsoft.Json": "MIT", "TanStack/query": "MIT",
    "Textualize/rich": "MIT", "actix/actix-web": "MIT OR Apache-2.0", "aio-libs/aiohttp": "Apache-2.0",
    "alacritty/alacritty": "MIT OR Apache-2.0", "apache/commons-lang": "Apache-2.0", "assertj/assertj": "Apache-2.0",
    "benoitc/gunicorn": "MIT", "chartjs/Chart.js": "MIT", "colinhacks/zod": "MIT", "composer/composer": "MIT",
    "containerd/containerd": "Apache-2.0", "curl/curl": "curl", "encode/starlette": "BSD-3-Clause",
    "encode/uvicorn": "BSD-3-Clause", "etcd-io/etcd": "Apache-2.0", "expressjs/express": "MIT", "fastapi/fastapi": "MIT",
    "fastify/fastify": "MIT", "fmtlib/fmt": "MIT", "gin-gonic/gin": "MIT", "gohugoio/hugo": "Apache-2.0",
    "guzzle/guzzle": "MIT", "hyperium/hyper": "MIT", "jekyll/jekyll": "MIT", "jestjs/jest": "MIT", "jhy/jsoup": "MIT",
    "junegunn/fzf": "MIT", "koajs/koa": "MIT", "ktorio/ktor": "Apache-2.0", "labstack/echo": "MIT",
    "laravel/framework": "MIT", "libevent/libevent": "BSD-3-Clause", "libuv/libuv": "MIT", "markedjs/marked": "MIT",
    "marshmallow-code/marshmallow": "MIT", "mochajs/mocha": "MIT", "mybatis/mybatis-3": "Apache-2.0",
    "nats-io/nats-server": "Apache-2.0", "netty/netty": "Apache-2.0", "networkx/networkx": "BSD-3-Clause",
    "nlohmann/json": "MIT", "pallets/click": "BSD-3-Clause", "pallets/jinja": "BSD-3-Clause",
    "pallets/werkzeug": "BSD-3-Clause", "preactjs/preact": "MIT", "prettier/prettier": "MIT", "pydantic/pydantic": "MIT",
    "python/mypy": "MIT", "rayon-rs/rayon": "MIT OR Apache-2.0", "redis/jedis": "MIT", "reduxjs/redux-toolkit": "MIT",
    "restic/restic": "BSD-3-Clause", "rollup/rollup": "MIT", "rubocop/rubocop": "MIT", "sanic-org/sanic": "MIT",
    "seanmonstar/reqwest": "MIT OR Apache-2.0", "sharkdp/bat": "MIT OR Apache-2.0", "sharkdp/fd": "MIT OR Apache-2.0",
    "spf13/cobra": "Apache-2.0", "spf13/viper": "MIT", "spring-projects/spring-boot": "Apache-2.0",
    "sqlalchemy/sqlalchemy": "MIT", "square/okhttp": "Apache-2.0", "starship/starship": "ISC",
    "stylelint/stylelint": "MIT", "sveltejs/svelte": "MIT",
    "tmux/tmux": "ISC", "tower-rs/tower": "MIT", "tox-dev/tox": "MIT", "traefik/traefik": "MIT",
    "typeorm/typeorm": "MIT", "urfave/cli": "MIT", "vitejs/vite": "MIT", "webpack/webpack": "MIT",
}  # fmt: skip
SPLITS: dict[Split, dict[str, Licence]] = {"train": TRAIN, "validation": VALIDATION, "held-out": HELD_OUT}


def clone_of(folder: Path, project: str) -> Path:
    """The bare git directory of `owner/name` in a folder of such. `FileNotFoundError` where there is none."""
    name = project.replace("/", "+")
    for inside in (f"{name}/repo/.git", f"{name}/repo", f"{name}.git", name):
        if (folder / inside / "HEAD").is_file():
            return folder / inside
    raise FileNotFoundError(
        f"no git directory of {project} in {folder}: clone it there as {name}.git with --bare"
    )
