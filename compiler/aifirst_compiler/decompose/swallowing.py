"""Which `with` statements let every exception go on, and which handlers may catch what ends a generator.

An exit of a `with` may swallow exceptions, so that the statements after it run with less done than was written. Only
context managers of the standard library that are known not to, called by a name that the module imports, are trusted.
"""

from __future__ import annotations

import ast
import builtins
from typing import Final

from aifirst_compiler.decompose.module_names import ModuleNames
from aifirst_compiler.decompose.names_used import Function
from aifirst_compiler.python_scopes import names_bound_by

_KNOWN: Final = frozenset({
    "open", "io.open", "io.StringIO", "io.BytesIO", "codecs.open", "gzip.open", "bz2.open", "lzma.open", "tarfile.open",
    "zipfile.ZipFile", "tempfile.TemporaryDirectory", "tempfile.NamedTemporaryFile", "tempfile.TemporaryFile",
    "threading.Lock", "threading.RLock", "threading.Condition", "threading.Semaphore", "socket.socket", "os.scandir",
    "os.fdopen", "mmap.mmap", "contextlib.closing", "contextlib.nullcontext", "contextlib.redirect_stdout",
    "contextlib.redirect_stderr", "warnings.catch_warnings", "subprocess.Popen", "urllib.request.urlopen",
    "concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor", "decimal.localcontext",
    "memoryview", "tokenize.open",
})  # fmt: skip

_BUILTINS: Final = ("open", "memoryview")


class NeverSwallows:
    """Says of the expression of a `with` whether its exit lets every exception go on."""

    def __init__(self, names: ModuleNames, function: Function) -> None:
        local = {name for part in ast.walk(function) for name in names_bound_by(part)}
        local |= {part.arg for part in ast.walk(function) if isinstance(part, ast.arg)}
        self._full = {
            name: full
            for name, full in names.imported.items()
            if names.bound[name] == 1 and name not in local
        }
        self._full |= {name: name for name in _BUILTINS if not names.bound[name] and name not in local}

    def __call__(self, expression: ast.expr) -> bool:
        """Whether it does for certain."""
        if not isinstance(expression, ast.Call):
            return False
        parts: list[str] = []
        called = expression.func
        while isinstance(called, ast.Attribute):
            parts.append(called.attr)
            called = called.value
        if not isinstance(called, ast.Name) or called.id not in self._full:
            return False
        return ".".join([self._full[called.id], *reversed(parts)]) in _KNOWN


def may_stop_ending(handlers: list[ast.ExceptHandler]) -> bool:
    """Whether handlers may catch GeneratorExit, with which a generator or coroutine is closed."""
    for handler in handlers:
        named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for one in named:
            kind = getattr(builtins, one.id, None) if isinstance(one, ast.Name) else None
            if not (isinstance(kind, type) and issubclass(kind, Exception)):
                return True
    return False
