"""The protocol as we speak it: pygls' own, with what it does to documents, errors and odd messages replaced.

What differs: a message is decoded once and its envelope checked before anything is made of it; whatever is wrong with it
is answered as JSON-RPC says and never ends the server; texts are kept in `documents`, not twice; results are encoded
by msgspec; `exit` ends the loop, not the process.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, cast

import msgspec
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    default_converter,
    lsp_method,
)

if TYPE_CHECKING:
    from cattrs import Converter
    from lsprotocol.types import InitializeParams, InitializeResult

_log = logging.getLogger("aifirst.protocol")
_OURS = (
    types.TEXT_DOCUMENT_DID_OPEN, types.TEXT_DOCUMENT_DID_CHANGE, types.TEXT_DOCUMENT_DID_CLOSE,
    types.NOTEBOOK_DOCUMENT_DID_OPEN, types.NOTEBOOK_DOCUMENT_DID_CHANGE, types.NOTEBOOK_DOCUMENT_DID_CLOSE,
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, types.WORKSPACE_EXECUTE_COMMAND,
)  # fmt: skip
"""Methods that pygls would handle before us; features register them instead."""
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class Protocol(LanguageServerProtocol):
    """The protocol of our server."""

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        for method in _OURS:
            self.fm.builtin_features.pop(method, None)  # pyright: ignore[reportUnknownMemberType] - without types
        self.initialized = False
        self.on_exit: Callable[[int], None] = lambda _: None

    def receive(self, body: bytes) -> None:
        """Take in the body of a message, whatever it is."""
        try:
            self._receive(body)
        except Exception:  # noqa: BLE001 - an edge: one message must not end the server
            _log.exception("a message could not be handled")

    def _receive(self, body: bytes) -> None:
        try:
            data = _decode_body(body)
        except ValueError as error:
            _log.warning("a message is no JSON: %s", error)
            self._refuse(None, JsonRpcParseError(f"Parse Error: {error}"))
            return
        if not _is_message(data):
            _log.warning("a message is none of JSON-RPC")
            self._refuse(data.get("id"), JsonRpcInvalidRequest("Invalid Request"))
            return
        number, method = data.get("id"), data.get("method")
        if method is not None and not self.initialized and method not in (types.INITIALIZE, types.EXIT):
            if "id" in data:
                self._refuse(number, JsonRpcServerNotInitialized("the first request is initialize"))
            return
        if method == types.INITIALIZE and self.initialized:
            self._refuse(number, JsonRpcInvalidRequest("initialize comes once"))
            return
        try:
            message = self.structure_message(data)
        except JsonRpcException as error:
            if method is not None and "id" in data:
                self._refuse(number, error)
            return
        self.handle_message(cast("Any", message))

    def _refuse(self, number: object, error: JsonRpcException) -> None:
        known = number if isinstance(number, int | str) and not isinstance(number, bool) else None
        self._send_body(
            _encode({"jsonrpc": "2.0", "id": known, "error": {"code": error.code, "message": error.message}})
        )

    def _send_data(self, data: Any) -> None:
        if not data:
            return
        try:
            body = _encode(self._converter.unstructure(data) if hasattr(data, "__attrs_attrs__") else data)
        except (TypeError, ValueError):
            body = json.dumps(data, default=self._serialize_message).encode()
        self._send_body(body)

    def _send_body(self, body: bytes) -> None:
        if self.writer is None:
            return
        try:
            self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        except OSError:
            self.writer = None
            self.on_exit(0 if self._shutdown else 1)

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: InitializeParams) -> Generator[Any, Any, InitializeResult]:
        """Answer with what the features offer."""
        result = yield from super().lsp_initialize(params)
        self.initialized = True
        return result

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> Generator[Any, Any, None]:
        """End the loop."""
        self.on_exit(0 if self._shutdown else 1)
        yield from ()


def _decode_body(body: bytes) -> dict[str, Any]:
    """The object in a body, an empty one for what is none; raises `ValueError` for what is no JSON.

    Half surrogate pairs, which strict JSON forbids and editors send, are read too.
    """
    try:
        try:
            data = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            data = json.loads(body)
    except RecursionError as error:
        raise ValueError("it nests too deep") from error
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}


def make_converter() -> Converter:
    """What turns JSON into the protocol's types; params of messages that it does not know stay as they are."""
    converter = default_converter()
    for kind in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        converter.register_structure_hook(kind, _structure_plainly)
    return converter


def _structure_plainly(data: dict[str, Any], kind: type[Any]) -> Any:
    return kind(**{field: data.get(field) for field in kind.__annotations__})


def _is_message(data: dict[str, Any]) -> bool:
    """Whether it is one message of JSON-RPC, as far as its envelope says."""
    if data.get("jsonrpc") != "2.0":
        return False
    number, method = data.get("id"), data.get("method")
    if isinstance(number, bool) or not isinstance(number, int | str | None):
        return False
    if method is None:
        return "id" in data and ("result" in data or "error" in data)
    return isinstance(method, str) and not ("id" in data and number is None)
