"""Adapters of a served model: checked before anything is loaded, and the first put on.

llama.cpp's server takes `lora` in a request, a list of `{"id": …, "scale": …}`, to choose others for it alone.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from aifirst_model.export.gguf_file import GgufFile, read_gguf
from aifirst_model.serving.serve_error import ServeError
from aifirst_model.serving.server_process import ServerProcess


def check_adapters(model: GgufFile, adapters: Sequence[str]) -> None:
    """Raise `ServeError` for what is no adapter for this model, `ExportError` for what is no whole GGUF file."""
    for name in adapters:
        held = read_gguf(Path(name))
        if held.text("general.type") != "adapter":
            raise ServeError(f"{name} is no adapter", "export one by `aifirst model export ADAPTER`")
        ours, theirs = (one.text("general.architecture") for one in (model, held))
        if ours != theirs:
            raise ServeError(
                f"{name} is an adapter for {theirs}, and the model is {ours}", "give its own model"
            )


def put_on_first(server: ServerProcess, key: str, count: int) -> None:
    """Put the first of so many adapters on and leave the others off. Raises `ServeError`; the server has ended then."""
    if not count:
        return
    scales = [{"id": place, "scale": float(place == 0)} for place in range(count)]
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    asked = urllib.request.Request(  # noqa: S310  the server that was just started
        f"{server.address}/lora-adapters", json.dumps(scales).encode(), headers
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(asked, timeout=60):
            return
    except (urllib.error.URLError, OSError) as error:
        server.stop()
        raise ServeError(
            f"the adapter could not be put on ({error})", "check that it belongs to this model"
        ) from None
