"""Starts a server in a process of its own, tells where it listens, and lets nothing of it outlive who started it.

llama.cpp's server is the program of the backend `llama-cpp`; it ends when its standard input does, so also where this
process is killed. vLLM knows nothing of the kind: a small program stands between, which ends it.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import subprocess
import sys
from pathlib import Path
from typing import IO, Final

import msgspec

from aifirst_model.backends.llama_process import Load, Loaded
from aifirst_model.serving.serve_error import ServeError

_PATIENCE: Final = 5.0
"""Seconds that the process has to end by itself."""
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class ServerProcess:
    """A server that runs; `address` is where it listens."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.address = address
        self._process = process

    @property
    def process_id(self) -> int:
        """Of the process that answers."""
        return self._process.pid

    def wait(self) -> int:
        """Wait until it ends by itself; its exit status."""
        return self._process.wait()

    def stop(self) -> None:
        """End it, by force where it does not end."""
        end(self._process)


def start_llama(load: Load) -> ServerProcess:
    """Start llama.cpp's server. Raises `ServeError` where the port is taken or the model cannot be loaded."""
    check_port(load.host, load.port)
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "aifirst_model.backends.llama_process"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that Ctrl-C reaches who started it, and he ends it
    )  # fmt: skip
    try:
        told = _talk(process, msgspec.json.encode(load))
    except BaseException:
        end(process)
        raise
    if not told.address:
        end(process)
        raise ServeError(
            f"llama.cpp cannot serve {Path(load.path).name} ({told.error or 'its process ended'})",
            "check that the file is whole, that the port is free and that memory suffices",
        )
    return ServerProcess(process, told.address)


def check_address(host: str, key: str) -> None:
    """Raise `ServeError` where others than this machine could ask, and no key is set."""
    if host not in _LOOPBACK and not key:
        raise ServeError(
            f"at {host} every program that reaches this machine could ask the model",
            "set a key in AIFIRST_SERVE_KEY (20 characters or more), or leave --host out",
        )
    if key and (len(key) < 20 or not key.isascii() or not key.isprintable() or " " in key):
        raise ServeError(
            "the key in AIFIRST_SERVE_KEY is too short or has spaces in it",
            "make one: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )


def check_port(host: str, port: int) -> None:
    """Raise `ServeError` where nothing can listen at a port."""
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as tried:
        if sys.platform != "win32":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except (OSError, OverflowError) as error:
            number = error.errno if isinstance(error, OSError) else None
            if number == errno.EADDRINUSE:
                raise ServeError(
                    f"another program listens at port {port} of {host}", "end it, or give another --port"
                ) from None
            if number == errno.EACCES:
                raise ServeError(f"port {port} is not for everyone", "give one from 1024 on") from None
            raise ServeError(
                f"nothing can listen at {host}:{port} ({error})", "give another --host"
            ) from None


def end(process: subprocess.Popen[bytes]) -> None:
    """Let a process that ends with its standard input end, by force where it does not."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _talk(process: subprocess.Popen[bytes], line: bytes) -> Loaded:
    stdin: IO[bytes] | None = process.stdin
    if stdin is None or process.stdout is None:
        return Loaded()
    with contextlib.suppress(ConnectionError):
        stdin.write(line + b"\n")
        stdin.flush()
    told = process.stdout.readline()
    return msgspec.json.decode(told, type=Loaded) if told.endswith(b"\n") else Loaded()
