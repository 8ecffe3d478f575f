"""Writes what builds a container image that serves a model: its definition, what it installs, and how it is started.

No registry's address is in it: where images and packages come from is set in the engine that builds it. The model is
mounted, not built in. Source of the settings: Docker's reference of the Dockerfile.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from aifirst_model.serving.serve_error import ServeError

_DOCKERFILE: Final = """\
# Serves a GGUF file at port {port} by llama.cpp's server. Build and run: see README.md beside this file.
ARG PYTHON_IMAGE=python:3.11-slim
FROM ${{PYTHON_IMAGE}}
ENV PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
COPY requirements.txt /requirements.txt
RUN pip install --requirement /requirements.txt \\
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin serve
USER 10001:10001
EXPOSE {port}
VOLUME ["/models"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s --retries=3 \\
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:{port}/health', timeout=4)"]
STOPSIGNAL SIGINT
ENTRYPOINT ["aifirst", "model", "serve"]
CMD ["/models/{model}", "--host", "0.0.0.0", "--port", "{port}", "--context", "{context}"]
"""
_README: Final = """\
# A container that serves {model}

    docker build --tag aifirst-serve .
    docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \\
      --publish 127.0.0.1:{port}:{port} --volume {folder}:/models:ro --env AIFIRST_SERVE_KEY aifirst-serve

`AIFIRST_SERVE_KEY` has to be set where you start it (20 characters or more): inside of the container the server listens
to all. Who asks sends it as `Authorization: Bearer …`. `/health` says whether it is ready, `/metrics` how busy it is.
Another image to start from: `--build-arg PYTHON_IMAGE=…`. With podman the commands are the same.
"""


def write_container(folder: Path, model: Path, port: int, context: int) -> list[Path]:
    """Write the definition for a GGUF file into `folder`; the paths of its files. Raises `ServeError`."""
    if any(letter in model.name for letter in '"\\\n$'):
        raise ServeError(f"{model.name!r} cannot stand in a container's definition", "rename the file")
    packages = [f"{name}=={found}" for name in ("aifirst", "xllamacpp", "numpy") if (found := _version(name))]
    texts = {
        "Dockerfile": _DOCKERFILE.format(port=port, model=model.name, context=context),
        "requirements.txt": "\n".join(["aifirst[local]", *packages]) + "\n",
        "README.md": _README.format(port=port, model=model.name, folder=model.absolute().parent),
        ".dockerignore": "*\n!requirements.txt\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise ServeError(f"{folder} cannot be written ({error.strerror})", "give another folder") from None
    return [folder / name for name in texts]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
