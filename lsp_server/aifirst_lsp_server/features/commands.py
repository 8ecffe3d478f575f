"""`workspace/executeCommand`: hands the arguments to whoever registered the command (`Server.command`)."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

if TYPE_CHECKING:
    from aifirst_lsp_server.server import Server


def register(server: Server) -> None:
    """Register the request."""

    @server.feature(types.WORKSPACE_EXECUTE_COMMAND)
    async def execute_command(params: types.ExecuteCommandParams) -> Any:
        handler = server.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"there is no command {params.command!r}")
        answer = handler(list(params.arguments or ()))
        return await answer if inspect.isawaitable(answer) else answer
