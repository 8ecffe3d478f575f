"""vLLM's own server, for machines with a GPU for it; its program is looked up on the path, nothing of it is imported.

`python -m aifirst_model.serving.vllm_server COMMAND…` runs a command and ends it when its own standard input ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import Final

from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.serving.serve_error import ServeError
from aifirst_model.serving.server_process import ServerProcess, check_port, end

_PATIENCE: Final = 20.0


def start_vllm(
    model: str, host: str, port: int, key: str, context: int = 0, *, alias: str = "", patience: float = 600.0
) -> ServerProcess:  # fmt: skip
    """Start `vllm serve` on a checkpoint's folder and wait until it answers. Raises `ServeError`.

    The key goes by the environment, where no other user of the machine sees it.
    """
    program = shutil.which("vllm")
    if program is None:
        raise ServeError(
            "vLLM is not installed", "pip install vllm, or leave --engine out: llama.cpp serves then"
        )
    folder = open_checkpoint(model).folder
    check_port(host, port)
    command = [program, "serve", str(folder), "--host", host, "--port", str(port)]
    command += ["--served-model-name", alias] if alias else []
    command += ["--max-model-len", str(context)] if context else []
    environment = os.environ | ({"VLLM_API_KEY": key} if key else {}) | {"HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(  # noqa: S603  the program that the person asked for
        [sys.executable, "-I", "-m", "aifirst_model.serving.vllm_server", *command],
        stdin=subprocess.PIPE, stdout=sys.stderr, env=environment, start_new_session=True,
    )  # fmt: skip
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        _await_health(process, address, patience)
    except BaseException:
        end(process)
        raise
    return ServerProcess(process, address)


def _await_health(process: subprocess.Popen[bytes], address: str, patience: float) -> None:
    until = time.monotonic() + patience
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < until:
        try:
            with opener.open(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise ServeError("vLLM does not answer", "its own messages above say why")


def _tie(command: list[str]) -> int:
    """Run a command until it ends or standard input does; its exit status."""
    child = subprocess.Popen(  # noqa: S603  the program that the person asked for
        command, stdin=subprocess.DEVNULL, start_new_session=True
    )

    def watch() -> None:
        sys.stdin.buffer.read()
        _end_group(child.pid, signal.SIGTERM)
        time.sleep(_PATIENCE)
        _end_group(child.pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    return child.wait()


def _end_group(group: int, how: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)


if __name__ == "__main__":
    sys.exit(_tie(sys.argv[1:]))
