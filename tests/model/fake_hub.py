"""A model hub on 127.0.0.1: the API and the files of one model, with checksums, ranges and a redirect to its "network".

It can cut answers, tell wrong checksums, ignore ranges and refuse; what was asked is kept.
"""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

COMMIT = "c0ffee" + "0" * 34


class Asked(NamedTuple):
    """A request."""

    path: str
    first: int
    token: str | None


class FakeHub:
    """Serves `files` of the model `name` while entered; those with a name in `large` as large files."""

    def __init__(self, files: dict[str, bytes], name: str = "Owner/Model") -> None:
        self.files = files
        self.name = name
        self.licence = "apache-2.0"
        self.asked: list[Asked] = []
        self.cut: list[int] = []
        """How many bytes of the next answers with weights are sent before the connection is closed."""
        self.ignores_ranges = False
        self.wrong: set[str] = set()
        """Files whose checksum is told wrong."""
        self.status = 0
        """Answer everything with this status."""
        self.raw = b""
        """Answer everything with these bytes, head and all."""

    @property
    def address(self) -> str:
        """What `HF_ENDPOINT` is set to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name that the server calls
                hub.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # the name that is overridden
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = request.path.partition("?")[0]
        told = request.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0]
        self.asked.append(Asked(path, int(told), request.headers.get("Authorization")))
        if self.raw:
            request.wfile.write(self.raw)
            request.close_connection = True
        elif self.status:
            _send(request, self.status, b"{}")
        elif path == f"/api/models/{self.name}/revision/main":
            _send(request, 200, json.dumps(self._api()).encode())
        elif path.startswith(f"/{self.name}/resolve/{COMMIT}/"):
            place = f"http://localhost:{self._server.server_port}/network/{path.rpartition('/')[2]}"
            _send(request, 302, b"", Location=place)
        elif path.startswith(f"/{self.name}/resolve/"):
            _send(request, 404, b"")
        elif path.startswith(f"/old/resolve/{COMMIT}/"):
            _send(request, 307, b"", Location=f"/{self.name}/resolve/{COMMIT}/{path.rpartition('/')[2]}")
        elif path == "/api/models/old/revision/main":
            _send(request, 307, b"", Location=f"/api/models/{self.name}/revision/main")
        elif path.startswith("/network/") and path.removeprefix("/network/") in self.files:
            name = path.removeprefix("/network/")
            self._send_file(request, self.files[name], int(told), is_cut=name.endswith(".safetensors"))
        else:
            _send(request, 404, b"")

    def _api(self) -> dict[str, Any]:
        siblings: list[dict[str, Any]] = []
        card = {"license": self.licence, "license_name": "qwen-research"}
        for name, data in self.files.items():
            data = data + b"!" if name in self.wrong else data
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
            size = len(self.files[name])
            one: dict[str, Any] = {"rfilename": name, "size": size, "blobId": blob}
            if name.endswith((".safetensors", ".gguf", ".bin")):
                one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": size, "pointerSize": 130}
            siblings.append(one)
        return {"id": self.name, "sha": COMMIT, "siblings": siblings, "cardData": card}

    def _send_file(self, request: BaseHTTPRequestHandler, data: bytes, first: int, *, is_cut: bool) -> None:
        first = 0 if self.ignores_ranges else first
        rest = data[first:]
        request.send_response(206 if first else 200)
        request.send_header("Content-Length", str(len(rest)))
        if first:
            request.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        request.end_headers()
        if is_cut and self.cut:
            rest = rest[: self.cut.pop(0)]
        request.wfile.write(rest)
        request.close_connection = True


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
