"""Which modules may become a part of one flat module, and why others have to stay modules of their own.

A module that stays is *held*: the bundle keeps its text and gives it to Python's own import system when it is asked for.
That is always right; a flat module is shorter and starts faster.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from aifirst_compiler.bundle.modules import Module

_WHOLE_NAMESPACE: Final = ("globals", "exec", "eval")
_OF_WHERE_IT_STANDS: Final = ("locals", "vars", "dir")
_OF_THE_FILE: Final = (
    "__file__",
    "__path__",
    "__spec__",
    "__loader__",
    "__builtins__",
    "__annotations__",
    "__dict__",
)
_OF_FRAMES: Final = frozenset({"_getframe", "currentframe", "f_globals"})
"""Attributes by which code looks for the namespace of who runs: all flat modules have one."""
_RELOADERS: Final = ("importlib", "imp")
_PRIVATE: Final = re.compile(r"__\w*[^_]\w?\Z")


def why_held(module: Module, root: Module, flags: frozenset[str]) -> str:
    """Why a module cannot be made flat in a bundle with these `from __future__` imports; empty where it can."""
    try:
        names = module.names
        own_flags = future_flags(module)
    except SyntaxError as error:
        return f"it does not parse ({error.msg})"
    if own_flags != flags and _has_annotations(module.tree):
        return "its `from __future__` imports are not those of most modules"
    if module is root:
        return ""
    called = _calls_with_a_namespace(module.tree)
    for name in (*_WHOLE_NAMESPACE, *_OF_WHERE_IT_STANDS, *_OF_THE_FILE):
        for site in names.sites.get(name, ()) if name not in names.bound else ():
            inside = not site.top and name in _OF_WHERE_IT_STANDS
            if not inside and site.node not in called:
                return f"it uses {name}"
    spoken = (getattr(node, "attr", getattr(node, "name", "")) for node in ast.walk(module.tree))
    looked = _OF_FRAMES.intersection(name for name in spoken if isinstance(name, str))
    return f"it uses {min(looked)}" if looked else ""


def reloads_modules(module: Module) -> bool:
    """Whether a module speaks of `importlib.reload`, which runs a module's text anew."""
    try:
        nodes = [*ast.walk(module.tree)]
    except SyntaxError:
        return False
    return any(
        (
            isinstance(node, ast.Attribute)
            and node.attr == "reload"
            and getattr(node.value, "id", "") in _RELOADERS
        )
        or (
            isinstance(node, ast.ImportFrom)
            and node.module in _RELOADERS
            and any(alias.name == "reload" for alias in node.names)
        )
        for node in nodes
    )


def _calls_with_a_namespace(tree: ast.Module) -> set[ast.AST]:
    """The names of functions called with the namespace they are to work on, so that the module's own does not matter."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            needed = 2 if node.func.id in ("exec", "eval") else 1
            if len(node.args) >= needed and node.func.id != "globals":
                found.add(node.func)
    return found


def shared_flags(root: Module, known: Mapping[str, Module]) -> frozenset[str]:
    """The `from __future__` imports that the flat text gets: the root's own where that has annotations, else of most."""
    try:
        own = future_flags(root)
        if own or _has_annotations(root.tree):
            return own
    except SyntaxError:
        return frozenset()
    counts: Counter[frozenset[str]] = Counter()
    for module in known.values():
        with contextlib.suppress(SyntaxError):
            if _has_annotations(module.tree):
                counts[future_flags(module)] += 1
    ranked = sorted(counts, key=lambda flags: (-counts[flags], sorted(flags)))
    return ranked[0] if ranked else frozenset()


def future_flags(module: Module) -> frozenset[str]:
    """What a module imports from `__future__`, as far as it still changes anything."""
    return frozenset(
        alias.name
        for node in module.tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
        if alias.name == "annotations"
    )


def _has_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.AnnAssign) or getattr(node, "annotation", None) or getattr(node, "returns", None)
        for node in ast.walk(tree)
    )


def cannot_be_renamed(module: Module, names: Collection[str]) -> str:
    """A name among `names` that cannot be renamed in a module, and why; empty where all can."""
    for name in sorted(names):
        if name in module.names.unclear or _PRIVATE.match(name):
            return f"{name} cannot be renamed in it"
        lazy = module.names.fields if future_flags(module) else ()
        if any(re.search(rf"\b{re.escape(name)}\b", text) for text in (*module.names.texts, *lazy)):
            return f"an annotation in it names {name} in a string"
        kinds = {site.kind for site in module.names.sites.get(name, ())}
        if {"define", "declare"} <= kinds:
            return f"{name} is defined in a function as a global"
    return ""
