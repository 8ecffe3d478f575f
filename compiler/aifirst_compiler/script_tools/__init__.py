"""JavaScript and TypeScript made small by the tools that do it best, oxc and esbuild, under Node.

The tools are the user's own or are installed on demand; nothing is ever loaded from the workspace.
"""

from aifirst_compiler.script_tools.find_tools import find_tools, tool_versions
from aifirst_compiler.script_tools.minify_script import (
    MinifiedScript,
    ScriptOptions,
    is_script,
    minified_path,
    minify_script,
)

__all__ = [
    "MinifiedScript",
    "ScriptOptions",
    "find_tools",
    "is_script",
    "minified_path",
    "minify_script",
    "tool_versions",
]
